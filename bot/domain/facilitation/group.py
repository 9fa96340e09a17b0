"""A group as whoever facilitates it sees it: seats, the line with reasons, the mix, what to decide."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.enrolment.seats import InLine, SeatLimits, Status, WaitingReason, next_seated, reason_to_wait
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering, Session

UNDO_FOR: Final = timedelta(minutes=10)
"""So long a removal can be undone, and nobody hears of it."""

MAX_REASON: Final = 300
"""Characters of a reason in one language."""


class Becomes(StrEnum):
    """What a removal makes of an enrolment: it ends, or it goes back in the line."""

    REMOVED = "removed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal that can still be undone; ``due_at`` is when it takes effect and the person is told."""

    id: int
    enrolment_id: int
    becomes: Becomes
    asked_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the group with a standing sign-up. ``agency`` is the key that seats are counted by,
    ``position`` the place in line (from 1), ``until`` until when an offered seat can be accepted."""

    enrolment_id: int
    user_id: str
    name: str
    agency: str
    role: str | None
    status: Status
    language: str
    position: int | None = None
    reason: WaitingReason | None = None
    over_limit: bool = False
    own_words: str | None = None
    until: datetime | None = None
    removal: Removal | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many seats one agency holds, and the most it may."""

    agency: str
    held: int
    most: int


class Decision(StrEnum):
    """What needs a facilitator's decision."""

    BELOW_SEATED = "below_seated"
    OVER_LIMIT = "over_limit"
    FREE_AND_WAITING = "free_and_waiting"
    AGENCIES_FULL = "agencies_full"
    NO_ATTENDANCE = "no_attendance"


@dataclass(frozen=True, slots=True)
class Group:
    """One offering with its people at one moment; ``members`` in the order of the roster. ``unmarked`` are
    sessions that are over and have no attendance, ``absent`` the user ids of who can't come next time."""

    offering: Offering
    state: SignUpState
    members: Sequence[Member]
    next_session: Session | None = None
    absent: frozenset[str] = frozenset()
    unmarked: Sequence[Session] = ()
    invited: Sequence[str] = ()
    passes_on: bool = True
    may_export: bool = True  # whoever looks leads it; a coordinator gets no list of people

    def of(self, *statuses: Status) -> list[Member]:
        return [each for each in self.members if each.status in statuses]

    def find(self, enrolment_id: int) -> Member | None:
        return next((each for each in self.members if each.enrolment_id == enrolment_id), None)

    @property
    def holding(self) -> list[Member]:
        """Who holds a seat, or is offered one."""
        return self.of(Status.SEATED, Status.OFFERED)

    @property
    def held(self) -> dict[str, int]:
        """Held seats by agency."""
        return dict(Counter(each.agency for each in self.holding))

    @property
    def free(self) -> int:
        return max(self.offering.limits.capacity - len(self.holding), 0)

    @property
    def shares(self) -> list[Share]:
        """Held seats by agency, the largest first."""
        limits = self.offering.limits
        found = [Share(agency, held, limits.for_agency(agency)) for agency, held in self.held.items()]
        return sorted(found, key=lambda each: (-each.held, each.agency))

    @property
    def roles(self) -> dict[str, int]:
        """Held seats by role, the most frequent first; people without one are left out."""
        return dict(Counter(each.role for each in self.holding if each.role is not None).most_common())

    @property
    def decisions(self) -> list[Decision]:
        """What needs a decision, the most urgent first."""
        waiting = self.of(Status.WAITING)
        fitting = [each for each in waiting if each.reason is not WaitingReason.AGENCY_FULL]
        moves_by_itself = self.passes_on and bool(fitting)
        found = {
            Decision.BELOW_SEATED: len(self.holding) > self.offering.limits.capacity,
            Decision.OVER_LIMIT: any(each.over_limit for each in self.members),
            Decision.FREE_AND_WAITING: bool(self.free and fitting and not moves_by_itself),
            Decision.AGENCIES_FULL: bool(self.free and waiting and not fitting),
            Decision.NO_ATTENDANCE: bool(self.unmarked),
        }
        return [decision for decision, is_needed in found.items() if is_needed]


def why_not_seated(limits: SeatLimits, held: Mapping[str, int], agency: str) -> WaitingReason | None:
    """Why a facilitator can't seat somebody of this agency now, whoever waits before them; None if they can.
    A full group comes first: to raise the agency's limit would not help."""
    reason = reason_to_wait(limits, held, agency)
    if sum(held.values()) >= limits.capacity:
        return WaitingReason.GROUP_FULL
    return reason


def comes_straight_back(
    limits: SeatLimits, held: Mapping[str, int], line: Iterable[InLine], agency: str
) -> bool:
    """Whether somebody of this agency, put at the end of the line, would get the same seat again, because
    nobody else who waits can have it."""
    without = dict(held)
    without[agency] = without.get(agency, 0) - 1
    last = InLine(0, agency)
    return last.enrolment_id in next_seated(limits, without, [*line, last])


def would_get_seats(
    limits: SeatLimits, held: Mapping[str, int], members: Iterable[Member], passes_on: bool
) -> list[Member]:
    """Of those who wait, who gets a seat by these limits, in the order of the line."""
    if not passes_on:
        return []
    waiting = {each.enrolment_id: each for each in members if each.status is Status.WAITING}
    line = [InLine(each.enrolment_id, each.agency) for each in waiting.values()]
    return [waiting[each] for each in next_seated(limits, held, line)]


def missing_reason(reason: Texts, language: str) -> str | None:
    """The language in which a reason has still to be written for a reader of this one; None if there is what
    they can read. Who reads English reads it, or Finnish."""
    needed = "fi" if language == "en" else language
    if language == "en" and reason.get("en"):
        return None
    return None if reason.get(needed) else needed
