"""Interprets Slack's answers. Whatever comes back, a call ends as an outcome and never as an exception."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import aiohttp
from msgspec import Struct
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.announcements import Channel
from bot.domain.language import language_of_locale
from bot.domain.people.person import MAX_NAME, AwayStatus, Profile
from bot.domain.sending.bot_token import BotToken
from bot.domain.sending.outcomes import NotNow, Refused, Sent, Unknown
from bot.domain.sending.rate_limit import bounded_wait
from bot.domain.text import usable_line
from bot.tracing import span

log = logging.getLogger(__name__)

Answer = dict[str, Any]
T = TypeVar("T")

LONGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of one answer, unpacked. A page of a hundred messages with all their blocks is far smaller."""

LONGEST_STATUS = 200
"""Characters of a status that are read; Slack allows 100."""

LONGEST_TOKEN_SECONDS = 12 * 60 * 60
"""The lifetime that Slack documents: a token that claims a longer one is renewed by then nevertheless."""

LONGEST_CALM = timedelta(hours=12)
"""The longest do-not-disturb that is believed without asking Slack again."""

DELIVERY_EVENT = "kaiku_delivery"
"""The event_type in the metadata of every message that Kaiku sends by itself."""

UNREADABLE = "unreadable_answer"
"""The reason given where Slack, or a proxy in its place, sent an unreadable answer."""

_uncertain = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
"""Slack's own failures, after which it is not known whether the call took effect."""

_code = re.compile(r"[a-zA-Z0-9_.:-]{1,100}")
_id = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class Answered(Struct, Generic[T], frozen=True):
    """Slack accepted the call; ``value`` is read from its answer."""

    value: T


class Bot(Struct, frozen=True):
    """Who the app is in Slack: its user id and bot id, its workspace and its Enterprise organisation, if it
    is in one. An app that is installed for a whole organisation has no workspace: ``team_id`` is the
    organisation's too."""

    user_id: str = ""
    bot_id: str = ""
    team_id: str = ""
    enterprise_id: str = ""
    is_org_wide: bool = False


class UnreadableError(ValueError):
    """The answer lacks a required part. Readers of answers raise it, and ``ask`` turns it into an outcome."""


class BoundedResponse(aiohttp.ClientResponse):
    """A response that is dropped once it is longer than any plausible answer."""

    async def read(self) -> bytes:
        if self._body is None:
            pieces, length = [], 0
            async for piece in self.content.iter_any():
                pieces.append(piece)
                length += len(piece)
                if length > LONGEST_ANSWER:
                    self.close()
                    raise aiohttp.ClientPayloadError("longer than any answer of Slack")
            self._body = b"".join(pieces)
        return await super().read()


async def ask(
    call: Awaitable[AsyncSlackResponse], read: Callable[[Answer], T]
) -> Answered[T] | Refused | NotNow | Unknown:
    """Make the call and read its answer. A failure after the request may have left is Unknown, not unsent."""
    with span("slack", method=getattr(call, "__name__", "")) as note:  # slack_sdk's coroutine has its name
        outcome = await _ask(call, read)
        note(outcome=type(outcome).__name__)
    return outcome


async def _ask(
    call: Awaitable[AsyncSlackResponse], read: Callable[[Answer], T]
) -> Answered[T] | Refused | NotNow | Unknown:
    try:
        answer = (await call).data
        if not isinstance(answer, dict):
            raise UnreadableError
        return Answered(read(answer))
    except SlackApiError as error:
        return _outcome_of_error(error)
    except aiohttp.ClientConnectorError as error:
        return NotNow(type(error).__name__)  # never reached Slack
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Unknown(type(error).__name__)
    except Exception as error:  # whatever slack_sdk's reading of the answer raises, or ours
        log.warning(
            "Slack's answer can't be read: %s", type(error).__name__, extra={"action": "answer_unreadable"}
        )
        log.debug("where it could not be read", exc_info=error)
        return Unknown(UNREADABLE)


