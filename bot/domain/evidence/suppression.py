"""Nobody is recognisable in a report: which of its numbers are withheld, and why.

A number about fewer than five people is withheld (primary suppression), and with it whatever would let it be
computed from the other numbers, from the list of one group's members, or from an earlier report (secondary
suppression). A report's numbers hang together in sums that form a forest: no number is reached from another
on two ways. There the bounds that follow step by step are exact, so that what is tried here is what the best
attacker could do.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

LEAST: Final = 5
"""People that a published number is about, at the least."""

ENOUGH: Final = LEAST + 1
"""The least upper bound that a withheld number must keep: five, for a reader who is counted in it
themselves."""

EVERYBODY: Final = ""
"""The key in ``own`` for what every reader knows: the people whose cases are published."""

Bounds = tuple[float, float]


class Why(StrEnum):
    """Why a number is withheld."""

    FEW = "few"  # it is about fewer than five people
    MEMBERS = "members"  # without the members of one group it is
    SUBTRACTION = "subtraction"  # another one could be computed from it
    CHANGE = "change"  # since an earlier report fewer than five people were added or left
    EARLIER = "earlier"  # it was withheld in an earlier report of the year


class Part(Struct, frozen=True):
    """How much of a number comes from one offering's members."""

    number: int
    people: int


NOBODY: Final = Part(0, 0)


class Cell(Struct, frozen=True):
    """A number in a report, and the number of different people behind it.

    ``own`` says by offering what its facilitators can tell from their list of members, and under
    ``EVERYBODY`` what everybody can. ``of`` is the offering that the number is about alone: its facilitators
    know it. ``given``: everybody knows it, it can't be
    withheld.
    """

    key: str
    number: int
    people: int
    own: Mapping[str, Part] = field(default_factory=dict)
    of: str | None = None
    given: bool = False

    def beside(self, reader: str | None) -> Part:
        """The number without the people that a facilitator of the offering ``reader`` knows."""
        known = self.own.get(reader or EVERYBODY) or self.own.get(EVERYBODY, NOBODY)
        return Part(self.number - known.number, self.people - known.people)

    def is_known_to(self, reader: str | None) -> bool:
        return self.given or (self.of is not None and self.of == reader)


class Sum(Struct, frozen=True):
    """``total`` is the sum of ``parts``; all are keys of cells."""

    total: str
    parts: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.total, *self.parts)


class Earlier(Struct, frozen=True):
    """A number as an earlier report published it; ``own`` as in ``Cell``."""

    number: int
    own: Mapping[str, int]

    def beside(self, reader: str | None) -> int:
        """The number without the people that a facilitator of the offering ``reader`` knows."""
        return self.number - (self.own.get(reader or EVERYBODY) or self.own.get(EVERYBODY, 0))


class Past(Struct, frozen=True):
    """What earlier reports of the year have withheld, and what each has published, by key, and when."""

    withheld: frozenset[str] = frozenset()
    published: Sequence[Mapping[str, Earlier]] = ()
    times: Sequence[datetime] = ()


NO_PAST: Final = Past()


def withhold(cells: Sequence[Cell], sums: Sequence[Sum], past: Past = NO_PAST) -> dict[str, Why]:
    """The keys of the cells to withhold, each with the reason."""
    table = _Numbers(cells, sums)
    found = {each.key: why for each in cells if (why := _why(each, table.readers, past)) is not None}
    while key := _exposing(table, found) or _telling_of_change(table, found, past):
        found[key] = Why.SUBTRACTION
    return found


def bounds(
    cells: Sequence[Cell], sums: Sequence[Sum], withheld: Iterable[str], reader: str | None = None
) -> dict[str, Bounds]:
    """The lower and upper bound that a reader can compute for each number, without the members that they
    know."""
    return _Numbers(cells, sums).bounds(frozenset(withheld), reader)


def _why(cell: Cell, readers: Iterable[str], past: Past) -> Why | None:
    if cell.given:
        return None
    if cell.people < LEAST:
        return Why.FEW
    known_to = [each for each in (None, *readers) if not cell.is_known_to(each)]
    if any(0 < cell.beside(each).people < LEAST for each in known_to):
        return Why.MEMBERS
    if cell.key in past.withheld:
        return Why.EARLIER
    if any(_has_hardly_changed(cell, then.get(cell.key), readers) for then in past.published):
        return Why.CHANGE
    return None


def _has_hardly_changed(cell: Cell, then: Earlier | None, readers: Iterable[str]) -> bool:
    """Whether a number has changed since an earlier report, but by fewer than five people."""
    if then is None:
        return False
    changes = [
        cell.beside(each).number - then.beside(each)
        for each in (None, *readers)
        if not cell.is_known_to(each)
    ]
    return any(0 < abs(each) < LEAST for each in changes)


