"""The words after ``/kaiku``: each command in Finnish, Swedish and English."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.language import nearest


@dataclass(frozen=True, slots=True)
class Command:
    """``words`` is what to type, by language; ``also`` are other spellings that are understood."""

    name: str
    words: Mapping[str, str]
    takes_code: bool = False
    also: tuple[str, ...] = ()

    def example(self, language: str) -> str:
        return f"/kaiku {self.words[language]}"

    @property
    def spellings(self) -> set[str]:
        return {*self.words.values(), *self.also}


COMMANDS = (
    Command("list", {"fi": "lista", "sv": "lista", "en": "list"}, also=("listaa", "tarjonta", "utbud")),
    Command(
        "join",
        {"fi": "liity", "sv": "delta", "en": "join"},
        takes_code=True,
        also=("ilmoittaudu", "anmäl", "anmal"),
    ),
    Command(
        "leave",
        {"fi": "peru", "sv": "avboka", "en": "leave"},
        takes_code=True,
        also=("poistu", "lämna", "lamna"),
    ),
    Command("mine", {"fi": "omat", "sv": "mina", "en": "mine"}),
    Command("reflect", {"fi": "pohdi", "sv": "reflektera", "en": "reflect"}, also=("pohdinnat",)),
    Command(
        "shared",
        {"fi": "jaetut", "sv": "delade", "en": "shared"},
        takes_code=True,
    ),
    Command(
        "prompt",
        {"fi": "kysymys", "sv": "fråga", "en": "prompt"},
        takes_code=True,
        also=("kysymykset", "frågor", "fraga", "prompts"),
    ),
    Command(
        "announce",
        {"fi": "tiedota", "sv": "meddela", "en": "announce"},
        takes_code=True,
        also=("tiedotteet", "meddelanden"),
    ),
    Command(
        "settings",
        {"fi": "asetukset", "sv": "inställningar", "en": "settings"},
        also=("installningar",),
    ),
    Command("help", {"fi": "ohje", "sv": "hjälp", "en": "help"}, also=("hjalp", "apua", "?")),
)

_by_spelling = {spelling: command for command in COMMANDS for spelling in command.spellings}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was typed: a command's name with its argument, or a typo with the word nearest to it."""

    command: str | None
    argument: str = ""
    typo: str = ""
    nearest: str | None = None


def parse(text: str) -> Parsed:
    """Read the text after ``/kaiku``; nothing typed means help."""
    parts = text.split()
    if not parts:
        return Parsed("help")
    word, rest = parts[0].casefold(), " ".join(parts[1:]).casefold()
    command = _by_spelling.get(word)
    if command is None:
        return Parsed(None, typo=parts[0], nearest=nearest(word, _by_spelling))
    return Parsed(command.name, rest if command.takes_code else "")
