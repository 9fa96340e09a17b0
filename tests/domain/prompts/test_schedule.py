"""When a person is asked what: every default fails a test when it is taken away."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.calendars.wall_time import local
from bot.domain.prompts.dates import DatedPrompt, Reason, closing_day, date_prompts
from bot.domain.prompts.prompt import (
    DEFAULT_RULES,
    SERIES,
    Audience,
    Frequency,
    Moment,
    Prompt,
    PromptState,
    Question,
    Timing,
)
from bot.domain.prompts.schedule import (
    Participation,
    Recipient,
    ScheduledPrompt,
    closed_because,
    closing_instant,
    fade_instant,
    schedule,
)
from tests.support.prompt_dates import CALENDAR, ZONE, series, session

EARLY = datetime(2019, 1, 7, tzinfo=UTC)
READER = Recipient(ZONE)


def asks(
    days: list[date],
    recipient: Recipient = READER,
    *,
    now: datetime = EARLY,
    sent: dict[int, datetime] | None = None,
    seat: Participation | None = None,
) -> list[ScheduledPrompt]:
    sessions = [session(n, day) for n, day in enumerate(days, start=1)]
    dated = date_prompts(series(sessions), sessions, DEFAULT_RULES, CALENDAR)
    return schedule(
        dated, {1: seat or Participation(EARLY)}, recipient, sent or {}, DEFAULT_RULES, CALENDAR, now
    )


def moments(found: list[ScheduledPrompt]) -> dict[Moment, datetime | Reason | None]:
    return {ask.dated.prompt.moment: local(ask.due_at, ZONE) if ask.due_at else ask.dropped for ask in found}


def helsinki(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(ZONE))


LONG = [date(2019, 9, 3), date(2019, 10, 1)]  # a Tuesday and a Tuesday, 20 working days apart


def test_a_gap_has_a_plan_a_midpoint_and_a_look_ahead() -> None:
    assert moments(asks(LONG)) == {
        Moment.PLAN: helsinki(2019, 9, 5, 10),  # two working days after
        Moment.MIDPOINT: helsinki(2019, 9, 17, 10),
        Moment.BEFORE: helsinki(2019, 9, 26, 10),  # two before would be Friday: Thursday
    }


def test_a_gap_under_ten_working_days_has_no_midpoint() -> None:
    found = moments(asks([date(2019, 9, 3), date(2019, 9, 16)]))
    assert found[Moment.MIDPOINT] is Reason.SHORT_GAP
    assert found[Moment.PLAN] == helsinki(2019, 9, 5, 10)
    assert found[Moment.BEFORE] == helsinki(2019, 9, 12, 10)


def test_prompts_come_at_the_time_of_day_that_a_person_chose() -> None:
    assert moments(asks(LONG, Recipient(ZONE, hour=14)))[Moment.PLAN] == helsinki(2019, 9, 5, 14)


def test_prompts_come_on_a_persons_own_clock() -> None:
    found = asks(LONG, Recipient("America/New_York"))
    assert found[0].due_at == datetime(2019, 9, 5, 14, tzinfo=UTC)


def test_a_holiday_moves_a_prompt_and_says_why() -> None:
    found = asks([date(2019, 4, 29), date(2019, 5, 28)])  # 1 May is a holiday, 30 April its eve
    plan = next(ask for ask in found if ask.dated.prompt.moment is Moment.PLAN)
    assert (plan.due_at, plan.moved) == (helsinki(2019, 5, 2, 10), None)
    found = asks([date(2019, 6, 18), date(2019, 8, 20)])  # Midsummer Eve is Friday 21 June
    assert moments(found)[Moment.MIDPOINT] == helsinki(2019, 8, 1, 10)  # July is quiet
    assert [ask.moved for ask in found if ask.dated.prompt.moment is Moment.MIDPOINT] == [Reason.QUIET_DAY]


def test_a_prompt_that_would_come_after_its_session_is_dropped() -> None:
    found = moments(asks([date(2019, 12, 19), date(2020, 1, 7)]))
    assert found[Moment.BEFORE] in {Reason.QUIET_DAY, Reason.AFTER_SESSION}


def test_one_prompt_a_week_and_the_one_nearer_its_session_wins() -> None:
    found = moments(asks([date(2019, 9, 2), date(2019, 9, 16)]))  # midpoint 10.9., look ahead 12.9.
    assert found[Moment.MIDPOINT] is Reason.WEEKLY_CAP
    assert found[Moment.BEFORE] == helsinki(2019, 9, 12, 10)


def test_what_was_sent_counts_for_the_week_and_the_next_slips_by_days() -> None:
    (plan, midpoint, _) = asks(LONG, sent={999: helsinki(2019, 9, 3, 10)})
    assert (plan.due_at, plan.moved) == (helsinki(2019, 9, 10, 10), Reason.WEEKLY_CAP)
    assert (midpoint.due_at, midpoint.moved) == (helsinki(2019, 9, 17, 10), None)


def test_a_session_moved_by_a_day_silences_no_prompt() -> None:
    """The plan's second working day is now a Friday: Tuesday instead, two days before the midpoint."""
    found = moments(asks([date(2019, 4, 3), date(2019, 4, 24)]))
    assert found == {
        Moment.PLAN: helsinki(2019, 4, 9, 10),
        Moment.MIDPOINT: helsinki(2019, 4, 16, 10),
        Moment.BEFORE: helsinki(2019, 4, 23, 10),
    }


