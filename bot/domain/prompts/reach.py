"""Whom a facilitator's prompt reaches, as numbers only: how many, from when to when, how many not and why."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.language import Texts
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.schedule import ScheduledPrompt


class NotReached(StrEnum):
    """Why people are not reached, so far as a facilitator may know: nobody's own choices one by one."""

    WEEKLY_CAP = "weekly_cap"  # another prompt in the same week is nearer to its session
    PEACE = "peace"  # they paused, stopped, asked for fewer, or are away
    AUDIENCE = "audience"  # not among those it is for
    TOO_LATE = "too_late"  # it would come after the session, or is past


_OF_REASON = {
    Reason.WEEKLY_CAP: NotReached.WEEKLY_CAP,
    Reason.PAUSED: NotReached.PEACE,
    Reason.AWAY: NotReached.PEACE,
    Reason.STOPPED: NotReached.PEACE,
    Reason.FEWER: NotReached.PEACE,
    Reason.NOT_IN_AUDIENCE: NotReached.AUDIENCE,
    Reason.JOINED_LATER: NotReached.AUDIENCE,
    Reason.MISSED_SESSION: NotReached.AUDIENCE,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """How many ``people`` get it, the ``first`` of them and the ``last`` when; how many do not, by why."""

    people: int
    first: datetime | None
    last: datetime | None
    skipped: Mapping[NotReached, int]


def reach_of(asks: Iterable[ScheduledPrompt]) -> Reach:
    """The reach of one prompt, from what it is to each person."""
    every = list(asks)
    times = sorted(ask.due_at for ask in every if ask.due_at is not None)
    skipped = Counter(
        _OF_REASON.get(ask.dropped, NotReached.TOO_LATE) for ask in every if ask.dropped is not None
    )
    return Reach(len(times), times[0] if times else None, times[-1] if times else None, skipped)


def who_would_not_understand(texts: Texts, readers: Mapping[str, int]) -> dict[str, int]:
    """By language, how many read it and would get another one. Nobody counts as lost for English: it is a
    courtesy, and whoever reads it is counted so that the writer knows."""
    return {language: number for language, number in readers.items() if number and not texts.get(language)}
