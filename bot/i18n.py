"""Sentences in the reader's language from the catalogues; dates and times in each language's format.

Code names a sentence by its key; the sentences are in ``bot/locales``.
"""

import gettext
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.domain.calendars.wall_time import local
from bot.domain.language import Texts, pick

LOCALES = Path(__file__).parent / "locales"

# Swedish as used in Finland; English as the Finnish state writes it: British.
_babel_locale = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}
_day_pattern = {"fi": "ccc d.M.yyyy", "sv": "ccc d.M.yyyy", "en": "EEE d MMM yyyy"}
_date_pattern = {"fi": "d.M.yyyy", "sv": "d.M.yyyy", "en": "d MMMM yyyy"}
_short_day_pattern = {"fi": "d.M.", "sv": "d.M", "en": "d MMM"}
_near_day_pattern = {"fi": "ccc d.M.", "sv": "ccc d.M", "en": "EEE d MMM"}
_two_dots = re.compile(r"(?<=\d)\.\.(?![.\d])")
_time_pattern = {"fi": "H.mm", "sv": "H.mm", "en": "HH:mm"}


class MissingWordsError(LookupError):
    """A key that a catalogue does not have: a programming error, which the tests find."""


class Sentence:
    """A sentence to word later, in its reader's language, such as that of an error. ``params`` may hold
    sentences. ``str`` gives English, for the log."""

    def __init__(self, key: str, /, **params: object) -> None:
        self.key, self.params = key, params

    def __str__(self) -> str:
        return words_for("en", "UTC").say(self)

    def __repr__(self) -> str:
        return f"Sentence({self.key!r}, {self.params})"


class SentenceError(Exception):
    """An error that tells an operator what is wrong; ``sentence`` says it."""

    def __init__(self, key: str, /, **params: object) -> None:
        self.sentence = Sentence(key, **params)
        super().__init__(self.sentence)


class _NoFallback(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        raise MissingWordsError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise MissingWordsError(msgid1)


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    source = LOCALES / language / "LC_MESSAGES" / "kaiku.po"
    compiled = source.with_suffix(".mo")  # by make, and in the container
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        with compiled.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
    else:
        catalogue = gettext.GNUTranslations(_compile(source, language))
    catalogue.add_fallback(_NoFallback())
    return catalogue


def _compile(source: Path, language: str) -> BytesIO:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only where nobody has compiled them yet
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=_babel_locale[language]))
    compiled.seek(0)
    return compiled


class Words:
    """One reader's language and time zone, and their current day (None in a document).

    ``words("leave.done", title=...)`` is a sentence; ``words.many("seats.left", 3)`` is one with a number,
    ``{n}``. Parameters are inserted unescaped: views that build mrkdwn escape them first.
    """

    def __init__(self, language: str, timezone: str, today: date | None = None) -> None:
        self.language = language
        self.timezone = timezone
        self.today = today
        self._catalogue = _catalogue(language)
        self._locale = _locale(language)

    def __call__(self, key: str, /, **params: object) -> str:
        return _with_one_dot(self._catalogue.gettext(key).format(**params))

    def many(self, key: str, n: int, /, **params: object) -> str:
        return _with_one_dot(self._catalogue.ngettext(key, key, n).format(n=n, **params))

    def say(self, sentence: Sentence) -> str:
        return self(sentence.key, **self._said(sentence.params))

    def say_many(self, key: str, n: int, /, **params: object) -> str:
        return self.many(key, n, **self._said(params))

    def _said(self, params: Mapping[str, object]) -> dict[str, object]:
        return {name: self.say(each) if isinstance(each, Sentence) else each for name, each in params.items()}

    def pick(self, texts: Texts) -> str:
        """An organiser's text in the reader's language, else in Finnish."""
        return pick(texts, self.language)

    def day(self, day: date) -> str:
        """``to 14.3.2019``; ``to 14.3.`` for a reader in that year."""
        is_near = self.today is not None and day.year == self.today.year
        return _formatted_date(
            day, (_near_day_pattern if is_near else _day_pattern)[self.language], self.language
        )

    def plain_date(self, day: date) -> str:
        """``14.3.2019``: in a document."""
        return _formatted_date(day, _date_pattern[self.language], self.language)

    def short_day(self, day: date) -> str:
        """``14.3.``, in Swedish ``14.3``: where the year is said once."""
        return _formatted_date(day, _short_day_pattern[self.language], self.language)

    def month(self, day: date) -> str:
        """``maaliskuu 2019``."""
        return _formatted_date(day, "LLLL y", self.language)

    def short_month(self, day: date, *, with_year: bool = False) -> str:
        """``maalis`` or ``maalis 2019``: for an axis."""
        return _formatted_date(day, "LLL y" if with_year else "LLL", self.language)

    def clock_time(self, at: time) -> str:
        return _formatted_time(at, _time_pattern[self.language], self.language)

    def hours(self, starts: time, ends: time) -> str:
        """``9.00–15.30``."""
        return f"{self.clock_time(starts)}–{self.clock_time(ends)}"

    def weekdays(self, days: Collection[int]) -> str:
        """``ti–to`` for days in a row, else ``ma ja ke``; Monday is 0."""
        names = self._locale.days["format"]["abbreviated"]
        first, last = min(days), max(days)
        if len(days) > 2 and last - first == len(days) - 1:
            return f"{names[first]}–{names[last]}"
        return self.all_of(names[day] for day in sorted(days))

    def number(self, number: int) -> str:
        """``3 250``: grouped as the language groups digits."""
        return format_decimal(number, locale=self._locale)

    def decimal(self, number: float) -> str:
        """``19,5``: as few decimals as it needs, at most two."""
        return format_decimal(number, format="#,##0.##", locale=self._locale)

    def here(self, instant: datetime) -> datetime:
        """The instant as wall time in the reader's zone."""
        return local(instant, self.timezone)

    def all_of(self, items: Iterable[str]) -> str:
        """``a, b ja c``."""
        return format_list(list(items), locale=self._locale)

    def any_of(self, items: Iterable[str]) -> str:
        """``a, b tai c``."""
        return format_list(list(items), style="or", locale=self._locale)


def _with_one_dot(text: str) -> str:
    """``alkaa ma 6.5.``: the dot of a Finnish date ends the sentence too."""
    return _two_dots.sub(".", text) if ".." in text else text


# Many readers see the same few sessions, and Babel is slow at formatting dates.
@lru_cache(maxsize=1000)
def _formatted_date(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=_locale(language))


@lru_cache(maxsize=1000)
def _formatted_time(at: time, pattern: str, language: str) -> str:
    return format_time(at, pattern, locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_babel_locale[language])


def words_for(language: str, timezone: str, now: datetime | None = None) -> Words:
    """The words of a reader in this language and zone, who reads them ``now``: a date of this year is said
    without it. Without ``now`` they are for a document or a post, which always says the year."""
    return _words_on(language, timezone, local(now, timezone).date() if now else None)


@lru_cache(maxsize=200)
def _words_on(language: str, timezone: str, today: date | None) -> Words:
    return Words(language, timezone, today)


def load_catalogue(language: str) -> None:
    """Load this language's sentences now. Others are loaded for their first reader, which takes 50 ms once: a
    start that loads all three takes a tenth longer and holds 3 MB more."""
    _catalogue(language)
