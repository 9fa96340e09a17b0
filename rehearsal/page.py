"""The report's page: readable without scripts, on a phone, in the dark, on paper.

Its parts are collected here, each with the name of its macro in ``templates/parts.html``. Jinja2 escapes
every text.
"""

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from msgspec import Struct, field

from bot.views.long_page import long_page


class Text(Struct, frozen=True):
    kind: ClassVar = "text"
    sentence: str


class Items(Struct, frozen=True):
    kind: ClassVar = "items"
    sentences: Sequence[str]


class Table(Struct, frozen=True):
    """The first cell of a row names it. ``numbers`` are the columns, from 0, that hold figures."""

    kind: ClassVar = "table"
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int]


class Picture(Struct, frozen=True):
    """``name`` says in short what the picture is, ``alt`` what it shows."""

    kind: ClassVar = "picture"
    png: bytes
    alt: str
    name: str

    @property
    def base64(self) -> str:
        return base64.b64encode(self.png).decode()


class Section(Struct, frozen=True):
    """``name`` is its address on the page."""

    name: str
    heading: str
    parts: list[Text | Items | Table | Picture] = field(default_factory=list)


class Page:
    """Collects sections; every heading has an anchor, and the page begins with a table of contents."""

    def __init__(self) -> None:
        self._sections: list[Section] = []

    def section(self, name: str, heading: str) -> None:
        """Begin a section, to which further parts are added. ``name`` is its anchor."""
        self._sections.append(Section(name, heading))

    def text(self, sentence: str) -> None:
        self._sections[-1].parts.append(Text(sentence))

    def items(self, sentences: Iterable[str]) -> None:
        self._sections[-1].parts.append(Items(list(sentences)))

    def table(
        self, caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()
    ) -> None:
        self._sections[-1].parts.append(Table(caption, head, list(rows), frozenset(numbers)))

    def picture(self, png: bytes, alt: str, name: str) -> None:
        self._sections[-1].parts.append(Picture(png, alt, name))

    def html(self, *, language: str, title: str, contents: str, **opening_and_closing: object) -> str:
        """The page. ``contents`` names the list of its sections; the rest is what the template asks for."""
        return long_page(Path(__file__).parent / "templates").render(
            language=language, title=title, contents=contents, sections=self._sections, **opening_and_closing
        )
