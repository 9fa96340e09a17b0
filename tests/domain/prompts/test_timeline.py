"""The timeline of an offering: what stands on it, in which order, and what is warned of."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.calendars.quiet_days import QuietKind
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.prompt import DEFAULT_RULES, Audience, PromptState
from bot.domain.prompts.timeline import Entry, EntryKind, EntryState, Planned, lay_out
from bot.domain.prompts.timeline_warnings import (
    Company,
    CrowdedWeek,
    LostToLimit,
    PromptDropped,
    PromptMoved,
    QuietInGap,
    ShortGap,
    warnings_of,
)
from tests.support.prompt_dates import BEFORE, CALENDAR, CALM, planned, session


def of(entries: list[Entry], kind: EntryKind) -> list[Entry]:
    return [each for each in entries if each.kind is kind]


def test_everything_stands_in_order_of_time_from_session_to_closing_letter() -> None:
    entries = lay_out(planned(CALM), {}, BEFORE)
    assert [each.on for each in entries] == sorted(each.on for each in entries if each.on)
    assert entries[0].kind is EntryKind.SESSION
    assert entries[-1].kind is EntryKind.CLOSING_LETTER
    assert [each.on for each in of(entries, EntryKind.PROMPT)] == [
        date(2019, 9, 5),
        date(2019, 9, 17),
        date(2019, 9, 26),
    ]


def test_each_prompt_has_its_reminder_two_working_days_later() -> None:
    entries = lay_out(planned(CALM), {}, BEFORE)
    assert [each.on for each in of(entries, EntryKind.REMINDER)] == [
        date(2019, 9, 9),
        date(2019, 9, 19),
        date(2019, 9, 30),
    ]


def test_what_was_sent_stands_where_it_was_sent() -> None:
    mine = planned(CALM)
    first = mine.dated[0].prompt.id
    at = datetime(2019, 9, 6, 9, tzinfo=UTC)
    entry = of(lay_out(mine, {first: at}, at + timedelta(days=1)), EntryKind.PROMPT)[0]
    assert (entry.state, entry.on) == (EntryState.DONE, date(2019, 9, 6))


def test_a_prompt_on_the_eve_of_a_holiday_is_moved_and_says_which() -> None:
    mine = planned([session(1, date(2019, 4, 2)), session(2, date(2019, 4, 24))])
    entries = lay_out(mine, {}, BEFORE)
    moved = next(each for each in of(entries, EntryKind.PROMPT) if each.state is EntryState.MOVED)
    assert moved.wanted_on == date(2019, 4, 18)
    assert moved.quiet is not None
    assert moved.quiet.kind is QuietKind.EVE
    assert moved.reason is Reason.QUIET_DAY
    warnings = warnings_of(mine, entries, [], {}, BEFORE)
    assert [each for each in warnings if isinstance(each, PromptMoved)]
    assert [each.quiet.first for each in warnings if isinstance(each, QuietInGap)] == [
        date(2019, 4, 19),
        date(2019, 4, 22),
    ]


def test_a_calm_gap_has_no_warnings() -> None:
    mine = planned(CALM)
    assert warnings_of(mine, lay_out(mine, {}, BEFORE), [], {}, BEFORE) == []


def test_a_short_gap_says_how_many_prompts_do_not_fit() -> None:
    mine = planned([session(1, date(2019, 9, 3)), session(2, date(2019, 9, 12))])
    short = [each for each in _warnings(mine) if isinstance(each, ShortGap)]
    assert [(each.working_days, each.lost) for each in short] == [(7, 1)]


def test_a_gap_that_is_past_is_not_warned_of() -> None:
    mine = planned([session(1, date(2019, 9, 3)), session(2, date(2019, 9, 12))])
    after = datetime(2019, 9, 13, tzinfo=UTC)
    assert not [
        each
        for each in warnings_of(mine, lay_out(mine, {}, after), [], {}, after)
        if isinstance(each, ShortGap)
    ]


def test_people_in_two_offerings_at_once_lose_prompts_to_the_limit_and_that_is_said() -> None:
    mine, other = planned(CALM), planned(CALM, 2)
    company = Company(7, [(other.offering, other.dated)], DEFAULT_RULES)
    found = warnings_of(mine, lay_out(mine, {}, BEFORE), [company], {}, BEFORE)
    lost = [each for each in found if isinstance(each, LostToLimit)]
    assert lost
    assert {each.people for each in lost} == {7}


def test_three_in_one_week_is_a_crowded_week() -> None:
    mine, second, third = planned(CALM), planned(CALM, 2), planned(CALM, 3)
    others = [(each.offering, each.dated) for each in (second, third)]
    found = warnings_of(mine, lay_out(mine, {}, BEFORE), [Company(5, others, DEFAULT_RULES)], {}, BEFORE)
    weeks = [each for each in found if isinstance(each, CrowdedWeek)]
    assert (weeks[0].monday, weeks[0].prompts, weeks[0].people) == (date(2019, 9, 2), 3, 5)


def test_an_entry_says_between_which_sessions_it_is() -> None:
    entries = lay_out(planned([*CALM, session(3, date(2019, 10, 29))]), {}, BEFORE)
    prompts = of(entries, EntryKind.PROMPT)
    assert [(each.session, each.coming) for each in prompts] == [(1, 2)] * 3 + [(2, 3)] * 3


def test_a_cancelled_session_is_shown_and_its_gap_is_one_with_the_next() -> None:
    days = [date(2019, 9, 3), date(2019, 9, 17), date(2019, 10, 1)]
    sessions = [session(n, day, cancelled=n == 2) for n, day in enumerate(days, start=1)]
    entries = lay_out(planned(sessions), {}, BEFORE)
    assert [each.state for each in of(entries, EntryKind.SESSION)] == [
        EntryState.COMING,
        EntryState.CANCELLED,
        EntryState.COMING,
    ]
    fates = {(each.session, each.state, each.reason) for each in of(entries, EntryKind.PROMPT)}
    assert fates == {
        (1, EntryState.COMING, None),
        (2, EntryState.DROPPED, Reason.SESSION_CANCELLED),
    }


def test_what_is_over_is_done() -> None:
    entries = lay_out(planned(CALM), {}, datetime(2019, 12, 1, tzinfo=UTC))
    done = [each.kind for each in entries if each.state is EntryState.DONE]
    assert done == [EntryKind.SESSION, EntryKind.SESSION, EntryKind.CLOSING_LETTER]


def test_a_prompt_nobody_got_in_time_is_dropped_and_not_warned_of() -> None:
    mine, after = planned(CALM), datetime(2019, 12, 1, tzinfo=UTC)
    entries = lay_out(mine, {}, after)
    assert {each.reason for each in of(entries, EntryKind.PROMPT)} == {Reason.PAST}
    assert warnings_of(mine, entries, [], {}, after) == []


def test_a_plan_that_its_facilitator_withdrew_is_shown_and_warned_of_is_the_midpoint_after_it() -> None:
    mine = planned(CALM)
    gone = replace(mine.dated[0], prompt=replace(mine.dated[0].prompt, state=PromptState.CANCELLED))
    mine = replace(mine, dated=[gone, *mine.dated[1:]])
    entries = lay_out(mine, {}, BEFORE)
    plan, midpoint, _ = of(entries, EntryKind.PROMPT)
    assert (plan.reason, midpoint.reason) == (Reason.WITHDRAWN, Reason.NO_PLAN)
    assert warnings_of(mine, entries, [], {}, BEFORE) == [PromptDropped(midpoint)]


def test_a_prompt_for_the_absent_is_on_the_timeline_too() -> None:
    mine = planned(CALM)
    for_absent = replace(mine.dated[0], prompt=replace(mine.dated[0].prompt, audience=Audience.ABSENT))
    mine = replace(mine, dated=[for_absent])
    assert [each.state for each in of(lay_out(mine, {}, BEFORE), EntryKind.PROMPT)] == [EntryState.COMING]


def test_a_round_in_a_channel_takes_no_ones_weekly_prompt_and_has_no_reminder() -> None:
    mine = planned(CALM)
    in_channel = replace(mine.dated[0].prompt, id=999, channel="C1", series=None)
    mine = replace(mine, dated=[*mine.dated, replace(mine.dated[0], prompt=in_channel)])
    entries = lay_out(mine, {}, BEFORE)
    assert {each.state for each in of(entries, EntryKind.PROMPT)} == {EntryState.COMING}
    assert len(of(entries, EntryKind.PROMPT)) == 4
    assert len(of(entries, EntryKind.REMINDER)) == 3


def test_a_prompt_that_its_own_neighbour_displaces_is_warned_of() -> None:
    mine = planned([session(1, date(2019, 9, 2)), session(2, date(2019, 9, 16))])
    dropped = [each for each in _warnings(mine) if isinstance(each, PromptDropped)]
    assert [(each.entry.on, each.entry.reason) for each in dropped] == [
        (date(2019, 9, 10), Reason.WEEKLY_CAP)
    ]


def test_july_is_one_warning_and_its_days_end_where_the_gap_ends() -> None:
    mine = planned([session(1, date(2019, 6, 25)), session(2, date(2019, 7, 20))])
    quiet = [each.quiet for each in _warnings(mine) if isinstance(each, QuietInGap)]
    assert [(each.kind, each.first, each.last) for each in quiet] == [
        (QuietKind.JULY, date(2019, 7, 1), date(2019, 7, 19))
    ]


def test_a_holiday_on_a_weekend_is_no_news() -> None:
    mine = planned([session(1, date(2019, 10, 8)), session(2, date(2019, 11, 6))])  # All Saints: Saturday
    assert [each for each in _warnings(mine) if isinstance(each, QuietInGap)] == []


def test_the_prompt_nearer_its_session_wins_and_both_offerings_are_named() -> None:
    """Ours come 5, 17 and 26 September; the others' look ahead on the 17th, for a session on the 19th."""
    mine = planned(CALM)
    other = planned([session(1, date(2019, 8, 20)), session(2, date(2019, 9, 19))], 2)
    found = _shared(mine, Company(4, [(other.offering, other.dated)], DEFAULT_RULES))
    ours = [each for each in found if each.title == mine.offering.title and each.on == date(2019, 9, 17)]
    assert [(each.people, each.winners) for each in ours] == [(4, ({"fi": "Ryhmä 2"},))]
    assert date(2019, 9, 26) not in [each.on for each in found]


