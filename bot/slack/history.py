"""Conversations' histories, read page by page: over as many calls and attempts as Slack's limits need.

Slack gives an app that is distributed commercially outside its Marketplace one page of 15 messages a minute,
so one attempt may not reach the end. In the same process the next attempt continues where the last one
stopped; another process begins anew.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct
from slack_sdk.web.async_client import AsyncWebClient

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
from bot.slack.answers import UNREADABLE, Answered, Bot, ask, nothing, opened_of, own_of, page_of

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

CLOCK_TOLERANCE = 300.0
"""Seconds by which Slack's clock may differ from ours when history is searched."""

MOST_ON_A_PAGE = 100
"""Messages asked for at once; Slack may give fewer, and is asked for the rest."""

MOST_DELETED = 15
"""Messages that one call deletes: Slack allows about fifty a minute."""

STAYS = {"message_not_found", "cant_delete_message", "compliance_exports_prevent_deletion"}
"""Slack's refusals to delete one message, after which the others can still go."""

LOOK_SECONDS = 20.0
"""Most that one attempt takes, page after page: less than a lease."""

MOST_UNFINISHED = 1000
"""The most unfinished searches that are remembered; beyond that the oldest begin anew."""


class _Search(Struct):
    """The progress of a search. ``oldest``: older messages need not be read; ``newest``: the newest message
    seen; ``cursor``: the next page, None for the first."""

    oldest: str
    newest: str
    cursor: str | None = None


class _Unfinished(OrderedDict[K, V], Generic[K, V]):
    """Unfinished searches by their purpose; the oldest is dropped when there are too many."""

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        while len(self) > MOST_UNFINISHED:
            self.popitem(last=False)


class History:
    """``web`` is used with the token that it has at the time."""

    def __init__(self, web: AsyncWebClient) -> None:
        self._web = web
        self._searches: _Unfinished[int, _Search] = _Unfinished()
        self._clearings: _Unfinished[tuple[str, datetime], str] = _Unfinished()

    async def find(self, recipient: str, delivery_id: int, since: datetime) -> Trace:
        """Look in the conversation for a message that carries this delivery's id, sent after ``since``."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await self._find(recipient, delivery_id, since)
        except TimeoutError:
            return CannotTell("TimeoutError")

    async def _find(self, recipient: str, delivery_id: int, since: datetime) -> Trace:
        channel = recipient
        if not recipient.startswith(("C", "G", "D")):
            opened = await ask(self._web.conversations_open(users=recipient), opened_of)
            if not isinstance(opened, Answered):
                return _cannot_tell(opened)
            channel = opened.value
        search = self._searches.get(delivery_id)
        if search is None:
            oldest = f"{since.timestamp() - CLOCK_TOLERANCE:.6f}"
            search = self._searches[delivery_id] = _Search(oldest, oldest)
        trace = await self._search(channel, delivery_id, search)
        if not isinstance(trace, CannotTell) or trace.final or trace.reason in {UNREADABLE, "invalid_cursor"}:
            self._searches.pop(delivery_id, None)
        return trace

    async def _search(self, channel: str, delivery_id: int, search: _Search) -> Trace:
        in_one_go = search.cursor is None
        while True:
            page = await ask(
                self._web.conversations_history(
                    channel=channel,
                    oldest=search.oldest,
                    include_all_metadata=True,
                    limit=MOST_ON_A_PAGE,
                    cursor=search.cursor,
                ),
                lambda answer: page_of(answer, delivery_id),
            )
            if page == Refused("invalid_cursor"):
                return CannotTell("invalid_cursor")  # it was kept for too long: the next attempt begins anew
            if not isinstance(page, Answered):
                return _cannot_tell(page)
            ts, newest, following = page.value
            if ts is not None:
                return Found(channel, ts)
            search.newest = max(search.newest, newest, key=float)
            if following == search.cursor:
                return CannotTell(UNREADABLE)
            if following:
                search.cursor = following
            elif in_one_go:
                return NotThere()
            else:
                # It took minutes, in which the earlier attempt may have come through after all.
                search.oldest, search.cursor, in_one_go = search.newest, None, True

    async def clear(self, channel: str, until: datetime, bot: Bot) -> Outcome:
        """Delete the bot's own messages in a conversation, those up to ``until``. NotNow while more are left
        than one call may delete; messages that Slack does not let it delete stay."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                outcome = await self._clear(channel, until, bot)
        except TimeoutError:
            return NotNow("more_to_delete")
        if not isinstance(outcome, NotNow):
            self._clearings.pop((channel, until), None)
        return outcome

    async def _clear(self, channel: str, until: datetime, bot: Bot) -> Outcome:
        left, key = MOST_DELETED, (channel, until)
        while True:
            cursor = self._clearings.get(key)
            page = await ask(
                self._web.conversations_history(
                    channel=channel,
                    latest=f"{until.timestamp():.6f}",
                    inclusive=True,
                    limit=MOST_ON_A_PAGE,
                    cursor=cursor,
                ),
                lambda answer: own_of(answer, bot),
            )
            if page == Refused("invalid_cursor") and cursor is not None:
                del self._clearings[key]
                return NotNow("more_to_delete")
            if not isinstance(page, Answered):
                return page
            own, following = page.value
            for ts in own:
                if left == 0:
                    return NotNow("more_to_delete")
                deleted = await ask(self._web.chat_delete(channel=channel, ts=ts), nothing)
                if isinstance(deleted, Refused) and deleted.reason in STAYS:
                    continue
                if not isinstance(deleted, Answered):
                    return deleted
                left -= 1
            if not following or following == cursor:
                return Sent(channel)
            self._clearings[key] = following


def _cannot_tell(outcome: Refused | NotNow | Unknown) -> CannotTell:
    match outcome:
        case Refused(reason):
            return CannotTell(reason, final=True)
        case NotNow(reason, retry_after):
            return CannotTell(reason, retry_after)
        case Unknown(reason):
            return CannotTell(reason)
