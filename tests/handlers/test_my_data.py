"""My data: shown, fetched once, erased for good, in Slack and over the web."""

import asyncio
import json

import aiohttp
import pytest
from sqlalchemy import select, update

from bot.domain.acts import ActKind
from bot.domain.privacy import DataKind
from bot.services.acts import note_act
from bot.services.deliveries.recipients import find_person
from bot.services.reflections.answers import write_freely
from sandbox import Visitor, text_of
from sandbox.workspace import Fault
from storage.tables import Act, Delivery, LockedRecord, Person, PersonKey
from tests.support.filled_tables import naming
from tests.support.joining import join
from tests.support.notices import RULE, with_locks
from tests.support.prompting import joined
from tests.support.reflecting import CODE
from tests.support.running import Running

WORDS = "Opin kuuntelemaan ennen kuin vastaan."


async def settled(kaiku: Running) -> None:
    """Until everything is sent and every conversation that is to be is cleared."""
    for _ in range(20):
        await kaiku.settle()
        with kaiku.store.read_transaction() as tx:
            if tx.scalars(select(Delivery.c.id).where(Delivery.c.kind == "clearing")).first() is None:
                return
        kaiku.clock.advance(seconds=90)


@pytest.fixture
async def aino(kaiku: Running) -> Visitor:
    """With a seat, messages from Kaiku, App Home, and something written; attendance was marked."""
    aino = await joined(kaiku, "UAINO", "UELSA")
    await aino.open_home()
    for _ in range(20):  # a send that the clock overtook is tried again
        await kaiku.settle()
        if aino.direct_messages:
            break
        kaiku.clock.advance(seconds=90)
    await kaiku.visitor("UFASI").command("/kaiku")
    with kaiku.store.transaction() as tx:
        parts = kaiku.app.kaiku
        person = find_person(tx, "UAINO", parts.defaults)
        assert person is not None
        write_freely(tx, parts.vault, person, WORDS, None, kaiku.clock.now())
        note_act(tx, ActKind.MARKED_ATTENDANCE, actor="UFASI", offering=CODE, number=1, now=kaiku.clock.now())
    return aino


async def fetch(url: str, method: str, chosen: str = "json") -> tuple[int, str]:
    data = {"format": chosen} if method == "POST" else None
    async with aiohttp.ClientSession() as http, http.request(method, url, data=data) as response:
        return response.status, await response.text()


async def address(kaiku: Running, visitor: Visitor) -> str:
    await visitor.command("/kaiku tietoni")
    await visitor.click("my_data.get", on=visitor.modal)
    blocks = visitor.modal["blocks"]
    await visitor.close(clear=True)
    return next(each["url"] for block in blocks for each in block.get("elements", []) if "url" in each)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "tietoni",
            ("Mitä sinusta on tallennettu", "Kuka näkee: vain sinä", "vetäjä: Merkitsi läsnäolot"),
        ),
        ("mina uppgifter", ("Vad som finns sparat om dig", "Vem som ser: bara du", "handledare: ")),
        ("My  Data?", ("What is held of you", "Who sees it: only you", "a facilitator: ")),
    ],
)
async def test_it_says_what_is_held_why_until_when_and_who_acted_on_me(
    kaiku: Running, aino: Visitor, typed: str, said: tuple[str, ...]
) -> None:
    language = {"t": "fi", "m": "sv", "M": "en"}[typed[0]]
    with kaiku.store.transaction() as tx:
        tx.execute(update(Person).where(Person.c.id == "UAINO").values(language=language))
    await aino.command(f"/kaiku {typed}")
    shown = text_of(aino.modal)
    for each in said:
        assert each in shown
    assert "UFASI" not in shown, "who acted is told by role, not by name"
    await aino.close(clear=True)
    await aino.command("/kaiku mina")
    assert not aino.modals, "the shorter command is another one"