def test_a_prompt_waits_a_week_at_most_and_is_dropped_then() -> None:
    found = moments(asks(LONG, sent={998: helsinki(2019, 9, 4, 10), 999: helsinki(2019, 9, 11, 10)}))
    assert found[Moment.PLAN] is Reason.WEEKLY_CAP


def test_a_midpoint_is_not_sent_to_whom_no_plan_was_asked() -> None:
    found = moments(asks(LONG, sent={998: helsinki(2019, 9, 4, 10), 999: helsinki(2019, 9, 11, 10)}))
    assert found[Moment.MIDPOINT] is Reason.NO_PLAN
    assert found[Moment.BEFORE] == helsinki(2019, 9, 26, 10)


def test_a_midpoint_comes_when_its_plan_was_sent() -> None:
    plan_id = asks(LONG)[0].dated.prompt.id
    found = moments(asks(LONG, sent={plan_id: helsinki(2019, 9, 5, 10)}, now=helsinki(2019, 9, 6, 10)))
    assert found[Moment.MIDPOINT] == helsinki(2019, 9, 17, 10)


def chosen(prompt_id: int, at: datetime, until: datetime | None = None) -> DatedPrompt:
    """A facilitator's own, at a time that they chose."""
    prompt = Prompt(prompt_id, 1, Moment.ANY, [Question({"fi": "?"})], Timing(at=at), author="UFASI")
    return DatedPrompt(prompt, None, at=at, until=until)


def scheduled(dated: list[DatedPrompt]) -> dict[int, ScheduledPrompt]:
    found = schedule(dated, {1: Participation(EARLY)}, READER, {}, DEFAULT_RULES, CALENDAR, EARLY)
    return {ask.dated.prompt.id: ask for ask in found}


def test_a_time_that_a_facilitator_chose_stands_and_the_others_make_room() -> None:
    until = helsinki(2019, 9, 10, 9)
    sessions = [session(1, LONG[0]), session(2, LONG[1])]
    dated = date_prompts(series(sessions), sessions, DEFAULT_RULES, CALENDAR)
    found = scheduled([*dated, chosen(7, helsinki(2019, 9, 4, 12), until)])
    assert found[7].due_at == helsinki(2019, 9, 4, 12)
    plan, midpoint, before = (found[each.prompt.id].due_at for each in dated)
    assert (plan, midpoint, before) == (
        helsinki(2019, 9, 11, 10),
        helsinki(2019, 9, 18, 10),
        helsinki(2019, 9, 26, 10),
    )


def test_a_time_that_a_facilitator_chose_does_not_slip() -> None:
    first, second = helsinki(2019, 9, 4, 12), helsinki(2019, 9, 5, 12)
    found = scheduled([chosen(7, first), chosen(8, second)])
    assert (found[7].due_at, found[8].dropped) == (first, Reason.WEEKLY_CAP)


