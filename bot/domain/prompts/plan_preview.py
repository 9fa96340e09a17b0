"""What a plan's prompts would be for imaginary people, before anyone is asked anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.calendars.quiet_days import Quiet
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.prompt import Moment


@dataclass(frozen=True, slots=True)
class ImaginaryPerson:
    name: str
    offerings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One prompt of one person, times on their own clock. ``wanted_on`` is the day it belongs on, if it has
    one; ``moved`` or ``dropped`` say why it does not come then. ``quiet`` names a quiet ``wanted_on``."""

    person: str
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
    """``without_prompts`` are the codes of offerings that nobody gets a prompt of."""

    rows: Sequence[PreviewRow]
    people: int
    without_prompts: Sequence[str]
