"""Connects Bolt to the features: identify the person, call the act, answer on the surface they used.

No exception reaches Bolt: an expected refusal becomes its sentence; any other error becomes an apology with a
reference, and the traceback is logged under that reference.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec.structs import replace
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.deadline import answering_within, current_deadline
from bot.domain.errors import KaikuError, Refusal
from bot.domain.people.person import MAX_NAME, Person, Profile
from bot.domain.text import usable_line
from bot.i18n import Words, words_for
from bot.request import current_request, request_failed
from bot.services.deliveries.recipients import find_people
from bot.services.people import profiles
from bot.slack.client import SlackUnavailableError
from bot.views import ids
from bot.views.answers import apology_text, note_view, refusal_text, slow_message
from bot.views.blocks import Message, View, section
from handlers.kaiku import Answer, FieldErrors, Kaiku, Open, Renew, Request, Say, Show, fields_of, value_of
from storage.engine import StoreOutcomeUnknownError, StoreUnavailableError

log = logging.getLogger(__name__)

LONGEST_VALUE = 3000
"""Characters of a form's private_metadata; a button's value and a command are shorter."""

Act = Callable[[Request], Awaitable[Answer]]
Listener = Callable[..., Awaitable[None]]


def on_command(kaiku: Kaiku, act: Act) -> Listener:
    """A listener for the slash command: the ack carries the answer; a form is opened before the ack."""

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        async def answer_with(answer: Answer, _words: Words) -> None:
            match answer:
                case Say(message):
                    await ack(text=message.text, blocks=list(message.blocks))
                case Open(view) | Renew(view):
                    await _open(kaiku, body["trigger_id"], view)
                    await ack()
                case _:
                    await ack()

        text = body.get("text") or ""
        user = (body["user_id"], body.get("user_name") or "")
        await _respond(kaiku, act, user, text, {}, answer_with, again=(ids.ASK_AGAIN, text))

    return listener


def on_click(kaiku: Kaiku, act: Act) -> Listener:
    """A listener for a button: the answer is a form, opened on top of the form that the button is in."""

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        surface = body.get("view") or {}
        in_modal = surface.get("type") == "modal"

        async def answer_with(answer: Answer, words: Words) -> None:
            if isinstance(answer, Say):
                said = answer.message
                try:
                    await _open(kaiku, body["trigger_id"], note_view(said, words), push=in_modal)
                except SlackUnavailableError as error:
                    log.warning(
                        "answered elsewhere: %s", error.reason, extra={"action": "answered_elsewhere"}
                    )
                    kaiku.do_after(kaiku.slack.tell(body["user"]["id"], said))
                await ack()
                return
            match answer:
                case Renew(view, instead) if in_modal:
                    try:
                        await kaiku.slack.update_view(surface["id"], surface.get("hash"), view)
                    except SlackUnavailableError as error:
                        if instead is None or error.reason != "invalid_arguments":
                            raise
                        log.warning("picture not fetched", extra={"action": "picture_not_fetched"})
                        await kaiku.slack.update_view(surface["id"], surface.get("hash"), instead)
                case Open(view) | Renew(view):
                    await _open(kaiku, body["trigger_id"], view, push=in_modal)
            await ack()

        user = (body["user"]["id"], body["user"].get("name") or "")
        fields = fields_of(surface.get("state"))
        value = value_of(body["actions"][0]) or ""
        form = surface.get("private_metadata") or ""
        again = (body["actions"][0]["action_id"], value) if not in_modal else None
        await _respond(kaiku, act, user, value, fields, answer_with, form=form, again=again)

    return listener


def on_submission(kaiku: Kaiku, act: Act) -> Listener:
    """A listener for a submitted form: the answer replaces the form, or field errors keep it open. A refusal
    is opened on top of the form, so that nothing typed is lost; where three forms are open it replaces the
    form, because Slack stacks no more.
    """

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        view = body["view"]

        async def answer_with(answer: Answer, words: Words) -> None:
            match answer:
                case Show(shown):
                    await ack(response_action="update", view=shown)
                case FieldErrors(errors):
                    await ack(response_action="errors", errors=errors)
                case Say(message):
                    below = view.get("previous_view_id")
                    is_third = below is not None and below != view.get("root_view_id")
                    action = "update" if is_third else "push"
                    await ack(response_action=action, view=note_view(message, words))
                case _:
                    await ack()

        user = (body["user"]["id"], body["user"].get("name") or "")
        fields = fields_of(view.get("state"))
        await _respond(kaiku, act, user, view.get("private_metadata") or "", fields, answer_with)

    return listener


async def _respond(
    kaiku: Kaiku,
    act: Act,
    user: tuple[str, str],
    value: str,
    fields: dict[str, str | None],
    answer_with: Callable[[Answer, Words], Awaitable[None]],
    *,
    form: str = "",
    again: tuple[str, str] | None = None,
) -> None:
    """Answer within the deadline. ``again`` is the id and value of a button that repeats the request, for
    when Slack was too slow.
    """
    words = words_for(kaiku.defaults.language, kaiku.defaults.timezone)
    with answering_within(kaiku.answer_within) as deadline:
        try:
            person = await identify(kaiku, *user)
            words = words_for(person.language, person.timezone, kaiku.clock.now())
            deadline.has_stored = False  # the request has not begun
            # Late or forged: nothing is done in the name of a closed account.
            if person.deactivated:
                raise KaikuError(Refusal.DEACTIVATED)
            # Fields are read where their errors can be shown; of the rest, people write only commands.
            value, form = (usable_line(each, at_most=LONGEST_VALUE) for each in (value, form))
            answer = await act(Request(kaiku, person, words, value, fields, form))
            await answer_with(answer, words)
        except Exception as error:
            told = _words_for_error(error, user[0], words, again, has_stored=deadline.has_stored)
            await answer_with(Say(told), words)


def _words_for_error(
    error: Exception, user_id: str, words: Words, again: tuple[str, str] | None, *, has_stored: bool
) -> Message:
    if not isinstance(error, KaikuError):
        request_failed()
    match error:
        case KaikuError(code=Refusal.SLACK_UNAVAILABLE):
            return slow_message(Refusal.SLACK_UNAVAILABLE, words, again)
        case KaikuError():
            text = refusal_text(error, words)
        case SlackUnavailableError() | StoreUnavailableError() if has_stored:
            log.warning("result not shown: %s", error, extra={"action": "result_not_shown"})
            text = refusal_text(KaikuError(Refusal.STORED_NOT_SHOWN), words)
        case SlackUnavailableError():
            log.warning("form not opened: %s", error.reason, extra={"action": "form_not_opened"})
            return slow_message(Refusal.FORM_NOT_OPENED, words, again)
        case StoreOutcomeUnknownError():
            log.error("commit not answered: %s", error, extra={"action": "store_unknown"})
            text = refusal_text(KaikuError(Refusal.STORE_UNKNOWN), words)
        case StoreUnavailableError():
            log.error("database unavailable: %s", error, extra={"action": "store_unavailable"})
            text = refusal_text(KaikuError(Refusal.STORE_UNAVAILABLE), words)
        case _:
            mark = current_request()
            reference = mark.id if mark is not None else secrets.token_hex(4)
            log.error(
                "listener failed, reference %s",
                reference,
                exc_info=error,
                extra={"action": "listener_failed", "reference": reference, "user": user_id},
            )
            text = apology_text(reference, words)
    return Message(text, [section(text)])


async def identify(kaiku: Kaiku, user_id: str, user_name: str) -> Person:
    """Find the person by their Slack id. At first contact the profile is fetched from Slack: name, language,
    time zone and kind of account. If Slack does not answer in half of the available time, which leaves the
    other half for a form, the person is served in the default language; they are stored when Slack has
    answered, or at the next contact.
    """
    person = await kaiku.store.read_batched(find_people, user_id, kaiku.defaults)
    if person is not None and person.is_verified and not person.deactivated:
        return person
    met: asyncio.Future[Person] = asyncio.get_running_loop().create_future()
    kaiku.do_after(_meet(kaiku, user_id, met))
    deadline = current_deadline()
    try:
        async with asyncio.timeout(deadline.left / 2 if deadline is not None else None):
            return await asyncio.shield(met)
    except (SlackUnavailableError, TimeoutError) as error:
        log.warning("profile not fetched: %s", error, extra={"action": "profile_not_fetched"})
    if person is not None:
        return person
    name = usable_line(user_name, at_most=MAX_NAME) or user_id
    profile = Profile(user_id, name, language=None, timezone=None)
    return await kaiku.store.run(profiles.meet, profile, kaiku.defaults, kaiku.clock.now)


async def _meet(kaiku: Kaiku, user_id: str, met: asyncio.Future[Person]) -> None:
    """Fetch the profile and store it, even if the request is over."""
    try:
        profile = await kaiku.slack.fetch_profile(user_id)
        profile = replace(profile, timezone=profile.timezone or kaiku.defaults.timezone)
        person = await kaiku.store.run(profiles.meet, profile, kaiku.defaults, kaiku.clock.now)
    except Exception as error:
        if met.done():
            log.warning("person not met: %s", type(error).__name__, extra={"action": "profile_not_fetched"})
        else:
            met.set_exception(error)
            met.exception()  # the request may be over
    else:
        if not met.done():
            met.set_result(person)


async def _open(kaiku: Kaiku, trigger_id: str, view: View, *, push: bool = False) -> None:
    open_or_push = kaiku.slack.push_view if push else kaiku.slack.open_view
    await open_or_push(trigger_id, view)
