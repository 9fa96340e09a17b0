"""Two languages in one message; what reads the same in both is written once."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from bot.domain.language import Texts
from bot.i18n import Words
from bot.views.blocks import escape


class Both(Struct, frozen=True):
    """The words of a channel's language and of the other language."""

    first: Words
    second: Words

    def __iter__(self) -> Iterator[Words]:
        return iter((self.first, self.second))

    def short(self, key: str, **params: object) -> str:
        """A label or a button: ``Aika / Tid``."""
        return " / ".join(_once(words(key, **params) for words in self))

    def lines(self, key: str, **params: object) -> list[str]:
        """The sentence in both languages, the channel's language first."""
        return _once(words(key, **params) for words in self)

    def day(self, day: date) -> str:
        """``ti/tis 28.5.2019``: only the weekday differs."""
        first, second = (words.day(day).split(" ", 1) for words in self)
        if first[1:] != second[1:]:
            return " / ".join(_once((" ".join(first), " ".join(second))))
        return " ".join(["/".join(_once((first[0], second[0]))), *first[1:]])

    def name(self, texts: Texts) -> str:
        """A place or a title, escaped for mrkdwn; written once where both languages have the same text."""
        return " / ".join(_once(escape(words.pick(texts)) for words in self))


def _once(said: Iterator[str] | tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(said))
