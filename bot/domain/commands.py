"""The words after ``/kaiku``: each command in Finnish, Swedish and English, and reading what was typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.language import nearest


@dataclass(frozen=True, slots=True)
class Command:
    """``words`` is what to type, by language; ``also`` are other spellings that are understood. ``place``
    orders the help. What it does is said there by the catalogues' key ``help.<name>``."""

    name: str
    place: int
    words: Mapping[str, str] = field(hash=False)
    takes_argument: bool = False
    also: tuple[str, ...] = ()

    def example(self, language: str) -> str:
        """What to type, whole."""
        return f"/kaiku {self.words[language]}"

    @property
    def help_key(self) -> str:
        return f"help.{self.name}"

    @property
    def spellings(self) -> set[str]:
        return {*self.words.values(), *self.also}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was typed: a command with its argument, or a typo with the word nearest to it."""

    command: Command | None
    argument: str = ""
    typo: str = ""
    nearest: str | None = None


def parse(text: str, commands: Iterable[Command]) -> Parsed:
    """Read the text after ``/kaiku``; nothing typed means help."""
    by_spelling = {spelling: command for command in commands for spelling in command.spellings}
    parts = text.split() or ["help"]
    word, rest = parts[0].casefold(), " ".join(parts[1:]).casefold()
    command = by_spelling.get(word)
    if command is None:
        return Parsed(None, typo=parts[0], nearest=nearest(word, by_spelling))
    return Parsed(command, rest if command.takes_argument else "")


def usage_hint(commands: Iterable[Command]) -> str:
    """What Slack shows behind ``/kaiku`` while it is typed: every word, in Finnish and in Swedish."""
    ordered = sorted(commands, key=lambda each: each.place)
    return " · ".join(" | ".join(each.words[language] for each in ordered) for language in ("fi", "sv"))
