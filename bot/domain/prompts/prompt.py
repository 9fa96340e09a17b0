"""Prompts: what is asked between sessions, and the rules of when. Pure values.

Where each default comes from is in docs/prompts.md; a plan file may set others under ``prompt_rules:``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from bot.domain.calendars.working_time import DayWindow
from bot.domain.language import Texts

MAX_QUESTION = 280
MAX_QUESTIONS = 2
MAX_CHOICES = 4
MAX_CHOICE = 60
"""Characters of a question and of a choice, so that either is read at a glance and fits Slack's limits."""


class Moment(StrEnum):
    """Where in the gap between two sessions a prompt belongs; the closing letter comes after the last."""

    PLAN = "plan"  # soon after a session: an if-then plan
    MIDPOINT = "midpoint"  # did the moment come?
    BEFORE = "before"  # what happened, what to bring
    ANY = "any"  # a facilitator's own


SERIES = (Moment.PLAN, Moment.MIDPOINT, Moment.BEFORE)


class Audience(StrEnum):
    """Who of the seated gets a prompt; the last two where attendance of the session before it is known."""

    SEATED = "seated"
    ATTENDED = "attended"
    ABSENT = "absent"


class PromptState(StrEnum):
    DRAFT = "draft"
    PLANNED = "planned"
    CANCELLED = "cancelled"  # before any was sent
    STOPPED = "stopped"  # while it was being sent


class Frequency(StrEnum):
    """How often a person wants to be asked: all; one before each session, without reminders; none."""

    ALL = "all"
    FEWER = "fewer"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PromptRules:
    """When prompts go out. Days before and after sessions are working days."""

    per_gap: int = 3  # 3: all of the series; 2: first and last; 1: the last; 0: none
    days_after: int = 2
    days_before: int = 2
    short_gap: int = 10  # a gap of fewer working days has no midpoint
    weekdays: frozenset[int] = frozenset({1, 2, 3})  # Tuesday to Thursday
    window: DayWindow = field(default=DayWindow(time(9), time(15)))
    remind_after: int = 2
    days_between: int = 7  # calendar days from one prompt to the next, across all offerings
    fade_after: int = 2  # unanswered in a row
    closing_after: int = 2
    unnamed_from: int = 5  # people who have shared, before sharing without name is offered

    def moments(self) -> tuple[Moment, ...]:
        """The series of each gap."""
        both_ends = (Moment.PLAN, Moment.BEFORE)
        return {0: (), 1: (Moment.BEFORE,), 2: both_ends}.get(self.per_gap, SERIES)


DEFAULT_RULES = PromptRules()


@dataclass(frozen=True, slots=True)
class Question:
    """One question by language; with ``choices`` its first answer is one of them."""

    text: Texts
    choices: tuple[Texts, ...] = ()


@dataclass(frozen=True, slots=True)
class Timing:
    """When a prompt is due: ``working_days`` after or before a session, in the middle of a gap
    (``after_session`` without days), or at an instant."""

    after_session: int | None = None
    before_session: int | None = None
    working_days: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt of one offering. ``series`` names its place in the offering's own series, ``1/plan``;
    None for one that ``author``, a facilitator, wrote. ``channel``: it is a round there, not a message
    to each person; ``in_thread``: answers are welcome in the round's thread."""

    id: int
    offering_id: int
    moment: Moment
    questions: Sequence[Question]
    timing: Timing
    series: str | None = None
    author: str | None = None
    audience: Audience = Audience.SEATED
    has_reminder: bool = True
    channel: str | None = None
    in_thread: bool = False
    state: PromptState = PromptState.PLANNED
    library_key: str | None = None

    @property
    def is_if_then(self) -> bool:
        """Whether the answer is a plan of two parts: when this happens, I will do that."""
        return self.moment is Moment.PLAN
