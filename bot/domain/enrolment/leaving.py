"""What it means to give up a seat, at the moment when somebody considers it."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.domain.enrolment.sign_up import SignUpState

UNDO_FOR = timedelta(minutes=10)


def undo_until(left_at: datetime) -> datetime:
    """Until when leaving can be taken back."""
    return left_at + UNDO_FOR


class SeatThen(StrEnum):
    """What becomes of the seat."""

    MOVES_ON = "moves_on"  # to the next on the waiting list
    STAYS_FREE = "stays_free"  # nobody waits
    STAYS_EMPTY = "stays_empty"  # it is too late for others to get it


class WayBack(StrEnum):
    """How a person can return once undo is no longer possible."""

    TO_A_SEAT = "to_a_seat"
    TO_THE_END_OF_THE_LINE = "to_the_end"
    NONE = "none"


class Leaving(Struct, frozen=True):
    """What leaving one offering means now. ``seat`` is None for a person on the waiting list."""

    seat: SeatThen | None
    way_back: WayBack


def what_leaving_means(
    *, seated: bool, state: SignUpState, others_wait: bool, seats_move_on: bool
) -> Leaving:
    """``others_wait``: somebody but the person is on the waiting list. ``seats_move_on``: see
    ``sign_up.seats_move_on``."""
    if not seated:
        seat = None
    elif not seats_move_on:
        seat = SeatThen.STAYS_EMPTY
    else:
        seat = SeatThen.MOVES_ON if others_wait else SeatThen.STAYS_FREE
    if state is not SignUpState.OPEN:
        back = WayBack.NONE
    elif others_wait or not seated:
        back = WayBack.TO_THE_END_OF_THE_LINE
    else:
        back = WayBack.TO_A_SEAT
    return Leaving(seat, back)
