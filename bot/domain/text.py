"""Free text as it comes in, from a form or from a file: cleaned, bounded, or refused with a code."""

import json
import re
import unicodedata
from enum import StrEnum
from typing import Final

SLACK_ID: Final = re.compile(r"[A-Za-z0-9_]{1,32}")
"""The id of an account or a conversation, no longer than the database keeps it."""


class TextFlaw(StrEnum):
    """Why a text can't be taken as it is."""

    CONTROL_CHARACTER = "control_character"  # params: character, such as U+0007
    BROKEN_CHARACTER = (
        "broken_character"  # half of a surrogate pair, or no character at all; params: character
    )
    NOTHING_VISIBLE = "nothing_visible"
    TOO_LONG = "too_long"  # params: length, limit


class TextError(ValueError):
    """A text can't be taken: a code and what its sentence needs, never the text itself."""

    def __init__(self, code: TextFlaw, /, **params: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = params


_LINE_BREAK = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")  # Word writes \v, YAML 1.1 knows the last three
# Invisible, and some reverse the text around them. Joiners stay: emoji and words need them.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # but for the tab and the line break
# Halves of surrogate pairs, and what will never be a character. Others that this Python does not know may
# only be newer than it, as some emoji are every year.
_NEVER_ASSIGNED = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_REFUSED = re.compile(f"{_CONTROL.pattern}|[\ud800-\udfff\ufdd0-\ufdef{_NEVER_ASSIGNED}]")
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Characters of the categories of letters and symbols that are nevertheless invisible."""
_SHOWING: Final = frozenset("LNPS")
"""First letters of the visible Unicode categories: letters, numbers, punctuation, symbols."""


def clean_text(text: str, *, at_most: int) -> str:
    """``text`` of one or more lines in normal form (NFC), without what shows nothing at its ends and the
    formatting characters that show nothing anywhere; ``at_most`` counts characters of the result.

    Raises TextError.
    """
    return _bounded(_clean(text), at_most)


def clean_line(text: str, *, at_most: int) -> str:
    """Clean a text and put it on one line: runs of spaces and line breaks become single spaces."""
    return _bounded(" ".join(_clean(text).split()), at_most)


def usable_text(text: str, *, at_most: int) -> str:
    """The usable part of a text that nobody can be asked to correct, such as a name in Slack: without the
    characters that ``clean_text`` refuses, cut at ``at_most``, and empty where nothing visible is left."""
    try:
        return _clean(_REFUSED.sub("", _LINE_BREAK.sub("\n", text)))[:at_most].rstrip()
    except TextError:
        return ""


def usable_line(text: str, *, at_most: int) -> str:
    """The usable part of a text (``usable_text``), on one line."""
    return " ".join(usable_text(text, at_most=len(text)).split())[:at_most].rstrip()


def _clean(text: str) -> str:
    text = _INVISIBLE.sub("", _LINE_BREAK.sub("\n", text)).replace("\t", " ")
    if (found := _REFUSED.search(text)) is not None:
        is_control = _CONTROL.match(found[0]) is not None
        flaw = TextFlaw.CONTROL_CHARACTER if is_control else TextFlaw.BROKEN_CHARACTER
        raise TextError(flaw, character=f"U+{ord(found[0]):04X}")
    text = unicodedata.normalize("NFC", text).strip()
    if not any(_shows(character) for character in text):
        raise TextError(TextFlaw.NOTHING_VISIBLE)
    return text


def _bounded(text: str, at_most: int) -> str:
    if len(text) > at_most:
        raise TextError(TextFlaw.TOO_LONG, length=len(text), limit=at_most)
    return text


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] in _SHOWING and character not in _BLANK_LETTERS


def visible(text: str) -> str:
    """The text on one line, with control and invisible characters written as escapes: names from people,
    Slack and files may hold any."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _is_harmless(char) else _escaped(char) for char in text)


def _is_harmless(char: str) -> bool:
    # Cc: controls; Cf: directions and invisible signs; Cs: half characters; Zl, Zp: line ends.
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]  # as JSON writes it, so that it may stand in JSON too
