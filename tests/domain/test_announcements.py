"""When posts change by themselves, and when a later post of a series is true."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.announcements import (
    Face,
    are_last_seats,
    face_of,
    month_of,
    next_month,
    next_turn,
    opens_in,
    three_weeks_left,
)
from bot.domain.enrolment.sign_up import SignUpState
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.offerings.catalogue import state_of
from tests.support.offerings import OFFERING as BARE
from tests.support.sessions import a_session
from tests.support.time_passing import helsinki

OFFERING = replace(
    BARE, opens_on=date(2019, 2, 11), closes_on=date(2019, 5, 17), sessions=(a_session(date(2019, 5, 28)),)
)


@pytest.mark.parametrize(
    ("state", "seats_left", "face"),
    [
        (SignUpState.OPEN, 1, Face.OPEN),
        (SignUpState.OPEN, 0, Face.FULL),
        (SignUpState.NOT_YET, 5, Face.NOT_YET),
        (SignUpState.CLOSED, 5, Face.CLOSED),
        (SignUpState.CANCELLED, 5, Face.CANCELLED),
        (SignUpState.PAST, 5, Face.OVER),
    ],
)
def test_a_post_says_how_its_offering_stands(state: SignUpState, seats_left: int, face: Face) -> None:
    assert face_of(state, seats_left) is face


@pytest.mark.parametrize(
    ("left", "capacity", "few"),
    [
        (0, 60, False),
        (1, 60, True),
        (6, 60, True),
        (7, 60, False),
        (3, 20, True),
        (4, 20, False),
        (2, 2, False),
    ],
)
def test_last_seats_are_a_tenth_or_three(left: int, capacity: int, few: bool) -> None:
    assert are_last_seats(left, capacity) is few


def test_three_weeks_are_counted_back_from_the_last_day_and_land_on_a_working_morning() -> None:
    calendar = WORK_CALENDAR
    assert three_weeks_left(OFFERING, calendar) == (helsinki(2019, 4, 26, 9), helsinki(2019, 4, 30, 15))
    easter = replace(OFFERING, closes_on=date(2019, 5, 10))  # 19 April is Good Friday
    found = three_weeks_left(easter, calendar)
    assert found is not None
    assert found[0] == helsinki(2019, 4, 23, 9)


def test_without_a_closing_day_the_first_session_is_the_last_day() -> None:
    calendar = WORK_CALENDAR
    found = three_weeks_left(replace(OFFERING, closes_on=None), calendar)
    assert found is not None
    assert found[0] == helsinki(2019, 5, 7, 9)
    assert three_weeks_left(replace(OFFERING, closes_on=None, sessions=()), calendar) is None


def test_a_post_turns_when_sign_up_opens_closes_and_when_it_is_over() -> None:
    turns = []
    now: datetime | None = helsinki(2019, 1, 1)
    while now is not None and (now := next_turn(OFFERING, now)) is not None:
        turns.append(now)
    assert turns == [helsinki(2019, 2, 11), helsinki(2019, 5, 18), helsinki(2019, 5, 28, 15)]


days = st.dates(date(2019, 1, 1), date(2019, 12, 31))


@given(
    opens=st.none() | days,
    closes=st.none() | days,
    on=days,
    hours=st.integers(0, 24 * 365),
)
def test_between_two_turns_nothing_about_an_offering_changes(
    opens: date | None, closes: date | None, on: date, hours: int
) -> None:
    offering = replace(OFFERING, opens_on=opens, closes_on=closes, sessions=(a_session(on),))
    now = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    turn = next_turn(offering, now)
    last = turn - timedelta(seconds=1) if turn is not None else now + timedelta(days=2000)
    assert state_of(offering, now) is state_of(offering, max(last, now))


def test_a_month_is_the_programmes_own_month() -> None:
    at = datetime(2019, 2, 28, 22, 30, tzinfo=UTC)  # half past midnight in Helsinki
    assert month_of(at, "Europe/Helsinki") == date(2019, 3, 1)
    assert next_month(date(2019, 12, 1)) == date(2020, 1, 1)
    assert opens_in(OFFERING, date(2019, 2, 1))
    assert not opens_in(replace(OFFERING, opens_on=None), date(2019, 2, 1))
