"""The prompts that a plan would send to imaginary people, before it is published."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from bot.domain.calendars.quiet_days import Quiet
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.prompt import Moment


class ImaginaryPerson(Struct, frozen=True):
    """Somebody with a seat in these offerings, by id; ``number`` is 1 for the first."""

    number: int
    offerings: tuple[int, ...]


class PreviewRow(Struct, frozen=True):
    """One prompt of one imaginary person, with times in that person's zone. ``wanted_on`` is its proper day,
    if any; ``moved`` or ``dropped`` says why it does not come then; ``quiet`` says why ``wanted_on`` is
    quiet."""

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


class PlanPromptPreview(Struct, frozen=True):
    """The preview of a plan. ``without_prompts`` are the codes of offerings from which nobody
    gets a prompt."""

    rows: Sequence[PreviewRow]
    people: int
    without_prompts: Sequence[str]
