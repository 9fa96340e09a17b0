"""The secret in a calendar's address: never stored, shown to its owner, gone with them."""

import hashlib
import re
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from bot.services.calendars.feed import own_address, renew_address
from bot.services.calendars.tokens import CalendarTokens
from bot.views import ids
from sandbox import text_of
from storage.engine import create_store_engine, parse_database_url
from storage.migrate import downgrade, upgrade
from storage.tables import Person
from tests.support.announcing import CODE, FINNISH, announce, posts_in
from tests.support.feeds import feed, fetch, join, token_of
from tests.support.running import Running

OLD = "An-Old-Calendar-Address-0123456789-ABCDEFGH"


def stored(kaiku: Running) -> str:
    """All that the database holds of people."""
    with kaiku.store.read_transaction() as tx:
        return repr(tx.execute(text("select * from person")).all())


async def as_before_the_change(kaiku: Running, user_id: str) -> None:
    """Their token as the migration leaves one from before."""
    digest = hashlib.sha256(OLD.encode()).hexdigest()
    values = {"calendar_digest": digest, "calendar_nonce": None}
    await kaiku.store.run(lambda tx: tx.execute(update(Person).where(Person.c.id == user_id).values(values)))


async def test_the_database_holds_no_token(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    token = await token_of(kaiku, "UAINO")
    assert (await feed(kaiku, "UAINO")).status == 200
    assert token not in stored(kaiku)
    path = kaiku.store.url.database
    if kaiku.store.is_sqlite:
        files = [Path(f"{path}{ending}") for ending in ("", "-wal")]
        assert not any(token.encode() in each.read_bytes() for each in files)


async def test_what_is_stored_makes_a_token_only_with_the_secret(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    with kaiku.store.read_transaction() as tx:
        assert CalendarTokens((b"another",)).find(tx, "UAINO") is None
        assert (
            CalendarTokens((b"another", *kaiku.app.kaiku.links.tokens.secrets)).find(tx, "UAINO") is not None
        )


async def test_two_people_with_one_nonce_have_two_tokens(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    tokens = kaiku.app.kaiku.links.tokens
    with kaiku.store.transaction() as tx:
        tx.execute(update(Person).where(Person.c.id == "UAINO").values(calendar_digest="x" * 64))
        assert tokens.find(tx, "UAINO") is None, "a token is shown only if it is the one that works"


async def test_an_address_from_before_works_and_only_a_new_one_is_shown(kaiku: Running) -> None:
    kaiku.app.public_url = "https://kaiku.example"
    await join(kaiku, "UAINO", "dialogue-2")
    await as_before_the_change(kaiku, "UAINO")
    assert (await fetch(kaiku, f"/calendar/{OLD}.ics")).status == 200
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku mine")
    await aino.click(ids.OPEN_CALENDAR)
    assert "Sitä ei voi näyttää uudelleen" in text_of(aino.modal)
    assert "kaiku.example" not in text_of(aino.modal)
    await aino.click(ids.RENEW_CALENDAR)
    assert (await fetch(kaiku, f"/calendar/{OLD}.ics")).status == 200, "asking is not renewing"
    await aino.submit()
    new = re.search(r"/calendar/[\w-]{43}\.ics", text_of(aino.modal))
    assert new is not None
    assert (await fetch(kaiku, new[0])).status == 200
    assert (await fetch(kaiku, f"/calendar/{OLD}.ics")).status == 404


async def test_changing_settings_keeps_an_address_from_before(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    await as_before_the_change(kaiku, "UAINO")
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku asetukset")
    await aino.submit(agency="tulli", role="expert", language="fi")
    assert (await fetch(kaiku, f"/calendar/{OLD}.ics")).status == 200


async def test_a_post_offers_a_new_address_where_the_old_can_not_be_shown(kaiku: Running) -> None:
    kaiku.app.public_url = "https://kaiku.example"
    await announce(kaiku)
    await join(kaiku, "UAINO", CODE)
    await as_before_the_change(kaiku, "UAINO")
    aino = kaiku.visitor("UAINO")
    await aino.click(ids.POST_CALENDAR, on=posts_in(kaiku, FINNISH)[0])
    assert "Sitä ei voi näyttää uudelleen" in text_of(aino.modal)


async def test_a_changed_secret_leaves_the_address_working(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    token = await token_of(kaiku, "UAINO")
    tokens = CalendarTokens((b"another",))
    kaiku.app.kaiku.links.tokens = tokens
    assert (await fetch(kaiku, f"/calendar/{token}.ics")).status == 200
    own = await kaiku.store.run(own_address, tokens, "UAINO")
    assert own.token is None
    renewed = await kaiku.store.run(renew_address, tokens, "UAINO", own.mark)
    assert renewed.token is not None
    assert (await fetch(kaiku, f"/calendar/{renewed.token}.ics")).status == 200


async def test_the_address_of_an_erased_person_is_gone(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    token = await token_of(kaiku, "UAINO")
    await kaiku.store.run(lambda tx: tx.execute(delete(Person).where(Person.c.id == "UAINO")))
    assert (await fetch(kaiku, f"/calendar/{token}.ics")).status == 404


@pytest.mark.parametrize("way", ["up", "down and up"])
def test_the_migration_keeps_addresses_working_and_no_token(database_url: str, way: str) -> None:
    url = parse_database_url(database_url)
    engine = create_store_engine(url)
    add = (
        "insert into person (id, name, language, language_chosen, timezone_chosen, is_guest, is_bot,"
        " deactivated, home_opened, calendar_token, met_at) values"
        " (:id, 'x', 'fi', false, false, false, false, false, false, :token, '2019-02-11 08:00:00')"
    )
    try:
        downgrade(url, "0009")
        with engine.begin() as connection:
            for person_id, token in (("UOLD", OLD), ("UNONE", None)):
                connection.execute(text(add), {"id": person_id, "token": token})
        before = _place_of_table(engine)
        upgrade(url)
        digest = hashlib.sha256(OLD.encode()).hexdigest()
        assert _tokens(engine, "calendar_digest") == {"UOLD": digest, "UNONE": None}
        if url.get_backend_name() == "sqlite":
            assert OLD.encode() not in Path(str(url.database)).read_bytes()
        else:
            assert _place_of_table(engine) != before, "the table is written anew: dead rows hold no token"
        if way == "down and up":
            downgrade(url, "0009")
            assert _tokens(engine, "calendar_token") == {"UOLD": None, "UNONE": None}
    finally:
        engine.dispose()
        upgrade(url)


def _tokens(engine, column: str) -> dict[str, str | None]:
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(text(f"select id, {column} from person"))}


def _place_of_table(engine) -> int | None:
    if engine.dialect.name == "sqlite":
        return None
    with engine.connect() as connection:
        return connection.scalar(text("select pg_relation_filenode('person')"))
