"""Changing one offering in Slack: the effect of a change, and making it.

The stored plan with one change is applied by the rules for a changed file.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import end_day, to_instant
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.codes import plain_code
from bot.domain.offerings.offering import Offering, is_address
from bot.domain.plan.changes import PlanDifference
from bot.domain.plan.consequences import must_be_told
from bot.domain.plan.edit_outcomes import NO_CLASHES, Clashes, Editable, Made
from bot.domain.plan.edits import (
    EditFault,
    PlanEdit,
    SeatsEdit,
    SessionEdit,
    VenueAct,
    edited,
    faults_of,
    faults_of_new,
    faults_of_rules,
    find_session,
    next_number,
)
from bot.domain.plan.model import Plan, PlannedOffering
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.offerings.acknowledging import list_acknowledged
from bot.services.offerings.catalogue import load_all_offerings, load_offering
from bot.services.offerings.facilitators import Actor, load_facilitated
from bot.services.offerings.time_polls import list_open
from bot.services.offerings.timetable import Cause
from bot.services.plan.apply import apply_plan, diff_plan, stored_plan
from storage import absence as absence_rows
from storage import enrolment as enrolment_rows
from storage import plan as plan_rows
from storage.transaction import Tx

ACT = "plan_change"


class Checked(Struct, frozen=True):
    """What is wrong with a change."""

    editable: Editable
    faults: Sequence[EditFault] = ()
    clashes: Clashes = NO_CLASHES


def load_editable(tx: Tx, actor: Actor, code: str, now: datetime) -> Editable:
    """The offering to change. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK."""
    offering = load_facilitated(tx, actor, code, ACT)
    ahead = sorted(
        (each for each in offering.sessions if each.ends_at > now), key=lambda each: each.starts_at
    )
    polled = {each.number for each in list_open(tx, offering.id, now)}
    return Editable(offering, ahead, list_acknowledged(tx, offering, now), polled)


def load_seats(tx: Tx, actor: Actor, code: str) -> tuple[Offering, SeatsEdit]:
    """The offering with its current seats and sign-up. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK.
    """
    offering = load_facilitated(tx, actor, code, ACT)
    _, planned = _plan_of(tx, offering)
    return offering, SeatsEdit.of(planned)


def check_edit(tx: Tx, actor: Actor, edit: PlanEdit, now: datetime) -> Checked:
    """What is wrong with the change.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, CHANGED_MEANWHILE.
    """
    editable = load_editable(tx, actor, edit.code, now)
    plan, planned = _plan_of(tx, editable.offering)
    return _checked(tx, editable, plan, planned, edit, now)


def _checked(
    tx: Tx, editable: Editable, plan: Plan, planned: PlannedOffering, edit: PlanEdit, now: datetime
) -> Checked:
    if edit.seats is not None:
        faults = faults_of_rules(plan, edited(plan, planned, edit, now), of_seats=True)
        return Checked(editable, faults)
    if edit.session is None:
        return Checked(editable)
    offering = editable.offering
    was = find_session(planned.sessions, edit.number)
    if was is not None:
        editable.session(edit.number)
        faults = faults_of(edit.session, was, offering.timezone, WORK_CALENDAR, now)
    elif edit.number == next_number(each.number for each in planned.sessions):
        faults = faults_of_new(edit.session, offering.timezone, WORK_CALENDAR, now)
    else:
        raise KaikuError(Refusal.CHANGED_MEANWHILE)
    if edit.despite:
        faults = [each for each in faults if not each.can_be_meant]
    if _is_too_small(tx, offering, edit):
        faults = [*faults, EditFault.VENUE_TOO_SMALL]
    if not faults:
        faults = faults_of_rules(plan, edited(plan, planned, edit, now))
    to = edit.session
    stays = was is not None and (was.on, was.starts, was.ends, was.cancelled) == (
        *(to.on, to.starts, to.ends),
        False,
    )
    if faults or to.cancelled or stays:
        return Checked(editable, faults)
    return Checked(editable, faults, _clashes(tx, offering, edit.session))


def _is_too_small(tx: Tx, offering: Offering, edit: PlanEdit) -> bool:
    """Whether the new venue is too small for the people coming."""
    to = edit.session
    if to is None or to.act is not VenueAct.SHRINK or to.venue is None or to.venue.capacity is None:
        return False
    seated = {each.person_id for each in enrolment_rows.list_seated_in(tx, offering.id)}
    absent = {
        row.person_id
        for row in absence_rows.list_absences_in(tx, offering.id)
        if row.absent and row.number == edit.number
    }
    return to.venue.capacity < max(len(seated - absent), 1)


def _clashes(tx: Tx, offering: Offering, to: SessionEdit) -> Clashes:
    starts_at = to_instant(to.on, to.starts, offering.timezone)
    ends_at = to_instant(end_day(to.on, to.starts, to.ends), to.ends, offering.timezone)
    busy = [
        each
        for each in load_all_offerings(tx)
        if not each.cancelled
        and each.id != offering.id
        and any(
            session.starts_at < ends_at and starts_at < session.ends_at for session in each.standing_sessions
        )
    ]
    seated = [each.person_id for each in enrolment_rows.list_seated_in(tx, offering.id)]
    busy_ids = {each.id for each in busy}
    elsewhere = enrolment_rows.list_other_seats(tx, offering.id)
    return Clashes(
        tuple(who for who in _people(offering) if any(who in each.facilitators for each in busy)),
        sum(1 for who in seated if busy_ids & set(elsewhere.get(who, ()))),
        len(seated),
    )


def _people(offering: Offering) -> list[str]:
    return [each for each in offering.facilitators if not is_address(each)]


def make_edit(tx: Tx, actor: Actor, edit: PlanEdit, now: Now, *, quiet: bool = False) -> Made:
    """Make the change; people are told unless ``quiet``. If nothing differs, nothing is done.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, CHANGED_MEANWHILE, MUST_BE_TOLD.
    """
    before, _, difference = apply_edit(tx, actor, edit, now, quiet=quiet)
    tells = bool((difference.told and not quiet) or difference.promoted or difference.offered)
    return Made(load_offering(tx, before.code), tells)


def apply_edit(
    tx: Tx, actor: Actor, edit: PlanEdit, now: Now, *, quiet: bool
) -> tuple[Offering, Checked, PlanDifference]:
    """Make the change; return the offering before it, what is wrong with it, and its effect.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, CHANGED_MEANWHILE, MUST_BE_TOLD.
    """
    plan_rows.lock_plans(tx)
    offering = load_facilitated(tx, actor, edit.code, ACT)
    programme = plan_rows.get_programme(tx, offering.programme_code)
    assert programme is not None, "every offering has one"
    plan_rows.lock_offerings_of(tx, programme.id)
    at = read(now)
    editable = load_editable(tx, actor, edit.code, at)
    plan, planned = _plan_of(tx, editable.offering)
    checked = _checked(tx, editable, plan, planned, edit, at)
    if checked.faults or (checked.clashes and not edit.despite):
        raise KaikuError(
            Refusal.CHANGED_MEANWHILE
        )  # the form showed this fault: the request is forged, or late
    wanted = edited(plan, planned, edit, at)
    difference = diff_plan(tx, wanted)
    if not difference.changes:
        return editable.offering, checked, difference
    is_stale = edit.seats is not None and edit.seats.shown != SeatsEdit.of(planned).mark
    if edit.version != editable.offering.timetable_version or is_stale:
        raise KaikuError(Refusal.CHANGED_MEANWHILE)
    if quiet and must_be_told(difference):
        raise KaikuError(Refusal.MUST_BE_TOLD)
    note_act(
        tx,
        ActKind.PLAN_CHANGED,
        actor=actor.person.id,
        offering=offering.code,
        number=edit.number or None,
        now=at,
    )
    cause = Cause(actor.person.id, {key: said for key, said in edit.reason.items() if said})
    applied = apply_plan(tx, wanted, at, quiet=quiet, cause=cause)
    # Loaded when somebody changes a plan: it reads plan files, whose models a start need not build.
    from bot.services.plan.versions import keep_slack_version  # noqa: PLC0415

    keep_slack_version(tx, offering.programme_code, actor.person.id, at)
    return editable.offering, checked, applied


def _plan_of(tx: Tx, offering: Offering) -> tuple[Plan, PlannedOffering]:
    plan = stored_plan(tx, offering.programme_code)
    assert plan is not None, "every offering has a programme"
    return plan, next(each for each in plan.offerings if each.code == plain_code(offering.code))
