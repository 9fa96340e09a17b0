"""The stored plan, how a new one differs from it, and applying it."""

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
from storage.offerings.catalogue import SessionRow
from storage.plan import PlannedRow
from storage.transaction import Tx

OF_EVERYBODY = frozenset(
    {
        ChangeKind.TIMEZONE_CHANGED,
        ChangeKind.PROMPT_RULES_CHANGED,
        ChangeKind.CLOSING_CHANGED,
        ChangeKind.OFFER_RULES_CHANGED,
    }
)
"""Changes that affect everybody in the programme."""


class PlanConflictError(Exception):
    """Codes in the plan that belong to another programme: (offering code, that programme's code)."""

    def __init__(self, programme: str, taken: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"{programme}: offering codes of another programme: {dict(taken)}")
        self.programme = programme
        self.taken = tuple(taken)


def stored_plan(tx: Tx, code: str) -> Plan | None:
    """The plan of programme ``code`` as last applied, including offerings cancelled since."""
    programme = plan_rows.get_programme(tx, code)
    if programme is None:
        return None
    offerings = plan_rows.list_offerings_of(tx, programme.id)
    sessions = offering_rows.list_session_rows(tx, [offering.id for offering in offerings])
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
    """Codes of offerings that another programme has at the same time, with that programme's code. Programmes
    after each other may have the same codes; a code whose offering was cancelled is free.
    """
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
        return not one  # the older one has no sessions left: the code is free
    return max(each[1] for each in one) <= min(each[0] for each in other) or max(
        each[1] for each in other
    ) <= min(each[0] for each in one)


