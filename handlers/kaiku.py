"""What every listener works with: the parts of a running Kaiku, and the request of one person."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextvars import Context
from typing import Any

from msgspec import Struct, field

from bot.clock import Clock
from bot.deadline import ANSWER_SECONDS
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Defaults, Person
from bot.domain.privacy import PrivacyNotice
from bot.domain.text import SLACK_ID
from bot.i18n import Words
from bot.request import carry_on, current_request
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.declaration import MessageKinds
from bot.services.offerings.facilitators import Actor, actor_of
from bot.services.prompts.library import Library
from bot.services.prompts.timeline_pictures import TimelinePictures
from bot.services.reflections.vault import Vault
from bot.slack.client import SlackClient
from bot.views.blocks import Message, View
from storage.engine import Store


class Kaiku(Struct, frozen=True):
    """The running parts, put together by ``bot.app``. ``coordinators`` are the user ids from the settings;
    other coordinators are stored, and are read with the person.
    """

    store: Store
    slack: SlackClient
    clock: Clock
    book: AgencyBook
    defaults: Defaults
    links: CalendarLinks
    vault: Vault | None
    library: Library
    pictures: TimelinePictures
    notice: PrivacyNotice
    kinds: MessageKinds
    """Every kind of message; previews render messages by them."""
    coordinators: frozenset[str] = frozenset()
    answer_within: float = ANSWER_SECONDS
    keeps_channels: bool = False
    """Whether the operator has turned groups' own channels on."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def do_after(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this work after the answer: the request's deadline does not apply, and the log has the request's
        id.
        """
        context = Context()
        context.run(carry_on, current_request())
        task = asyncio.create_task(work, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Cancel work that goes on after an answer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Request(Struct, frozen=True):
    """What one person asked for. Every attribute but ``person`` comes from the payload and may be forged.

    ``value`` is the value of a button or option, the argument of a command, or a form's private_metadata;
    ``fields`` are a form's values by field name; ``form`` is the private_metadata of the form in which a
    button was clicked.
    """

    kaiku: Kaiku
    person: Person
    words: Words
    value: str
    fields: dict[str, str | None]
    form: str = ""

    def chosen(self, field: str) -> list[str]:
        """The chosen values of a field that takes several."""
        return [each for each in (self.fields.get(field) or "").split(",") if each]

    @property
    def actor(self) -> Actor:
        """The person as an actor, whose role the services check."""
        return actor_of(self.person, self.kaiku.coordinators)


class Say(Struct, frozen=True):
    """Answer with a message that only the person who asked can see."""

    message: Message


class Open(Struct, frozen=True):
    """Open a form, on top of the form in which the button was clicked, if there is one."""

    view: View


class Show(Struct, frozen=True):
    """Replace the submitted form by this view."""

    view: View


class FieldErrors(Struct, frozen=True):
    """Keep the form open and show these field errors."""

    errors: dict[str, str]


class Renew(Struct, frozen=True):
    """Update the form in which the button was clicked, or open one if there is none. ``instead`` is shown if
    Slack refuses the view because it can't fetch a picture in it."""

    view: View
    instead: View | None = None


Answer = Say | Open | Show | Renew | FieldErrors | None


def fields_of(state: object) -> dict[str, str | None]:
    """A form's values by field name (its action_id): the text, or the value of the chosen option."""
    values: dict[str, str | None] = {}
    for block in _part(state, "values").values():
        for name, element in (block if isinstance(block, dict) else {}).items():
            values[name] = value_of(element)
    return values


def value_of(element: object) -> str | None:
    """The typed or chosen value of one element of a form or message; several values are joined by commas. An
    element of a shape that Kaiku never sends counts as empty.
    """
    if not isinstance(element, dict):
        return None
    if chosen := element.get("selected_option"):
        return _text(_part(chosen).get("value"))
    if options := element.get("selected_options"):
        return _joined(_part(each).get("value") for each in _several(options))
    for several in ("selected_conversations", "selected_users"):
        if chosen := element.get(several):
            return _joined(filter(_is_id, _several(chosen)))
    for key in ("selected_conversation", "selected_user", "selected_date", "selected_time", "value"):
        if (found := element.get(key)) is not None:
            names_somebody = key in {"selected_conversation", "selected_user"}
            return _text(found) if not names_somebody or _is_id(found) else None
    return None


def _is_id(found: object) -> bool:
    return isinstance(found, str) and SLACK_ID.fullmatch(found) is not None


def _part(of: object, name: str | None = None) -> dict[str, Any]:
    found = of if name is None else _part(of).get(name)
    return found if isinstance(found, dict) else {}


def _several(found: object) -> list[object]:
    return found if isinstance(found, list) else []


def _text(found: object) -> str | None:
    return found if isinstance(found, str) else None


def _joined(found: Iterable[object]) -> str:
    return ",".join(each for each in found if isinstance(each, str))