def test_nobody_is_reminded_after_the_last_session() -> None:
    at = helsinki(2019, 9, 4, 12)
    found = scheduled([chosen(7, at), chosen(8, at + timedelta(days=7), at + timedelta(days=20))])
    assert found[7].remind_at is None
    assert found[8].remind_at == helsinki(2019, 9, 13, 10)


def test_who_wants_fewer_gets_the_last_only_and_no_reminder() -> None:
    found = asks(LONG, Recipient(ZONE, frequency=Frequency.FEWER))
    assert moments(found) == {
        Moment.PLAN: Reason.FEWER,
        Moment.MIDPOINT: Reason.FEWER,
        Moment.BEFORE: helsinki(2019, 9, 26, 10),
    }
    assert all(ask.remind_at is None for ask in found)


def test_who_wants_none_gets_none() -> None:
    assert set(moments(asks(LONG, Recipient(ZONE, frequency=Frequency.STOPPED))).values()) == {Reason.STOPPED}


def test_a_pause_moves_prompts_behind_it() -> None:
    found = moments(asks(LONG, Recipient(ZONE, paused_until=date(2019, 9, 9))))
    assert found[Moment.PLAN] == Reason.WEEKLY_CAP or found[Moment.PLAN] == helsinki(2019, 9, 10, 10)


def test_who_is_away_is_asked_when_they_are_back() -> None:
    found = moments(asks(LONG, Recipient(ZONE, away_until=helsinki(2019, 9, 24, 12))))
    assert found[Moment.BEFORE] == helsinki(2019, 9, 26, 10)
    assert found[Moment.PLAN] is Reason.WEEKLY_CAP
    assert found[Moment.MIDPOINT] is Reason.NO_PLAN


@pytest.mark.parametrize(
    ("seat", "reason"),
    [
        (Participation(helsinki(2019, 9, 4)), Reason.JOINED_LATER),
        (Participation(EARLY, {1: False}), Reason.MISSED_SESSION),
    ],
)
def test_who_was_not_at_the_session_is_asked_only_before_the_next(
    seat: Participation, reason: Reason
) -> None:
    found = moments(asks(LONG, seat=seat))
    assert found[Moment.PLAN] is reason
    assert found[Moment.MIDPOINT] is reason
    assert isinstance(found[Moment.BEFORE], datetime)


def test_an_audience_of_those_who_attended_leaves_the_rest_out() -> None:
    sessions = [session(1, LONG[0]), session(2, LONG[1])]
    prompt = replace(
        series(sessions)[0],
        series=None,
        moment=Moment.ANY,
        audience=Audience.ATTENDED,
        timing=Timing(after_session=1, working_days=3),
    )
    dated = date_prompts([prompt], sessions, DEFAULT_RULES, CALENDAR)
    left_out = Reason.NOT_IN_AUDIENCE
    for attended, dropped in (({1: True}, None), ({1: False}, left_out), ({}, left_out)):
        (ask,) = schedule(
            dated, {1: Participation(EARLY, attended)}, READER, {}, DEFAULT_RULES, CALENDAR, EARLY
        )
        assert ask.dropped is dropped


def test_a_stopped_prompt_is_not_asked() -> None:
    sessions = [session(1, LONG[0]), session(2, LONG[1])]
    stopped = [replace(each, state=PromptState.STOPPED) for each in series(sessions)]
    dated = date_prompts(stopped, sessions, DEFAULT_RULES, CALENDAR)
    found = schedule(dated, {1: Participation(EARLY)}, READER, {}, DEFAULT_RULES, CALENDAR, EARLY)
    assert {ask.dropped for ask in found} == {Reason.WITHDRAWN}


def test_a_cancelled_session_joins_the_gaps_around_it() -> None:
    sessions = [
        session(1, LONG[0]),
        session(2, date(2019, 9, 17), cancelled=True),
        session(3, LONG[1]),
    ]
    dated = date_prompts(series(sessions), sessions, DEFAULT_RULES, CALENDAR)
    assert [each.on for each in dated[:3]] == [date(2019, 9, 5), date(2019, 9, 17), date(2019, 9, 26)]
    assert {each.dropped for each in dated[3:]} == {Reason.SESSION_CANCELLED}


