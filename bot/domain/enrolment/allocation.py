"""Balanced allocation: who gets the seats of offerings whose seats are drawn when sign-up ends.

In each offering the agency with the fewest seats comes next, up to the offering's limits. Among equals, roles
take turns where the plan asks for it, then people who waited in vain for an earlier round come first, and
then the lot decides. A person gets a seat in the first of their choices that takes them (deferred acceptance:
an early claim to a seat yields to a better one until all is settled). At the end two people who each prefer
the other's seat trade them, unless an agency would thereby leave a group or exceed its limit.
"""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from msgspec import Struct, field

from bot.domain.enrolment.seats import SeatLimits, WaitingReason, reason_to_wait

TICKET_BYTES: Final = 16


class Applicant(Struct, frozen=True):
    """Somebody who takes part in a draw; ``choices`` are ids of offerings in order of preference. ``waited``:
    they waited in vain for an earlier round."""

    person_id: str
    agency: str
    role: str
    choices: Sequence[int]
    waited: bool = False


class Room(Struct, frozen=True):
    """An offering in a draw. ``held`` counts the seats that were given before it, by agency."""

    offering_id: int
    limits: SeatLimits
    held: Mapping[str, int] = field(default_factory=dict)
    balance_roles: bool = False


class Unplaced(Struct, frozen=True):
    """A place on the waiting list after the draw, and why there is no seat."""

    person_id: str
    reason: WaitingReason


class Allocation(Struct, frozen=True):
    """The outcome of a draw, by offering and in its order. People without a seat are on the waiting list of
    each of their choices."""

    seated: Mapping[int, Sequence[str]]
    waiting: Mapping[int, Sequence[Unplaced]]

    @property
    def digest(self) -> str:
        """A digest that differs for every outcome."""
        lines = [
            f"{offering_id}:{','.join(self.seated[offering_id])}:"
            f"{','.join(each.person_id for each in self.waiting[offering_id])}"
            for offering_id in sorted(self.seated)
        ]
        return sha256("\n".join(lines).encode()).hexdigest()[:16]


def ticket_of(seed: str, person_id: str) -> bytes:
    """A person's lot: unknown without the seed, reproducible with it."""
    return sha256(f"{seed}:{person_id}".encode()).digest()[:TICKET_BYTES]


def allocate(
    rooms: Iterable[Room], applicants: Iterable[Applicant], seed: str, *, seats_each: int = 1
) -> Allocation:
    """Draw the seats. The order of ``rooms`` and ``applicants`` makes no difference."""
    draw = _Draw(rooms, applicants, seed, seats_each)
    draw.settle()
    while draw.trade():
        pass
    return draw.outcome()


class _Group:
    """A room while it is drawn: ``rank`` orders its applicants, ``people`` have its seats for now."""

    def __init__(self, room: Room, rank: Mapping[int, int] | None) -> None:
        self.id = room.offering_id
        self.limits = room.limits
        self.free = max(room.limits.capacity - sum(room.held.values()), 0)
        self.held = Counter(room.held)
        self.count = Counter(room.held)
        self.rank = rank
        self.people: list[int] = []
        self.ranks_of: dict[str, list[int]] = {}
        self.last: tuple[int, int] | None = None

    def rank_of(self, person: int) -> int:
        return person if self.rank is None else self.rank[person]

    def is_hopeless(self, person: int, agency: str) -> bool:
        """Whether a person comes after the last of those who fill the group; later applicants can't change
        that."""
        if self.last is None:
            return False
        rank = self.rank_of(person)
        return (bisect(self.ranks_of.get(agency, ()), rank) + self.held[agency], rank) > self.last

    def may_take(self, agency: str) -> bool:
        return self.count[agency] < self.limits.for_agency(agency)

    def add(self, person: int, agency: str) -> None:
        self.people.append(person)
        self.count[agency] += 1

    def remove(self, person: int, agency: str) -> None:
        self.people.remove(person)
        self.count[agency] -= 1


