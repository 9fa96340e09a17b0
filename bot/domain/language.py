"""The languages Kaiku speaks and how one is chosen."""

import difflib
import re
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


def accepted_language(header: str, default: str) -> str:
    """The language among Kaiku's that an Accept-Language header (RFC 9110) prefers; ``default`` if it accepts
    none of them."""
    best, weight = default, 0.0
    for part in header.split(","):
        name, _, parameter = part.partition(";")
        code = name.strip().split("-", 1)[0].lower()
        found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameter) if parameter else None
        given = float(found[1]) if found else 0.0 if parameter else 1.0
        if code in LANGUAGES and given > weight:
            best, weight = code, given
    return best


def pick(texts: Texts, language: str) -> str:
    """The text in ``language``, else in Finnish, else in any language there is."""
    for code in (language, *LANGUAGES):
        if texts.get(code):
            return texts[code]
    return ""


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word that a typo most likely meant; None when no word is close."""
    found = difflib.get_close_matches(word.casefold(), list(known), n=1, cutoff=likeness)
    return found[0] if found else None


def operators_language(environment: Mapping[str, str]) -> str:
    """The command line's language: KAIKU_LANGUAGE, else the locale's if Kaiku speaks it, else Finnish."""
    if (chosen := environment.get("KAIKU_LANGUAGE")) in LANGUAGES:
        return str(chosen)
    locales = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return language_of_locale(next(filter(None, locales), "").partition(".")[0], LANGUAGES[0])
