"""What a report consists of: sections with texts, tables and pictures."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from msgspec import Struct, field

DASH: Final = "–"
Value = int | str | None
"""The value of a table's cell: a number, a text, or None for a number that is withheld."""


class Text(Struct, frozen=True):
    kind: ClassVar = "text"
    sentence: str
    label: str = ""


class Table(Struct, frozen=True):
    """``name`` is its file's name. The first cell of a row names it."""

    kind: ClassVar = "table"
    name: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value]]


class Accounts(Table, frozen=True):
    """A table of people's own words, which the page shows as paragraphs instead of rows."""

    kind: ClassVar = "accounts"


class Picture(Struct, frozen=True):
    """``data`` is what ``bot.views.evidence.picture`` draws."""

    kind: ClassVar = "picture"
    name: str
    title: str
    alt: str
    data: dict[str, Any]


class Section(Struct, frozen=True):
    """``name`` is its address on the page."""

    name: str
    heading: str
    parts: list[Text | Table | Picture] = field(default_factory=list)