class _Draw:
    """The state of a draw. People are numbered by precedence: those who waited in vain first, then by lot."""

    def __init__(
        self, rooms: Iterable[Room], applicants: Iterable[Applicant], seed: str, seats_each: int
    ) -> None:
        self.people = sorted(
            applicants, key=lambda each: (not each.waited, ticket_of(seed, each.person_id), each.person_id)
        )
        ordered = sorted(rooms, key=lambda room: room.offering_id)
        known = {room.offering_id for room in ordered}
        self.choices = [
            [each for each in dict.fromkeys(person.choices) if each in known] for person in self.people
        ]
        self.agency = [person.agency for person in self.people]
        self.seats_each = seats_each
        self.groups = {
            room.offering_id: _Group(room, self._turns(room.offering_id) if room.balance_roles else None)
            for room in ordered
        }
        self.seats: list[set[int]] = [set() for _ in self.people]

    def _turns(self, offering_id: int) -> dict[int, int]:
        """The order of an offering's applicants when roles take turns: the first of each role, then the
        second of each. It is fixed before anything is drawn."""
        seen: Counter[str] = Counter()
        turns = []
        for number, person in enumerate(self.people):
            if offering_id in person.choices:
                seen[person.role] += 1
                turns.append((seen[person.role], number))
        return {number: rank for rank, (_, number) in enumerate(sorted(turns))}

    def settle(self) -> None:
        """Everybody applies to their choices in order; each offering keeps its best applicants so far."""
        asked = [0] * len(self.people)
        looking: Iterable[int] = range(len(self.people))
        while True:
            claims: dict[int, list[int]] = defaultdict(list)
            for person in looking:
                lacks = self.seats_each - len(self.seats[person])
                wanted = self.choices[person][asked[person] : asked[person] + lacks]
                asked[person] += len(wanted)
                for offering_id in wanted:
                    claims[offering_id].append(person)
            if not claims:
                return
            again: set[int] = set()
            for offering_id, newcomers in claims.items():
                again.update(self._choose(self.groups[offering_id], newcomers))
            looking = sorted(again)

    def _choose(self, group: _Group, newcomers: list[int]) -> list[int]:
        """Keep the best of the people seated here and the new applicants; return the others."""
        refused: list[int] = []
        candidates = list(group.people)
        for person in newcomers:
            hopeless = group.is_hopeless(person, self.agency[person])
            (refused if hopeless else candidates).append(person)
        kept = self._in_turn(group, candidates, group.held, within_limit=True)[: group.free]
        group.last = kept[-1][:2] if kept and len(kept) == group.free else None
        group.people = [person for *_, person in kept]
        group.count, group.ranks_of = Counter(group.held), defaultdict(list)
        for _, rank, person in kept:
            agency = self.agency[person]
            group.count[agency] += 1
            group.ranks_of[agency].append(rank)
            self.seats[person].add(group.id)
        staying = set(group.people)
        for person in candidates:
            if person not in staying:
                self.seats[person].discard(group.id)
                refused.append(person)
        return refused

    def _in_turn(
        self, group: _Group, people: list[int], held: Mapping[str, int], *, within_limit: bool
    ) -> list[tuple[int, int, int]]:
        """People in the order in which an offering takes them: (seats of their agency before them, their
        rank, their number)."""
        before = dict(held)
        found = []
        ranked = sorted((group.rank_of(person), person) for person in people)
        for rank, person in ranked:
            agency = self.agency[person]
            seats = before.get(agency, 0)
            if within_limit and seats >= group.limits.for_agency(agency):
                continue
            before[agency] = seats + 1
            found.append((seats, rank, person))
        found.sort()
        return found

    def trade(self) -> bool:
        """Let pairs trade seats if each prefers the other's; return whether any did.

        A seat that is free now stays free: the agencies of everybody who would prefer it are at their limit
        there, so trades with another agency are not allowed, and trades within an agency change no count.
        """
        wants: dict[tuple[int, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for here in self.groups.values():
            for person in sorted(here.people):
                for dearer in self._dearer(person, here.id):
                    wants[here.id, dearer][self.agency[person]].append(person)
        traded = False
        for (one, other), leaving in wants.items():
            if one > other or (other, one) not in wants:
                continue
            for agency, people in leaving.items():
                for agency_there, people_there in wants[other, one].items():
                    while self._may_trade(one, agency, other, agency_there):
                        leaves = self._first_of(people, one, other)
                        comes = self._first_of(people_there, other, one)
                        if leaves is None or comes is None:
                            break
                        self._move(leaves, one, other)
                        self._move(comes, other, one)
                        traded = True
        return traded

    def _first_of(self, people: list[int], source: int, target: int) -> int | None:
        """The first of these people who still has the one seat and not the other; those before are
        dropped."""
        while people:
            if source in self.seats[people[0]] and target not in self.seats[people[0]]:
                return people[0]
            del people[0]
        return None

    def _dearer(self, person: int, offering_id: int) -> list[int]:
        """The choices that a person prefers to this one and does not have."""
        choices = self.choices[person]
        return [each for each in choices[: choices.index(offering_id)] if each not in self.seats[person]]

    def _may_trade(self, one: int, agency: str, other: int, agency_there: str) -> bool:
        if agency == agency_there:
            return True
        here, there = self.groups[one], self.groups[other]
        return (
            here.count[agency] > 1
            and there.count[agency_there] > 1
            and here.may_take(agency_there)
            and there.may_take(agency)
        )

    def _move(self, person: int, source: int | None, target: int) -> None:
        agency = self.agency[person]
        if source is not None:
            self.groups[source].remove(person, agency)
            self.seats[person].discard(source)
        self.groups[target].add(person, agency)
        self.seats[person].add(target)

    def outcome(self) -> Allocation:
        seated, waiting = {}, {}
        wanting: dict[int, list[int]] = defaultdict(list)
        for person, choices in enumerate(self.choices):
            if not self.seats[person]:
                for offering_id in choices:
                    wanting[offering_id].append(person)
        for group in self.groups.values():
            in_seats = self._in_turn(group, group.people, group.held, within_limit=False)
            seated[group.id] = tuple(self.people[person].person_id for *_, person in in_seats)
            in_line = self._in_turn(group, wanting[group.id], group.count, within_limit=False)
            reasons = {
                agency: self._reason(group, agency) for agency in {self.agency[p] for *_, p in in_line}
            }
            waiting[group.id] = tuple(
                Unplaced(self.people[person].person_id, reasons[self.agency[person]])
                for *_, person in in_line
            )
        return Allocation(seated, waiting)

    def _reason(self, group: _Group, agency: str) -> WaitingReason:
        reason = reason_to_wait(group.limits, group.count, agency)
        assert reason is not None, "a free seat that fits is given"
        return reason