def nothing(_: Answer) -> None:
    """The reader for calls whose answer holds nothing of interest."""


def sent_message(answer: Answer) -> Sent:
    """Where a message was posted. An answer without that is unreadable, so that the message is searched
    for."""
    return Sent(an_id(answer["channel"]), an_id(answer["ts"]))


def bot_token_in(answer: Answer, now: datetime) -> BotToken:
    """The tokens of a renewal, and when the first of them ends."""
    token, refresh_token, seconds = answer["access_token"], answer["refresh_token"], answer["expires_in"]
    if not isinstance(token, str) or not isinstance(refresh_token, str) or not isinstance(seconds, int):
        raise UnreadableError
    lasts = timedelta(seconds=min(max(seconds, 0), LONGEST_TOKEN_SECONDS))
    return BotToken(token, refresh_token, now + lasts)


def an_id(given: object) -> str:
    """An id or a time stamp of Slack's, fit to be stored. Raises UnreadableError."""
    if not isinstance(given, str) or _id.fullmatch(given) is None:
        raise UnreadableError
    return given


def _outcome_of_error(error: SlackApiError) -> Refused | NotNow | Unknown:
    response = error.response  # slack_sdk's, or aiohttp's where no JSON came
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    data = getattr(response, "data", response)
    given = data.get("error") if isinstance(data, dict) else None
    code = given if isinstance(given, str) and _code.fullmatch(given) else ""
    if status == 429 or code == "ratelimited":
        return NotNow("ratelimited", _retry_after(getattr(response, "headers", None)))
    if code in _uncertain or not code or (status is not None and status >= 500):
        return Unknown(code or f"http_{status}")
    return Refused(code)


def _retry_after(headers: Mapping[str, str] | None) -> float:
    for name, value in (headers or {}).items():
        if name.lower() == "retry-after":
            return bounded_wait(value)
    return bounded_wait(None)


def profile_of(user: dict[str, Any], ours: frozenset[str]) -> Profile:
    """Slack's user object, from users.info or a user_change event, as Kaiku knows people. A person of another
    organisation than ``ours`` (the ids of our workspace and Enterprise organisation) is a guest here."""
    details = user.get("profile")
    details = details if isinstance(details, dict) else {}
    names = (details.get("real_name"), user.get("real_name"), details.get("display_name"), user.get("name"))
    return Profile(
        user_id=user["id"],
        name=next((name for name in map(_name, names) if name), user["id"]),
        language=language_of_locale(_text(user.get("locale")) or None, "") or None,
        timezone=_text(user.get("tz"))[:64] or None,
        is_guest=_is_guest(user, ours),
        is_bot=bool(user.get("is_bot")),
        deactivated=bool(user.get("deleted")),
        away=_away(details),
        address=(_text(details.get("email")).lower() or None) if _is_of(user, ours) else None,
    )


def _away(details: Mapping[str, Any]) -> AwayStatus | None:
    text = usable_line(_text(details.get("status_text")), at_most=LONGEST_STATUS)
    emoji = usable_line(_text(details.get("status_emoji")), at_most=LONGEST_STATUS)
    if not text and not emoji:
        return None
    from bot.domain.people.away import away_status  # noqa: PLC0415 - most people have no status

    expires = details.get("status_expiration")
    return away_status(text, emoji, expires if isinstance(expires, int) else 0)


