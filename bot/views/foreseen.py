"""The messages that an act would send, as its preview shows them: the recipients and the text."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from bot.domain.deliveries import DeliveryKind
from bot.domain.language import LANGUAGES
from bot.domain.people.person import Person
from bot.i18n import Words
from bot.views.blocks import Block, Message, context, divider, escape, header, inert, section

MOST_NAMED = 10
"""Of the readers of one message."""


class Foreseen(Struct, frozen=True):
    """A message that would be sent, in the language of its reader. ``person`` is None where nobody reads that
    language, but a facilitator wrote part of the message in it."""

    kind: DeliveryKind
    language: str
    person: Person | None
    message: Message


class Told(Struct, frozen=True):
    """A message of the preview with its recipients."""

    language: str
    message: Message
    to: list[str] = field(default_factory=list)


def told(messages: Sequence[Foreseen], called: Mapping[str, str]) -> list[Told]:
    """The messages, identical ones merged, Finnish first. ``called`` has people's names by user id."""
    found: dict[tuple[DeliveryKind, str, str], Told] = {}
    for each in messages:
        key = (each.kind, each.language, each.message.text)
        same = found.setdefault(key, Told(each.language, each.message))
        if each.person is not None:
            same.to.append(called.get(each.person.id, each.person.name))
    kinds = list(dict.fromkeys(kind for kind, *_ in found))
    ordered = sorted(found, key=lambda key: (kinds.index(key[0]), LANGUAGES.index(key[1])))
    return [found[key] for key in ordered]


def told_blocks(each: Told, words: Words, for_whom: str | None = None) -> list[Block]:
    """The recipients (``for_whom`` words them differently) and the message, whose buttons do nothing here."""
    return [
        divider(),
        header(words(f"group.told_{each.language}")),
        context(for_whom or _for_whom(each, words)),
        *inert(each.message.blocks or [section(each.message.text)]),
    ]


def _for_whom(each: Told, words: Words) -> str:
    if not each.to:
        return words("group.told_none")
    who = words.all_of([escape(name) for name in each.to[:MOST_NAMED]])
    if len(each.to) > MOST_NAMED:
        who = f"{who}. {words.many('list.more', len(each.to) - MOST_NAMED)}"
    return words("group.told_whom", who=who)
