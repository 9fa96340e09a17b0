"""Drafts of prompts and announcements: one form makes one draft, and a draft can be thrown away."""

import asyncio
from typing import Any

from sqlalchemy import select

from bot.domain.people.person import Person
from bot.domain.prompts.prompt import Moment, Question
from bot.services.facilitation.prompt_writing import Wording, save_wording
from bot.services.offerings.facilitators import Actor
from sandbox import NotThereError, Visitor, text_of
from sandbox.forms import fill
from storage.offerings.catalogue import get_offering
from storage.prompts import PromptRow, list_prompts
from storage.tables import Announcement, Prompt, SavedPrompt
from tests.support.announcing import CODE as ANNOUNCED
from tests.support.announcing import FINNISH, SENTENCE, fill_in, posts_in
from tests.support.prompting import OWN, joined, worded, write
from tests.support.reflecting import CODE, seated
from tests.support.running import Running
from tests.support.time_passing import deliveries

LEADER = Actor(Person("UFASI", "Fanni Siltala", "fi", "Europe/Helsinki"), frozenset())


async def submit_twice(kaiku: Running, person: Visitor, **fields: Any) -> None:
    """The same form of the same person, twice at once."""
    view = person.modal
    state = fill(view, fields)
    await asyncio.gather(*(kaiku.server.link.submit(person.id, view["id"], state) for _ in range(2)))


def drafts(kaiku: Running) -> list[PromptRow]:
    with kaiku.store.read_transaction() as tx:
        offering = get_offering(tx, CODE)
        assert offering is not None
        return [each for each in list_prompts(tx, offering.id) if each.state == "draft"]


def announcements(kaiku: Running) -> list[str]:
    """Their states."""
    with kaiku.store.read_transaction() as tx:
        return list(tx.scalars(select(Announcement.c.state)))


async def to_wording(kaiku: Running) -> Visitor:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompt.new")
    await facilitator.submit()
    return facilitator


async def test_a_prompt_form_sent_twice_is_one_draft(kaiku: Running) -> None:
    facilitator = await to_wording(kaiku)
    await submit_twice(kaiku, facilitator, **OWN)
    assert len(drafts(kaiku)) == 1


async def test_a_prompt_form_sent_again_to_another_instance_is_the_same_draft(kaiku: Running) -> None:
    facilitator = await to_wording(kaiku)
    form_key = facilitator.modal["private_metadata"].split(":")[1].removeprefix("new-")
    await facilitator.submit(OWN)
    wording = Wording([Question({"fi": "Toisin sanoin?", "sv": "Med andra ord?"})], Moment.ANY)
    with kaiku.store.transaction() as tx:
        save_wording(tx, LEADER, CODE, wording, None, kaiku.clock.now(), form_key)
    (draft,) = drafts(kaiku)
    assert draft.questions[0]["text"]["fi"] == "Toisin sanoin?"


def first_menu_value(facilitator: Visitor) -> str:
    """To change the first prompt at the desk."""
    menus = [block["accessory"] for block in facilitator.modal["blocks"] if "accessory" in block]
    found: str = next(each["options"][0]["value"] for each in menus if each["type"] == "overflow")
    return found


async def test_a_series_prompt_in_other_words_is_one_draft_however_often_it_is_begun(kaiku: Running) -> None:
    await seated(kaiku)
    facilitator = kaiku.visitor("UFASI")
    for _ in range(2):
        await facilitator.command(f"/kaiku kysymys {CODE}")
        await facilitator.choose("prompt.menu", first_menu_value(facilitator), on=facilitator.modal)
        await submit_twice(kaiku, facilitator, question_0_fi="Mitä teet?", question_0_sv="Vad gör du?")
        await facilitator.close(clear=True)
    assert len(drafts(kaiku)) == 1


async def test_a_prompt_confirmed_twice_is_sent_and_saved_once_and_says_so_twice(kaiku: Running) -> None:
    await joined(kaiku)
    facilitator = await write(kaiku)
    await submit_twice(kaiku, facilitator, keep=["keep"])
    assert "Kysymys on tallessa." in text_of(facilitator.modal)
    await kaiku.settle()
    assert len([row for row in deliveries(kaiku, "prompt") if row.sent_at]) == 1
    with kaiku.store.read_transaction() as tx:
        assert len(tx.scalars(select(SavedPrompt.c.id)).all()) == 1


