"""The languages Kaiku speaks and how one is chosen."""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("fi", "sv", "en")
"""Finnish and Swedish are duties (Language Act), English a courtesy."""

Texts = Mapping[str, str]
"""One text in several languages, by language code. Organisers must give fi and sv, may give en."""


def language_of_locale(locale: str | None, default: str) -> str:
    """The language for a Slack locale such as ``sv-SE``; ``default`` when Kaiku does not speak it."""
    code = (locale or "").replace("_", "-").split("-", 1)[0].lower()
    return code if code in LANGUAGES else default


def pick(texts: Texts, language: str) -> str:
    """The text in ``language``; where it was not given, in Finnish, then in any language there is."""
    for code in (language, *LANGUAGES):
        if texts.get(code):
            return texts[code]
    return ""