class _Numbers:
    """The cells by key, and the sums that each stands in."""

    def __init__(self, cells: Sequence[Cell], sums: Sequence[Sum]) -> None:
        self.cells = {each.key: each for each in cells}
        self.sums = sums
        self.readers = tuple(sorted({code for each in cells for code in each.own} - {EVERYBODY}))
        self.sums_of: dict[str, list[Sum]] = {key: [] for key in self.cells}
        for each in sums:
            for key in each.keys:
                self.sums_of[key].append(each)

    def bounds(self, withheld: frozenset[str], reader: str | None) -> dict[str, Bounds]:
        found: dict[str, Bounds] = {}
        for key, cell in self.cells.items():
            left = cell.beside(reader).number
            is_known = key not in withheld or cell.is_known_to(reader)
            found[key] = (left, left) if is_known else (0, math.inf)
        open_sums = [each for each in self.sums if any(key in withheld for key in each.keys)]
        changed = True
        while changed:
            changed = False
            for each in open_sums:
                changed |= _narrow(each, found)
        return found


def _narrow(one: Sum, found: dict[str, Bounds]) -> bool:
    """Narrow the bounds by one sum; return whether any bound changed."""
    lows = sum(found[key][0] for key in one.parts)
    highs = [found[key][1] for key in one.parts]
    finite, infinite = sum(each for each in highs if each != math.inf), highs.count(math.inf)
    changed = _set(found, one.total, lows, finite if not infinite else math.inf)
    low, high = found[one.total]
    for key in one.parts:
        own_low, own_high = found[key]
        others_infinite = infinite - (own_high == math.inf)
        others_high = math.inf if others_infinite else finite - (own_high if own_high != math.inf else 0)
        changed |= _set(found, key, low - others_high, high - (lows - own_low))
    return changed


def _set(found: dict[str, Bounds], key: str, low: float, high: float) -> bool:
    was = found[key]
    found[key] = (max(was[0], low), min(was[1], high))
    return found[key] != was


def _is_exposed(bounds: Bounds) -> bool:
    low, high = bounds
    return high < ENOUGH or high - low < LEAST


def _exposing(table: _Numbers, withheld: Mapping[str, Why]) -> str | None:
    """A number to withhold because it lets somebody compute a withheld one; None: everything is safe."""
    hidden = frozenset(withheld)
    for reader in (None, *table.readers):
        found: dict[str, Bounds] | None = None
        for key, why in withheld.items():
            if why in {Why.SUBTRACTION, Why.EARLIER} or table.cells[key].is_known_to(reader):
                continue
            left = table.cells[key].beside(reader)
            if (reader is not None or table.cells[key].people) and left.people == 0:
                continue  # about nobody but people that this reader knows
            if found is None:
                found = table.bounds(hidden, reader)
            if _is_exposed(found[key]) and (other := _beside(table, key, hidden, reader)):
                return other
    return None


def _beside(table: _Numbers, key: str, hidden: frozenset[str], reader: str | None) -> str | None:
    """The cheapest number that still stands beside this one, nearest first: parts before totals."""
    seen, ring = {key}, [key]
    while ring:
        near = [
            other for each in ring for one in table.sums_of[each] for other in one.keys if other not in seen
        ]
        seen.update(near)
        standing = [each for each in near if each not in hidden and not table.cells[each].is_known_to(reader)]
        if standing:
            totals = {one.total for one in table.sums}
            return min(standing, key=lambda each: _cost(table.cells[each], reader, each in totals))
        ring = [each for each in near if each in hidden]
    return None


def _cost(cell: Cell, reader: str | None, is_total: bool) -> tuple[bool, bool, int, str]:
    return (cell.beside(reader).number == 0, is_total, cell.number, cell.key)


def _telling_of_change(table: _Numbers, withheld: Mapping[str, Why], past: Past) -> str | None:
    """A total that reveals that its withheld parts have changed by fewer than five since an earlier
    report."""
    for one in table.sums:
        hidden = [key for key in one.parts if key in withheld]
        if not hidden or one.total in withheld or table.cells[one.total].given:
            continue
        for then in past.published:
            for reader in (None, *table.readers):
                change = _change_of_rest(table, one, hidden, then, reader)
                if change is not None and 0 < abs(change) < LEAST:
                    return one.total
    return None


def _change_of_rest(
    table: _Numbers, one: Sum, hidden: Sequence[str], then: Mapping[str, Earlier], reader: str | None
) -> int | None:
    """None: the earlier report did not tell the rest."""
    shown = [one.total, *(key for key in one.parts if key not in hidden)]
    if any(key not in then for key in shown):
        return None
    changes = list(_changes(table, shown, then, reader))
    return changes[0] - sum(changes[1:])


def _changes(
    table: _Numbers, keys: Iterable[str], then: Mapping[str, Earlier], reader: str | None
) -> Iterator[int]:
    for key in keys:
        yield table.cells[key].beside(reader).number - then[key].beside(reader)
