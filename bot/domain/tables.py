"""A table as data, for files that open in a spreadsheet."""

from collections.abc import Sequence

from msgspec import Struct


class Table(Struct, frozen=True):
    """``note`` stands above the head; a cell without a value is empty."""

    note: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | int]]
