"""The phases of a dialogue and their timer, which runs by the clock: what is stored is when a phase ends."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace


class Phase(StrEnum):
    """The phases of a dialogue in rooms, in order."""

    ARRIVE = "arrive"
    EXPERIENCES = "experiences"
    TOGETHER = "together"
    GATHER = "gather"


PHASES: Final = tuple(Phase)
MINUTES: Final = {Phase.ARRIVE: 5, Phase.EXPERIENCES: 15, Phase.TOGETHER: 20, Phase.GATHER: 10}
ADDED: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=3)


class PhaseAct(StrEnum):
    START = "start"
    PAUSE = "pause"
    ADD = "add"
    NEXT = "next"


class PhaseState(Struct, frozen=True):
    """The phase with this index ends at ``ends_at`` or, while it is None, is not running and has ``left``."""

    index: int
    ends_at: datetime | None
    left: timedelta

    @property
    def phase(self) -> Phase:
        return PHASES[self.index]

    @property
    def is_last(self) -> bool:
        return self.index == len(PHASES) - 1

    @property
    def mark(self) -> str:
        """Identifies this state, so that an act is done only in the state in which it was chosen."""
        running = self.ends_at is not None
        rest = int(self.ends_at.timestamp()) if self.ends_at is not None else int(self.left.total_seconds())
        return f"{self.index}{'e' if running else 'p'}{rest}"


def first_state() -> PhaseState:
    return _waiting(0)


def _waiting(index: int) -> PhaseState:
    return PhaseState(index, None, timedelta(minutes=MINUTES[PHASES[index]]))


def act_on(state: PhaseState, act: PhaseAct, now: datetime) -> PhaseState:
    """The state after this act; unchanged where the act does not apply. A phase that has run out can be given
    more time: five minutes from now."""
    match act:
        case PhaseAct.START if state.ends_at is None:
            return replace(state, ends_at=(now + state.left).replace(microsecond=0))
        case PhaseAct.PAUSE if state.ends_at is not None:
            left = max(state.ends_at - now, timedelta())
            return replace(state, ends_at=None, left=timedelta(seconds=int(left.total_seconds())))
        case PhaseAct.ADD if state.ends_at is not None:
            ends_at = max(state.ends_at, now.replace(microsecond=0)) + ADDED
            return replace(state, ends_at=min(ends_at, now.replace(microsecond=0) + LONGEST))
        case PhaseAct.ADD:
            return replace(state, left=min(state.left + ADDED, LONGEST))
        case PhaseAct.NEXT if not state.is_last:
            return _waiting(state.index + 1)
    return state
