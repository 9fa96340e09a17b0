"""Whom a facilitator's prompt reaches, in numbers only: how many people, when, how many not and why."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.language import Texts
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.schedule import ScheduledPrompt


class NotReached(StrEnum):
    """Why people are not reached, in categories that don't reveal to a facilitator what one person chose."""

    WEEKLY_CAP = "weekly_cap"  # another prompt in the same week takes precedence
    PEACE = "peace"  # paused, stopped, asked for fewer, or away
    AUDIENCE = "audience"  # not in the prompt's audience
    TOO_LATE = "too_late"  # it would come after the session, or in the past


_OF_REASON = {
    Reason.WEEKLY_CAP: NotReached.WEEKLY_CAP,
    Reason.PAUSED: NotReached.PEACE,
    Reason.AWAY: NotReached.PEACE,
    Reason.STOPPED: NotReached.PEACE,
    Reason.FEWER: NotReached.PEACE,
    Reason.NOT_IN_AUDIENCE: NotReached.AUDIENCE,
    Reason.JOINED_LATER: NotReached.AUDIENCE,
    Reason.MISSED_SESSION: NotReached.AUDIENCE,
    Reason.NO_PLAN: NotReached.AUDIENCE,
}


class Reach(Struct, frozen=True):
    """How many ``people`` get a prompt, when the ``first`` and the ``last`` of them do, and how many don't,
    by reason."""

    people: int
    first: datetime | None
    last: datetime | None
    skipped: Mapping[NotReached, int]


def reach_of(asks: Iterable[ScheduledPrompt]) -> Reach:
    """The reach of one prompt, from its schedule for each person."""
    every = list(asks)
    times = sorted(ask.due_at for ask in every if ask.due_at is not None)
    skipped = Counter(
        _OF_REASON.get(ask.dropped, NotReached.TOO_LATE) for ask in every if ask.dropped is not None
    )
    return Reach(len(times), times[0] if times else None, times[-1] if times else None, skipped)


def who_would_not_understand(texts: Texts, readers: Mapping[str, int]) -> dict[str, int]:
    """By language, how many readers would get the text in another language. Readers of English are counted
    too, although English is optional, so that the writer knows."""
    return {language: number for language, number in readers.items() if number and not texts.get(language)}
