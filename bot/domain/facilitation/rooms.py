"""Splits the people of a session into dialogue rooms: agencies mixed first, then few repeated pairs.

``split`` makes rooms anew, ``regroup`` keeps them and moves as few people as it can when somebody is missing
or has come. docs/decisions/0020-dialogue-rooms.md says what is optimised and what the lower bounds are.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from random import Random
from typing import Final

from msgspec import Struct

SMALLEST: Final = 3
LARGEST: Final = 8
USUAL: Final = 4
SIZES: Final = range(SMALLEST, LARGEST)
"""Room sizes to choose from: each means rooms of that size or one larger."""

_STEPS: Final = 1200
"""Steps of the search without an improvement; 200 people take about half a second at most."""

_TABU: Final = 7

Pair = tuple[str, str]
Rooms = tuple[tuple[str, ...], ...]


class Quality(Struct, frozen=True):
    """What a split achieves, and what no split of the same sizes could go below.

    ``alike``: pairs of one agency in one room. ``repeated``: earlier meetings of the pairs that share a room.
    """

    alike: int
    repeated: int
    fewest_alike: int
    fewest_repeated: int


class Regrouped(Struct, frozen=True):
    """The rooms after ``regroup``, and the people who had a room before and are now in another one."""

    rooms: Rooms
    moved: frozenset[str]


def pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def count_meetings(earlier: Sequence[Rooms]) -> Counter[Pair]:
    """How often each pair has been in one room, in these earlier sessions."""
    return Counter(pair(*two) for rooms in earlier for room in rooms for two in combinations(room, 2))


def sizes_for(people: int, size: int) -> list[int]:
    """The sizes of the rooms for so many people, as near to ``size`` or one more as 3 to 8 allow. Raises
    ValueError for fewer than three people."""
    if people < SMALLEST:
        raise ValueError(f"{people} people fill no room")
    best = min(
        range(-(-people // LARGEST), people // SMALLEST + 1),
        key=lambda number: (_strain(people, number, size), number),
    )
    return _sizes(people, best)


def _sizes(people: int, number: int) -> list[int]:
    least, more = divmod(people, number)
    return [least + 1] * more + [least] * (number - more)


def _strain(people: int, number: int, size: int) -> int:
    return sum(max(0, size - each, each - size - 1) for each in _sizes(people, number))


def split(
    agencies: Mapping[str, str], size: int, earlier: Sequence[Rooms] = (), seed: int | str = 0
) -> Rooms:
    """Rooms for these people (by id, each with their agency). The same input gives the same rooms. Raises
    ValueError for fewer than three people."""
    sizes = sizes_for(len(agencies), size)
    search = _Search(agencies, sizes, count_meetings(earlier), Random(str(seed)))  # noqa: S311 - no secret
    bounds = judge(search.rooms(), agencies, earlier)
    return search.run(search.dear * bounds.fewest_alike + bounds.fewest_repeated)


def judge(rooms: Rooms, agencies: Mapping[str, str], earlier: Sequence[Rooms] = ()) -> Quality:
    """What these rooms achieve, with the lower bounds to compare."""
    rooms = tuple(room for room in rooms if room)
    met = count_meetings(earlier)
    together = [two for room in rooms for two in combinations(room, 2)]
    people = [each for room in rooms for each in room]
    by_agency = Counter(agencies[each] for each in people)
    return Quality(
        alike=sum(agencies[one] == agencies[other] for one, other in together),
        repeated=sum(met[pair(*two)] for two in together),
        fewest_alike=sum(_fewest_pairs(number, len(rooms)) for number in by_agency.values()),
        fewest_repeated=max(_by_earlier_rooms(people, len(rooms), earlier), _by_unmet(people, rooms, met), 0),
    )


def _fewest_pairs(people: int, rooms: int) -> int:
    """The fewest pairs of so many people that share a room: when they are spread evenly."""
    least, more = divmod(people, rooms)
    return more * (least + 1) * least // 2 + (rooms - more) * least * (least - 1) // 2


def _by_earlier_rooms(people: Collection[str], number: int, earlier: Sequence[Rooms]) -> int:
    """Each earlier room is a group of people who have all met, and is spread evenly at best."""
    here = set(people)
    return sum(_fewest_pairs(len(here.intersection(room)), number) for rooms in earlier for room in rooms)


def _by_unmet(people: Sequence[str], rooms: Rooms, met: Mapping[Pair, int]) -> int:
    """A person who has met so many that the others do not fill the smallest room must meet somebody again."""
    others = min((len(room) for room in rooms), default=1) - 1
    lacking = sum(
        max(0, others - sum(pair(one, other) not in met for other in people if other != one))
        for one in people
    )
    return -(-lacking // 2)


class _Search:
    """Deals people out by agency, which mixes as well as can be, then swaps two at a time: each step makes
    the best swap for somebody whose room costs something, and the best rooms are kept."""

    def __init__(
        self, agencies: Mapping[str, str], sizes: Sequence[int], met: Mapping[Pair, int], random: Random
    ) -> None:
        self.people = _dealt(agencies, random)
        self.random = random
        self.number = len(sizes)
        n = len(self.people)
        self.dear = 1 + sum(met.values())  # no number of repeated pairs is worth one more of the same agency
        self.cost = [[0] * n for _ in range(n)]
        for i, j in combinations(range(n), 2):
            one, other = self.people[i], self.people[j]
            cost = met.get(pair(one, other), 0)
            if agencies[one] == agencies[other]:
                cost += self.dear
            self.cost[i][j] = self.cost[j][i] = cost
        self.room_of = [i % self.number for i in range(n)]
        self.weights = [
            [sum(row[j] for j in range(room, n, self.number)) for room in range(self.number)]
            for row in self.cost
        ]
        """By person and room, the cost of the person beside those who are in it."""

    def run(self, bound: int) -> Rooms:
        """The best rooms found; it stops where none could cost less than ``bound``."""
        n = len(self.people)
        total = sum(self.weights[i][self.room_of[i]] for i in range(n)) // 2
        best, best_rooms = total, list(self.room_of)
        tabu, since, step = [0] * n, 0, 0
        while best > bound and since < _STEPS and self.number > 1:
            step += 1
            since += 1
            i = self._somebody(tabu, step)
            found = self._best_swap(i, tabu, step, total - best)
            if found is None:
                continue
            change, j = found
            self._swap(i, j)
            total += change
            tabu[i] = tabu[j] = step + _TABU + self.random.randrange(_TABU)
            if total < best:
                best, best_rooms, since = total, list(self.room_of), 0
        self.room_of = best_rooms
        return self.rooms()

    def rooms(self) -> Rooms:
        rooms: list[list[str]] = [[] for _ in range(self.number)]
        for person, room in zip(self.people, self.room_of, strict=True):
            rooms[room].append(person)
        return tuple(tuple(room) for room in rooms)

    def _somebody(self, tabu: Sequence[int], step: int) -> int:
        """A random person among those whose room has a cost."""
        costly = [i for i, room in enumerate(self.room_of) if self.weights[i][room]]
        free = [i for i in costly if tabu[i] < step]
        return self.random.choice(free or costly)

    def _best_swap(self, i: int, tabu: Sequence[int], step: int, above_best: int) -> tuple[int, int] | None:
        here, mine, cost, room_of = self.room_of[i], self.weights[i], self.cost[i], self.room_of
        least: int | None = None
        choices: list[int] = []
        for j, weights in enumerate(self.weights):
            there = room_of[j]
            if there == here:
                continue
            change = mine[there] - mine[here] + weights[here] - weights[there] - 2 * cost[j]
            if (least is not None and change > least) or (tabu[j] >= step and above_best + change >= 0):
                continue
            if change != least:
                least, choices = change, []
            choices.append(j)
        return (least, self.random.choice(choices)) if least is not None else None

    def _swap(self, i: int, j: int) -> None:
        here, there = self.room_of[i], self.room_of[j]
        for weights, of_i, of_j in zip(self.weights, self.cost[i], self.cost[j], strict=True):
            if of_i != of_j:
                weights[here] += of_j - of_i
                weights[there] += of_i - of_j
        self.room_of[i], self.room_of[j] = there, here


def _dealt(agencies: Mapping[str, str], random: Random) -> list[str]:
    """Everybody in random order, but agency after agency: dealt out in this order, every agency is spread
    evenly."""
    people = sorted(agencies)
    random.shuffle(people)
    kinds = sorted(set(agencies.values()))
    random.shuffle(kinds)
    return sorted(people, key=lambda each: kinds.index(agencies[each]))


def regroup(rooms: Rooms, agencies: Mapping[str, str], earlier: Sequence[Rooms] = ()) -> Regrouped:
    """The rooms without the people who are missing and with those who have come: ``agencies`` has everybody
    who is here now.

    As few people as possible change rooms. A room that is given up stays as an empty place, so that the
    others keep their numbers. Raises ValueError for fewer than three people.
    """
    if len(agencies) < SMALLEST:
        raise ValueError(f"{len(agencies)} people fill no room")
    left = [[each for each in room if each in agencies] for room in rooms]
    before = {each: n for n, room in enumerate(left) for each in room}
    come = sorted(set(agencies) - set(before))
    kept, given_up = _fewest_moves(left, len(come))
    pool = come + [each for n in given_up for each in left[n]]
    now = [list(room) if n in kept else [] for n, room in enumerate(left)]
    now += [[] for _ in range(len(left), 1 + max(kept))]
    _place(pool, now, sorted(kept), agencies, count_meetings(earlier))
    moved = {each for n, room in enumerate(now) for each in room if before.get(each, n) != n}
    return Regrouped(tuple(tuple(room) for room in now), frozenset(moved))


def _fewest_moves(left: Sequence[Sequence[str]], come: int) -> tuple[set[int], list[int]]:
    """The places of the rooms that are used, and of those that are given up.

    Rooms of one and of two people are given up or filled; an empty or a new room may be used too. Newcomers
    and people from given-up rooms fill the other rooms before anybody else has to move.
    """
    total = come + sum(len(room) for room in left)
    ones, twos = ([n for n, room in enumerate(left) if len(room) == size] for size in (1, 2))
    full = [n for n, room in enumerate(left) if len(room) >= SMALLEST]
    empty = [n for n, room in enumerate(left) if not room]
    empty += range(len(left), len(left) + 1 + total // SMALLEST)
    best: tuple[int, int] | None = None
    chosen: tuple[set[int], list[int]] = (set(), [])
    for i in range(len(ones) + 1):
        for j in range(len(twos) + 1):
            out = ones[:i] + twos[:j]
            used = len(left_out := ones[i:] + twos[j:]) + len(full)
            new = max(0, -(-total // LARGEST) - used)
            if not used + new or total < SMALLEST * (used + new):
                continue
            leaving = i + 2 * j
            lacking = sum(SMALLEST - len(left[n]) for n in left_out) + SMALLEST * new
            cost = (leaving + max(0, lacking - leaving - come), new)
            if best is None or cost < best:
                best, chosen = cost, ({*full, *left_out, *empty[:new]}, out)
    return chosen


def _place(
    pool: list[str],
    rooms: list[list[str]],
    used: Sequence[int],
    agencies: Mapping[str, str],
    met: Mapping[Pair, int],
) -> None:
    """Put everybody of the pool into a room, those that lack somebody first; then fill up from the others."""
    dear = 1 + sum(met.values())

    def cost(person: str, room: int) -> int:
        others = [each for each in rooms[room] if each != person]
        return sum(met.get(pair(person, each), 0) for each in others) + dear * sum(
            agencies[person] == agencies[each] for each in others
        )

    while pool:
        lacking = [n for n in used if len(rooms[n]) < SMALLEST]
        least = min(len(rooms[n]) for n in used)
        into = lacking or [n for n in used if len(rooms[n]) == least]
        person, room = min(
            ((each, n) for each in pool for n in into), key=lambda found: (cost(*found), found)
        )
        pool.remove(person)
        rooms[room].append(person)
    while lacking := [n for n in used if len(rooms[n]) < SMALLEST]:
        spare = [n for n in used if len(rooms[n]) > SMALLEST]
        _, giver, person = min(
            (cost(each, lacking[0]) - cost(each, n), n, each) for n in spare for each in rooms[n]
        )
        rooms[giver].remove(person)
        rooms[lacking[0]].append(person)
