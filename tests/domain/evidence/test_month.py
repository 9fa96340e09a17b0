"""The month view: what is said of an offering, and when the view comes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from msgspec.structs import replace

from bot.domain.enrolment.seats import SeatLimits
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.evidence.month import Because, Counted, View, is_time, month_of
from bot.domain.offerings.offering import Session
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.services.calendars.holidays import WORK_CALENDAR
from tests.support.offerings import OFFERING

NOW = datetime(2019, 4, 1, 8, tzinfo=UTC)


def counted(weeks: int, taken: int, waiting: int = 0, **more: object) -> Counted:
    at = NOW + timedelta(weeks=weeks)
    places = {"place": {"fi": "Sali"}, "link": None, "link_label": None, "bring": None, "cancelled": False}
    hours = (time(11), time(13), "Europe/Helsinki", at, at + timedelta(hours=2))
    found = replace(
        OFFERING,
        sessions=[Session(1, at.date(), *hours, **places)],
        limits=SeatLimits(20, 4),
        facilitators=["UFASI"],
        opens_on=date(2019, 2, 1),
        closes_on=None,
    )
    found = replace(
        found,
        **{name: value for name, value in more.items() if name not in {"state", "undrawn"}},
    )
    state = more.get("state", SignUpState.OPEN)
    assert isinstance(state, SignUpState)
    return Counted(found, state, taken, waiting, undrawn=bool(more.get("undrawn", False)))


@pytest.mark.parametrize(
    ("each", "view", "because"),
    [
        (counted(8, 3), View.EARLY, Because.TIME_LEFT),
        (counted(3, 14), View.LOOK, Because.EMPTY),
        (counted(3, 15), View.ON_TRACK, Because.FILLS),
        (counted(8, 15), View.ON_TRACK, Because.FILLS),
        (counted(8, 20), View.ON_TRACK, Because.FULL),
        (counted(8, 20, 4), View.ON_TRACK, Because.FULL),
        (counted(8, 20, 5), View.LOOK, Because.QUEUE),
        (counted(8, 3, opens_on=date(2019, 3, 25)), View.EARLY, Because.JUST_OPENED),
        (counted(8, 0, state=SignUpState.NOT_YET), View.EARLY, Because.NOT_OPEN),
        (counted(3, 0, state=SignUpState.NOT_YET), View.LOOK, Because.EMPTY),
        (counted(-1, 5), View.ON_TRACK, Because.RUNS),
        (counted(8, 20, facilitators=[]), View.LOOK, Because.NO_FACILITATOR),
        (counted(8, 20, undrawn=True), View.LOOK, Because.UNDRAWN),
        (counted(8, 3, sessions=[]), View.LOOK, Because.NO_DATES),
        (counted(8, 0, sessions=[], state=SignUpState.NOT_YET), View.EARLY, Because.NOT_OPEN),
    ],
)
def test_an_offering_is_on_track_needs_a_look_or_is_too_early_to_tell(
    each: Counted, view: View, because: Because
) -> None:
    (line,) = month_of([each], NOW)
    assert (line.view, line.because) == (view, because)


def test_what_is_over_is_left_out_what_needs_a_look_is_first_and_few_who_wait_are_not_counted() -> None:
    over = [counted(-4, 20, state=SignUpState.PAST), counted(4, 0, state=SignUpState.CANCELLED)]
    lines = month_of([*over, counted(8, 20, 4), counted(6, 1), counted(2, 1, 6), counted(1, 1)], NOW)
    assert [each.view for each in lines] == [View.LOOK, View.LOOK, View.ON_TRACK, View.EARLY]
    assert [each.waiting for each in lines] == [None, 6, None, None]
    assert lines[0].offering.starts_at is not None
    assert lines[1].offering.starts_at is not None
    assert lines[0].offering.starts_at < lines[1].offering.starts_at


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2019, 4, 1, 8, tzinfo=UTC), True),
        (datetime(2019, 4, 1, 4, tzinfo=UTC), False),  # before nine
        (datetime(2019, 4, 2, 8, tzinfo=UTC), False),
        (datetime(2019, 5, 1, 8, tzinfo=UTC), False),  # May Day
        (datetime(2019, 5, 2, 8, tzinfo=UTC), True),
        (datetime(2019, 6, 1, 8, tzinfo=UTC), False),  # a Saturday
        (datetime(2019, 6, 3, 8, tzinfo=UTC), True),
    ],
)
def test_the_view_comes_on_the_first_working_day_in_office_hours(at: datetime, expected: bool) -> None:
    assert is_time(at, "Europe/Helsinki", WORK_CALENDAR, SEAT_NEWS_HOURS) is expected
