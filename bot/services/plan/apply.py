"""The plan as it is stored, how a new one differs from it, and applying it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from bot.clock import Now, read
from bot.domain.calendars.wall_time import to_instant
from bot.domain.enrolment.offers import OwnOfferRules, stored_offers, to_offers
from bot.domain.offerings.codes import free_code, plain_code
from bot.domain.plan.changes import Change, ChangeKind, PlanDifference, TouchingChange, compare_plans
from bot.domain.plan.model import (
    OfferingKind,
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
    SignUpWindow,
)
from bot.domain.prompts.rules import stored_rules, to_rules
from bot.services.offerings.details import (
    stored_closing,
    stored_details,
    stored_draw,
    stored_readings,
    stored_venue,
    to_closing,
    to_details,
    to_draw,
    to_readings,
    to_venue,
)
from bot.services.offerings.timetable import BY_FILE, Cause
from bot.services.people.addresses import facilitators_now, keep_addresses
from bot.services.plan.follow import follow_offerings
from storage import announcements as announcement_rows
from storage import draws as draw_rows
from storage import plan as plan_rows
from storage.offerings import catalogue as offering_rows
from storage.tables import Offering, OfferingSession, Programme, Strand
from storage.transaction import Tx

OF_EVERYBODY = frozenset(
    {
        ChangeKind.TIMEZONE_CHANGED,
        ChangeKind.PROMPT_RULES_CHANGED,
        ChangeKind.CLOSING_CHANGED,
        ChangeKind.OFFER_RULES_CHANGED,
    }
)
"""Changes that touch everybody in the programme."""


class PlanConflictError(Exception):
    """Codes of a plan that belong to another programme already: (offering code, that programme's code)."""

    def __init__(self, programme: str, taken: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"{programme}: offering codes of another programme: {dict(taken)}")
        self.programme = programme
        self.taken = tuple(taken)


def stored_plan(tx: Tx, code: str) -> Plan | None:
    """The plan of programme ``code`` as it was last applied, with offerings that were cancelled since."""
    programme = plan_rows.get_programme(tx, code)
    if programme is None:
        return None
    offerings = plan_rows.list_offerings_of(tx, programme.id)
    sessions = offering_rows.list_sessions(tx, [offering.id for offering in offerings])
    strands = tuple(
        PlannedStrand(
            number=strand.number,
            title=strand.title,
            offerings=tuple(
                _to_planned(offering, sessions[offering.id])
                for offering in offerings
                if offering.strand_id == strand.id
            ),
            prompts=strand.prompts,
        )
        for strand in plan_rows.list_strands(tx, programme.id)
    )
    return Plan(
        programme.code,
        programme.title,
        programme.timezone,
        strands,
        programme.note,
        to_rules(programme.prompt_rules),
        to_closing(programme.closing),
        to_offers(programme.offer_rules),
    )


def diff_plan(tx: Tx, plan: Plan) -> PlanDifference:
    """What applying ``plan`` would change. Raises PlanConflictError."""
    if taken := _taken_codes(tx, plan):
        raise PlanConflictError(plan.code, taken)
    changes = compare_plans(stored_plan(tx, plan.code), plan)
    counts = _counts_by_code(tx, plan.code)
    everyone = (sum(seated for seated, _ in counts.values()), sum(waiting for _, waiting in counts.values()))
    return PlanDifference(
        plan.code,
        tuple(
            TouchingChange(
                change,
                *(everyone if change.kind in OF_EVERYBODY else counts.get(change.offering or "", (0, 0))),
            )
            for change in changes
        ),
        is_one_of_several=bool(plan_rows.list_elsewhere(tx, plan.code)),
    )


def _taken_codes(tx: Tx, plan: Plan) -> list[tuple[str, str]]:
    """Codes of offerings that another programme has at the same time, with its code. One after the other they
    may have the same; a code that was cancelled there is free."""
    elsewhere = plan_rows.list_elsewhere(tx, plan.code)
    wanted = {offering.code: offering for offering in plan.offerings}
    alike = [row for row in elsewhere if plain_code(row[1]) in wanted]
    sessions = offering_rows.list_session_rows(tx, [offering_id for offering_id, *_ in alike])
    every = offering_rows.list_codes(tx)
    taken = []
    for offering_id, code, programme, is_cancelled in alike:
        planned = wanted[plain_code(code)]
        theirs = [(each.starts_at, each.ends_at) for each in sessions[offering_id] if not each.cancelled]
        if free_code(planned.code, every) is None or not (
            is_cancelled or _follow_each_other(theirs, _spans_of(planned, plan.timezone))
        ):
            taken.append((planned.code, programme))
    return taken


def _spans_of(planned: PlannedOffering, timezone: str) -> list[tuple[datetime, datetime]]:
    return [
        (to_instant(each.on, each.starts, timezone), to_instant(each.ends_on, each.ends, timezone))
        for each in planned.sessions
        if not each.cancelled
    ]


def _follow_each_other(
    one: Sequence[tuple[datetime, datetime]], other: Sequence[tuple[datetime, datetime]]
) -> bool:
    """Whether all of one is over before the other begins."""
    if not one or not other:
        return not one  # nothing of the older one is left: the code is free
    return max(each[1] for each in one) <= min(each[0] for each in other) or max(
        each[1] for each in other
    ) <= min(each[0] for each in one)


def apply_plan(
    tx: Tx, plan: Plan, now: Now, *, quiet: bool = False, cause: Cause = BY_FILE
) -> PlanDifference:
    """Make the store say what ``plan`` says; return what that changed. Applying twice changes nothing.

    Offerings keep their identity by code, sessions by number. What left the plan is deleted if nobody
    ever signed up to the offering, else kept as cancelled. Nobody loses a seat to a lowered capacity;
    seats that a change makes free go to whoever waits and fits. ``quiet``: nobody is told of what changed in
    the sessions. ``cause``: who changed it in Slack, and why. Raises PlanConflictError.
    """
    plan_rows.lock_plans(tx)
    programme = plan_rows.get_programme(tx, plan.code)
    if programme is not None:
        plan_rows.lock_offerings_of(tx, programme.id)
    now = read(now)
    difference = diff_plan(tx, plan)
    if not difference.changes:
        return difference
    led = facilitators_now(tx)
    programme = _write_programme(tx, programme, plan)
    _write_offerings(tx, programme, plan, now)
    tx.flush()
    keep_addresses(tx, now, led)
    changed = _changed_offerings(tx, programme, [each.change for each in difference.changes])
    filled = follow_offerings(tx, changed, now, quiet=quiet, cause=cause)
    return replace(difference, promoted=len(filled.seated), offered=len(filled.offered))


def _to_planned(offering: Offering, sessions: Iterable[OfferingSession]) -> PlannedOffering:
    return PlannedOffering(
        code=plain_code(offering.code),
        kind=OfferingKind(offering.kind),
        title=offering.title,
        summary=offering.summary,
        capacity=offering.capacity,
        seats_per_agency=offering.seats_per_agency,
        agency_seats=tuple(sorted(offering.agency_seats.items())),
        facilitators=tuple(offering.facilitators),
        sign_up=SignUpWindow(offering.opens_on, offering.closes_on),
        cancelled=offering.cancelled,
        has_prompts=offering.has_prompts,
        details=to_details(offering.details),
        offers=OwnOfferRules(**(offering.offer_rules or {})),
        draw=to_draw(offering.draw),
        sessions=tuple(
            PlannedSession(
                number=session.number,
                on=session.on_date,
                starts=session.starts,
                ends=session.ends,
                place=session.place,
                link=session.link,
                link_label=session.link_label,
                bring=session.bring,
                cancelled=session.cancelled,
                materials=to_readings(session.materials),
                venue=to_venue(session.venue),
            )
            for session in sessions
        ),
    )


def _counts_by_code(tx: Tx, programme_code: str) -> dict[str, tuple[int, int]]:
    programme = plan_rows.get_programme(tx, programme_code)
    if programme is None:
        return {}
    codes = {each.id: plain_code(each.code) for each in plan_rows.list_offerings_of(tx, programme.id)}
    counts = offering_rows.count_held_and_waiting(tx, codes)
    return {code: counts.get(offering_id, (0, 0)) for offering_id, code in codes.items()}


def _write_programme(tx: Tx, programme: Programme | None, plan: Plan) -> Programme:
    if programme is None:
        programme = Programme(code=plan.code)
        tx.add(programme)
    programme.title = dict(plan.title)
    programme.note = dict(plan.note) if plan.note is not None else None
    programme.timezone = plan.timezone
    programme.prompt_rules = stored_rules(plan.prompt_rules) or None
    programme.closing = stored_closing(plan.closing)
    programme.offer_rules = stored_offers(plan.offers)
    tx.flush()
    return programme


def _write_offerings(tx: Tx, programme: Programme, plan: Plan, now: datetime) -> None:
    strands = {strand.number: strand for strand in plan_rows.list_strands(tx, programme.id)}
    stored = {
        plain_code(offering.code): offering for offering in plan_rows.list_offerings_of(tx, programme.id)
    }
    ids = [offering.id for offering in stored.values()]
    # Somebody signed up, or read of it in a channel: it is kept as cancelled, so that they can be told.
    known_to_people = (
        plan_rows.list_ever_enrolled(tx, ids)
        | announcement_rows.list_announced(tx, ids)
        | {row.offering_id for row in draw_rows.list_preferences_in(tx, ids)}
    )
    sessions = offering_rows.list_sessions(tx, [offering.id for offering in stored.values()])
    was_cancelled = {offering: offering.cancelled for offering in stored.values()}
    codes, written = offering_rows.list_codes(tx), list[tuple[Offering, PlannedOffering]]()
    for planned_strand in plan.strands:
        strand = strands.setdefault(planned_strand.number, Strand(number=planned_strand.number))
        strand.programme_id = programme.id
        strand.title = dict(planned_strand.title)
        strand.prompts = planned_strand.prompts
        tx.add(strand)
        tx.flush()  # gives the strand its id
        for position, planned in enumerate(planned_strand.offerings):
            offering = stored.pop(planned.code, None)
            if offering is None:
                code = free_code(planned.code, codes)
                assert code is not None, "_taken_codes refuses it"
                codes.append(code)
                offering = Offering(code=code)
            offering.strand_id = strand.id
            offering.position = position
            _write_offering(tx, offering, planned)
            written.append((offering, planned))
    tx.flush()  # gives the offerings their ids
    for offering, planned in written:
        keep = offering.id in known_to_people
        kept = sessions.get(offering.id, [])
        _write_sessions(tx, offering, planned, kept, plan.timezone, now, keep=keep)
    for offering in stored.values():
        # One that was cancelled before stays: its people were told, and its code stays theirs.
        if offering.cancelled or offering.id in known_to_people:
            offering.cancelled = True
        else:
            tx.delete(offering)
    for offering, before in was_cancelled.items():
        if offering.cancelled != before:
            for session in sessions[offering.id]:
                _raise_sequence(session, now)
    tx.flush()
    still_used = {offering.strand_id for offering in plan_rows.list_offerings_of(tx, programme.id)}
    planned_numbers = {strand.number for strand in plan.strands}
    for number, strand in strands.items():
        if number not in planned_numbers and strand.id not in still_used:
            tx.delete(strand)


def _write_offering(tx: Tx, offering: Offering, planned: PlannedOffering) -> None:
    offering.kind = planned.kind.value
    offering.title = dict(planned.title)
    offering.summary = dict(planned.summary)
    offering.capacity = planned.capacity
    offering.seats_per_agency = planned.seats_per_agency
    offering.agency_seats = dict(planned.agency_seats)
    offering.facilitators = list(planned.facilitators)
    offering.opens_on = planned.sign_up.opens
    offering.closes_on = planned.sign_up.closes
    offering.cancelled = planned.cancelled
    offering.has_prompts = planned.has_prompts
    offering.details = stored_details(planned.details)
    offering.offer_rules = stored_offers(planned.offers)
    offering.draw = stored_draw(planned.draw)
    tx.add(offering)


def _write_sessions(
    tx: Tx,
    offering: Offering,
    planned: PlannedOffering,
    stored: Iterable[OfferingSession],
    timezone: str,
    now: datetime,
    *,
    keep: bool,
) -> None:
    """``keep``: sessions that left the plan stay, cancelled, because somebody may have had them."""
    by_number = {session.number: session for session in stored}
    for session in planned.sessions:
        row = by_number.pop(session.number, None) or OfferingSession(
            offering_id=offering.id, number=session.number
        )
        row.on_date, row.starts, row.ends = session.on, session.starts, session.ends
        row.starts_at = to_instant(session.on, session.starts, timezone)
        row.ends_at = to_instant(session.ends_on, session.ends, timezone)
        row.place = dict(session.place) if session.place is not None else None
        row.link, row.link_label = session.link, session.link_label
        row.bring = dict(session.bring) if session.bring is not None else None
        row.cancelled = session.cancelled
        tx.add(row)
        _count_change(tx, row, now)
        # After it: they move nothing in a calendar.
        row.materials = stored_readings(session.materials)
        venue = stored_venue(session.venue)
        if row.venue != venue:
            row.venue, row.venue_kept_until = venue, None
    for row in by_number.values():
        if row.cancelled or keep:
            row.cancelled = True
            _count_change(tx, row, now)
        else:
            tx.delete(row)


def _count_change(tx: Tx, row: OfferingSession, now: datetime) -> None:
    """Calendars take over a session whose SEQUENCE has risen, and no other."""
    if row in tx.new:
        row.sequence, row.changed_at = 0, now
    elif tx.is_modified(row):
        _raise_sequence(row, now)


def _raise_sequence(row: OfferingSession, now: datetime) -> None:
    row.sequence, row.changed_at = row.sequence + 1, now


def _changed_offerings(tx: Tx, programme: Programme, changes: Sequence[Change]) -> list[int]:
    everywhere = any(change.kind in OF_EVERYBODY for change in changes)
    changed = {change.offering for change in changes}
    return sorted(
        offering.id
        for offering in plan_rows.list_offerings_of(tx, programme.id)
        if everywhere or plain_code(offering.code) in changed
    )
