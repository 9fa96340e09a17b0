"""What every listener works with: the parts of a running Kaiku, and one person's request."""

from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.domain.agencies import AgencyBook
from bot.domain.people import Person
from bot.i18n import Words
from bot.services.feed import CalendarLinks
from bot.services.people import Defaults
from bot.slack_client import SlackClient
from bot.views.blocks import Message, View
from storage.engine import Store


@dataclass(frozen=True, slots=True)
class Kaiku:
    """The running parts, put together by ``bot.app``."""

    store: Store
    slack: SlackClient
    clock: Clock
    book: AgencyBook
    defaults: Defaults
    links: CalendarLinks


@dataclass(frozen=True, slots=True)
class Ask:
    """What one person asked. Everything but ``person`` is a claim from the payload, not a fact.

    ``value`` is a button's value, a command's argument or a form's private_metadata (an offering's
    code); ``fields`` are a form's values by field name.
    """

    kaiku: Kaiku
    person: Person
    words: Words
    value: str
    fields: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Say:
    """Answer with a message that only the asker sees."""

    message: Message


@dataclass(frozen=True, slots=True)
class Open:
    """Open a form (on top of the one the click was in, if any)."""

    view: View


@dataclass(frozen=True, slots=True)
class Show:
    """Replace the submitted form by this answer."""

    view: View


@dataclass(frozen=True, slots=True)
class Correct:
    """Keep the form and say at these fields what to mend."""

    errors: dict[str, str]


Answer = Say | Open | Show | Correct | None


def fields_of(state: dict[str, Any]) -> dict[str, str | None]:
    """A form's values by field name (its action_id): text, or the chosen option's value."""
    values: dict[str, str | None] = {}
    for block in state.get("values", {}).values():
        for name, element in block.items():
            chosen = element.get("selected_option")
            values[name] = chosen["value"] if chosen else element.get("value")
    return values
