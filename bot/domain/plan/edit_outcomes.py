"""What a form shows of a change to an offering: what can be changed, clashes, and who is told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.acknowledged import Acknowledged
from bot.domain.offerings.offering import Offering, Session


class Editable(Struct, frozen=True):
    """An offering whose plan can be changed, its sessions ahead, who has acknowledged changes in them, and
    the numbers of those whose time is asked about."""

    offering: Offering
    ahead: Sequence[Session]
    acknowledged: Mapping[int, Acknowledged]
    polled: Collection[int] = ()

    def session(self, number: int) -> Session:
        """Raises KaikuError: SESSION_OVER."""
        found = next((each for each in self.ahead if each.number == number), None)
        if found is None:
            raise KaikuError(Refusal.SESSION_OVER, offering=self.offering)
        return found


class Clashes(Struct, frozen=True):
    """People with another session at the new time: facilitators by user id, and the number of seated
    people."""

    facilitators: Sequence[str] = ()
    seated: int = 0
    of: int = 0

    def __bool__(self) -> bool:
        return bool(self.facilitators or self.seated)


NO_CLASHES = Clashes()


class Preview(Struct, frozen=True):
    """What a change does. ``seated`` and ``waiting`` are how many will be told, and ``wishing`` how many who
    would like a seat in a draw to come, ``soon`` of them within minutes and ``later`` from ``later_at`` on;
    ``facilitators`` how many others who facilitate hear of it. ``promoted`` get a free seat, ``offered`` are
    offered one, ``opening`` hear that sign-up is open. ``changes``: whether anything changes at all."""

    before: Offering
    after: Offering
    seated: int
    waiting: int
    soon: int
    later: int
    later_at: datetime | None
    facilitators: int
    may_be_quiet: bool
    changes: bool
    clashes: Clashes = NO_CLASHES
    wishing: int = 0
    promoted: int = 0
    offered: int = 0
    opening: int = 0

    @property
    def tells_of_change(self) -> bool:
        """Whether anybody of the group hears that sessions changed."""
        return bool(self.seated or self.waiting or self.wishing)

    @property
    def tells(self) -> bool:
        """Whether anybody but facilitators hears anything."""
        return bool(self.tells_of_change or self.promoted or self.offered or self.opening)


class Made(Struct, frozen=True):
    """An offering after a change, and whether anybody but facilitators hears of it."""

    offering: Offering
    tells: bool
