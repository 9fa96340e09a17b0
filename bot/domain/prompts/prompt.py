"""Prompts, the questions sent between sessions, and the rules of when they are sent.

docs/prompts.md explains each default; a plan file may set others under ``prompt_rules:``.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct, field

from bot.domain.calendars.working_time import DayWindow
from bot.domain.language import Texts

MAX_QUESTION = 280
MAX_QUESTIONS = 2
MAX_CHOICES = 4
MAX_CHOICE = 60
"""Characters of a question and of a choice, for reading at a glance and within Slack's limits."""


class Moment(StrEnum):
    """The purpose of a prompt, which decides its place in the gap between two sessions."""

    PLAN = "plan"  # soon after a session: an if-then plan
    MIDPOINT = "midpoint"  # whether the occasion for the plan has come
    BEFORE = "before"  # what happened, what to bring
    ANY = "any"  # written by a facilitator


SERIES = (Moment.PLAN, Moment.MIDPOINT, Moment.BEFORE)


class Audience(StrEnum):
    """Which of the people with a seat get a prompt; the last two need the attendance of the session before
    it."""

    SEATED = "seated"
    ATTENDED = "attended"
    ABSENT = "absent"


class PromptState(StrEnum):
    DRAFT = "draft"
    PLANNED = "planned"
    CANCELLED = "cancelled"  # cancelled before any copy was sent
    STOPPED = "stopped"  # stopped while it was being sent


class Frequency(StrEnum):
    """How many prompts a person wants: all; one before each session, without reminders; none."""

    ALL = "all"
    FEWER = "fewer"
    STOPPED = "stopped"


class PromptRules(Struct, frozen=True):
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
        """The purposes of the prompts in each gap, in order."""
        both_ends = (Moment.PLAN, Moment.BEFORE)
        return {0: (), 1: (Moment.BEFORE,), 2: both_ends}.get(self.per_gap, SERIES)


DEFAULT_RULES = PromptRules()


ROUND_LASTS = timedelta(hours=2)
"""A round is part of the session in which it is held; later it would only confuse."""


class Question(Struct, frozen=True):
    """One question by language. With ``choices`` its first answer is one of them."""

    text: Texts
    choices: tuple[Texts, ...] = ()


class Timing(Struct, frozen=True):
    """When a prompt is due: some ``working_days`` after or before a session, in the middle of a gap
    (``after_session`` without days), or at an instant."""

    after_session: int | None = None
    before_session: int | None = None
    working_days: int | None = None
    at: datetime | None = None


class Prompt(Struct, frozen=True):
    """A prompt of one offering.

    ``series`` is its name in the offering's own series, ``1/plan``; None if ``author``, a facilitator, wrote
    it. With ``channel`` it is a round posted there, not a message to each person; ``in_thread``: answers are
    welcome in the round's thread.
    """

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
