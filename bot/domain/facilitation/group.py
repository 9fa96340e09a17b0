"""A group as its facilitators see it: seats, the waiting list with reasons, the mix of agencies, pending
decisions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.enrolment.offers import next_offered, number_seats
from bot.domain.enrolment.seats import InLine, SeatLimits, Status, WaitingReason, next_seated, reason_to_wait
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering, Session

UNDO_FOR: Final = timedelta(minutes=10)
"""How long a removal can be undone, without anybody being told."""

MAX_REASON: Final = 300
"""Characters of a reason in one language."""


class Becomes(StrEnum):
    """What a removal makes of an enrolment: it ends, or it goes back in the line."""

    REMOVED = "removed"
    WAITING = "waiting"


class Removal(Struct, frozen=True):
    """A removal that can still be undone; ``due_at`` is when it takes effect and the person is told."""

    id: int
    enrolment_id: int
    becomes: Becomes
    asked_at: datetime
    due_at: datetime


class Member(Struct, frozen=True):
    """One person of the group with a standing sign-up. ``agency`` is the key that seats are counted by,
    ``position`` the place in line (from 1), ``until`` until when an offered seat can be accepted, and
    ``offered_seat`` its number."""

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
    offered_seat: int | None = None
    timezone: str | None = None


class Invitee(Struct, frozen=True):
    """Somebody with an open invitation; ``due_at`` is when it is sent, None once it has been."""

    id: int
    user_id: str
    name: str
    due_at: datetime | None


class Share(Struct, frozen=True):
    """How many seats one agency holds, and the most it may."""

    agency: str
    held: int
    most: int


class Decision(StrEnum):
    """What needs a facilitator's decision."""

    DRAW_WAITS = "draw_waits"
    BELOW_SEATED = "below_seated"
    OVER_LIMIT = "over_limit"
    FREE_AND_WAITING = "free_and_waiting"
    AGENCIES_FULL = "agencies_full"
    NO_ATTENDANCE = "no_attendance"


class Group(Struct, frozen=True):
    """One offering with its people at one moment; ``members`` in the order of the roster. ``unmarked`` are
    sessions that are over and have no attendance, ``absent`` the user ids of people who can't come to the
    next session. ``line``: the people who may be seated, in order. ``free_seats``: the numbers of the seats
    that were free when one was last passed on, and the highest there has been."""

    offering: Offering
    state: SignUpState
    members: Sequence[Member]
    next_session: Session | None = None
    absent: frozenset[str] = frozenset()
    unmarked: Sequence[Session] = ()
    invited: Sequence[Invitee] = ()
    line: Sequence[InLine] = ()
    wishing: int | None = None  # how many would like a seat in the draw to come; None: no draw is to come
    free_seats: tuple[Sequence[int], int] = ((), 0)
    passes_on: bool = True
    is_paused: bool = False  # a coordinator has paused all that Kaiku sends by itself
    polled: Sequence[int] = ()  # the numbers of the sessions whose time is asked about
    may_export: bool = True  # the reader facilitates it; a coordinator gets no list of people

    def of(self, *statuses: Status) -> list[Member]:
        return [each for each in self.members if each.status in statuses]

    def find(self, enrolment_id: int) -> Member | None:
        return next((each for each in self.members if each.enrolment_id == enrolment_id), None)

    @property
    def holding(self) -> list[Member]:
        """The members who hold a seat or are offered one."""
        return self.of(Status.SEATED, Status.OFFERED)

    @property
    def held(self) -> dict[str, int]:
        """Held seats by agency."""
        return dict(Counter(each.agency for each in self.holding))

    @property
    def free(self) -> int:
        return max(self.offering.limits.capacity - len(self.holding), 0)

    def has_let_go(self, member: Member) -> bool:
        """Whether a seat is free that this member has declined, or let lapse."""
        let_go = next((each.let_go for each in self.line if each.enrolment_id == member.enrolment_id), 0)
        return let_go > 0 and member not in next_up(self)

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
        moves_by_itself = bool(next_up(self))
        found = {
            Decision.DRAW_WAITS: bool(self.wishing) and self.state is SignUpState.CLOSED,
            Decision.BELOW_SEATED: len(self.holding) > self.offering.limits.capacity,
            Decision.OVER_LIMIT: any(each.over_limit for each in self.members),
            Decision.FREE_AND_WAITING: bool(self.free and fitting and not moves_by_itself),
            Decision.AGENCIES_FULL: bool(self.free and waiting and not fitting),
            Decision.NO_ATTENDANCE: bool(self.unmarked),
        }
        return [decision for decision, is_needed in found.items() if is_needed]


def why_not_seated(limits: SeatLimits, held: Mapping[str, int], agency: str) -> WaitingReason | None:
    """Why a facilitator can't seat somebody of this agency now, even out of turn; None if they can. A full
    group is the first reason, because raising the agency's limit would not help."""
    reason = reason_to_wait(limits, held, agency)
    if sum(held.values()) >= limits.capacity:
        return WaitingReason.GROUP_FULL
    return reason


NOBODY_YET: Final = 0
"""The id, in a waiting list, of an enrolment that is yet to be added at its end; real ids start at 1."""


def comes_straight_back(group: Group, member: Member) -> bool:
    """Whether this member, put at the end of the line, would get the same seat again, because nobody else who
    waits can have it."""
    line = [*group.line, InLine(NOBODY_YET, member.agency)]
    return NOBODY_YET in _who_is_next(group, line, leaves=member)


def next_up(group: Group) -> list[Member]:
    """The waiting members who would get a seat, or be offered one, now."""
    return _members(group, _who_is_next(group, group.line))


def _members(group: Group, enrolment_ids: Iterable[int]) -> list[Member]:
    return [each for found in enrolment_ids if (each := group.find(found)) is not None]


def _who_is_next(group: Group, line: Sequence[InLine], *, leaves: Member | None = None) -> list[int]:
    """The enrolments that get the free seats by the rule that passes seats on."""
    held, limits = group.held, group.offering.limits
    known, opened = group.free_seats
    if leaves is not None:
        held[leaves.agency] -= 1
        if leaves.offered_seat is not None:
            known = [*known, leaves.offered_seat]
    if not group.passes_on:
        return []
    if not group.offering.offers.on:
        return next_seated(limits, held, line)
    free, _ = number_seats(max(limits.capacity - sum(held.values()), 0), known, opened)
    return [enrolment_id for enrolment_id, _ in next_offered(limits, held, line, free)]


def missing_reason(reason: Texts, language: str) -> str | None:
    """The language in which a reason is still missing for a reader of ``language``; None if they can read it.
    Readers of English may get it in Finnish."""
    needed = "fi" if language == "en" else language
    if language == "en" and reason.get("en"):
        return None
    return None if reason.get(needed) else needed
