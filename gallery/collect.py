"""All entries of the gallery, rendered; and the sentences of the command line, which no view shows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from babel.messages.pofile import read_po
from msgspec import Struct
from msgspec.structs import asdict

from bot.domain.language import LANGUAGES
from bot.i18n import LOCALES
from gallery.entries import (
    announcements,
    answers,
    assistant,
    draws,
    ending,
    evidence,
    facilitators,
    group,
    letters,
    my_data,
    participants,
    plan_edits,
    prompts,
    roles,
    sessions,
    settings,
    year,
)
from gallery.entry import Entry, RecordedWords, Shown

PARTS: Final = {
    "Participants: offerings, seats, sessions": participants.entries,
    "A participant's year": year.entries,
    "Settings, the privacy notice, the calendar": settings.entries,
    "Seats that are drawn": draws.entries,
    "Questions and reflections": prompts.entries,
    "The end: closing message, turns, certificates": ending.entries,
    "The facilitator's desk": facilitators.entries,
    "A session: brief, dialogue rooms, attendance": sessions.entries,
    "The desk of a group": group.entries,
    "Roles, the log of acts, the pause of sending": roles.entries,
    "What facilitators do for their group": letters.entries,
    "What the programme gave": evidence.entries,
    "Changing sessions": plan_edits.entries,
    "My data: what is held, a copy, erasing": my_data.entries,
    "Announcements": announcements.entries,
    "What people write to Kaiku": assistant.entries,
    "Short answers": answers.entries,
}

OF_THE_COMMAND_LINE: Final = (
    *("notice_file", "rehearsal", "fault", "mend", "plan", "evidence", "doctor"),
    *("cmd", "opt", "usage", "cli", "config", "start", "store", "backup", "tool", "migrate", "db"),
    *("allocate", "deliveries", "erasures", "keys", "keyfile", "rehearse"),
)
"""The first parts of the keys of sentences in a terminal or in a report, for operators and coordinators."""


class Rendered(Struct, frozen=True):
    """One entry in every language, with the keys of its sentences."""

    name: str
    keys: Sequence[str]
    shown: Mapping[str, Any]


def entries() -> Iterator[tuple[str, Entry]]:
    """Each entry with the part that it belongs to."""
    for part, found in PARTS.items():
        for entry in found():
            yield part, entry


def render(entry: Entry) -> Rendered:
    """Render one entry in every language."""
    keys: dict[str, None] = {}
    shown = {language: as_json(entry.show(RecordedWords(language, keys))) for language in LANGUAGES}
    return Rendered(entry.name, list(keys), shown)


def as_json(shown: Shown) -> Any:  # noqa: ANN401 - Block Kit
    if isinstance(shown, str):
        return {"type": "sentence", "text": shown}
    if isinstance(shown, Struct):
        return {"type": "message", **asdict(shown)}
    return shown


def catalogue(language: str) -> dict[str, str]:
    """Every key of a catalogue with its sentence; plural forms are on separate lines."""
    with (LOCALES / language / "LC_MESSAGES/kaiku.po").open("rb") as source:
        found = read_po(source, locale=language)
    sentences = {}
    for message in found:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            said = message.string
            sentences[key] = said if isinstance(said, str) else "\n".join(said or ())
    return sentences


def sentences_of_the_command_line() -> list[tuple[str, dict[str, str]]]:
    """The sentences of the command line: key, and sentence in each language."""
    catalogues = {language: catalogue(language) for language in LANGUAGES}
    return [
        (key, {language: catalogues[language][key] for language in LANGUAGES})
        for key in catalogues["fi"]
        if key.split(".")[0] in OF_THE_COMMAND_LINE
    ]
