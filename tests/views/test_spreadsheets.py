"""Tables as files: Excel reads the letters, nothing in a cell is a formula."""

import csv
import zipfile
from io import BytesIO, StringIO
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.downloads import FileFormat
from bot.domain.tables import Table
from bot.views.spreadsheets import defused, table_file

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("https://paha.example")')
TABLE = Table(
    "=Vain vetäjille",
    ["Nimi", "Jonosija"],
    [["Åke Öhman; Äkäslompolo", 3], *([each, ""] for each in FORMULAS)],
)


def rows_of(file: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_has_the_mark_and_the_semicolons_by_which_excel_reads_finnish() -> None:
    file = table_file(TABLE, FileFormat.CSV)
    assert file.startswith(b"\xef\xbb\xbf")
    assert "Åke Öhman; Äkäslompolo".encode() in file
    assert rows_of(file)[2:4] == [["Nimi", "Jonosija"], ["Åke Öhman; Äkäslompolo", "3"]]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_csv_begins_a_formula(formula: str) -> None:
    assert defused(formula) == f"'{formula}"


@settings(max_examples=50)
@given(st.text(max_size=20))
def test_a_cell_is_never_a_formula_and_loses_nothing(text: str) -> None:
    found = str(defused(text))
    assert not found.lstrip().startswith(("=", "+", "-", "@"))
    assert found.removeprefix("'" if found != text else "") == text


def test_xlsx_holds_every_text_as_text_and_no_formula() -> None:
    with zipfile.ZipFile(BytesIO(table_file(TABLE, FileFormat.XLSX))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = Xml.fromstring(book.read("xl/sharedStrings.xml"))
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    texts = ["".join(each.itertext()) for each in strings]
    assert "Åke Öhman; Äkäslompolo" in texts
    assert "=1+1" in texts
