"""The calendar feed over HTTP: whose it is, what is in it, what it costs."""

import logging
import threading
from datetime import time, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import event, text

from bot.services.calendars.feed import feed_of
from tests.support.feeds import change_plan, feed, fetch, join, leave, planned, token_of
from tests.support.plans import AT_ONCE
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply


async def test_my_seat_brings_every_session_into_my_calendar(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    got = await feed(kaiku, "UAINO")

    assert got.status == 200
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert got.headers["Cache-Control"] == "private, max-age=300"
    assert sorted(got.events) == [f"dialogue-2-{number}@kaiku" for number in (1, 2, 3, 4)]
    first = got.events["dialogue-2-1@kaiku"]
    assert first["start"] == "2019-04-02T09:00:00+03:00"
    assert first["SUMMARY"] == "Dialogi yhteiskehittämisessä, tapaaminen 1"
    assert first["LOCATION"] == "Paasitorni, Paasivuorenkatu 5 A, Helsinki (vuokrattu tila)"
    assert "Ota mukaan muistikirja." in first["DESCRIPTION"]
    assert "/kaiku seuraava" in first["DESCRIPTION"]
    assert first["STATUS"] == "CONFIRMED"
    assert first["SEQUENCE"] == "0"
    assert "DTSTART;TZID=Europe/Helsinki:20190402T090000\r\n" in got.text
    assert "NAME:Kaiku: omat tapaamiset\r\n" in got.text


async def test_the_feed_speaks_its_owners_language(kaiku: Running) -> None:
    await join(kaiku, "UELSA", "dialogue-2", language="sv")
    first = (await feed(kaiku, "UELSA")).events["dialogue-2-1@kaiku"]
    assert first["SUMMARY"] == "Dialog i samutveckling, träff 1"
    assert "Helsingfors" in first["LOCATION"]
    assert "/kaiku nästa" in first["DESCRIPTION"]


async def test_the_join_link_is_in_the_calendar_of_the_seated_only(kaiku: Running) -> None:
    people = ("UAINO", "UOLLI", "UHELI", "UTIMO", "UELSA", "UMARJA")
    for person in people:
        await join(kaiku, person, "dialogue-skype-1")
    link = "https://skype.kaiku.example/dialogi-kevat/1"

    seated, waiting = await feed(kaiku, "UAINO"), await feed(kaiku, "UMARJA")

    assert seated.events["dialogue-skype-1-1@kaiku"]["URL"] == link
    assert waiting.status == 200
    assert waiting.events == {}
    assert "skype" not in waiting.text.lower()
    assert (await feed(kaiku, "UMARJA", "?offering=dialogue-skype-1")).status == 404


async def test_another_persons_link_shows_nothing_of_mine(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    await join(kaiku, "UELSA", "complexity-1")
    assert {uid.rsplit("-", 1)[0] for uid in (await feed(kaiku, "UELSA")).events} == {"complexity-1"}
    assert {uid.rsplit("-", 1)[0] for uid in (await feed(kaiku, "UAINO")).events} == {"dialogue-2"}


async def test_one_offerings_file_holds_only_that_offering(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    await join(kaiku, "UAINO", "complexity-1")
    got = await feed(kaiku, "UAINO", "?offering=complexity-1")
    assert len(got.events) == 3
    assert got.headers["Content-Disposition"] == 'attachment; filename="complexity-1.ics"'
    assert "NAME:Kompleksisuusryhmä\\, kevät\r\n" in got.text


async def test_what_i_left_is_cancelled_until_i_am_back(kaiku: Running) -> None:
    """A subscribed calendar takes over only what has risen."""
    await join(kaiku, "UAINO", "dialogue-skype-1")
    uid = "dialogue-skype-1-1@kaiku"
    kaiku.clock.advance(hours=1)
    await leave(kaiku, "UAINO", "dialogue-skype-1")

    left = (await feed(kaiku, "UAINO")).events[uid]
    assert (left["STATUS"], left["SEQUENCE"]) == ("CANCELLED", "1")
    assert left["SUMMARY"].startswith("Et osallistu: ")
    assert "URL" not in left
    assert "https://" not in (await feed(kaiku, "UAINO")).text

    kaiku.clock.advance(hours=1)
    await join(kaiku, "UAINO", "dialogue-skype-1")
    back = (await feed(kaiku, "UAINO")).events[uid]
    assert (back["STATUS"], back["SEQUENCE"]) == ("CONFIRMED", "2")
    assert "https://" in back["URL"]


async def test_what_i_only_waited_for_never_enters_my_calendar(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UMARJA"):
        await join(kaiku, person, "dialogue-2")
    await leave(kaiku, "UMARJA", "dialogue-2")
    assert (await feed(kaiku, "UMARJA")).events == {}


async def test_a_promotion_brings_the_sessions(kaiku: Running) -> None:
    await apply(kaiku, replace(SHIPPED, offers=AT_ONCE))
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UMARJA"):
        await join(kaiku, person, "dialogue-2")
    await leave(kaiku, "UAINO", "dialogue-2")
    assert len((await feed(kaiku, "UMARJA")).events) == 4


async def test_sessions_i_was_at_before_i_left_stay_as_they_were(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-skype-1")
    kaiku.clock.advance(days=50)  # 2 April: the first session is over
    await leave(kaiku, "UAINO", "dialogue-skype-1")
    got = await feed(kaiku, "UAINO")
    assert [got.events[f"dialogue-skype-1-{n}@kaiku"]["STATUS"] for n in (1, 2, 3, 4)] == [
        "CONFIRMED",
        "CANCELLED",
        "CANCELLED",
        "CANCELLED",
    ]
    assert "https://" not in got.text


async def test_past_sessions_stay_in_the_feed(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "complexity-1")
    before = await feed(kaiku, "UAINO")
    kaiku.clock.advance(days=400)
    assert (await feed(kaiku, "UAINO")).content == before.content


async def test_a_moved_session_rises_and_the_others_do_not(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    before = await feed(kaiku, "UAINO")
    kaiku.clock.advance(days=1)
    first, *others = planned("dialogue-2").sessions
    moved = replace(first, starts=time(10), ends=time(16), on=first.on + timedelta(days=1))
    await change_plan(kaiku, "dialogue-2", sessions=(moved, *others))

    after = await feed(kaiku, "UAINO", "")
    event = after.events["dialogue-2-1@kaiku"]
    assert (event["start"], event["SEQUENCE"]) == ("2019-04-03T10:00:00+03:00", "1")
    assert "LAST-MODIFIED:20190212T080000Z" in after.text
    assert after.events["dialogue-2-2@kaiku"] == before.events["dialogue-2-2@kaiku"]
    assert after.headers["ETag"] != before.headers["ETag"]


async def test_a_cancelled_session_is_cancelled_in_the_calendar(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-skype-1")
    first, *others = planned("dialogue-skype-1").sessions
    await change_plan(kaiku, "dialogue-skype-1", sessions=(replace(first, cancelled=True), *others))
    got = await feed(kaiku, "UAINO")
    event = got.events["dialogue-skype-1-1@kaiku"]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", "1")
    assert event["SUMMARY"] == "PERUTTU: Dialogitaidot Skypessä, kevät, tapaaminen 1"
    assert "URL" not in event


async def test_a_cancelled_offering_is_cancelled_and_can_come_back(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    seen = []
    for cancelled in (True, False):
        await change_plan(kaiku, "dialogue-2", cancelled=cancelled)
        seen += [(e["STATUS"], e["SEQUENCE"]) for e in (await feed(kaiku, "UAINO")).events.values()]
    assert seen == [("CANCELLED", "1")] * 4 + [("CONFIRMED", "2")] * 4


async def test_what_has_not_changed_is_not_sent_again(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    path = f"/calendar/{await token_of(kaiku, 'UAINO')}.ics"
    etag = (await fetch(kaiku, path)).headers["ETag"]

    again = await fetch(kaiku, path, If_None_Match=f'"other", {etag}')
    assert (again.status, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    assert again.headers["Cache-Control"] == "private, max-age=300"

    await leave(kaiku, "UAINO", "dialogue-2")
    assert (await fetch(kaiku, path, If_None_Match=etag)).status == 200


async def test_a_head_request_tells_the_same_without_the_body(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    path = f"/calendar/{await token_of(kaiku, 'UAINO')}.ics"
    whole, head = await fetch(kaiku, path), await fetch(kaiku, path, method="HEAD")
    assert (head.status, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("token", ["x" * 43, "short", "%00" * 43, "å" * 43, "x" * 5000, "..%2F..%2Fkaiku"])
async def test_a_link_that_nobody_has_says_so_in_every_language(kaiku: Running, token: str) -> None:
    got = await fetch(kaiku, f"/calendar/{token}.ics")
    assert got.status == 404
    for sentence in ("ei ole kalenteria", "ingen kalender", "no calendar"):
        assert sentence in got.content.decode()
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("code", ["nonsense", "complexity-1", "", "'; drop table person", "%0d%0aX-Evil:1"])
async def test_an_offering_that_is_not_mine_is_no_calendar(kaiku: Running, code: str) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    assert (await feed(kaiku, "UAINO", f"?offering={code}")).status == 404


async def test_a_feed_takes_five_reads_and_no_write(kaiku: Running) -> None:
    for code in ("dialogue-2", "complexity-1", "dialogue-skype-1"):
        await join(kaiku, "UAINO", code)
    token = await token_of(kaiku, "UAINO")
    me, statements = threading.get_ident(), []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if threading.get_ident() == me:  # Kaiku's own threads go on with their work
            statements.append(statement.split(maxsplit=1)[0])

    event.listen(kaiku.store.reading_engine, "before_cursor_execute", note)
    try:
        with kaiku.store.read_transaction() as tx:
            assert feed_of(tx, token) is not None
    finally:
        event.remove(kaiku.store.reading_engine, "before_cursor_execute", note)
    assert [each for each in statements if each != "BEGIN"] == ["SELECT"] * 5


async def test_the_secret_address_is_never_logged(kaiku: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await join(kaiku, "UAINO", "dialogue-2")
    token = await token_of(kaiku, "UAINO")
    await fetch(kaiku, f"/calendar/{token}.ics")
    await fetch(kaiku, f"/calendar/{token}.ics?offering=dialogue-2")
    await kaiku.settle()

    with pytest.raises(Exception, match="nowhere") as error:
        await kaiku.store.run(lambda tx: tx.execute(text("select :it from nowhere"), {"it": token}))
    assert token not in str(error.value)
    assert not [record for record in caplog.records if token in record.getMessage()]
