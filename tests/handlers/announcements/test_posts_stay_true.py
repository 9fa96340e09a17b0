"""Posts in channels never become a lie: seats, dates, cancellation, closed channels, lost answers."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.plan.model import Picture, Reading
from sandbox import text_of
from sandbox.workspace import BOT_USER, Fault
from tests.support.announcing import (
    CODE,
    FINNISH,
    SWEDISH,
    announce,
    expect_refusals,
    fill_in,
    follow,
    join_from,
    owed,
    post_text,
    posts_in,
    stored_posts,
)
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering, with_session
from tests.support.time_passing import at, helsinki


async def test_seats_follow_in_every_channel_until_it_is_full_and_when_one_is_freed(kaiku: Running) -> None:
    await apply(kaiku, with_offering(SHIPPED, CODE, capacity=2))
    await announce(kaiku)
    await join_from(kaiku, "UAINO", FINNISH)
    await follow(kaiku)
    assert "1/2" in post_text(kaiku, SWEDISH)
    await join_from(kaiku, "UMARJA", FINNISH, agency="tulli")
    await follow(kaiku)
    for channel in (FINNISH, SWEDISH):
        assert "Kaikki paikat on täytetty" in post_text(kaiku, channel)
        assert "Siirry jonoon" in post_text(kaiku, channel)

    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await follow(kaiku)
    for channel in (FINNISH, SWEDISH):
        assert "1/2" in post_text(kaiku, channel)
        assert "täytetty" not in post_text(kaiku, channel)


async def test_a_moved_session_shows_old_struck_through_and_new(kaiku: Running) -> None:
    await announce(kaiku)
    await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 6, 4)))
    await follow(kaiku)
    assert "siirretty / flyttad: ~ti/tis 28.5.2019 9.00–12.00~ → ti/tis 4.6.2019 9.00–12.00" in post_text(
        kaiku, FINNISH
    )
    assert "flyttad / siirretty" in post_text(kaiku, SWEDISH)


async def test_another_place_is_shown_as_old_and_new(kaiku: Running) -> None:
    await announce(kaiku)
    place = {"fi": "Paasitorni, Helsinki", "sv": "Paasitorni, Helsingfors"}
    await apply(kaiku, with_session(SHIPPED, CODE, 1, place=place))
    await follow(kaiku)
    text = post_text(kaiku, FINNISH)
    assert "uusi tila tai osoite / ny lokal eller adress: ~Säätytalo" in text
    assert "→ Paasitorni, Helsinki / Paasitorni, Helsingfors" in text


async def test_a_cancelled_event_is_said_plainly_with_what_is_open_instead(kaiku: Running) -> None:
    await announce(kaiku)
    await apply(kaiku, with_offering(SHIPPED, CODE, cancelled=True))
    await follow(kaiku)
    for channel in (FINNISH, SWEDISH):
        text = post_text(kaiku, channel)
        assert "Peruttu." in text
        assert "Har ställts in." in text
        assert "Dialogi yhteiskehittämisessä" in text
        assert not kaiku.visitor("UAINO").has_button("announcement.details_open")
    aino = kaiku.visitor("UAINO")
    await aino.click("announcement.join", on=posts_in(kaiku, FINNISH)[0])
    assert "Ilmoittau" in text_of(aino.modal), "one of what is open instead"


async def test_what_is_open_instead_stays_true_too(kaiku: Running) -> None:
    await announce(kaiku)
    plan = with_offering(SHIPPED, CODE, cancelled=True)
    await apply(kaiku, plan)
    await follow(kaiku)
    assert "Dialogi yhteiskehittämisessä" in post_text(kaiku, FINNISH)
    for other in ("dialogue-1", "dialogue-2", "dialogue-3"):
        plan = with_offering(plan, other, cancelled=True)
    await apply(kaiku, plan)
    await follow(kaiku)
    assert "Dialogi yhteiskehittämisessä" not in post_text(kaiku, FINNISH)


async def test_an_event_that_left_the_plan_is_cancelled_in_its_posts(kaiku: Running) -> None:
    await announce(kaiku)
    strands = tuple(
        replace(s, offerings=tuple(o for o in s.offerings if o.code != CODE)) for s in SHIPPED.strands
    )
    await apply(kaiku, replace(SHIPPED, strands=strands))
    await follow(kaiku)
    assert "Peruttu." in post_text(kaiku, FINNISH)


async def test_sign_up_closes_and_the_event_is_over_without_anybody_doing_anything(kaiku: Running) -> None:
    slides = Reading({"fi": "Kalvot", "sv": "Bilderna"}, "https://kaiku.example/kalvot")
    details = replace(next(o for o in SHIPPED.offerings if o.code == CODE).details, materials=(slides,))
    await apply(kaiku, with_offering(SHIPPED, CODE, details=details))
    await announce(kaiku)
    await at(kaiku, helsinki(2019, 5, 17, 23, 59))
    assert "päättynyt" not in post_text(kaiku, FINNISH)
    await at(kaiku, helsinki(2019, 5, 18, 0, 0))
    assert "Ilmoittautuminen on päättynyt" in post_text(kaiku, FINNISH)
    assert not kaiku.visitor("UAINO").has_button("announcement.join")
    await at(kaiku, helsinki(2019, 5, 28, 12, 0))
    for channel in (FINNISH, SWEDISH):
        text = post_text(kaiku, channel)
        assert "Kiitos kaikille mukana olleille" in text
        assert "<https://kaiku.example/kalvot|" in text
        assert not any(block["type"] == "actions" for block in posts_in(kaiku, channel)[0]["blocks"])


async def test_before_sign_up_opens_there_is_no_join_and_then_there_is(kaiku: Running) -> None:
    await announce(kaiku, "foresight-2")
    assert "Ilmoittautuminen alkaa pe 1.3.2019" in post_text(kaiku, FINNISH)
    assert not kaiku.visitor("UAINO").has_button("announcement.join")
    await at(kaiku, helsinki(2019, 3, 1, 0, 0))
    assert "alkaa" not in post_text(kaiku, FINNISH)
    assert kaiku.visitor("UAINO").has_button("announcement.join")


async def test_what_changed_while_it_was_being_posted_is_mended(kaiku: Running) -> None:
    facilitator = await fill_in(kaiku)
    await facilitator.submit()
    real = kaiku.app.slack.post_message

    async def post_slowly(*args: Any) -> Any:
        sent = await real(*args)
        await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 6, 4)))
        return sent

    kaiku.app.slack.post_message = post_slowly  # type: ignore[method-assign]
    await follow(kaiku)
    await follow(kaiku)
    assert "4.6.2019" in post_text(kaiku, FINNISH)


async def test_an_edit_whose_answer_was_lost_is_made_again_though_nothing_changed_since(
    kaiku: Running,
) -> None:
    await announce(kaiku)
    kaiku.server.workspace.faults.append(Fault("chat.update", 2, "http_500_after"))
    await join_from(kaiku, "UAINO", FINNISH)
    await follow(kaiku)  # arrives, unheard of
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()  # as before: what was known to stand says this too
    await follow(kaiku)
    kaiku.clock.advance(minutes=1)
    await follow(kaiku)
    assert "60/60" in post_text(kaiku, FINNISH)
    assert "60/60" in post_text(kaiku, SWEDISH)
    expect_refusals(kaiku)


async def test_an_edit_that_would_change_nothing_is_not_sent(kaiku: Running) -> None:
    await announce(kaiku)
    before = _calls(kaiku, "chat.update")
    await join_from(kaiku, "UAINO", FINNISH)
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await follow(kaiku)
    edits = [d for d in owed(kaiku, "post_edit") if ":" not in d.occurrence]
    assert {d.reason for d in edits} == {"stands_already"}
    assert _calls(kaiku, "chat.update") - before <= 1, "the confirmation's own edit at most"


def _calls(kaiku: Running, method: str) -> int:
    return sum(entry["what"] == method for entry in kaiku.server.workspace.log)


async def test_a_post_that_somebody_deleted_is_told_once_and_left_alone(kaiku: Running) -> None:
    facilitator = await announce(kaiku)
    messages = kaiku.server.workspace.data["messages"][FINNISH]
    messages.remove(posts_in(kaiku, FINNISH)[0])
    for person in ("UAINO", "UMARJA"):
        await join_from(kaiku, person, SWEDISH)
        await follow(kaiku)
    told = [each["text"] for each in facilitator.direct_messages]
    assert sum("on poistettu kanavalta" in text for text in told) == 1
    assert posts_in(kaiku, FINNISH) == []
    assert "58/60" in post_text(kaiku, SWEDISH)
    assert _calls(kaiku, "chat.update") < 10
    states = {post.channel: post.state for post in stored_posts(kaiku)}
    assert states == {FINNISH: "gone", SWEDISH: "standing"}
    expect_refusals(kaiku)


@pytest.mark.parametrize("closed", ["archived", "removed"])
async def test_a_channel_that_closed_is_told_once_and_followed_again_when_it_opens(
    kaiku: Running, closed: str
) -> None:
    facilitator = await announce(kaiku)
    channel = kaiku.server.workspace.channel(FINNISH)
    if closed == "archived":
        channel["is_archived"] = True
    else:
        channel["members"].remove(BOT_USER)
    for person in ("UAINO", "UMARJA"):
        await join_from(kaiku, person, SWEDISH)
        await follow(kaiku)
    told = [each["text"] for each in facilitator.direct_messages]
    assert sum("ei enää pääse päivittämään" in text for text in told) == 1

    channel["is_archived"] = False
    channel["members"] = [*{*channel["members"], BOT_USER}]
    await join_from(kaiku, "UOLLI", SWEDISH)
    await follow(kaiku)
    assert "57/60" in post_text(kaiku, FINNISH)
    assert {(post.state, post.trouble) for post in stored_posts(kaiku)} == {("standing", None)}
    expect_refusals(kaiku)


async def test_when_its_author_is_gone_the_facilitators_hear_of_it(kaiku: Running) -> None:
    await announce(kaiku, who="UKOORD")
    kaiku.server.workspace.change_person({"id": "UKOORD", "deleted": True})
    kaiku.server.link.person_changed("UKOORD")
    await kaiku.settle()
    kaiku.server.workspace.data["messages"][FINNISH].clear()
    await join_from(kaiku, "UAINO", SWEDISH)
    await kaiku.visitor("UFASI").open_home()
    await follow(kaiku)
    assert "on poistettu kanavalta" in kaiku.visitor("UFASI").direct_messages[-1]["text"]
    expect_refusals(kaiku)


async def test_a_picture_that_is_no_longer_on_the_web_does_not_keep_a_post_from_the_truth(
    kaiku: Running,
) -> None:
    details = next(each for each in SHIPPED.offerings if each.code == CODE).details
    alt = {"fi": "Ihmisiä pöydän ääressä", "sv": "Människor vid ett bord"}
    there = replace(details, picture=Picture("https://kaiku.example/kuva.png", alt))
    await apply(kaiku, with_offering(SHIPPED, CODE, details=there))
    await announce(kaiku)
    (picture,) = [each for each in posts_in(kaiku, FINNISH)[0]["blocks"] if each["type"] == "image"]
    assert picture["alt_text"] == "Ihmisiä pöydän ääressä / Människor vid ett bord"

    gone = replace(details, picture=Picture("https://kaiku.invalid/kuva.png", alt))
    await apply(kaiku, with_offering(SHIPPED, CODE, details=gone))
    await join_from(kaiku, "UAINO", FINNISH)
    await follow(kaiku)
    assert "59/60" in post_text(kaiku, FINNISH)
    assert not any(each["type"] == "image" for each in posts_in(kaiku, FINNISH)[0]["blocks"])
    expect_refusals(kaiku)


async def test_a_renamed_channel_changes_nothing(kaiku: Running) -> None:
    await announce(kaiku)
    kaiku.server.workspace.channel(FINNISH)["name"] = "ennakointi-ja-tulevaisuus"
    await join_from(kaiku, "UAINO", FINNISH)
    await follow(kaiku)
    assert "59/60" in post_text(kaiku, FINNISH)
