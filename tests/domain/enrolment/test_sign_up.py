"""When an offering may be joined, and until when a freed seat moves on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.enrolment.sign_up import SignUpState, seats_move_on, sign_up_state

HELSINKI = "Europe/Helsinki"
STARTS = datetime(2019, 4, 2, 6, tzinfo=UTC)  # 9.00 in Helsinki
ENDS = datetime(2019, 6, 12, 13, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def state(now: datetime, **changes: Any) -> SignUpState:
    facts = {
        "cancelled": False,
        "opens_on": None,
        "closes_on": None,
        "first_starts_at": STARTS,
        "last_ends_at": ENDS,
        "timezone": HELSINKI,
    }
    return sign_up_state(**facts | changes, now=now)


def test_the_opening_day_is_included_from_its_midnight_in_the_programmes_zone() -> None:
    midnight = datetime(2019, 3, 14, 22, tzinfo=UTC)  # 15.3. at 0.00 in Helsinki
    assert state(midnight - SECOND, opens_on=date(2019, 3, 15)) is SignUpState.NOT_YET
    assert state(midnight, opens_on=date(2019, 3, 15)) is SignUpState.OPEN


def test_the_closing_day_is_included_to_its_midnight_in_the_programmes_zone() -> None:
    midnight = datetime(2019, 3, 15, 22, tzinfo=UTC)  # the end of 15.3. in Helsinki
    assert state(midnight - SECOND, closes_on=date(2019, 3, 15)) is SignUpState.OPEN
    assert state(midnight, closes_on=date(2019, 3, 15)) is SignUpState.CLOSED


def test_without_a_closing_day_sign_up_ends_as_the_first_session_starts() -> None:
    assert state(STARTS - SECOND) is SignUpState.OPEN
    assert state(STARTS) is SignUpState.CLOSED


def test_a_closing_day_after_the_first_session_keeps_sign_up_open() -> None:
    assert state(STARTS + timedelta(days=1), closes_on=date(2019, 5, 1)) is SignUpState.OPEN


def test_what_is_over_is_past_whatever_its_days_say() -> None:
    assert state(ENDS - SECOND) is SignUpState.CLOSED
    assert state(ENDS, opens_on=date(2020, 1, 1), closes_on=date(2020, 2, 1)) is SignUpState.PAST


def test_what_is_cancelled_is_cancelled_first_of_all() -> None:
    assert state(ENDS + timedelta(days=1), cancelled=True) is SignUpState.CANCELLED


def test_an_offering_whose_dates_come_later_is_not_open_yet() -> None:
    assert state(STARTS, first_starts_at=None, last_ends_at=None) is SignUpState.NOT_YET


@pytest.mark.parametrize("day", ["opens_on", "closes_on"])
def test_a_sign_up_day_opens_it_before_the_dates_are_known(day: str) -> None:
    days = {day: STARTS.date()}
    assert state(STARTS, first_starts_at=None, last_ends_at=None, **days) is SignUpState.OPEN


@pytest.mark.parametrize(
    ("is_state", "now", "moves_on"),
    [
        (SignUpState.OPEN, STARTS - SECOND, True),
        (SignUpState.CLOSED, STARTS - SECOND, True),
        (SignUpState.NOT_YET, STARTS - SECOND, True),
        (SignUpState.CLOSED, STARTS, False),
        (SignUpState.OPEN, STARTS + SECOND, True),
        (SignUpState.CANCELLED, STARTS - SECOND, False),
        (SignUpState.PAST, ENDS, False),
    ],
)
def test_a_freed_seat_moves_on_until_the_start_or_while_people_may_still_join(
    is_state: SignUpState, now: datetime, moves_on: bool
) -> None:
    assert seats_move_on(is_state, STARTS, now) is moves_on


def test_a_freed_seat_moves_on_while_there_are_no_dates() -> None:
    assert seats_move_on(SignUpState.CLOSED, None, STARTS) is True
