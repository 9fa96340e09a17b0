"""The one way out to Slack: every call has a time-out, every outcome is a value, every payload is checked."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import aiohttp
import msgspec
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.deadline import current_deadline
from bot.domain.announcements import Channel
from bot.domain.people.person import Account, Profile
from bot.domain.sending.bot_token import BotToken
from bot.domain.sending.outcomes import (
    NotNow,
    Outcome,
    Refused,
    Sent,
    Trace,
    Unknown,
)
from bot.slack.answers import (
    DELIVERY_EVENT,
    UNREADABLE,
    Answer,
    Answered,
    Bot,
    BoundedResponse,
    an_id,
    ask,
    bot_of,
    bot_token_in,
    calm_of,
    channel_of,
    members_of,
    named,
    nothing,
    opened_of,
    profile_in,
    sent_message,
    url_of,
)
from bot.slack.history import History
from bot.views.blocks import Block, Message, View
from bot.views.payload import check_message, check_view

log = logging.getLogger(__name__)

T = TypeVar("T")

LISTENER_SECONDS = 2.0
"""The longest that a listener waits for Slack: it must itself answer within 3 s."""

SENDER_SECONDS = 10.0

NO_EPHEMERAL = {"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived"}
"""Refusals of chat.postEphemeral where the channel takes none."""

MEMBERS_A_PAGE = 200


class SlackUnavailableError(Exception):
    """Slack did not do what was asked; ``reason`` is its code or the kind of failure. Do not retry before
    ``retry_after`` seconds."""

    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class SlackClient:
    """Slack's Web API as far as Kaiku uses it. ``strict`` (tests) makes a bad payload an error here."""

    def __init__(
        self,
        token: str,
        api_url: str,
        *,
        team_id: str = "",
        strict: bool = False,
        sender_seconds: float = SENDER_SECONDS,
    ) -> None:
        """``team_id``: for an app of a whole organisation, the workspace in which it makes channels."""
        self.token = token
        self._in_team = team_id or None  # Slack looks at it only where the app is a whole organisation's
        self._api_url = api_url
        self._strict = strict
        self._sender_seconds = sender_seconds
        self._sessions: list[aiohttp.ClientSession] = []
        self.bot = Bot()
        self.ours: frozenset[str] = frozenset()
        """Our workspace's id and our Enterprise organisation's; empty while Slack has not said who we are."""

    async def start(self) -> None:
        """Open the connection pools. Does not call Slack."""
        self._for_listeners = self._web(LISTENER_SECONDS)
        self._for_sending = self._web(self._sender_seconds)
        self._without_token = self._web(self._sender_seconds)
        self._without_token.token = None
        self._history = History(self._for_sending)

    async def stop(self) -> None:
        for session in self._sessions:
            await session.close()
        self._sessions.clear()

    async def introduce(self) -> Outcome:
        """Ask Slack who this bot is (auth.test): until then guests can't be told from members."""
        answer = await ask(self._for_sending.auth_test(), bot_of)
        if not isinstance(answer, Answered):
            return answer
        self.bot = answer.value
        self.ours = frozenset({self.bot.team_id, self.bot.enterprise_id} - {""})
        return Sent()

    def use_token(self, token: str) -> None:
        """Call Slack with this token from now on; calls on their way keep theirs."""
        self.token = token
        for web in (self._for_listeners, self._for_sending):
            web.token = token

    async def renew_token(
        self, client_id: str, client_secret: str, refresh_token: str, now: datetime
    ) -> BotToken | Refused | NotNow | Unknown:
        """The next bot token, in exchange for a refresh token, which can be used once."""
        form = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        # Not by slack_sdk's own method: that takes aiohttp.BasicAuth, which aiohttp gives up.
        call = self._without_token.api_call("oauth.v2.access", data=form)
        answer = await ask(call, lambda answer: bot_token_in(answer, now))
        return answer.value if isinstance(answer, Answered) else answer

    async def open_socket(self, app_token: str) -> str:
        """A secret address for one WebSocket of Socket Mode, valid once and for a short time.

        Raises SlackUnavailableError.
        """
        return await self._now(self._for_sending.apps_connections_open(app_token=app_token), url_of)

    async def fetch_profile(self, user_id: str) -> Profile:
        """A person's profile. For listeners: raises SlackUnavailableError within ``LISTENER_SECONDS``."""
        return await self._now(
            self._for_listeners.users_info(user=user_id, include_locale=True),
            lambda answer: profile_in(answer, self.ours),
        )

    async def find_by_address(self, address: str) -> Account | Refused | NotNow | Unknown:
        """The account with this e-mail address. Refused with missing_scope without users:read.email."""
        answer = await ask(
            self._for_sending.users_lookupByEmail(email=address), lambda answer: an_id(answer["user"]["id"])
        )
        if isinstance(answer, Answered):
            return Account(answer.value)
        return Account(None) if answer == Refused("users_not_found") else answer

    async def find_profile(self, user_id: str) -> Profile | Refused | NotNow | Unknown:
        """A person's profile. For commands, which may wait."""
        answer = await ask(
            self._for_sending.users_info(user=user_id, include_locale=True),
            lambda answer: profile_in(answer, self.ours),
        )
        return answer.value if isinstance(answer, Answered) else answer

    async def fetch_channel(self, channel_id: str) -> Channel:
        """A channel: whether Kaiku may post there, and how many people are in it.

        For listeners: raises SlackUnavailableError. A channel that Slack does not show to Kaiku is one that
        Kaiku was not invited to.
        """
        try:
            return await self._now(
                self._for_listeners.conversations_info(channel=channel_id, include_num_members=True),
                lambda answer: channel_of(channel_id, answer),
            )
        except SlackUnavailableError as error:
            if error.reason == "channel_not_found":
                return Channel(channel_id, is_member=False)
            raise

    async def fetch_members(self, channel_id: str) -> frozenset[str]:
        """The members of a channel. For listeners: raises SlackUnavailableError."""
        members: frozenset[str] = frozenset()
        cursor: str | None = None
        while True:
            more, cursor = await self._now(
                self._for_listeners.conversations_members(
                    channel=channel_id, limit=MEMBERS_A_PAGE, cursor=cursor
                ),
                members_of,
            )
            members |= more
            if not cursor:
                return members

    async def list_members(self, channel: str) -> frozenset[str] | Refused | NotNow | Unknown:
        """The members of a channel."""
        members: frozenset[str] = frozenset()
        cursor: str | None = None
        while True:
            page = await ask(
                self._for_sending.conversations_members(channel=channel, limit=MEMBERS_A_PAGE, cursor=cursor),
                members_of,
            )
            if not isinstance(page, Answered):
                return page
            more, following = page.value
            members |= more
            if not following:
                return members
            if following == cursor:
                return Unknown(UNREADABLE)
            cursor = following

    async def create_channel(self, name: str) -> Outcome:
        """Make a private channel with Kaiku in it; ``Sent.channel`` is its id."""
        return await self._send(
            self._for_sending.conversations_create(name=name, is_private=True, team_id=self._in_team),
            lambda answer: Sent(opened_of(answer)),
        )

    async def find_private_channel(self, name: str) -> str | Refused | NotNow | Unknown | None:
        """The private channel of this name that Kaiku is in."""
        cursor: str | None = None
        while True:
            page = await ask(
                self._for_sending.users_conversations(
                    types="private_channel",
                    exclude_archived=True,
                    limit=MEMBERS_A_PAGE,
                    cursor=cursor,
                    team_id=self._in_team,
                ),
                lambda answer: named(answer, name),
            )
            if not isinstance(page, Answered):
                return page
            found, following = page.value
            if found is not None or not following:
                return found
            if following == cursor:
                return Unknown(UNREADABLE)
            cursor = following

    async def invite(self, channel: str, user_id: str) -> Outcome:
        """Add one person to a channel that Kaiku is in."""
        return await self._send(
            self._for_sending.conversations_invite(channel=channel, users=user_id), lambda _: Sent()
        )

    async def kick(self, channel: str, user_id: str) -> Outcome:
        """Remove one person from a channel that Kaiku is in."""
        return await self._send(
            self._for_sending.conversations_kick(channel=channel, user=user_id), lambda _: Sent()
        )

    async def open_view(self, trigger_id: str, view: View) -> None:
        """Open a modal in answer to a click. Raises SlackUnavailableError."""
        self._check(check_view(view))
        await self._now(self._for_listeners.views_open(trigger_id=trigger_id, view=view), nothing)

    async def push_view(self, trigger_id: str, view: View) -> None:
        """Put a modal on top of the one the click was in. Raises SlackUnavailableError."""
        self._check(check_view(view))
        await self._now(self._for_listeners.views_push(trigger_id=trigger_id, view=view), nothing)

    async def update_view(self, view_id: str, view_hash: str | None, view: View) -> None:
        """Update an open modal, unless it has changed since. Raises SlackUnavailableError."""
        self._check(check_view(view))
        await self._now(self._for_listeners.views_update(view_id=view_id, hash=view_hash, view=view), nothing)

    async def answer(
        self, channel: str, message: Message, *, thread_ts: str | None = None, only_to: str | None = None
    ) -> None:
        """Answer a message in its conversation; with ``only_to`` visible to that person only, or in a direct
        message where the channel takes no ephemeral ones. For listeners: raises SlackUnavailableError."""
        blocks = [] if self._check(check_message(message)) else list(message.blocks)
        if only_to is not None:
            try:
                await self._now(
                    self._for_listeners.chat_postEphemeral(
                        channel=channel, user=only_to, text=message.text, blocks=blocks, thread_ts=thread_ts
                    ),
                    nothing,
                )
            except SlackUnavailableError as error:
                if error.reason not in NO_EPHEMERAL:
                    raise
                channel, thread_ts = only_to, None
            else:
                return
        await self._now(
            self._for_listeners.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=blocks,
                thread_ts=thread_ts,
                unfurl_links=False,
                unfurl_media=False,
            ),
            nothing,
        )

    async def post_message(self, recipient: str, message: Message, delivery_id: int) -> Outcome:
        """Send one message. Its metadata carries the delivery's id, by which it can be found again."""
        blocks = list(message.blocks)
        if self._check(check_message(message)):
            blocks = []  # Slack would refuse the blocks: the plain text must still arrive

        def send(blocks: list[Block]) -> Awaitable[AsyncSlackResponse]:
            return self._for_sending.chat_postMessage(
                channel=recipient,
                text=message.text,
                blocks=blocks or None,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": DELIVERY_EVENT, "event_payload": {"id": str(delivery_id)}},
            )

        return await self._send_blocks(send, blocks, sent_message)

    async def update_message(self, channel: str, ts: str, message: Message) -> Outcome:
        """Update a message that was sent earlier; one that somebody deleted stays deleted."""
        blocks = [] if self._check(check_message(message)) else list(message.blocks)

        def send(blocks: list[Block]) -> Awaitable[AsyncSlackResponse]:
            return self._for_sending.chat_update(channel=channel, ts=ts, text=message.text, blocks=blocks)

        return await self._send_blocks(send, blocks, lambda _: Sent(channel, ts))

    async def clear_conversation(self, channel: str, until: datetime) -> Outcome:
        """Delete Kaiku's own messages in a conversation, those up to ``until``: see ``History.clear``."""
        return await self._history.clear(channel, until, self.bot)

    async def undisturbed_from(self, user_id: str, now: datetime) -> datetime | None:
        """The end of a person's do-not-disturb; None if it is off, or Slack does not say. A snooze shows as a
        window that has already begun."""
        answer = await ask(
            self._for_sending.dnd_info(user=user_id, team_id=self._in_team),
            lambda answer: calm_of(answer, now),
        )
        if isinstance(answer, Answered):
            return answer.value
        log.warning("dnd not known: %s", answer.reason, extra={"action": "dnd_not_known"})
        return None

    async def find_message(self, recipient: str, delivery_id: int, since: datetime) -> Trace:
        """Look in the conversation for a message that carries this delivery's id: see ``History.find``."""
        return await self._history.find(recipient, delivery_id, since)

    async def tell(self, user_id: str, message: Message) -> None:
        """Answer in a person's conversation with Kaiku, when the place where they clicked takes no answers
        any more. Tried once."""
        self._check(check_message(message))
        outcome = await self._send(
            self._for_sending.chat_postMessage(
                channel=user_id, text=message.text, blocks=list(message.blocks) or None
            ),
            sent_message,
        )
        if not isinstance(outcome, Sent):
            log.warning("person not answered: %s", outcome.reason, extra={"action": "answer_lost"})

    async def publish_home(self, user_id: str, view: View) -> Outcome:
        self._check(check_view(view))
        return await self._send(self._for_sending.views_publish(user_id=user_id, view=view), lambda _: Sent())

    def _web(self, seconds: float) -> AsyncWebClient:
        # slack_sdk leaves its own time-out aside when it is given a session: the session must have it.
        session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=seconds),
            response_class=BoundedResponse,
            json_serialize=_to_json,
        )
        self._sessions.append(session)
        # slack_sdk's own retries are off: a repeated send would duplicate the message.
        return AsyncWebClient(token=self.token, base_url=self._api_url, session=session, retry_handlers=[])

    def _check(self, problems: list[str]) -> bool:
        if problems and self._strict:
            raise ValueError("Slack would refuse this: " + "; ".join(problems))
        if problems:
            log.error(
                "payload breaks Slack's rules", extra={"action": "payload_refused", "problems": problems}
            )
        return bool(problems)

    async def _now(self, call: Awaitable[AsyncSlackResponse], read: Callable[[Answer], T]) -> T:
        """The value of a call that a listener makes; raises SlackUnavailableError, at the request's deadline
        at the latest."""
        deadline = current_deadline()
        try:
            async with asyncio.timeout(deadline.left if deadline is not None else None):
                answer = await ask(call, read)
        except TimeoutError:
            raise SlackUnavailableError("TimeoutError") from None
        if isinstance(answer, Answered):
            return answer.value
        retry_after = answer.retry_after if isinstance(answer, NotNow) else None
        raise SlackUnavailableError(answer.reason, retry_after or 0.0)

    async def _send_blocks(
        self,
        send: Callable[[list[Block]], Awaitable[AsyncSlackResponse]],
        blocks: list[Block],
        read: Callable[[Answer], Sent],
    ) -> Outcome:
        """Send; if Slack refuses the blocks, once more without pictures: Slack fetches each, and a missing
        picture must not block a message."""
        outcome = await self._send(send(blocks), read)
        without = [block for block in blocks if block["type"] != "image"]
        if outcome == Refused("invalid_blocks") and without != blocks:
            log.warning("sent without its picture", extra={"action": "picture_not_fetched"})
            return await self._send(send(without), read)
        return outcome

    async def _send(self, call: Awaitable[AsyncSlackResponse], read: Callable[[Answer], Sent]) -> Outcome:
        answer = await ask(call, read)
        return answer.value if isinstance(answer, Answered) else answer


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()  # a tenth of the time that the standard library takes
