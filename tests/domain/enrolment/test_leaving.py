"""What leaving means depends on who waits and whether sign-up is open."""

import pytest

from bot.domain.enrolment.leaving import Leaving, SeatThen, WayBack, what_leaving_means
from bot.domain.enrolment.sign_up import SignUpState

OPEN, CLOSED = SignUpState.OPEN, SignUpState.CLOSED


@pytest.mark.parametrize(
    ("seated", "state", "others_wait", "moves_on", "means"),
    [
        (True, OPEN, False, True, Leaving(SeatThen.STAYS_FREE, WayBack.TO_A_SEAT)),
        (True, OPEN, True, True, Leaving(SeatThen.MOVES_ON, WayBack.TO_THE_END_OF_THE_LINE)),
        (True, CLOSED, True, True, Leaving(SeatThen.MOVES_ON, WayBack.NONE)),
        (True, CLOSED, True, False, Leaving(SeatThen.STAYS_EMPTY, WayBack.NONE)),
        (False, OPEN, False, True, Leaving(None, WayBack.TO_THE_END_OF_THE_LINE)),
        (False, CLOSED, True, True, Leaving(None, WayBack.NONE)),
    ],
)
def test_what_leaving_means(
    seated: bool, state: SignUpState, others_wait: bool, moves_on: bool, means: Leaving
) -> None:
    found = what_leaving_means(seated=seated, state=state, others_wait=others_wait, seats_move_on=moves_on)
    assert found == means
