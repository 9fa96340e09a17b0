"""The table and the data table: rows of cells, the first of which names the columns."""

from sandbox.block_kit.checks import (
    Fields,
    Found,
    Json,
    any_number,
    anything,
    by_type,
    items,
    may,
    must,
    shape,
    text,
    whole_number,
)
from sandbox.block_kit.rich_text import RICH_TEXT_FIELDS
from sandbox.errors import Problem

_CELL = by_type(
    {
        "raw_text": shape({"type": must(anything), "text": must(text(3000))}),
        "raw_number": shape({"type": must(anything), "value": must(any_number), "text": may(text(3000))}),
        "rich_text": shape(RICH_TEXT_FIELDS),
    }
)

TABLE: Fields = {"rows": must(items(items(_CELL, 20), 100)), "column_settings": may(items(anything, 20))}

DATA_TABLE: Fields = {
    "caption": must(text(3000)),
    "rows": must(items(items(_CELL, 20), 101, least=2)),
    "page_size": may(whole_number(1, 100)),
    "row_header_column_index": may(whole_number(0, 19)),
}


def data_table_agrees(value: Json, at: str, found: Found) -> None:
    """What a data table, each part of which is right, asks of them together."""
    head, *rows = value["rows"]
    if any(cell["type"] == "rich_text" for cell in head):
        found.append(Problem(f"{at}/rows/0", "rich_text can't stand in the header row"))
    for n, row in enumerate(rows, start=1):
        if len(row) != len(head):
            found.append(Problem(f"{at}/rows/{n}", "all rows must have the same number of values"))
    if value.get("row_header_column_index", 0) >= len(head):
        found.append(Problem(f"{at}/row_header_column_index", "no such column"))
