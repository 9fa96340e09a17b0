"""The best attacker on a table: exact linear programming, in fractions (Dantzig's simplex, Bland's rule)."""

from collections.abc import Sequence
from fractions import Fraction

Row = list[Fraction]


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
