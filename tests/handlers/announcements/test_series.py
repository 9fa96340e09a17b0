"""Later posts of an announcement, and the month's digest: only if true, in working time, never twice."""

from datetime import date, time

import pytest

from sandbox import text_of
from tests.support.announcing import (
    CODE,
    FINNISH,
    SENTENCE,
    SWEDISH,
    announce,
    follow,
    join_from,
    post_text,
    posts_in,
    stored_posts,
)
from tests.support.joining import join
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering
from tests.support.time_passing import at, helsinki

BOTH = ["three_weeks_left", "last_seats"]


def reasons(kaiku: Running) -> dict[str, str]:
    """State by reason, of the posts in the Finnish channel."""
    return {post.reason: post.state for post in stored_posts(kaiku) if post.channel == FINNISH}


async def test_three_weeks_before_sign_up_closes_it_is_told_again_in_the_morning(kaiku: Running) -> None:
    await announce(kaiku, series=BOTH)
    await at(kaiku, helsinki(2019, 4, 26, 8, 59))
    assert len(posts_in(kaiku, FINNISH)) == 1
    await at(kaiku, helsinki(2019, 4, 26, 9))
    later = posts_in(kaiku, FINNISH)[1]
    assert "Muistutus: ilmoittautuminen päättyy pe 17.5.2019." in later["text"]
    assert "Påminnelse: anmälningstiden går ut fre 17.5.2019." in later["text"]
    assert reasons(kaiku) == {"announce": "standing", "three_weeks_left": "standing", "last_seats": "planned"}


async def test_without_being_asked_for_nothing_is_told_again(kaiku: Running) -> None:
    await announce(kaiku)
    await at(kaiku, helsinki(2019, 4, 26, 9))
    assert len(posts_in(kaiku, FINNISH)) == 1


@pytest.mark.parametrize("untrue", ["full", "cancelled"])
async def test_three_weeks_left_is_not_told_where_it_would_not_help(kaiku: Running, untrue: str) -> None:
    await announce(kaiku, series=BOTH)
    if untrue == "full":
        await apply(kaiku, with_offering(SHIPPED, CODE, capacity=1))
        await join_from(kaiku, "UAINO", FINNISH)
    else:
        await apply(kaiku, with_offering(SHIPPED, CODE, cancelled=True))
    await at(kaiku, helsinki(2019, 4, 26, 9))
    assert len(posts_in(kaiku, FINNISH)) == 1
    assert reasons(kaiku)["three_weeks_left"] == "skipped"


async def test_after_a_long_downtime_three_weeks_are_no_longer_left(kaiku: Running) -> None:
    await announce(kaiku, series=BOTH)
    await at(kaiku, helsinki(2019, 5, 6, 10))
    assert len(posts_in(kaiku, FINNISH)) == 1
    assert reasons(kaiku)["three_weeks_left"] == "skipped"


async def test_after_a_day_of_downtime_it_waits_for_the_next_morning(kaiku: Running) -> None:
    await announce(kaiku, series=BOTH)
    await at(kaiku, helsinki(2019, 4, 26, 20))
    assert len(posts_in(kaiku, FINNISH)) == 1
    await at(kaiku, helsinki(2019, 4, 29, 9))
    assert len(posts_in(kaiku, FINNISH)) == 2


async def test_it_moves_with_the_closing_day(kaiku: Running) -> None:
    await announce(kaiku, series=BOTH)
    offering = next(each for each in SHIPPED.offerings if each.code == CODE)
    window = type(offering.sign_up)(offering.sign_up.opens, date(2019, 5, 24))
    await apply(kaiku, with_offering(SHIPPED, CODE, sign_up=window))
    await at(kaiku, helsinki(2019, 4, 26, 12))
    assert len(posts_in(kaiku, FINNISH)) == 1
    await at(kaiku, helsinki(2019, 5, 3, 9))
    assert "pe 24.5.2019" in posts_in(kaiku, FINNISH)[1]["text"]


async def test_announced_late_it_is_not_told_again_the_same_week(kaiku: Running) -> None:
    await at(kaiku, helsinki(2019, 4, 23, 10))
    await announce(kaiku, series=BOTH)
    await at(kaiku, helsinki(2019, 4, 30, 10))
    assert len(posts_in(kaiku, FINNISH)) == 1


async def test_the_last_seats_are_told_when_they_are_the_last_in_working_time_and_once(
    kaiku: Running,
) -> None:
    await apply(kaiku, with_offering(SHIPPED, CODE, capacity=5))
    await announce(kaiku, series=BOTH)
    await at(kaiku, helsinki(2019, 2, 22, 19))  # a Friday evening
    for person in ("UAINO", "UOLLI"):
        await join(kaiku.visitor(person), CODE)
        await kaiku.visitor(person).close(clear=True)
    await follow(kaiku)
    assert len(posts_in(kaiku, FINNISH)) == 1, "not in the evening, nor at the weekend"
    await at(kaiku, helsinki(2019, 2, 25, 9))
    assert len(posts_in(kaiku, FINNISH)) == 2
    assert "Jäljellä on enää muutama paikka." in posts_in(kaiku, FINNISH)[1]["text"]
    assert "Det finns bara några platser kvar." in posts_in(kaiku, SWEDISH)[1]["text"]

    await join(kaiku.visitor("UHELI"), CODE)
    await at(kaiku, helsinki(2019, 2, 26, 9))
    assert len(posts_in(kaiku, FINNISH)) == 2


