"""An offering's timeline for its facilitators: what comes when, with warnings."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.deliveries import Subject
from bot.domain.offerings.offering import Offering
from bot.domain.plan.model import Plan
from bot.domain.prompts.prompt import Prompt
from bot.domain.prompts.timeline import Entry, Planned, lay_out
from bot.domain.prompts.timeline_warnings import Company, TimelineWarning, warnings_of
from bot.services.calendars.holidays import WORK_CALENDAR, holiday_name
from bot.services.offerings.catalogue import load_offering
from bot.services.prompts.library import Library
from bot.services.prompts.owed import rules_of
from bot.services.prompts.preview import plan_timelines
from bot.services.prompts.series import Timeline, load_timeline, load_timelines
from storage import enrolment as enrolment_rows
from storage import prompt_deliveries as prompt_delivery_rows
from storage.transaction import Tx

DAY = timedelta(days=1)


class OfferingTimeline(Struct, frozen=True):
    """The entries in order of time, the warnings, and the calendar that both follow, as of ``seen_at``."""

    offering: Offering
    entries: Sequence[Entry]
    warnings: Sequence[TimelineWarning]
    calendar: WorkCalendar
    seen_at: datetime


def load_offering_timeline(
    tx: Tx, code: str, now: datetime, *, also: Sequence[Prompt] = ()
) -> OfferingTimeline:
    """The timeline of one offering; ``also`` are prompts that are not stored yet.

    Raises KaikuError: UNKNOWN_OFFERING. The caller must check who may see it; it names no person.
    """
    offering_id = load_offering(tx, code).id
    ours = load_timeline(tx, offering_id, also=also)
    shared = Counter(tuple(others) for others in enrolment_rows.list_other_seats(tx, offering_id).values())
    timelines = load_timelines(tx, {other for others in shared for other in others})
    timelines[offering_id] = ours
    return _laid_out(timelines, offering_id, shared, _first_sent(tx, timelines), now)


def entries_of(tx: Tx, timeline: Timeline, now: datetime) -> list[Entry]:
    """The timeline's entries alone: the desk shows a prompt as the timeline has it."""
    return lay_out(_planned(timeline), _first_sent(tx, {timeline.offering.id: timeline}), now)


def timeline_in_plan(plan: Plan, library: Library, code: str) -> OfferingTimeline | None:
    """The timeline that an offering would have by a plan that is not published yet, as seen before the plan
    begins. None if no offering of that code has a session that is not cancelled."""
    timelines = plan_timelines(plan, library)
    for offering_id, timeline in timelines.items():
        if timeline.offering.code == code and timeline.offering.starts_at is not None:
            return _laid_out(timelines, offering_id, {}, {}, now=timeline.offering.starts_at - DAY)
    return None


def _laid_out(
    timelines: Mapping[int, Timeline],
    offering_id: int,
    shared: Mapping[tuple[int, ...], int],
    sent: Mapping[int, datetime],
    now: datetime,
) -> OfferingTimeline:
    """Lay out the timeline. ``shared``: the number of people of this offering who are also in other
    offerings, by those offerings.
    """
    ours = timelines[offering_id]
    planned = _planned(ours)
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
    return OfferingTimeline(ours.offering, entries, warnings, WORK_CALENDAR, now)


def _planned(timeline: Timeline) -> Planned:
    offering = timeline.offering
    return Planned(offering, timeline.dated, offering.prompt_rules, WORK_CALENDAR, holiday_name)


def _first_sent(tx: Tx, timelines: dict[int, Timeline]) -> dict[int, datetime]:
    """When the first person got each prompt, by prompt id."""
    subjects = [
        str(Subject(timeline.offering.code, prompt_id=dated.prompt.id))
        for timeline in timelines.values()
        for dated in timeline.dated
    ]
    found = prompt_delivery_rows.list_first_sent(tx, subjects)
    return {Subject.parse(subject).of_prompt: at for subject, at in found.items()}
