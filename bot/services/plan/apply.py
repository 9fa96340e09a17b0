"""The plan as it is stored, how a new one differs from it, and applying it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.calendars.wall_time import to_instant
from bot.domain.plan.changes import Change, ChangeKind, PlanDifference, TouchingChange, compare_plans
from bot.domain.plan.consequences import TOLD
from bot.domain.plan.model import (
    OfferingKind,
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
    SignUpWindow,
)
from bot.domain.prompts.rules import stored_rules, to_rules
from bot.services.offerings.details import stored_details, to_details
from bot.services.people.addresses import keep_addresses
from bot.services.plan.follow import follow_offerings
from storage import announcements as announcement_rows
from storage import plan as plan_rows
from storage.offerings import catalogue as offering_rows
from storage.tables import Offering, OfferingSession, Programme, Strand
from storage.transaction import Tx

OF_EVERYBODY = frozenset({ChangeKind.TIMEZONE_CHANGED, ChangeKind.PROMPT_RULES_CHANGED})
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
    )


def diff_plan(tx: Tx, plan: Plan) -> PlanDifference:
    """What applying ``plan`` would change. Raises PlanConflictError."""
    codes = [offering.code for offering in plan.offerings]
    owners = plan_rows.list_owners(tx, codes)
    taken = [(code, owners[code]) for code in codes if owners.get(code, plan.code) != plan.code]
    if taken:
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
        told=_count_told(tx, plan.code, changes),
    )


def _count_told(tx: Tx, programme_code: str, changes: Iterable[Change]) -> int:
    """How many people have a seat or a place in line where something changes that is told."""
    programme = plan_rows.get_programme(tx, programme_code)
    if programme is None:
        return 0
    told = [change for change in changes if change.kind in TOLD]
    everywhere = any(change.kind in OF_EVERYBODY for change in told)
    codes = {change.offering for change in told}
    offerings = plan_rows.list_offerings_of(tx, programme.id)
    ids = [each.id for each in offerings if everywhere or each.code in codes]
    return len(plan_rows.list_standing_people(tx, ids))


def apply_plan(tx: Tx, plan: Plan, now: datetime, *, quiet: bool = False) -> PlanDifference:
    """Make the store say what ``plan`` says; return what that changed. Applying twice changes nothing.

    Offerings keep their identity by code, sessions by number. What left the plan is deleted if nobody
    ever signed up to the offering, else kept as cancelled. Nobody loses a seat to a lowered capacity;
    seats that a change makes free go to whoever waits and fits. ``quiet``: nobody is told of what changed in
    the sessions. Raises PlanConflictError.
    """
    plan_rows.lock_plans(tx)
    programme = plan_rows.get_programme(tx, plan.code)
    if programme is not None:
        plan_rows.lock_offerings_of(tx, programme.id)
    difference = diff_plan(tx, plan)
    if not difference.changes:
        return difference
    programme = _write_programme(tx, programme, plan)
    _write_offerings(tx, programme, plan, now)
    tx.flush()
    keep_addresses(tx, now)
    promoted = follow_offerings(
        tx, _changed_offerings(tx, programme, [each.change for each in difference.changes]), now, quiet=quiet
    )
    return replace(difference, promoted=promoted)


def _to_planned(offering: Offering, sessions: Iterable[OfferingSession]) -> PlannedOffering:
    return PlannedOffering(
        code=offering.code,
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
            )
            for session in sessions
        ),
    )


def _counts_by_code(tx: Tx, programme_code: str) -> dict[str, tuple[int, int]]:
    programme = plan_rows.get_programme(tx, programme_code)
    if programme is None:
        return {}
    counts = offering_rows.count_held_and_waiting(tx)
    return {
        offering.code: counts.get(offering.id, (0, 0))
        for offering in plan_rows.list_offerings_of(tx, programme.id)
    }


def _write_programme(tx: Tx, programme: Programme | None, plan: Plan) -> Programme:
    if programme is None:
        programme = Programme(code=plan.code)
        tx.add(programme)
    programme.title = dict(plan.title)
    programme.note = dict(plan.note) if plan.note is not None else None
    programme.timezone = plan.timezone
    programme.prompt_rules = stored_rules(plan.prompt_rules) or None
    tx.flush()
    return programme


def _write_offerings(tx: Tx, programme: Programme, plan: Plan, now: datetime) -> None:
    strands = {strand.number: strand for strand in plan_rows.list_strands(tx, programme.id)}
    stored = {offering.code: offering for offering in plan_rows.list_offerings_of(tx, programme.id)}
    ids = [offering.id for offering in stored.values()]
    # Somebody signed up, or read of it in a channel: it is kept as cancelled, so that they can be told.
    known_to_people = plan_rows.list_ever_enrolled(tx, ids) | announcement_rows.list_announced(tx, ids)
    sessions = offering_rows.list_sessions(tx, [offering.id for offering in stored.values()])
    was_cancelled = {offering: offering.cancelled for offering in stored.values()}
    for planned_strand in plan.strands:
        strand = strands.setdefault(planned_strand.number, Strand(number=planned_strand.number))
        strand.programme_id = programme.id
        strand.title = dict(planned_strand.title)
        strand.prompts = planned_strand.prompts
        tx.add(strand)
        tx.flush()  # gives the strand its id
        for position, planned in enumerate(planned_strand.offerings):
            offering = stored.pop(planned.code, None) or Offering(code=planned.code)
            offering.strand_id = strand.id
            offering.position = position
            _write_offering(tx, offering, planned)
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
    tx.add(offering)
    tx.flush()  # gives the offering its id


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
        if everywhere or offering.code in changed
    )