def apply_plan(
    tx: Tx, plan: Plan, now: Now, *, quiet: bool = False, cause: Cause = BY_FILE
) -> PlanDifference:
    """Make the store equal to ``plan``; return what that changed. Applying twice changes nothing.

    Offerings keep their identity by code, sessions by number. What left the plan is deleted if nobody ever
    signed up to the offering, otherwise kept as cancelled. Nobody loses a seat to a lowered capacity; seats
    that a change frees go to waiting people who fit. ``quiet``: nobody is told of changed sessions.
    ``cause``: who changed it in Slack, and why.

    Raises PlanConflictError.
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
    programme_id = _write_programme(tx, plan)
    _write_offerings(tx, programme_id, plan, now)
    keep_addresses(tx, now, led)
    changed = _changed_offerings(tx, programme_id, [each.change for each in difference.changes])
    filled = follow_offerings(tx, changed, now, quiet=quiet, cause=cause)
    return replace(difference, promoted=len(filled.seated), offered=len(filled.offered))


def _to_planned(offering: PlannedRow, sessions: Iterable[SessionRow]) -> PlannedOffering:
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


def _write_programme(tx: Tx, plan: Plan) -> int:
    return plan_rows.write_programme(
        tx,
        code=plan.code,
        title=dict(plan.title),
        note=dict(plan.note) if plan.note is not None else None,
        timezone=plan.timezone,
        prompt_rules=stored_rules(plan.prompt_rules) or None,
        closing=stored_closing(plan.closing),
        offer_rules=stored_offers(plan.offers),
    )


def _write_offerings(tx: Tx, programme_id: int, plan: Plan, now: datetime) -> None:
    stored = {row.id: row for row in plan_rows.list_offerings_of(tx, programme_id)}
    # Somebody signed up, or saw its post in a channel: it is kept as cancelled, so that they can be told.
    known_to_people = (
        plan_rows.list_ever_enrolled(tx, stored)
        | announcement_rows.list_announced(tx, stored)
        | {row.offering_id for row in draw_rows.list_preferences_in(tx, stored)}
    )
    sessions = offering_rows.list_session_rows(tx, stored)
    strands = plan_rows.write_strands(
        tx, programme_id, [(each.number, dict(each.title), each.prompts) for each in plan.strands]
    )
    left, codes = {plain_code(row.code): row for row in stored.values()}, offering_rows.list_codes(tx)
    rows, planned_as = list[PlannedRow](), dict[str, PlannedOffering]()
    for strand in plan.strands:
        for position, planned in enumerate(strand.offerings):
            was = left.pop(planned.code, None)
            code = was.code if was is not None else free_code(planned.code, codes)
            assert code is not None, "_taken_codes refuses it"
            codes.append(code)
            planned_as[code] = planned
            offering_id = was.id if was is not None else 0
            rows.append(_to_row(planned, offering_id, strands[strand.number], code, position))
    # An offering cancelled before stays: its people were told, and it keeps its code.
    kept = [row for row in left.values() if row.cancelled or row.id in known_to_people]
    rows += [row._replace(cancelled=True) for row in kept]
    ids = plan_rows.write_offerings(tx, stored.values(), rows)
    before, after = list[SessionRow](), list[SessionRow]()
    for row in rows:
        offering_id = ids[row.code]
        had, wanted = sessions.get(offering_id, ()), planned_as.get(row.code)
        before += had
        after += _next_sessions(
            had,
            _to_session_rows(wanted, offering_id, plan.timezone, now) if wanted is not None else had,
            now,
            keep=offering_id in known_to_people,
            moved=offering_id in stored and stored[offering_id].cancelled != row.cancelled,
        )
    plan_rows.write_sessions(tx, before, after)
    plan_rows.delete_empty_strands(tx, programme_id, strands)


def _to_row(
    planned: PlannedOffering, offering_id: int, strand_id: int, code: str, position: int
) -> PlannedRow:
    return PlannedRow(
        id=offering_id,
        strand_id=strand_id,
        code=code,
        position=position,
        kind=planned.kind.value,
        title=dict(planned.title),
        summary=dict(planned.summary),
        capacity=planned.capacity,
        seats_per_agency=planned.seats_per_agency,
        agency_seats=dict(planned.agency_seats),
        facilitators=list(planned.facilitators),
        opens_on=planned.sign_up.opens,
        closes_on=planned.sign_up.closes,
        cancelled=planned.cancelled,
        has_prompts=planned.has_prompts,
        details=stored_details(planned.details),
        offer_rules=stored_offers(planned.offers),
        draw=stored_draw(planned.draw),
    )


def _to_session_rows(
    planned: PlannedOffering, offering_id: int, timezone: str, now: datetime
) -> list[SessionRow]:
    return [
        SessionRow(
            offering_id=offering_id,
            number=session.number,
            on_date=session.on,
            starts=session.starts,
            ends=session.ends,
            starts_at=to_instant(session.on, session.starts, timezone),
            ends_at=to_instant(session.ends_on, session.ends, timezone),
            place=dict(session.place) if session.place is not None else None,
            link=session.link,
            link_label=session.link_label,
            bring=dict(session.bring) if session.bring is not None else None,
            cancelled=session.cancelled,
            sequence=0,
            changed_at=now,
            materials=stored_readings(session.materials),
            venue=stored_venue(session.venue),
        )
        for session in planned.sessions
    ]


def _next_sessions(
    stored: Iterable[SessionRow], planned: Iterable[SessionRow], now: datetime, *, keep: bool, moved: bool
) -> list[SessionRow]:
    """An offering's sessions as planned. ``keep``: sessions that left the plan stay as cancelled, because
    somebody may have them in a calendar. ``moved``: all of them changed, with their offering.
    """
    before = {session.number: session for session in stored}
    after = {session.number: session for session in planned}
    left = [was for number, was in before.items() if number not in after and (was.cancelled or keep)]
    after |= {was.number: was._replace(cancelled=True) for was in left}
    return [
        _following(before[number], session, now, moved=moved) if number in before else session
        for number, session in after.items()
    ]


def _following(was: SessionRow, session: SessionRow, now: datetime, *, moved: bool) -> SessionRow:
    """The session's next version. Calendars accept only one with a higher SEQUENCE. New materials and venues
    do not raise it; a new venue is not decided to be kept yet.
    """
    kept_until = was.venue_kept_until if session.venue == was.venue else None
    unmoved = was._replace(materials=session.materials, venue=session.venue, venue_kept_until=kept_until)
    planned = session._replace(sequence=was.sequence, changed_at=was.changed_at, venue_kept_until=kept_until)
    if planned == unmoved and not moved:
        return unmoved
    return planned._replace(sequence=was.sequence + 1, changed_at=now)


def _changed_offerings(tx: Tx, programme_id: int, changes: Sequence[Change]) -> list[int]:
    everywhere = any(change.kind in OF_EVERYBODY for change in changes)
    changed = {change.offering for change in changes}
    return sorted(
        offering.id
        for offering in plan_rows.list_offerings_of(tx, programme_id)
        if everywhere or plain_code(offering.code) in changed
    )
