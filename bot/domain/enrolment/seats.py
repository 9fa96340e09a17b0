"""Who gets a seat. Agencies are to mix, so a group has two limits: its capacity, and the most seats of each
agency."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace


class Status(StrEnum):
    """State of an enrolment. ``offered`` is a freed seat held for one person until a deadline. ``in_draw``:
    the person takes part in a draw that is still to come, and so has no place in line yet."""

    SEATED = "seated"
    WAITING = "waiting"
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    IN_DRAW = "in_draw"


class WaitingReason(StrEnum):
    """Why somebody waits. The agency's limit takes precedence: a seat that is freed in a full group passes
    over a person whose agency already has its seats. ``has_another``: they already have the most seats that
    one person gets in the same draw."""

    AGENCY_FULL = "agency_full"
    GROUP_FULL = "group_full"
    HAS_ANOTHER = "has_another"


class SeatLimits(Struct, frozen=True):
    """An offering's limits; ``of_agency`` holds the agencies whose limit differs from ``per_agency``."""

    capacity: int
    per_agency: int
    of_agency: Mapping[str, int] = field(default_factory=dict)

    def for_agency(self, agency: str) -> int:
        return self.of_agency.get(agency, self.per_agency)

    def with_agency(self, agency: str, seats: int) -> "SeatLimits":
        """These limits with another one for this agency."""
        return replace(self, of_agency={**self.of_agency, agency: seats})


class InLine(Struct, frozen=True):
    """One person on the waiting list: the enrolment's id, and the agency key that seats are counted by.
    ``let_go``: the number of the newest seat that was free when they last let an offer lapse."""

    enrolment_id: int
    agency: str
    let_go: int = 0


def has_free_seat(limits: SeatLimits, taken: Mapping[str, int]) -> bool:
    """Whether the group has a free seat; ``taken`` counts held seats (seated or offered) by agency."""
    return sum(taken.values()) < limits.capacity


def reason_to_wait(limits: SeatLimits, taken: Mapping[str, int], agency: str) -> WaitingReason | None:
    """Why a person of ``agency`` can't be seated now; None when they can."""
    if taken.get(agency, 0) >= limits.for_agency(agency):
        return WaitingReason.AGENCY_FULL
    if not has_free_seat(limits, taken):
        return WaitingReason.GROUP_FULL
    return None


def seated_over_limit(limits: SeatLimits, seated: Iterable[InLine]) -> list[int]:
    """The seated people, in order of sign-up, who exceed their agency's limit: it was lowered, or an agency
    was corrected after the group had begun."""
    taken: Counter[str] = Counter()
    over = []
    for person in seated:
        taken[person.agency] += 1
        if taken[person.agency] > limits.for_agency(person.agency):
            over.append(person.enrolment_id)
    return over


def next_seated(limits: SeatLimits, taken: Mapping[str, int], line: Iterable[InLine]) -> list[int]:
    """The enrolments that get the free seats, in order.

    The waiting list is walked from its head; a person whose agency is full is passed over and keeps their
    place. A new sign-up is the last on the list, so it can never overtake anybody.
    """
    now_taken = dict(taken)
    seated: list[int] = []
    for person in line:
        if not has_free_seat(limits, now_taken):
            break
        if reason_to_wait(limits, now_taken, person.agency) is None:
            now_taken[person.agency] = now_taken.get(person.agency, 0) + 1
            seated.append(person.enrolment_id)
    return seated
