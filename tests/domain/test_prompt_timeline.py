"""The timeline of an offering: what stands on it, in which order, and what is warned of."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.offerings import Meeting, Offering
from bot.domain.plan import OfferingKind
from bot.domain.prompt_dates import Reason, date_prompts
from bot.domain.prompt_timeline import Entry, EntryKind, EntryState, Planned, lay_out
from bot.domain.prompts import DEFAULT_RULES
from bot.domain.quiet_days import QuietKind
from bot.domain.seats import SeatLimits
from bot.domain.timeline_warnings import (
    Company,
    CrowdedWeek,
    LostToLimit,
    PromptMoved,
    QuietInGap,
    ShortGap,
    warnings_of,
)
from bot.services.holidays import holiday_names
from tests.domain.test_prompt_schedule import CALENDAR, meeting, series

NAMES = holiday_names(CALENDAR.years)
BEFORE = datetime(2019, 1, 7, tzinfo=UTC)
CALM = [meeting(1, date(2019, 9, 3)), meeting(2, date(2019, 10, 1))]
"""Four weeks of autumn with neither a holiday nor an eve."""


def planned(meetings: list[Meeting], offering_id: int = 1) -> Planned:
    offering = Offering(
        id=offering_id,
        code=f"dialogue-{offering_id}",
        kind=OfferingKind.PROCESS,
        strand_number=2,
        strand_title={"fi": "Dialogi"},
        title={"fi": f"Ryhmä {offering_id}"},
        summary={},
        limits=SeatLimits(20, 4, {}),
        facilitators=(),
        opens_on=None,
        closes_on=None,
        timezone="Europe/Helsinki",
        cancelled=False,
        meetings=meetings,
    )
    dated = date_prompts(series(meetings, offering_id), meetings, DEFAULT_RULES, CALENDAR)
    return Planned(offering, dated, DEFAULT_RULES, CALENDAR, NAMES)


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
    mine = planned([meeting(1, date(2019, 4, 2)), meeting(2, date(2019, 4, 24))])
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
    mine = planned([meeting(1, date(2019, 9, 3)), meeting(2, date(2019, 9, 12))])
    short = [each for each in _warnings(mine) if isinstance(each, ShortGap)]
    assert [(each.working_days, each.lost) for each in short] == [(7, 1)]


def test_a_gap_that_is_past_is_not_warned_of() -> None:
    mine = planned([meeting(1, date(2019, 9, 3)), meeting(2, date(2019, 9, 12))])
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


def _warnings(mine: Planned) -> list[object]:
    return list(warnings_of(mine, lay_out(mine, {}, BEFORE), [], {}, BEFORE))
