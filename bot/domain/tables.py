"""A table as data, for files that open in a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """``note`` stands above the head; a cell without a value is empty."""

    note: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | int]]
