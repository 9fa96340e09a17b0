"""The one way out to Slack: every call has a time-out, every outcome is a value, every payload is checked."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.announcements import Channel
from bot.domain.language import language_of_locale
from bot.domain.people.away import away_status
from bot.domain.people.person import Profile
from bot.domain.sending.outcomes import (
    CannotTell,
    Found,
    NotNow,
    NotThere,
    Outcome,
    Refused,
    Sent,
    Trace,
    Unknown,
)
from bot.views.blocks import Block, Message, View
from bot.views.payload import check_message, check_view

log = logging.getLogger(__name__)

LISTENER_SECONDS = 2.0
"""The longest that a listener waits for Slack: it must itself answer within 3 s."""

SENDER_SECONDS = 10.0

DELIVERY_EVENT = "kaiku_delivery"
"""The event_type in the metadata of every message that Kaiku sends by itself."""

CLOCK_TOLERANCE = 300.0
"""Seconds by which Slack's clock may differ from ours when history is searched."""

_uncertain = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
"""Slack's own failures, after which it is unknown whether the call took effect."""


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
        self, token: str, api_url: str, *, strict: bool = False, sender_seconds: float = SENDER_SECONDS
    ) -> None:
        self._token = token
        self._api_url = api_url
        self._strict = strict
        self._sender_seconds = sender_seconds
        self._sessions: list[aiohttp.ClientSession] = []
        self.bot_user_id = ""
        self.bot_id = ""
        self.team_id = ""

    async def start(self) -> None:
        """Open the connection pools. Does not call Slack."""
        self._for_listeners = self._web(LISTENER_SECONDS)
        self._for_sending = self._web(self._sender_seconds)

    async def stop(self) -> None:
        for session in self._sessions:
            await session.close()
        self._sessions.clear()

    async def introduce(self) -> None:
        """Ask Slack who this bot is (auth.test). Raises SlackUnavailableError; ``invalid_auth`` is final."""
        answer = await self._now(self._for_sending.auth_test())
        self.bot_user_id = answer["user_id"]
        self.bot_id = answer.get("bot_id", "")
        self.team_id = answer["team_id"]

    async def open_socket(self, app_token: str) -> str:
        """An address for one WebSocket of Socket Mode, good once and soon; it is a secret.

        Raises SlackUnavailableError.
        """
        answer = await self._now(self._for_sending.apps_connections_open(app_token=app_token))
        return str(answer.get("url"))

    async def fetch_profile(self, user_id: str) -> Profile:
        """The profile of a user. For listeners: raises SlackUnavailableError within ``LISTENER_SECONDS``."""
        answer = await self._now(self._for_listeners.users_info(user=user_id, include_locale=True))
        return profile_of(answer["user"], self.team_id)

    async def fetch_channel(self, channel_id: str) -> Channel:
        """A channel: whether Kaiku may post there, and how many people are in it.

        For listeners: raises SlackUnavailableError. A channel that Slack does not show to Kaiku is one that
        Kaiku was not invited to.
        """
        try:
            answer = await self._now(
                self._for_listeners.conversations_info(channel=channel_id, include_num_members=True)
            )
        except SlackUnavailableError as error:
            if error.reason == "channel_not_found":
                return Channel(channel_id, is_member=False)
            raise
        found = answer["channel"]
        return Channel(
            channel_id,
            is_member=bool(found.get("is_member")),
            name=found.get("name") or "",
            is_archived=bool(found.get("is_archived")),
            people=max(int(found.get("num_members") or 0) - 1, 0),  # Kaiku itself is a member
        )

    async def open_view(self, trigger_id: str, view: View) -> None:
        """Open a modal in answer to a click. Raises SlackUnavailableError."""
        self._check(check_view(view))
        await self._now(self._for_listeners.views_open(trigger_id=trigger_id, view=view))

    async def push_view(self, trigger_id: str, view: View) -> None:
        """Put a modal on top of the one the click was in. Raises SlackUnavailableError."""
        self._check(check_view(view))
        await self._now(self._for_listeners.views_push(trigger_id=trigger_id, view=view))

    async def update_view(self, view_id: str, view_hash: str | None, view: View) -> None:
        """Update an open modal, unless it has changed since. Raises SlackUnavailableError."""
        self._check(check_view(view))
        await self._now(self._for_listeners.views_update(view_id=view_id, hash=view_hash, view=view))

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

        return await self._send_blocks(send, blocks)

    async def update_message(self, channel: str, ts: str, message: Message) -> Outcome:
        """Update a message that was sent earlier; one that somebody deleted stays deleted."""
        blocks = [] if self._check(check_message(message)) else list(message.blocks)

        def send(blocks: list[Block]) -> Awaitable[AsyncSlackResponse]:
            return self._for_sending.chat_update(channel=channel, ts=ts, text=message.text, blocks=blocks)

        outcome = await self._send_blocks(send, blocks)
        return Sent(channel, ts) if isinstance(outcome, Sent) else outcome

    async def undisturbed_from(self, user_id: str, now: datetime) -> datetime | None:
        """When the person's do-not-disturb ends, if it is on; None if it is off or Slack does not say.

        A snooze is reported as the same window, already begun.
        """
        outcome, answer = await _outcome_of(self._for_sending.dnd_info(user=user_id))
        if answer is None:
            assert not isinstance(outcome, Sent)
            log.warning("dnd not known: %s", outcome.reason, extra={"action": "dnd_not_known"})
            return None
        starts, ends = answer.get("next_dnd_start_ts") or 0, answer.get("next_dnd_end_ts") or 0
        if not answer.get("dnd_enabled") or not starts <= now.timestamp() < ends:
            return None
        return datetime.fromtimestamp(ends, UTC)

    async def find_message(self, recipient: str, delivery_id: int, since: datetime) -> Trace:
        """Look in the conversation for a message that carries this delivery's id, sent after ``since``."""
        channel = recipient
        if not recipient.startswith(("C", "G", "D")):
            outcome, opened = await _outcome_of(self._for_sending.conversations_open(users=recipient))
            if opened is None:
                return _cannot_tell(outcome)
            channel = opened["channel"]["id"]
        cursor: str | None = None
        while True:
            outcome, page = await _outcome_of(
                self._for_sending.conversations_history(
                    channel=channel,
                    oldest=f"{since.timestamp() - CLOCK_TOLERANCE:.6f}",
                    include_all_metadata=True,
                    limit=100,
                    cursor=cursor,
                )
            )
            if page is None:
                return _cannot_tell(outcome)
            for message in page["messages"]:
                if _delivery_id_of(message) == str(delivery_id):
                    return Found(channel, message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return NotThere()

    async def publish_home(self, user_id: str, view: View) -> Outcome:
        self._check(check_view(view))
        return await self._send(self._for_sending.views_publish(user_id=user_id, view=view))

    def _web(self, seconds: float) -> AsyncWebClient:
        # slack_sdk ignores its own time-out when it is given a session: the session must have it.
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds))
        self._sessions.append(session)
        # slack_sdk's own retries are off: a repeated send would duplicate the message.
        return AsyncWebClient(token=self._token, base_url=self._api_url, session=session, retry_handlers=[])

    def _check(self, problems: list[str]) -> bool:
        if problems and self._strict:
            raise ValueError("Slack would refuse this: " + "; ".join(problems))
        if problems:
            log.error(
                "payload breaks Slack's rules", extra={"action": "payload_refused", "problems": problems}
            )
        return bool(problems)

    async def _now(self, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        outcome, answer = await _outcome_of(call)
        if answer is None:
            assert not isinstance(outcome, Sent)
            retry_after = outcome.retry_after if isinstance(outcome, NotNow) else None
            raise SlackUnavailableError(outcome.reason, retry_after or 0.0)
        return answer

    async def _send_blocks(
        self, send: Callable[[list[Block]], Awaitable[AsyncSlackResponse]], blocks: list[Block]
    ) -> Outcome:
        """Send; if Slack refuses the blocks, send once more without pictures. Slack fetches each picture, and
        one that is no longer on the web must not keep the message back."""
        outcome = await self._send(send(blocks))
        without = [block for block in blocks if block["type"] != "image"]
        if outcome == Refused("invalid_blocks") and without != blocks:
            log.warning("sent without its picture", extra={"action": "picture_not_fetched"})
            return await self._send(send(without))
        return outcome

    async def _send(self, call: Awaitable[AsyncSlackResponse]) -> Outcome:
        outcome, _ = await _outcome_of(call)
        return outcome


def _delivery_id_of(message: dict[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != DELIVERY_EVENT:
        return None
    found: str | None = metadata.get("event_payload", {}).get("id")
    return found


def _cannot_tell(outcome: Outcome) -> CannotTell:
    match outcome:
        case Refused(reason):
            return CannotTell(reason, final=True)
        case NotNow(reason, retry_after):
            return CannotTell(reason, retry_after)
        case Unknown(reason):
            return CannotTell(reason)
        case Sent():
            raise AssertionError("an answer came")


def profile_of(user: dict[str, Any], team_id: str) -> Profile:
    """A profile from Slack's user object (users.info or a user_change event). Members of other workspaces
    than ``team_id`` who share a channel with it count as guests."""
    details = user.get("profile")
    details = details if isinstance(details, dict) else {}
    names = (details.get("real_name"), user.get("real_name"), details.get("display_name"), user.get("name"))
    expires = details.get("status_expiration")
    return Profile(
        user_id=user["id"],
        name=next((name for name in map(_text, names) if name), user["id"])[:200],
        language=language_of_locale(_text(user.get("locale")) or None, "") or None,
        timezone=_text(user.get("tz")) or None,
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
        or _is_outsider(user, team_id),
        is_bot=bool(user.get("is_bot")),
        deactivated=bool(user.get("deleted")),
        away=away_status(
            _text(details.get("status_text")),
            _text(details.get("status_emoji")),
            expires if isinstance(expires, int) else 0,
        ),
    )


def _text(value: object) -> str:
    """A string of Slack's; anything else in its place counts as missing."""
    return value if isinstance(value, str) else ""


def _is_outsider(user: dict[str, Any], team_id: str) -> bool:
    """Whether the user is of another organisation. ``enterprise_user`` names those of one organisation with
    several workspaces."""
    organisation = user.get("enterprise_user")
    several = organisation.get("teams") if isinstance(organisation, dict) else None
    teams = {_text(each) for each in (user.get("team_id"), *(several if isinstance(several, list) else ()))}
    teams.discard("")
    return bool(user.get("is_stranger")) or bool(teams and team_id and team_id not in teams)


async def _outcome_of(call: Awaitable[AsyncSlackResponse]) -> tuple[Outcome, AsyncSlackResponse | None]:
    try:
        answer = await call
    except SlackApiError as error:
        return _outcome_of_error(error), None
    except aiohttp.ClientConnectorError as error:
        return NotNow(type(error).__name__), None  # the request never reached Slack
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Unknown(type(error).__name__), None
    return Sent(answer.get("channel") or "", answer.get("ts") or ""), answer


def _outcome_of_error(error: SlackApiError) -> Outcome:
    response = error.response
    status = getattr(response, "status_code", None)
    data = getattr(response, "data", response)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""  # the page of a 5xx is not JSON
    if status == 429 or code == "ratelimited":
        return NotNow("ratelimited", _retry_after(getattr(response, "headers", {})))
    if code in _uncertain or not code or (status is not None and status >= 500):
        return Unknown(code or f"http_{status}")
    return Refused(code)


def _retry_after(headers: Any) -> float:  # noqa: ANN401 - slack_sdk gives any mapping
    for name, value in dict(headers or {}).items():
        if name.lower() == "retry-after":
            try:
                return max(float(value if isinstance(value, str) else value[0]), 0.0)
            except (ValueError, IndexError):
                break
    return 30.0  # Slack always sends it; a proxy in between may not
