"""The languages Kaiku speaks and how one is chosen."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Final

LANGUAGES: Final = ("fi", "sv", "en")
"""Finnish and Swedish are required by the Language Act; English is optional."""

Texts = Mapping[str, str]
"""One text in several languages, by language code. Organisers must give fi and sv, may give en."""


def language_of_locale(locale: str | None, default: str) -> str:
    """The language of a Slack locale such as ``sv-SE``; ``default`` when Kaiku does not speak it."""
    code = (locale or "").replace("_", "-").split("-", 1)[0].lower()
    return code if code in LANGUAGES else default


def pick(texts: Texts, language: str) -> str:
    """The text in ``language``, else in Finnish, else in any language there is."""
    for code in (language, *LANGUAGES):
        if texts.get(code):
            return texts[code]
    return ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a typo most likely meant; None when no word is near."""
    found = difflib.get_close_matches(word.casefold(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def counted(number: int, one: str, many: str) -> str:
    """``1 key``, ``2 keys``: for the command line, whose English texts are in no catalogue."""
    return f"{number} {one if number == 1 else many}"
