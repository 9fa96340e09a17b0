"""Previews who would get which prompt when, by an unpublished plan: its rules, sessions and library. Nothing
is stored or sent. The schedule is the one that runs in production.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.domain.calendars.quiet_days import quiet_on
from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.enrolment.seats import SeatLimits
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.model import Plan, PlannedOffering, PlannedStrand
from bot.domain.prompts.dates import Reason, date_prompts
from bot.domain.prompts.plan_preview import ImaginaryPerson, PlanPromptPreview, PreviewRow
from bot.domain.prompts.prompt import Prompt, Timing
from bot.domain.prompts.schedule import Participation, Recipient, ScheduledPrompt
from bot.services.calendars.holidays import WORK_CALENDAR, holiday_name
from bot.services.prompts.library import Library, missing_series, series_name
from bot.services.prompts.owed import asks_of
from bot.services.prompts.series import Timeline

ZONE = "Europe/Helsinki"
"""The time zone of the imaginary people, who chose nothing about prompts."""


def preview_prompts(plan: Plan, library: Library, people: int | None = None) -> PlanPromptPreview:
    """The prompts of one person in each offering, or of ``people`` spread over the offerings."""
    timelines = plan_timelines(plan, library)
    having = [timeline.offering.id for timeline in timelines.values() if timeline.dated]
    crowd = one_in_each(timelines) if people is None else spread(people, having)
    without = [timeline.offering.code for timeline in timelines.values() if not timeline.dated]
    return PlanPromptPreview(rows_for(crowd, timelines), len(crowd), without)


def rows_for(crowd: Sequence[ImaginaryPerson], timelines: Mapping[int, Timeline]) -> list[PreviewRow]:
    """The rows of these people, each in order of time; all have their seats before the first session."""
    starts = [
        each.starts_at for timeline in timelines.values() for each in timeline.offering.standing_sessions
    ]
    if not starts:
        return []
    rows: list[PreviewRow] = []
    for person in crowd:
        mine = [timelines[offering_id] for offering_id in person.offerings]
        rows += sorted(_rows_of(person, mine, min(starts)), key=_in_order_of_time)
    return rows


def plan_timelines(plan: Plan, library: Library, only: Collection[int] | None = None) -> dict[int, Timeline]:
    """The dated prompts of every offering that is not cancelled, as in a new database; by id, which is the
    offering's place in the plan. With ``only``, just these.
    """
    found = {}
    placed = [(strand, offering) for strand in plan.strands for offering in strand.offerings]
    for offering_id, (strand, planned) in enumerate(placed, start=1):
        if not planned.is_called_off and (only is None or offering_id in only):
            offering = _to_offering(offering_id, strand, planned, plan)
            found[offering_id] = _timeline(offering, planned, library)
    return found


def one_in_each(timelines: dict[int, Timeline]) -> list[ImaginaryPerson]:
    """One person in each offering that has prompts."""
    having = [offering_id for offering_id, timeline in timelines.items() if timeline.dated]
    return [ImaginaryPerson(n, (each,)) for n, each in enumerate(having, start=1)]


def spread(people: int, offerings: Sequence[int]) -> list[ImaginaryPerson]:
    """Spread people over the offerings in turn; every second one has a second seat. The same call gives the
    same people."""
    crowd = []
    number = len(offerings)
    for n in range(people if number else 0):
        turn, first = divmod(n, number)
        seats = {offerings[first]}
        if number > 1 and (turn + first) % 2 == 0:
            seats.add(offerings[(first + 1 + turn // 2 % (number - 1)) % number])
        crowd.append(ImaginaryPerson(n + 1, tuple(sorted(seats))))
    return crowd


def _rows_of(person: ImaginaryPerson, timelines: Sequence[Timeline], now: datetime) -> Iterator[PreviewRow]:
    """A person's rows. ``now`` is before the plan begins; the person has their seats by then."""
    seats = {timeline.offering.id: Participation(now) for timeline in timelines}
    for timeline, asks in asks_of(timelines, seats, Recipient(ZONE), {}, now):
        coming = {
            each.number: after.number
            for each, after in zip(
                timeline.offering.standing_sessions, timeline.offering.standing_sessions[1:], strict=False
            )
        }
        for ask in asks:
            yield _row(person, timeline, ask, coming)


def _in_order_of_time(row: PreviewRow) -> tuple[date, str]:
    return (row.due_at.date() if row.due_at is not None else row.wanted_on or date.max), row.offering


def _row(
    person: ImaginaryPerson,
    timeline: Timeline,
    ask: ScheduledPrompt,
    coming: dict[int, int],
) -> PreviewRow:
    prompt, wanted_on = ask.dated.prompt, ask.dated.on
    after = prompt.timing.after_session
    is_quiet = Reason.QUIET_DAY in {ask.moved, ask.dropped} and wanted_on is not None
    return PreviewRow(
        person=person.number,
        offering=timeline.offering.code,
        moment=prompt.moment,
        after_session=after,
        before_session=coming.get(after) if after is not None else None,
        wanted_on=wanted_on,
        due_at=local(ask.due_at, ZONE) if ask.due_at is not None else None,
        remind_at=local(ask.remind_at, ZONE) if ask.remind_at is not None else None,
        moved=ask.moved,
        dropped=ask.dropped,
        quiet=quiet_on(wanted_on, WORK_CALENDAR, holiday_name)
        if is_quiet and wanted_on is not None
        else None,
    )


def _timeline(offering: Offering, planned: PlannedOffering, library: Library) -> Timeline:
    rules = offering.prompt_rules
    gaps = [each.number for each in offering.standing_sessions[:-1]]
    in_strand = library.get(offering.prompt_library or "", ()) if planned.has_prompts else ()
    prompts = [
        Prompt(
            id=offering.id * 1000 + n,  # the order in which a new database would number the offerings
            offering_id=offering.id,
            moment=chosen.moment,
            questions=chosen.questions,
            timing=Timing(after_session=number),
            series=series_name(number, chosen.moment),
            library_key=chosen.key,
        )
        for n, (number, chosen) in enumerate(missing_series(in_strand, gaps, rules, start=offering.id))
    ]
    return Timeline(offering, date_prompts(prompts, offering.sessions, rules, WORK_CALENDAR))


def _to_offering(offering_id: int, strand: PlannedStrand, planned: PlannedOffering, plan: Plan) -> Offering:
    timezone = plan.timezone
    return Offering(
        id=offering_id,
        code=planned.code,
        kind=planned.kind,
        strand_number=strand.number,
        strand_title=strand.title,
        title=planned.title,
        summary=planned.summary,
        limits=SeatLimits(planned.capacity, planned.seats_per_agency, dict(planned.agency_seats)),
        facilitators=planned.facilitators,
        opens_on=planned.sign_up.opens,
        closes_on=planned.sign_up.closes,
        timezone=timezone,
        cancelled=planned.is_called_off,
        prompt_library=strand.prompts,
        programme_code=plan.code,
        programme_title=plan.title,
        sessions=tuple(
            Session(
                number=each.number,
                on=each.on,
                starts=each.starts,
                ends=each.ends,
                timezone=timezone,
                starts_at=to_instant(each.on, each.starts, timezone),
                ends_at=to_instant(each.ends_on, each.ends, timezone),
                place=each.place,
                link=each.link,
                link_label=each.link_label,
                bring=each.bring,
                cancelled=each.cancelled,
            )
            for each in planned.sessions
        ),
        prompt_rules=plan.prompt_rules,
    )
