"""Finland's holidays from the library ``holidays``.

Run as a program it writes ``holidays.csv`` (``make holidays``). The library loads the holidays of all
countries, 11 MB and 0.15 s, so Kaiku uses it only for years that the file lacks.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from holidays.countries.finland import Finland

from bot.domain.language import Texts

FIELDS: Final = ("day", "kind", "fi", "sv", "en")
HOLIDAY: Final = "holiday"
EVE: Final = "eve"
"""A day off that is no holiday by law."""

_EVES: Final = ("Juhannusaatto", "Jouluaatto")
"""Eves that the library calls holidays, in its Finnish names."""

_LIBRARY_LANGUAGES: Final = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}
_SWEDISH_WITH_ARTICLE: Final = {"trettondag": "trettondagen", "pingst": "pingstdagen"}
"""Names with the definite form in the Swedish of Finland but not in the library."""

_YEARS_OF_THE_FILE: Final = range(2015, 2051)


def days_off(years: Iterable[int]) -> Iterator[tuple[date, str, Texts]]:
    """Each day off by name, with its kind, in the order of the calendar."""
    for year in years:
        listed = {
            language: Finland(years=year, language=code)  # type: ignore[no-untyped-call]
            for language, code in _LIBRARY_LANGUAGES.items()
        }
        for day, name in sorted(listed["fi"].items()):
            names = {language: _in_a_sentence(each[day], language) for language, each in listed.items()}
            yield day, EVE if name in _EVES else HOLIDAY, names


def _in_a_sentence(name: str, language: str) -> str:
    """The name as written within a sentence: only English, and the name of Christ, keep the capital."""
    if language == "en" or name.startswith("Kristi"):
        return name
    lowered = name[0].lower() + name[1:]
    return _SWEDISH_WITH_ARTICLE.get(lowered, lowered)


def main() -> None:
    """Write the file to standard output."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(FIELDS)
    out.writerows((day, kind, *names.values()) for day, kind, names in days_off(_YEARS_OF_THE_FILE))


if __name__ == "__main__":
    main()