def _text(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def _name(value: object) -> str:
    return usable_line(_text(value), at_most=MAX_NAME)


def _is_guest(user: dict[str, Any], ours: frozenset[str]) -> bool | None:
    """Whether the account is a guest, or of another organisation; None while our own is unknown. In an
    organisation of several workspaces ``enterprise_user`` has their ids."""
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return True
    if not ours:
        return None
    if _is_of(user, ours):
        return False
    return bool(user.get("is_stranger") or _organisations(user))


def _is_of(user: dict[str, Any], ours: frozenset[str]) -> bool:
    return bool(_organisations(user) & ours)


def _organisations(user: dict[str, Any]) -> set[str]:
    """The ids of the account's workspaces and Enterprise organisation."""
    organisation = user.get("enterprise_user")
    organisation = organisation if isinstance(organisation, dict) else {}
    several = organisation.get("teams")
    named = (user.get("team_id"), user.get("enterprise_id"), organisation.get("enterprise_id"))
    return {_text(each) for each in (*named, *(several if isinstance(several, list) else ()))} - {""}


# -- reading answers: whatever one of these raises makes the call's outcome unknown -------------------------


def bot_of(answer: Answer) -> Bot:
    bot, team, enterprise = (_id_or_none(answer, name) for name in ("bot_id", "team_id", "enterprise_id"))
    return Bot(
        user_id=an_id(answer["user_id"]),
        bot_id=bot,
        team_id=an_id(team or enterprise),
        enterprise_id=enterprise,
        is_org_wide=answer.get("is_enterprise_install") is True,
    )


def _id_or_none(answer: Answer, name: str) -> str:
    given = answer.get(name)
    return an_id(given) if given else ""


def url_of(answer: Answer) -> str:
    url = answer["url"]
    if not isinstance(url, str) or not url.startswith(("wss://", "ws://")):
        raise UnreadableError
    return url


def profile_in(answer: Answer, ours: frozenset[str]) -> Profile:
    an_id(answer["user"]["id"])
    return profile_of(answer["user"], ours)


def channel_of(channel_id: str, answer: Answer) -> Channel:
    found = answer["channel"]
    return Channel(
        channel_id,
        is_member=bool(found.get("is_member")),
        name=_name(found.get("name")),
        is_archived=bool(found.get("is_archived")),
        is_private=bool(found.get("is_private")),
        people=max(int(found.get("num_members") or 0) - 1, 0),  # Kaiku itself is one of them
    )


def calm_of(answer: Answer, now: datetime) -> datetime | None:
    starts, ends = answer.get("next_dnd_start_ts") or 0, answer.get("next_dnd_end_ts") or 0
    if not answer.get("dnd_enabled") or not starts <= now.timestamp() < ends:
        return None
    return min(datetime.fromtimestamp(ends, UTC), now + LONGEST_CALM)


def opened_of(answer: Answer) -> str:
    return an_id(answer["channel"]["id"])


def page_of(answer: Answer, delivery_id: int) -> tuple[str | None, str, str]:
    """The time stamp of this delivery's message, if it is on the page; the newest on the page ("0" for none);
    and where the next page begins."""
    stamps = ["0"]
    for message in answer["messages"]:
        if delivery_id_of(message) == str(delivery_id):
            return an_id(message["ts"]), "", ""
        stamps.append(an_id(message.get("ts", "0")))
    return None, max(stamps, key=float), following(answer)


def own_of(answer: Answer, bot: Bot) -> tuple[list[str], str]:
    """The time stamps of Kaiku's own messages on the page, and where the next page begins."""
    own = [
        an_id(each["ts"])
        for each in answer["messages"]
        if each.get("user") == bot.user_id or each.get("bot_id") == bot.bot_id != ""
    ]
    return own, following(answer)


def members_of(answer: Answer) -> tuple[frozenset[str], str]:
    """The members on the page, and where the next page begins."""
    return frozenset(an_id(each) for each in answer["members"]), following(answer)


def named(answer: Answer, name: str) -> tuple[str | None, str]:
    """The channel of this name, if it is on the page, and where the next page begins."""
    found = next((each for each in answer["channels"] if each.get("name") == name), None)
    return (an_id(found["id"]) if found is not None else None), following(answer)


def following(answer: Answer) -> str:
    following = (answer.get("response_metadata") or {}).get("next_cursor") or ""
    if not isinstance(following, str):
        raise UnreadableError
    return following


def delivery_id_of(message: dict[str, Any]) -> object:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != DELIVERY_EVENT:
        return None
    return metadata.get("event_payload", {}).get("id")
