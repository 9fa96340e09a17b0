"""The commands that follow ``/kaiku`` in Finnish, Swedish and English, and the parser for them."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from msgspec import Struct

MOST_ECHOED: Final = 30
"""Characters of what was typed that an answer repeats."""

TYPO_LIKENESS: Final = 0.75
"""How alike a typo must be. Less is a guess, and a guess may be the opposite of what was meant."""

CLEAR_LEAD: Final = 0.1
"""How much more alike a typo must be than to any word of another command: "deleta" may be "delta" or
"delete"."""

_TURNS_ROUND: Final = re.compile("un|dis|de|av|pois|ei|epä")
"""Beginnings that make a word its opposite: "unjoin", "avanmäl"."""

_MARKS: Final = "`´'\"“”„’‘»«*_~.,;:!"
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")


class Command(Struct, frozen=True):
    """A command. ``words`` is what to type, by language; ``also`` are other accepted spellings; ``place``
    orders the help, where the catalogue's key ``help.<name>`` says what the command does."""

    name: str
    place: int
    words: Mapping[str, str]
    takes_argument: bool = False
    also: tuple[str, ...] = ()
    for_facilitators: bool = False
    for_coordinators: bool = False

    def __hash__(self) -> int:
        return hash(self.name)

    def example(self, language: str) -> str:
        """The whole command as one types it."""
        return f"/kaiku {self.words[language]}"

    @property
    def help_key(self) -> str:
        return f"help.{self.name}"

    @property
    def spellings(self) -> set[str]:
        return {*self.words.values(), *self.also}


class Parsed(Struct, frozen=True):
    """The parsed text: a command with its argument, or a typo with the nearest known word. ``typed`` is all
    of it in plain form: it may be a code."""

    command: Command | None
    argument: str = ""
    typo: str = ""
    nearest: str | None = None
    typed: str = ""


def parse(text: str, commands: Iterable[Command]) -> Parsed:
    """Parse the text after ``/kaiku``; an empty text means help."""
    known = list(commands)
    by_spelling = {spelling: command for command in known for spelling in command.spellings}
    written = _plain(text)
    parts = [part for part in (each.strip(_MARKS) for each in written.split()) if part]
    if not parts:
        nothing_readable = written.split()
        if nothing_readable:
            return Parsed(None, typo=_short(nothing_readable[0]), typed=written)
        parts = ["help"]
    command, taken = _first_command([part.casefold() for part in parts], by_spelling)
    word, rest = parts[0].casefold(), " ".join(parts[taken:]).casefold()
    if command is None:
        typed = " ".join(parts).casefold().rstrip("?")
        return Parsed(None, typo=_short(parts[0]), nearest=_meant(word, by_spelling), typed=typed)
    return Parsed(command, rest if command.takes_argument else "", typed=word)


def _first_command(words: list[str], by_spelling: Mapping[str, Command]) -> tuple[Command | None, int]:
    """The command that these words begin with, and how many of them it takes: "mina uppgifter" is one, though
    "mina" is another."""
    for taken in range(len(words), 0, -1):
        said = " ".join(words[:taken])
        command = by_spelling.get(said) or by_spelling.get(said.rstrip("?"))
        if command is not None:
            return command, taken
    return None, 0


def _meant(word: str, by_spelling: Mapping[str, Command]) -> str | None:
    """The known word that a typo most likely meant; None if a word of another command is nearly as close, or
    if the opposite may be meant."""
    close = get_close_matches(word, list(by_spelling), n=len(by_spelling), cutoff=TYPO_LIKENESS)
    if not close:
        return None
    likeness = {each: SequenceMatcher(None, each, word).ratio() for each in close}
    rivals = {by_spelling[each].name for each in close if likeness[close[0]] - likeness[each] < CLEAR_LEAD}
    turned = _TURNS_ROUND.match(word)
    is_opposite = turned is not None and not close[0].startswith(turned[0])
    return None if len(rivals) > 1 or is_opposite else close[0]


def code_of(typed: str) -> str:
    """What was typed, read as a code: "dialogue 2" is dialogue-2, with any dash."""
    return re.sub(r"[\s‐-―−-]+", "-", typed.strip())


def usage_hint(commands: Iterable[Command]) -> str:
    """What Slack shows after ``/kaiku`` while somebody types: every command in Finnish and Swedish."""
    ordered = sorted(commands, key=lambda each: each.place)
    return " · ".join(" | ".join(each.words[language] for each in ordered) for language in ("fi", "sv"))


def _plain(text: str) -> str:
    """The text as it was typed: without Slack's escapes, and with letters composed (some keyboards decompose
    them)."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", html.unescape(text)))


def _short(word: str) -> str:
    return word if len(word) <= MOST_ECHOED else f"{word[: MOST_ECHOED - 1]}…"