def test_a_prompt_that_was_late_by_a_day_still_comes_and_by_a_week_does_not() -> None:
    late = asks(LONG, now=helsinki(2019, 9, 6, 11))
    plan = next(ask for ask in late if ask.dated.prompt.moment is Moment.PLAN)
    assert plan.due_at is not None
    assert plan.due_at >= helsinki(2019, 9, 6, 11)
    assert moments(asks(LONG, now=helsinki(2019, 9, 12, 11)))[Moment.PLAN] is Reason.PAST


def test_a_prompt_that_a_holiday_moved_is_not_past_while_it_waits() -> None:
    days = [date(2019, 4, 2), date(2019, 4, 24)]  # two days before is the eve of Good Friday: 23 April
    found = moments(asks(days, now=helsinki(2019, 4, 22, 12)))
    assert found[Moment.BEFORE] == helsinki(2019, 4, 23, 10)


def test_the_reminder_comes_two_working_days_after_and_before_the_session() -> None:
    found = asks(LONG)
    assert [ask.remind_at for ask in found] == [
        helsinki(2019, 9, 9, 10),
        helsinki(2019, 9, 19, 10),
        helsinki(2019, 9, 30, 10),
    ]


def test_after_two_unanswered_in_a_row_a_person_is_asked_whether_they_want_fewer() -> None:
    first, second = helsinki(2019, 9, 5, 10), helsinki(2019, 9, 17, 10)
    assert fade_instant([(first, False), (second, False)], READER, DEFAULT_RULES, CALENDAR) == helsinki(
        2019, 9, 23, 10
    )
    assert fade_instant([(first, False), (second, True)], READER, DEFAULT_RULES, CALENDAR) is None
    assert fade_instant([(second, False)], READER, DEFAULT_RULES, CALENDAR) is None


def test_the_closing_letter_comes_two_working_days_after_the_last_session() -> None:
    sessions = [session(1, LONG[0]), session(2, LONG[1])]
    day = closing_day(sessions, DEFAULT_RULES, CALENDAR)
    assert day == date(2019, 10, 3)
    assert closing_instant(day, READER, DEFAULT_RULES, CALENDAR) == helsinki(2019, 10, 3, 10)


session_days = st.lists(
    st.dates(date(2019, 1, 8), date(2020, 6, 30)).filter(CALENDAR.is_working_day),
    min_size=1,
    max_size=5,
    unique=True,
).map(sorted)
instants = st.integers(0, 365 * 24 * 60).map(lambda n: EARLY + timedelta(minutes=n))
readers = st.builds(
    Recipient,
    timezone=st.sampled_from([ZONE, "America/New_York", "Asia/Tokyo", "Europe/London"]),
    hour=st.none() | st.integers(9, 14),
    frequency=st.sampled_from(Frequency),
    paused_until=st.none() | st.dates(date(2019, 1, 1), date(2019, 12, 31)),
    away_until=st.none() | instants,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(session_days, min_size=1, max_size=3), readers, instants)
def test_no_prompt_comes_too_late_in_the_past_in_quiet_time_over_the_cap_or_twice(
    offerings: list[list[date]], recipient: Recipient, now: datetime
) -> None:
    dated: list[DatedPrompt] = []
    for offering_id, days in enumerate(offerings, start=1):
        sessions = [session(n, day) for n, day in enumerate(days, start=1)]
        dated += date_prompts(series(sessions, offering_id), sessions, DEFAULT_RULES, CALENDAR)
    seats = {offering_id: Participation(EARLY) for offering_id in range(1, len(offerings) + 1)}
    found = schedule(dated, seats, recipient, {}, DEFAULT_RULES, CALENDAR, now)
    assert len({ask.dated.prompt.id for ask in found}) == len(found) == len(dated)
    days_asked = []
    for ask in found:
        assert (ask.due_at is None) == (ask.dropped is not None)
        if ask.due_at is None:
            continue
        here = local(ask.due_at, recipient.timezone)
        assert ask.due_at >= now
        assert ask.dated.until is None or ask.due_at < ask.dated.until
        assert ask.dated.session is None or ask.due_at > ask.dated.session.starts_at
        assert not CALENDAR.is_quiet_day(here.date())
        assert here.weekday() in DEFAULT_RULES.weekdays
        assert time(9) <= here.time() <= time(15)
        assert recipient.paused_until is None or here.date() >= recipient.paused_until
        assert recipient.away_until is None or ask.due_at >= recipient.away_until
        days_asked.append(here.date())
    days_asked.sort()
    pairs = pairwise(days_asked)
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairs)
    assert recipient.frequency is not Frequency.STOPPED or not days_asked


