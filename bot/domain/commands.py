"""The commands that follow ``/kaiku`` in Finnish, Swedish and English, and the parser for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.language import nearest


@dataclass(frozen=True, slots=True)
class Command:
    """A command. ``words`` is what to type, by language; ``also`` are other accepted spellings; ``place``
    orders the help, where the catalogue's key ``help.<name>`` says what the command does."""

    name: str
    place: int
    words: Mapping[str, str] = field(hash=False)
    takes_argument: bool = False
    also: tuple[str, ...] = ()

    def example(self, language: str) -> str:
        """The whole command as one types it."""
        return f"/kaiku {self.words[language]}"

    @property
    def help_key(self) -> str:
        return f"help.{self.name}"

    @property
    def spellings(self) -> set[str]:
        return {*self.words.values(), *self.also}


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parsed text: a command with its argument, or a typo with the nearest known word."""

    command: Command | None
    argument: str = ""
    typo: str = ""
    nearest: str | None = None


def parse(text: str, commands: Iterable[Command]) -> Parsed:
    """Parse the text after ``/kaiku``; an empty text means help."""
    by_spelling = {spelling: command for command in commands for spelling in command.spellings}
    parts = text.split() or ["help"]
    word, rest = parts[0].casefold(), " ".join(parts[1:]).casefold()
    command = by_spelling.get(word)
    if command is None:
        return Parsed(None, typo=parts[0], nearest=nearest(word, by_spelling))
    return Parsed(command, rest if command.takes_argument else "")


def usage_hint(commands: Iterable[Command]) -> str:
    """What Slack shows after ``/kaiku`` while somebody types: every command in Finnish and Swedish."""
    ordered = sorted(commands, key=lambda each: each.place)
    return " · ".join(" | ".join(each.words[language] for each in ordered) for language in ("fi", "sv"))
