"""The best attacker on a report's numbers: exact linear programming, in fractions (the simplex method with
Bland's rule)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.domain.evidence.suppression import LEAST, Cell, Sum, Why

Row = list[Fraction]


@dataclass(frozen=True)
class Told:
    """One report: all that was counted, and what of it was withheld."""

    cells: Sequence[Cell]
    sums: Sequence[Sum]
    withheld: Mapping[str, Why] | frozenset[str]

    def left(self, reader: str | None) -> dict[str, int]:
        """The truth, without those whom the reader knows."""
        return {each.key: each.beside(reader).number for each in self.cells}

    def is_known(self, cell: Cell, reader: str | None) -> bool:
        return cell.key not in self.withheld or cell.is_known_to(reader)


def exposed(told: Told, reader: str | None) -> Iterator[str]:
    """What a reader computes about one to four people, with every equation at once."""
    left = told.left(reader)
    for each in told.cells:
        if each.is_known_to(reader) or not 0 < left[each.key] < LEAST:
            continue
        low, high = reach(told, each.key, reader)
        if high is not None and high - low < LEAST:
            yield each.key


def exposed_changes(earlier: Told, later: Told, reader: str | None) -> Iterator[str]:
    """What has changed by one to four people from one report to the other, and a reader computes by how
    many."""
    then, now = earlier.left(reader), later.left(reader)
    for each in later.cells:
        if (
            each.key not in then
            or each.is_known_to(reader)
            or not 0 < abs(now[each.key] - then[each.key]) < LEAST
        ):
            continue
        low_then, high_then = reach(earlier, each.key, reader)
        low, high = reach(later, each.key, reader)
        if high is not None and high_then is not None and (high - low_then) - (low - high_then) < LEAST:
            yield each.key


def reach(told: Told, key: str, reader: str | None) -> tuple[Fraction, Fraction | None]:
    """Between what the reader can place a number; None: there is no end."""
    left = told.left(reader)
    unknown = [each.key for each in told.cells if not told.is_known(each, reader)]
    if key not in unknown:
        return Fraction(left[key]), Fraction(left[key])
    near, sums = _around(key, told.sums, set(unknown))
    rows, right = [], []
    for one in sums:
        signs = {one.total: -1} | dict.fromkeys(one.parts, 1)
        rows.append([signs.get(other, 0) for other in near])
        right.append(-sum(sign * left[other] for other, sign in signs.items() if other not in near))
    goal = [int(other == key) for other in near]
    low = highest([-each for each in goal], rows, right)
    assert low is not None, "no number is under zero"
    return -low, highest(goal, rows, right)


def _around(key: str, sums: Sequence[Sum], unknown: set[str]) -> tuple[list[str], list[Sum]]:
    """The unknown numbers that any equation ties to this one, however far, and those equations."""
    near, told = {key}, []
    rest = [each for each in sums if unknown & set(each.keys)]
    while found := [each for each in rest if near & set(each.keys)]:
        told += found
        rest = [each for each in rest if each not in found]
        near |= {other for each in found for other in each.keys if other in unknown}
    return sorted(near), told


def highest(goal: Sequence[int], rows: Sequence[Sequence[int]], right: Sequence[int]) -> Fraction | None:
    """The most that ``goal`` can be with ``rows`` x = ``right`` and x >= 0; None: as much as one likes.
    Raises ValueError when there is no such x."""
    columns = len(goal)
    table: list[Row] = []
    for n, (row, value) in enumerate(zip(rows, right, strict=True)):
        sign = -1 if value < 0 else 1
        slack = [Fraction(int(m == n)) for m in range(len(rows))]
        table.append([Fraction(sign * each) for each in row] + slack + [Fraction(sign * value)])
    basis = [columns + n for n in range(len(rows))]
    if _run(table, basis, [0] * columns + [-1] * len(rows)) != 0:
        raise ValueError("nothing satisfies the equations")
    for n in range(len(table)):  # what is left of the artificial columns is zero: take real ones in
        real = next((c for c in range(columns) if basis[n] >= columns and table[n][c] != 0), None)
        if real is not None:
            _pivot(table, basis, n, real)
    kept = [n for n in range(len(table)) if basis[n] < columns]
    table = [[*table[n][:columns], table[n][-1]] for n in kept]
    return _run(table, [basis[n] for n in kept], goal)


def _run(table: list[Row], basis: list[int], goal: Sequence[int]) -> Fraction | None:
    while True:
        gains = [
            goal[c] - sum((goal[b] * row[c] for b, row in zip(basis, table, strict=True)), Fraction(0))
            for c in range(len(goal))
        ]
        enters = next((c for c, gain in enumerate(gains) if gain > 0), None)
        if enters is None:
            return sum((goal[b] * row[-1] for b, row in zip(basis, table, strict=True)), Fraction(0))
        limits = [(row[-1] / row[enters], basis[n], n) for n, row in enumerate(table) if row[enters] > 0]
        if not limits:
            return None
        _pivot(table, basis, min(limits)[2], enters)


def _pivot(table: list[Row], basis: list[int], leaves: int, enters: int) -> None:
    by = table[leaves][enters]
    table[leaves] = [each / by for each in table[leaves]]
    for n, row in enumerate(table):
        if n != leaves and row[enters] != 0:
            factor = row[enters]
            table[n] = [each - factor * own for each, own in zip(row, table[leaves], strict=True)]
    basis[leaves] = enters
