"""Tables as files for a spreadsheet: CSV that Excel reads right, and XLSX."""

import csv
from io import BytesIO, StringIO
from typing import Final

from bot.domain.downloads import FileFormat
from bot.domain.tables import Table

_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_WIDEST: Final = 40


def table_file(table: Table, file_format: FileFormat) -> bytes:
    return _xlsx(table) if file_format is FileFormat.XLSX else _csv(table)


def _csv(table: Table) -> bytes:
    """CSV with a byte order mark, by which Excel recognises UTF-8, and semicolons, which it expects where the
    decimal sign is a comma."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([defused(table.note)])
    writer.writerow([])
    writer.writerow([defused(each) for each in table.head])
    writer.writerows([defused(each) for each in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def defused(cell: str | int) -> str | int:
    """The cell with an apostrophe in front where a spreadsheet would take it for a formula. Leading blanks
    don't stop every program from doing so."""
    if isinstance(cell, int):
        return cell
    is_risky = cell.startswith(_BEGINS_A_FORMULA) or cell.lstrip().startswith(_BEGINS_A_FORMULA)
    return f"'{cell}" if is_risky else cell


def _xlsx(table: Table) -> bytes:
    """Every text is written as text: none can be a formula or a link."""
    import xlsxwriter  # noqa: PLC0415 - loaded when a list is asked for: an idle Kaiku needs none of it

    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options | {"strings_to_numbers": False}) as book:
        bold, sheet = book.add_format({"bold": True}), book.add_worksheet()
        sheet.write_string(0, 0, table.note)
        for column, title in enumerate(table.head):
            sheet.write_string(2, column, title, bold)
            longest = max([len(title), *(len(str(row[column])) for row in table.rows)])
            sheet.set_column(column, column, min(longest + 2, _WIDEST))
        for number, row in enumerate(table.rows, start=3):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, cell)
        sheet.freeze_panes(3, 1)
    return file.getvalue()
