"""An entry of the gallery: something that Kaiku shows, with the keys of its sentences."""

from collections.abc import Callable
from datetime import date

from msgspec import Struct

from bot.i18n import Words
from bot.views.bilingual import Both
from bot.views.blocks import Message, View
from gallery.sample import HELSINKI, TODAY

Shown = Message | View | str
"""A message, a modal or App Home; or one sentence that stands alone, such as an error at a field."""


class RecordedWords(Words):
    """Words that record the keys they were asked for in ``keys``."""

    def __init__(
        self, language: str, keys: dict[str, None] | None = None, *, today: date | None = TODAY
    ) -> None:
        super().__init__(language, HELSINKI, today)
        self.keys: dict[str, None] = keys if keys is not None else {}

    def __call__(self, key: str, /, **params: object) -> str:
        self.keys[key] = None
        return super().__call__(key, **params)

    def many(self, key: str, n: int, /, **params: object) -> str:
        self.keys[key] = None
        return super().many(key, n, **params)

    def both(self) -> Both:
        """The words of a channel in which this language comes first."""
        languages = (self.language, "sv" if self.language == "fi" else "fi")
        return Both(*(RecordedWords(each, self.keys, today=None) for each in languages))


class Entry(Struct, frozen=True):
    """``name`` says when it is shown; ``show`` renders it by the views that Kaiku itself uses."""

    name: str
    show: Callable[[RecordedWords], Shown]