async def test_the_last_seats_are_not_told_within_a_week_of_the_first_post(kaiku: Running) -> None:
    await apply(kaiku, with_offering(SHIPPED, CODE, capacity=4))
    await announce(kaiku, series=BOTH)
    await join_from(kaiku, "UAINO", FINNISH)
    await follow(kaiku)
    await at(kaiku, helsinki(2019, 2, 18, 9, 59))
    assert len(posts_in(kaiku, FINNISH)) == 1
    await at(kaiku, helsinki(2019, 2, 18, 10, 5))
    assert len(posts_in(kaiku, FINNISH)) == 2


async def test_seats_that_went_before_the_morning_are_not_told_until_one_is_free_again(
    kaiku: Running,
) -> None:
    await apply(kaiku, with_offering(SHIPPED, CODE, capacity=4))
    await announce(kaiku, series=BOTH)
    await at(kaiku, helsinki(2019, 2, 22, 19))
    people = ("UAINO", "UOLLI", "UHELI", "UTIMO")
    for person in people:
        await join(kaiku.visitor(person), CODE)
        await kaiku.visitor(person).close(clear=True)
    await at(kaiku, helsinki(2019, 2, 25, 9))
    assert len(posts_in(kaiku, FINNISH)) == 1
    await kaiku.visitor("UAINO").command(f"/kaiku peru {CODE}")
    await kaiku.visitor("UAINO").submit()
    await follow(kaiku)
    assert len(posts_in(kaiku, FINNISH)) == 2


async def test_later_posts_stay_true_like_the_first(kaiku: Running) -> None:
    await announce(kaiku, series=BOTH)
    await at(kaiku, helsinki(2019, 4, 26, 9))
    await apply(kaiku, with_offering(SHIPPED, CODE, cancelled=True))
    await follow(kaiku)
    assert all("*Peruttu.*" in each["text"] for each in posts_in(kaiku, FINNISH))


# -- what opens this month ----------------------------------------------------------------------------------


async def test_the_digest_names_what_opens_this_month_once_a_channel(kaiku: Running) -> None:
    await announce(kaiku, "digest")
    text = post_text(kaiku, FINNISH)
    assert "Ilmoittautuminen alkaa / Anmälan öppnar: helmikuu 2019 / februari 2019" in text
    assert "Ennakointi ajattelutapana / Framsyn som tankesätt" in text
    assert "Heikot signaalit" not in text, "that one opens in March"
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command("/kaiku tiedota kooste")
    outcome = await facilitator.submit(channels_fi=[FINNISH], **SENTENCE)
    assert outcome.errors is not None
    assert "#ennakointi on jo tiedote" in outcome.errors["channels_fi"]


async def test_one_joins_from_the_digest_and_it_stays_true(kaiku: Running) -> None:
    await announce(kaiku, "digest")
    aino = kaiku.visitor("UAINO")
    await aino.click("announcement.join", _join_value(kaiku), on=posts_in(kaiku, FINNISH)[0])
    await aino.submit(agency="vero", role="expert", language="fi")
    assert "Paikka on sinun." in text_of(aino.modal)
    await follow(kaiku)
    assert "59/60" in post_text(kaiku, SWEDISH)
    await apply(kaiku, with_offering(SHIPPED, CODE, cancelled=True))
    await follow(kaiku)
    assert "Peruttu / Inställt" in post_text(kaiku, FINNISH)


def _join_value(kaiku: Running) -> str:
    post = next(each for each in stored_posts(kaiku) if each.channel == FINNISH)
    return f"{post.id}:{CODE}"


async def test_when_the_month_is_over_the_digest_says_so(kaiku: Running) -> None:
    await announce(kaiku, "digest")
    await at(kaiku, helsinki(2019, 2, 28, 23, 59))
    assert "on ohi" not in post_text(kaiku, FINNISH)
    await at(kaiku, helsinki(2019, 3, 1, 0, 0))
    assert "Tämä kuukausi on ohi." in post_text(kaiku, FINNISH)
    assert not kaiku.visitor("UAINO").has_button("announcement.join")


async def test_a_digest_planned_for_a_time_after_its_month_is_not_posted(kaiku: Running) -> None:
    facilitator = await announce(kaiku, "digest", on_day=date(2019, 3, 4), at_time=time(9))
    await at(kaiku, helsinki(2019, 3, 4, 9))
    assert posts_in(kaiku, FINNISH) == []
    assert "ei julkaistu" in facilitator.direct_messages[-1]["text"]


async def test_in_a_month_in_which_nothing_opens_there_is_nothing_to_announce(kaiku: Running) -> None:
    await at(kaiku, helsinki(2019, 7, 1, 10))
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command("/kaiku tiedota digest")
    messages = kaiku.server.workspace.messages_for("UFASI", facilitator.channel)
    assert "ei ala ilmoittautumisia" in messages[-1]["text"]