@settings(max_examples=150, deadline=None)
@given(session_days, st.lists(st.integers(0, 500), max_size=3), readers, instants)
def test_a_prompt_slips_a_week_at_most_keeps_its_order_and_is_dropped_for_a_true_reason(
    days: list[date], sent_after: list[int], recipient: Recipient, now: datetime
) -> None:
    sessions = [session(n, day) for n, day in enumerate(days, start=1)]
    dated = date_prompts(series(sessions), sessions, DEFAULT_RULES, CALENDAR)
    seat = {1: Participation(EARLY)}
    sent = {1000 + n: now - timedelta(days=after) for n, after in enumerate(sent_after)}
    alone = {
        each.prompt.id: schedule([each], seat, recipient, {}, DEFAULT_RULES, CALENDAR, now)[0]
        for each in dated
    }
    found = schedule(dated, seat, recipient, sent, DEFAULT_RULES, CALENDAR, now)
    planned = {ask.dated.prompt.series: ask for ask in found}
    by_day = sorted(local(ask.due_at, recipient.timezone).date() for ask in found if ask.due_at)
    for ask in found:
        wanted = alone[ask.dated.prompt.id].due_at
        if ask.dropped in {Reason.WEEKLY_CAP, Reason.NO_PLAN}:
            assert wanted is not None, "nothing but the others was in its way"
        if ask.dropped is Reason.WEEKLY_CAP:
            assert by_day or sent
        if ask.dropped is Reason.NO_PLAN:
            assert ask.dated.prompt.moment is Moment.MIDPOINT
            assert planned[f"{ask.dated.prompt.timing.after_session}/{Moment.PLAN}"].dropped is not None
        if ask.due_at is None or wanted is None:
            continue
        assert timedelta() <= ask.due_at - wanted < timedelta(days=8)
        assert (ask.moved is Reason.WEEKLY_CAP) == (ask.due_at != wanted)
        assert ask.remind_at is None or ask.due_at < ask.remind_at
        assert ask.remind_at is None or (ask.dated.until is not None and ask.remind_at < ask.dated.until)
        assert all(
            abs(local(ask.due_at, recipient.timezone).date() - local(at, recipient.timezone).date())
            >= timedelta(days=7)
            for at in sent.values()
        )
    for number in range(1, len(days)):
        gap = [planned[f"{number}/{moment}"].due_at for moment in SERIES]
        coming = [each for each in gap if each is not None]
        assert coming == sorted(coming)


@settings(max_examples=100, deadline=None)
@given(session_days.filter(lambda days: len(days) > 2), st.integers(1, 10))
def test_moving_a_session_moves_only_what_belongs_to_its_gaps(days: list[date], shift: int) -> None:
    sessions = [session(n, day) for n, day in enumerate(days, start=1)]
    last = CALENDAR.add_working_days(days[-1], shift)
    moved = [*sessions[:-1], session(len(days), last)]
    before = date_prompts(series(sessions), sessions, DEFAULT_RULES, CALENDAR)
    after = date_prompts(series(sessions), moved, DEFAULT_RULES, CALENDAR)
    untouched = len(SERIES) * (len(days) - 2)
    assert before[:untouched] == after[:untouched]


def test_who_is_away_over_a_holiday_is_said_to_be_away() -> None:
    """It is their own leave that they know of, not that the third day of it is a holiday."""
    recipient = Recipient(ZONE, away_until=helsinki(2019, 5, 8, 12))
    assert closed_because(date(2019, 5, 1), recipient, CALENDAR, None) is Reason.AWAY
    assert closed_because(date(2019, 5, 1), READER, CALENDAR, None) is Reason.QUIET_DAY
