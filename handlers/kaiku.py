"""What every listener works with: the parts of a running Kaiku, and one person's request."""

from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Defaults, Person
from bot.i18n import Words
from bot.services.calendars.feed import CalendarLinks
from bot.services.offerings.facilitators import Actor
from bot.services.prompts.library import Library
from bot.services.prompts.timeline_pictures import TimelinePictures
from bot.services.reflections.vault import Vault
from bot.slack.client import SlackClient
from bot.views.blocks import Message, View
from storage.engine import Store


@dataclass(frozen=True, slots=True)
class Kaiku:
    """The running parts, put together by ``bot.app``; ``coordinators`` by user id."""

    store: Store
    slack: SlackClient
    clock: Clock
    book: AgencyBook
    defaults: Defaults
    links: CalendarLinks
    vault: Vault | None
    library: Library
    pictures: TimelinePictures
    coordinators: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """What one person asked. Everything but ``person`` is a claim from the payload, not a fact.

    ``value`` is a button's or option's value, a command's argument or a form's private_metadata;
    ``fields`` are a form's values by field name; ``form`` the private_metadata of the form a click was in.
    """

    kaiku: Kaiku
    person: Person
    words: Words
    value: str
    fields: dict[str, str | None]
    form: str = ""

    @property
    def actor(self) -> Actor:
        """The person as somebody who may act for offerings."""
        return Actor(self.person, self.kaiku.coordinators)


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
class FieldErrors:
    """Keep the form and say at these fields what to mend."""

    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class Renew:
    """Bring the form that the click was in up to date; where there is none, open it. ``instead``: what is
    shown if Slack takes the view not, because it can't fetch a picture in it."""

    view: View
    instead: View | None = None


Answer = Say | Open | Show | Renew | FieldErrors | None


def fields_of(state: dict[str, Any]) -> dict[str, str | None]:
    """A form's values by field name (its action_id): text, or the chosen option's value."""
    values: dict[str, str | None] = {}
    for block in state.get("values", {}).values():
        for name, element in block.items():
            values[name] = value_of(element)
    return values


def value_of(element: dict[str, Any]) -> str | None:
    """What was typed or chosen in one element of a form or message; of several, with commas between."""
    if chosen := element.get("selected_option"):
        return str(chosen["value"])
    if options := element.get("selected_options"):
        return ",".join(str(each["value"]) for each in options)
    if conversations := element.get("selected_conversations"):
        return ",".join(str(each) for each in conversations)
    for key in ("selected_date", "selected_time", "selected_conversation", "value"):
        if element.get(key) is not None:
            return str(element[key])
    return None