def test_what_the_others_lose_to_ours_is_said_as_well() -> None:
    mine = planned([session(1, date(2019, 8, 20)), session(2, date(2019, 9, 19))])
    other = planned(CALM, 2)
    found = _shared(mine, Company(4, [(other.offering, other.dated)], DEFAULT_RULES))
    assert (date(2019, 9, 17), {"fi": "Ryhmä 2"}, ({"fi": "Ryhmä 1"},)) in [
        (each.on, each.title, each.winners) for each in found
    ]


def test_people_of_several_other_offerings_are_counted_together() -> None:
    mine = planned(CALM)
    second = planned([session(1, date(2019, 8, 20)), session(2, date(2019, 9, 19))], 2)
    third = planned([session(1, date(2019, 8, 21)), session(2, date(2019, 9, 19))], 3)
    companies = [
        Company(2, [(second.offering, second.dated)], DEFAULT_RULES),
        Company(3, [(third.offering, third.dated)], DEFAULT_RULES),
    ]
    lost = [each for each in _shared(mine, *companies) if each.on == date(2019, 9, 17)]
    assert [(each.title, each.people, len(each.winners)) for each in lost] == [({"fi": "Ryhmä 1"}, 5, 2)]


def test_what_was_sent_of_the_other_offering_counts_for_the_week() -> None:
    mine = planned(CALM)
    other = planned([session(1, date(2019, 8, 27)), session(2, date(2019, 10, 8))], 2)
    now = datetime(2019, 9, 4, 12, tzinfo=UTC)
    sent = {other.dated[0].prompt.id: datetime(2019, 9, 4, 7, tzinfo=UTC)}
    company = Company(6, [(other.offering, other.dated)], DEFAULT_RULES)
    found = warnings_of(mine, lay_out(mine, sent, now), [company], sent, now)
    alone = of(lay_out(mine, sent, now), EntryKind.PROMPT)
    assert alone[0].state is EntryState.COMING  # whoever is not in the other offering
    lost = [each for each in found if isinstance(each, LostToLimit)]
    assert (lost[0].on, lost[0].title, lost[0].winners) == (
        date(2019, 9, 17),  # that of the 5th slips to the 11th, and this one's place is taken then
        {"fi": "Ryhmä 1"},
        ({"fi": "Ryhmä 2"},),
    )


