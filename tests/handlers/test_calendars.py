"""Where people meet their calendar: `mine`, App Home, the messages; and renewing the link."""

import re
from typing import Any

import pytest

from bot.views import ids
from sandbox import NotThereError, Visitor, text_of
from tests.support.feeds import change_plan, feed, fetch, join, leave, planned, token_of
from tests.support.running import Running

LINK = re.compile(r"https://kaiku\.example(/calendar/[\w-]{43}\.ics)")


@pytest.fixture
def kaiku(kaiku: Running) -> Running:
    """As the world reaches it."""
    kaiku.app.public_url = "https://kaiku.example"
    return kaiku


def link_on(surface: dict[str, Any]) -> str:
    """The path of the link that a modal shows."""
    found = LINK.search(text_of(surface))
    assert found is not None, text_of(surface)
    return found[1]


def buttons_of(surface: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By action_id, those in rows of buttons."""
    rows = [block for block in surface["blocks"] if block["type"] == "actions"]
    return {element["action_id"]: element for row in rows for element in row["elements"]}


async def open_calendar(kaiku: Running, user_id: str) -> Visitor:
    visitor = kaiku.visitor(user_id)
    await visitor.command("/kaiku mine")
    outcome = await visitor.click(ids.OPEN_CALENDAR)
    assert outcome.error is None
    return visitor


async def test_mine_leads_to_a_link_that_works(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    aino = await open_calendar(kaiku, "UAINO")
    text = text_of(aino.modal)
    assert "Linkki on henkilökohtainen" in text
    for calendar in ("Outlook", "Google", "Apple"):
        assert calendar in text
    assert (await fetch(kaiku, link_on(aino.modal))).status == 200


async def test_the_link_stays_the_same_however_often_it_is_shown(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    first = link_on((await open_calendar(kaiku, "UAINO")).modal)
    await kaiku.visitor("UAINO").close()
    assert link_on((await open_calendar(kaiku, "UAINO")).modal) == first


async def test_app_home_leads_to_it_too(kaiku: Running) -> None:
    elsa = kaiku.visitor("UELSA")
    await elsa.open_home()
    await kaiku.settle()
    assert ids.OPEN_CALENDAR not in buttons_of(elsa.home)  # nothing to put into a calendar yet
    await join(kaiku, "UELSA", "dialogue-2", language="sv")
    await kaiku.settle()
    assert buttons_of(elsa.home)[ids.OPEN_CALENDAR]["text"]["text"] == "Lägg till i kalendern"
    await elsa.click(ids.OPEN_CALENDAR, on=elsa.home)
    assert "Länken är personlig" in text_of(elsa.modal)


async def test_a_renewed_link_is_shown_and_the_old_one_stops_at_once(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    aino = await open_calendar(kaiku, "UAINO")
    old = link_on(aino.modal)
    etag = (await fetch(kaiku, old)).headers["ETag"]

    await aino.click(ids.RENEW_CALENDAR)
    assert "Vaihdetaanko linkki? Vanha linkki" in text_of(aino.modal)
    assert (await fetch(kaiku, old)).status == 200  # asking is not renewing
    await aino.submit()

    new = link_on(aino.modal)
    assert new != old
    assert "Vanha linkki lakkasi toimimasta." in text_of(aino.modal)
    assert (await fetch(kaiku, old)).status == 404
    assert (await fetch(kaiku, old, If_None_Match=etag)).status == 404
    assert (await fetch(kaiku, new)).status == 200


async def test_renewing_twice_from_one_form_is_renewing_once(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    aino = await open_calendar(kaiku, "UAINO")
    await aino.click(ids.RENEW_CALENDAR)
    question = aino.modal
    await aino.submit()
    first = link_on(aino.modal)

    await aino.close()
    aino = await open_calendar(kaiku, "UAINO")
    await aino.click(ids.RENEW_CALENDAR)
    aino.modal["private_metadata"] = question["private_metadata"]  # the first form, sent once more
    await aino.submit()
    assert link_on(aino.modal) == first


async def test_renewing_mine_leaves_the_links_of_others(kaiku: Running) -> None:
    for person in ("UAINO", "UELSA"):
        await join(kaiku, person, "dialogue-2")
    elsas = await token_of(kaiku, "UELSA")
    aino = await open_calendar(kaiku, "UAINO")
    await aino.click(ids.RENEW_CALENDAR)
    await aino.submit()
    assert await token_of(kaiku, "UELSA") == elsas


async def test_the_confirmation_of_a_seat_links_to_its_calendar_file(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    await kaiku.settle()
    button = buttons_of(kaiku.visitor("UAINO").direct_messages[-1])[ids.OPEN_CALENDAR_FILE]
    assert button["url"].endswith("?offering=dialogue-2")
    got = await fetch(kaiku, button["url"].removeprefix("https://kaiku.example"))
    assert sorted(got.events) == sorted((await feed(kaiku, "UAINO")).events)


async def test_the_click_on_a_calendar_file_is_acknowledged(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    await kaiku.settle()
    outcome = await kaiku.visitor("UAINO").click(ids.OPEN_CALENDAR_FILE)
    assert outcome.acked
    with pytest.raises(NotThereError):
        _ = kaiku.visitor("UAINO").modal


async def test_the_waiting_get_the_file_with_their_seat(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UMARJA"):
        await join(kaiku, person, "dialogue-2")
    await kaiku.settle()
    marja = kaiku.visitor("UMARJA")
    assert ids.OPEN_CALENDAR_FILE not in buttons_of(marja.direct_messages[-1])
    await leave(kaiku, "UAINO", "dialogue-2")
    await kaiku.settle()
    assert ids.OPEN_CALENDAR_FILE not in buttons_of(marja.direct_messages[-1]), "it is only offered yet"
    await marja.click(ids.ACCEPT_OFFER)
    await kaiku.settle()
    assert any(ids.OPEN_CALENDAR_FILE in buttons_of(each) for each in marja.direct_messages)


async def test_news_of_a_moved_session_comes_with_the_new_file(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    await kaiku.settle()
    first, *others = planned("dialogue-2").sessions
    await change_plan(kaiku, "dialogue-2", sessions=(first, *others[:-1]))
    kaiku.clock.advance(minutes=15)
    await kaiku.settle()
    message = kaiku.visitor("UAINO").direct_messages[-1]
    assert "tapaamisiin tuli muutoksia" in message["text"]
    assert ids.OPEN_CALENDAR_FILE in buttons_of(message)


async def test_without_a_public_address_there_is_no_calendar_to_see(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    aino = kaiku.visitor("UAINO")
    await aino.open_home()
    await kaiku.settle()
    old_home = aino.home
    kaiku.app.public_url = None
    await aino.open_home()
    await join(kaiku, "UAINO", "complexity-1")
    await kaiku.settle()

    assert ids.OPEN_CALENDAR not in buttons_of(aino.home)
    assert ids.OPEN_CALENDAR_FILE not in buttons_of(aino.direct_messages[-1])
    await aino.click(ids.OPEN_CALENDAR, on=old_home)
    assert "Kalenteria ei voi tilata" in text_of(aino.modal)