async def test_a_series_prompt_in_other_words_is_confirmed_twice_and_says_so_twice(kaiku: Running) -> None:
    await seated(kaiku)
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.choose("prompt.menu", first_menu_value(facilitator), on=facilitator.modal)
    await facilitator.submit(question_0_fi="Mitä teet?", question_0_sv="Vad gör du?")
    await submit_twice(kaiku, facilitator)
    assert len(facilitator.modals) == 2, "the desk, and no refusal above the answer"
    assert "Kysymys on tallessa." in text_of(facilitator.modal)


async def test_a_prompt_draft_can_be_thrown_away(kaiku: Running) -> None:
    facilitator = await worded(kaiku)
    await facilitator.close(clear=True)
    await facilitator.command(f"/kaiku kysymys {CODE}")
    assert "Kesken jäänyt luonnos: Mitä jäi mieleen?" in text_of(facilitator.modal)
    await facilitator.click("prompt.throw_away")
    assert "Kesken jäänyt luonnos" not in text_of(facilitator.modal)
    assert drafts(kaiku) == []


async def test_only_ones_own_draft_is_thrown_away_and_nothing_but_a_draft(kaiku: Running) -> None:
    facilitator = await worded(kaiku)
    await facilitator.close(clear=True)
    (draft,) = drafts(kaiku)
    with kaiku.store.read_transaction() as tx:
        of_series = (Prompt.c.state == "planned", Prompt.c.series == "1/plan")
        series_id = tx.scalars(select(Prompt.c.id).where(*of_series).order_by(Prompt.c.id)).first()
    assert series_id is not None
    coordinator = kaiku.visitor("UKOORD")
    await coordinator.command(f"/kaiku kysymys {CODE}")
    assert "Kesken jäänyt luonnos" not in text_of(coordinator.modal)
    for forged in (draft.id, series_id):
        forge(coordinator, "prompt.new", f"{CODE}/{forged}", "prompt.throw_away")
        await coordinator.click("prompt.throw_away")
    assert [each.id for each in drafts(kaiku)] == [draft.id]
    with kaiku.store.read_transaction() as tx:
        assert tx.scalar(select(Prompt.c.state).where(Prompt.c.id == series_id)) == "planned"


def forge(visitor: Visitor, button: str, value: str, action_id: str) -> None:
    """Make a button of the top modal into another one, as only a forged request does."""
    for block in visitor.modal["blocks"]:
        for element in block.get("elements", ()):
            if element.get("action_id") in {button, action_id}:
                element |= {"action_id": action_id, "value": value}
                return
    raise NotThereError(button)


async def test_an_announcement_form_sent_twice_is_one_draft_and_one_post(kaiku: Running) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku tiedota {ANNOUNCED}")
    await submit_twice(kaiku, facilitator, channels_fi=[FINNISH], **SENTENCE)
    assert len(announcements(kaiku)) == 1
    await submit_twice(kaiku, facilitator)
    await kaiku.settle()
    assert len(posts_in(kaiku, FINNISH)) == 1
    assert announcements(kaiku) == ["published"]


async def test_an_announcement_draft_is_listed_gone_on_with_and_thrown_away(kaiku: Running) -> None:
    facilitator = await fill_in(kaiku)
    await facilitator.close(clear=True)
    await facilitator.command("/kaiku tiedota")
    assert "Kesken jäänyt luonnos: " in text_of(facilitator.modal)
    await facilitator.click("announcement.new", str_of(facilitator))
    assert "Tervetuloa mukaan!" in str(facilitator.modal)
    await facilitator.close(clear=True)
    await facilitator.command("/kaiku tiedota")
    await facilitator.click("announcement.throw_away")
    assert "Kesken jäänyt luonnos" not in text_of(facilitator.modal)
    assert announcements(kaiku) == []


def str_of(facilitator: Visitor) -> str:
    """The value of the button that goes on with the draft."""
    elements = [each for block in facilitator.modal["blocks"] for each in block.get("elements", ())]
    found: str = next(each["value"] for each in elements if each.get("value", "").startswith(f"{ANNOUNCED}:"))
    return found