def test_a_prompt_displaced_by_its_own_series_is_not_blamed_on_other_offerings() -> None:
    """Ours loses its midpoint of 10 September to its look ahead of the 12th, whoever is where."""
    mine = planned([session(1, date(2019, 9, 2)), session(2, date(2019, 9, 16))])
    other = planned([session(1, date(2019, 2, 5)), session(2, date(2019, 3, 12))], 2)
    assert _shared(mine, Company(9, [(other.offering, other.dated)], DEFAULT_RULES)) == []


def test_people_who_are_elsewhere_at_other_times_lose_nothing() -> None:
    mine, other = planned(CALM), planned([session(1, date(2019, 2, 5)), session(2, date(2019, 3, 12))], 2)
    assert _shared(mine, Company(9, [(other.offering, other.dated)], DEFAULT_RULES)) == []


@settings(max_examples=60, deadline=None)
@given(
    first=st.dates(date(2019, 1, 8), date(2019, 11, 30)),
    gaps=st.lists(st.integers(1, 70), min_size=1, max_size=4),
    cancelled=st.sets(st.integers(1, 5)),
    hours=st.integers(-24 * 40, 24 * 300),
)
def test_everything_is_on_the_timeline_once_in_order_and_nothing_is_asked_in_a_quiet_time(
    first: date, gaps: list[int], cancelled: set[int], hours: int
) -> None:
    days = [first + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]
    sessions = [session(n, day, cancelled=n in cancelled) for n, day in enumerate(days, start=1)]
    mine = planned(sessions)
    now = sessions[0].starts_at + timedelta(hours=hours)
    entries = lay_out(mine, {}, now)
    assert [each.session for each in of(entries, EntryKind.SESSION)] == [each.number for each in sessions]
    prompts = of(entries, EntryKind.PROMPT)
    assert sorted(each.prompt.id for each in prompts if each.prompt) == [
        each.prompt.id for each in mine.dated
    ]
    timed = [each.at for each in entries if each.at is not None]
    assert timed == sorted(timed)
    for each in entries:
        if each.at is not None and each.kind is not EntryKind.SESSION:
            assert not CALENDAR.is_quiet_day(each.at.date())
    assert all((each.at is None) == (each.state is EntryState.DROPPED) for each in prompts)
    assert all((each.reason is None) == (each.state is EntryState.COMING) for each in prompts)


def _shared(mine: Planned, *companies: Company) -> list[LostToLimit]:
    found = warnings_of(mine, lay_out(mine, {}, BEFORE), companies, {}, BEFORE)
    return [each for each in found if isinstance(each, LostToLimit)]


def _warnings(mine: Planned) -> list[object]:
    return list(warnings_of(mine, lay_out(mine, {}, BEFORE), [], {}, BEFORE))
