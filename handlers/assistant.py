"""Answering what people write to Kaiku, and the acts that only its answers lead to.

A message is read once and then forgotten: it is neither stored nor logged, and nothing is done because of it
before a button is pressed.
"""

import asyncio
import html
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from bot.domain.assistant.conversation import Conversations, is_pleasantry
from bot.i18n import words_for
from bot.services.enrolment.year import load_year
from bot.services.people.roles import list_coordinators
from bot.slack.client import SlackUnavailableError
from bot.views import assistant as view
from handlers import roles
from handlers.commands import command
from handlers.kaiku import Answer, Kaiku, Request, Say
from handlers.listening import identify

log = logging.getLogger(__name__)

EventListener = Callable[[dict[str, Any]], Awaitable[None]]

SLACKBOT = "USLACKBOT"


class Written(Struct, frozen=True):
    """A message that a person wrote to Kaiku. ``thread_ts`` is set inside a thread only."""

    user_id: str
    channel: str
    ts: str
    text: str
    thread_ts: str | None
    is_direct: bool


def on_written(kaiku: Kaiku) -> EventListener:
    """A listener for direct messages and mentions; both share the memory of which messages were answered."""
    conversations = Conversations()

    async def written(event: dict[str, Any]) -> None:
        message = read_event(event, kaiku.slack.bot.user_id)
        if message is None or not conversations.is_new(message.channel, message.ts):
            return
        person = await identify(kaiku, message.user_id, "")
        if person.deactivated or is_pleasantry(message.text):
            return
        from bot.services.assistant.phrases import topics_of  # noqa: PLC0415 - most people write no sentences

        topics = await asyncio.to_thread(topics_of, message.text)
        if not conversations.may_answer(person.id, topics, kaiku.clock.now()):
            return
        words = words_for(person.language, person.timezone, kaiku.clock.now())
        if topics:
            answer = view.answer_message(topics, words)
        else:
            answer = view.help_message(message.text, words, can_keep=kaiku.vault is not None)
        private = None if message.is_direct else person.id
        try:
            await kaiku.slack.answer(message.channel, answer, thread_ts=message.thread_ts, only_to=private)
        except SlackUnavailableError as error:
            log.warning("not answered: %s", error.reason, extra={"action": "message_not_answered"})

    return written


def read_event(event: dict[str, Any], bot_user_id: str) -> Written | None:
    """The message, if a person wrote it to Kaiku; None for edits, deletions, files, bots and apps."""
    is_direct = event.get("type") == "message"
    if is_direct and event.get("channel_type") != "im":
        return None
    if any(event.get(part) for part in ("subtype", "bot_id", "app_id", "files", "edited", "hidden")):
        return None
    user, channel, ts, text = (event.get(part) for part in ("user", "channel", "ts", "text"))
    if not (
        isinstance(user, str) and isinstance(channel, str) and isinstance(ts, str) and isinstance(text, str)
    ):
        return None
    if user in {bot_user_id, SLACKBOT} or not re.fullmatch(r"\w{1,64}", user):
        return None
    thread_ts = event.get("thread_ts")
    said = html.unescape(re.sub(r"<@\w+(?:\|[^>]*)?>", " ", text) if not is_direct else text).strip()
    return Written(user, channel, ts, said, thread_ts if isinstance(thread_ts, str) else None, is_direct)


async def choose_absence(request: Request) -> Answer:
    """Show the person's next sessions, to choose one that they can't come to."""
    year = await request.kaiku.store.read(load_year, request.person, request.kaiku.clock.now())
    return Say(view.absences_message(year, request.words))


_CANCEL = (
    "aterbud",
    "perua",
    "peruutus",
    "poissa",
    "poissaolo",
    "este",
    "estynyt",
    "frånvaro",
    "franvaro",
    "absent",
    "absence",
)


@command("cancel", place=15, fi="peruuta", sv="återbud", en="cancel", also=_CANCEL)
async def ask_what_to_cancel(request: Request) -> Answer:
    """Ask whether to miss this session only or to give up the seat."""
    return Say(view.cancel_message(request.words))


@command(
    "materials",
    place=10,
    fi="materiaalit",
    sv="material",
    en="materials",
    also=("materiaali", "kalvot", "slides", "presentation"),
)
async def show_materials(request: Request) -> Answer:
    year = await request.kaiku.store.read(load_year, request.person, request.kaiku.clock.now())
    return Say(view.materials_message(year, request.words))


@command("certificate", place=13, fi="todistus", sv="intyg", en="certificate")
async def show_certificate(request: Request) -> Answer:
    year = await request.kaiku.store.read(load_year, request.person, request.kaiku.clock.now())
    return Say(view.certificate_message(year, request.words))


@command(
    "contacts",
    place=14,
    fi="vetäjät",
    sv="handledare",
    en="facilitators",
    also=("vetäjä", "vetajat", "handledarna", "facilitator"),
    takes_argument=True,
)
async def show_contacts(request: Request) -> Answer:
    """``/kaiku facilitators``: show whom to write to. ``/kaiku facilitators CODE``: show who leads that
    offering, as a form for people who may change it.
    """
    kaiku = request.kaiku
    if request.value:
        return await roles.open_facilitators(request)
    year = await kaiku.store.read(load_year, request.person, kaiku.clock.now())
    return Say(view.contacts_message(year, await _coordinators(kaiku), request.words))


async def _coordinators(kaiku: Kaiku) -> list[str]:
    return [each.user_id for each in await kaiku.store.read(list_coordinators)]
