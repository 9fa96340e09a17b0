"""The prompts that a plan would send to imaginary people, before it is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.calendars.quiet_days import Quiet
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.prompt import Moment


@dataclass(frozen=True, slots=True)
class ImaginaryPerson:
    """Somebody with a seat in these offerings, by id; ``number`` is 1 for the first."""

    number: int
    offerings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One prompt of one imaginary person, with times in that person's zone. ``wanted_on`` is the day it
    belongs on, if any; ``moved`` or ``dropped`` says why it does not come then; ``quiet`` says
    why ``wanted_on`` is quiet."""

    person: int
    offering: str
    moment: Moment
    after_session: int | None
    before_session: int | None
    wanted_on: date | None
    due_at: datetime | None
    remind_at: datetime | None
    moved: Reason | None
    dropped: Reason | None
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class PlanPromptPreview:
    """The preview of a plan. ``without_prompts`` are the codes of offerings from which nobody
    gets a prompt."""

    rows: Sequence[PreviewRow]
    people: int
    without_prompts: Sequence[str]