async def test_a_copy_is_fetched_once_with_my_words_and_without_secrets(
    kaiku: Running, aino: Visitor
) -> None:
    kaiku.app.public_url = f"http://127.0.0.1:{kaiku.app.port}"
    url = await address(kaiku, aino)
    for _ in range(2):
        status, page = await fetch(url, "GET")
        assert (status, "Omat tietoni Kaikussa" in page) == (200, True)
    got = await asyncio.gather(fetch(url, "POST"), fetch(url, "POST"))
    assert sorted(status for status, _ in got) == [200, 410]
    copy = json.loads(next(text for status, text in got if status == 200))
    assert copy["data"]["reflections"]["records"]["reflection"][0]["answers"] == [WORDS]
    assert copy["data"]["profile"]["records"]["person"][0]["name"] == "Aino Virtanen"
    assert copy["acts_on_you"][0]["by"] == "facilitator"
    with kaiku.store.read_transaction() as tx:
        secrets = select(Person.c.calendar_digest, Person.c.calendar_nonce, Person.c.pseudonym)
        key = tx.scalars(select(PersonKey.c.wrapped).where(PersonKey.c.person_id == "UAINO")).one()
        for secret in (*tx.execute(secrets.where(Person.c.id == "UAINO")).one(), key.hex()):
            assert secret is not None
            assert secret not in json.dumps(copy)
        assert "fetched_own_data" in tx.scalars(select(Act.c.kind)).all()
    second = await address(kaiku, aino)
    kaiku.clock.advance(minutes=61)
    assert (await fetch(second, "POST", "html"))[0] == 410
    status, page = await fetch(await address(kaiku, aino), "POST", "html")
    assert status == 200
    assert WORDS in page
    assert "Paikka saatu" in page


async def test_without_a_public_address_the_copy_comes_as_messages(kaiku: Running, aino: Visitor) -> None:
    await aino.command("/kaiku tietoni")
    await aino.click("my_data.get", on=aino.modal)
    assert "viesteinä" in text_of(aino.modal)
    await asyncio.gather(*kaiku.app.kaiku._tasks)
    assert WORDS in "".join(each["text"] for each in aino.direct_messages)


async def test_what_a_rule_locks_is_said_before_the_erasure_and_in_the_receipt(kaiku: Running) -> None:
    await kaiku.restart(notice=with_locks(DataKind.ENROLMENTS))
    aino = await joined(kaiku)
    await aino.command("/kaiku tietoni")
    await aino.click("my_data.ask_to_erase", on=aino.modal)
    form = text_of(aino.modal)
    assert "ja nimesi: lukittuna" in form
    assert "ilmoittautumisesi, läsnäolotietosi" not in form, "what stays is not said to go"
    await aino.submit()
    assert RULE["fi"] in text_of(aino.modal)
    await settled(kaiku)
    with kaiku.store.read_transaction() as tx:
        assert {each.split(".")[0] for each in naming(tx, "UAINO")} == set()
        assert tx.scalars(select(LockedRecord.c.kind)).all() == ["enrolments"]


async def test_erasing_empties_slack_and_the_database_and_two_clicks_are_one(
    kaiku: Running, aino: Visitor
) -> None:
    assert aino.direct_messages
    await aino.command("/kaiku tietoni")
    await aino.click("my_data.ask_to_erase", on=aino.modal)
    form = text_of(aino.modal)
    assert "Paikkasi tai varasijasi" in form
    assert "Toimintalokin rivit" in form
    await asyncio.gather(aino.submit(), aino.submit())
    assert "Tietosi on poistettu" in text_of(aino.modal)
    await settled(kaiku)
    assert aino.direct_messages == []
    assert "ei ole tietojasi" in text_of(aino.home)
    with kaiku.store.read_transaction() as tx:
        assert sorted(naming(tx, "UAINO")) == []
        assert tx.scalars(select(Delivery.c.id).where(Delivery.c.kind == "clearing")).all() == []
        assert {"erased"} <= set(tx.scalars(select(Act.c.kind)))
        assert "UELSA" in tx.scalars(select(Person.c.id)).all()
    await aino.close(clear=True)
    await join(aino, CODE)  # asked for agency and role, as anybody new
    await settled(kaiku)
    assert len(aino.direct_messages) == 1, "what is sent to somebody who has come back stays"
    await aino.command("/kaiku tietoni")
    assert "Kukaan muu ei ole tehnyt" in text_of(aino.modal)


async def test_only_kaikus_own_messages_are_deleted_and_a_refusal_is_tried_again(
    kaiku: Running, aino: Visitor
) -> None:
    await aino.say("kiitos", channel="DAINO")
    await kaiku.settle()
    kaiku.server.workspace.faults.append(Fault("chat.delete", 1, "ratelimited", retry_after=30))
    await aino.command("/kaiku tietoni")
    await aino.click("my_data.ask_to_erase", on=aino.modal)
    await aino.submit()
    await settled(kaiku)
    assert [each["text"] for each in aino.messages("DAINO")] == ["kiitos"]
