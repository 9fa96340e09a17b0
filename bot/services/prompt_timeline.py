"""An offering's timeline as its facilitator reads it: what comes when, and what to know of it beforehand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.domain.offerings import Offering
from bot.domain.prompt_timeline import Entry, Planned, lay_out
from bot.domain.prompts import Prompt
from bot.domain.timeline_warnings import Company, TimelineWarning, warnings_of
from bot.domain.working_time import WorkCalendar
from bot.services.catalogue import load_offering
from bot.services.holidays import holiday_names
from bot.services.prompt_plan import rules_of, widest_calendar
from bot.services.prompts import Timeline, load_timeline, prompt_id_of, subject_of
from storage import prompts as prompt_rows


@dataclass(frozen=True, slots=True)
class OfferingTimeline:
    """Everything in order of time, the warnings, and the calendar that both follow."""

    offering: Offering
    entries: Sequence[Entry]
    warnings: Sequence[TimelineWarning]
    calendar: WorkCalendar


def load_offering_timeline(
    tx: Session, code: str, now: datetime, *, also: Sequence[Prompt] = ()
) -> OfferingTimeline:
    """The timeline of one offering, ``also`` with prompts that are not stored yet. Raises KaikuError
    (unknown offering). Who may see it is for the caller to decide; no person is named in it."""
    offering_id = load_offering(tx, code).id
    ours = load_timeline(tx, offering_id, also=also)
    shared = Counter(tuple(others) for others in prompt_rows.list_other_seats(tx, offering_id).values())
    timelines = {each: load_timeline(tx, each) for each in {other for others in shared for other in others}}
    timelines[offering_id] = ours
    calendar = widest_calendar(list(timelines.values()))
    planned = Planned(ours.offering, ours.dated, ours.rules, calendar, holiday_names(calendar.years))
    sent = _first_sent(tx, timelines)
    companies = [
        Company(
            people,
            [(timelines[each].offering, timelines[each].dated) for each in others],
            rules_of([timelines[each] for each in sorted((offering_id, *others))]),
        )
        for others, people in sorted(shared.items())
    ]
    entries = lay_out(planned, sent, now)
    warnings = warnings_of(planned, entries, companies, sent, now)
    return OfferingTimeline(ours.offering, entries, warnings, calendar)


def _first_sent(tx: Session, timelines: dict[int, Timeline]) -> dict[int, datetime]:
    """By prompt id, when the first person got it."""
    subjects = [
        subject_of(timeline.offering.code, dated.prompt.id)
        for timeline in timelines.values()
        for dated in timeline.dated
    ]
    found = prompt_rows.list_first_sent(tx, subjects)
    return {prompt_id_of(subject): at for subject, at in found.items()}
