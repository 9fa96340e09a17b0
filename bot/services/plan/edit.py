"""Changing one offering in Slack: what it would do to whom, and doing it. It is the stored plan with one
change, applied as a file with that change would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import to_instant
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.codes import plain_code
from bot.domain.offerings.offering import Offering, is_address
from bot.domain.people.person import Defaults
from bot.domain.plan.changes import PlanDifference
from bot.domain.plan.consequences import must_be_told
from bot.domain.plan.edit_outcomes import NO_CLASHES, Clashes, Editable, Preview
from bot.domain.plan.edits import (
    EditFault,
    PlanEdit,
    SessionEdit,
    VenueAct,
    breaks_rules,
    edited,
    faults_of,
    faults_of_new,
    find_session,
    next_number,
)
from bot.domain.plan.model import Plan, PlannedOffering
from bot.i18n import words_for
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import ToPerson
from bot.services.deliveries.recipients import find_person
from bot.services.deliveries.rendered import OutgoingMessage
from bot.services.enrolment.draw_messages import called_off
from bot.services.offerings.acknowledging import list_acknowledged
from bot.services.offerings.catalogue import load_all_offerings, load_offering
from bot.services.offerings.change_messages import change_message, changed_by_others, list_asked_anew
from bot.services.offerings.facilitators import Actor, load_facilitated
from bot.services.offerings.messages import Enrolled
from bot.services.offerings.time_polls import list_open
from bot.services.offerings.timetable import GATHERING, Cause
from bot.services.plan.apply import apply_plan, diff_plan, stored_plan
from bot.views.blocks import Message
from storage import absence as absence_rows
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import plan as plan_rows
from storage.tables import Delivery
from storage.transaction import Tx

ACT = "plan_change"


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands against a change."""

    editable: Editable
    faults: Sequence[EditFault] = ()
    clashes: Clashes = NO_CLASHES


def load_editable(tx: Tx, actor: Actor, code: str, now: datetime) -> Editable:
    """Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK."""
    offering = load_facilitated(tx, actor, code, ACT)
    ahead = sorted(
        (each for each in offering.sessions if each.ends_at > now), key=lambda each: each.starts_at
    )
    polled = {each.number for each in list_open(tx, offering.id, now)}
    return Editable(offering, ahead, list_acknowledged(tx, offering, now), polled)


def check_edit(tx: Tx, actor: Actor, edit: PlanEdit, now: datetime) -> Checked:
    """What stands against the change. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER,
    CHANGED_MEANWHILE."""
    editable = load_editable(tx, actor, edit.code, now)
    plan, planned = _plan_of(tx, editable.offering)
    return _checked(tx, editable, plan, planned, edit, now)


def _checked(
    tx: Tx, editable: Editable, plan: Plan, planned: PlannedOffering, edit: PlanEdit, now: datetime
) -> Checked:
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
    if not faults and breaks_rules(plan, edited(plan, planned, edit, now)):
        faults = [EditFault.BREAKS_PLAN]
    to = edit.session
    stays = was is not None and (was.on, was.starts, was.ends, was.cancelled) == (
        *(to.on, to.starts, to.ends),
        False,
    )
    if faults or to.cancelled or stays:
        return Checked(editable, faults)
    return Checked(editable, faults, _clashes(tx, offering, edit.session))


def _is_too_small(tx: Tx, offering: Offering, edit: PlanEdit) -> bool:
    """Whether the new venue does not hold those who come."""
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
    ends_at = to_instant(to.on, to.ends, offering.timezone)
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


def preview_edit(
    tx: Tx,
    actor: Actor,
    edit: PlanEdit,
    defaults: Defaults,
    now: datetime,
    *,
    public_url: str | None = None,
) -> tuple[Preview, Mapping[str, Message]]:
    """What the change would do, and what people would read, by language: it is done, everything that follows
    is read, and it is taken back. ``public_url`` stands for the address of each person's own calendar. Raises
    KaikuError as ``make_edit`` does."""
    dry_run = tx.begin_nested()
    try:
        before, checked, difference = _make(tx, actor, edit, now, quiet=False)
        return _read(tx, before, checked, difference, defaults, now, public_url)
    finally:
        dry_run.rollback()


def _read(
    tx: Tx,
    before: Offering,
    checked: Checked,
    difference: PlanDifference,
    defaults: Defaults,
    now: datetime,
    public_url: str | None,
) -> tuple[Preview, Mapping[str, Message]]:
    after = load_offering(tx, before.code)
    owed = delivery_rows.list_about(
        tx,
        kinds=(DeliveryKind.CHANGE, DeliveryKind.CHANGED_BY_OTHERS, DeliveryKind.DRAW_CALLED_OFF),
        subjects=(before.code,),
        recipients=None,
    )
    planned = [each for each in owed if each.state == DeliveryState.PLANNED]
    due: dict[str, datetime] = {}
    for each in planned:
        if each.kind == DeliveryKind.CHANGE:
            due[each.recipient] = min(each.due_at, due.get(each.recipient, each.due_at))
    counts = {Status.SEATED: 0, Status.WAITING: 0}
    soon, later_at = 0, []
    messages: dict[tuple[str, bool, bool], Message] = {}
    # Those who read the same message get it from here: hundreds may wait.
    rendered: dict[tuple[object, ...], OutgoingMessage | object] = {}
    for enrolment in enrolment_rows.list_standing_in(tx, before.id):
        person = find_person(tx, enrolment.person_id, defaults)
        if person is None or person.deactivated or person.id not in due:
            continue
        has_seat = enrolment.status == Status.SEATED
        promoted = delivery_rows.is_open(tx, DeliveryKind.PROMOTION, str(enrolment.id))
        alone = enrolment.id if enrolment.status == Status.OFFERED else None  # the offer may tell them
        anew = list_asked_anew(tx, before.id, person.id)
        key = (has_seat, person.language, person.timezone, enrolment.told_version, promoted, alone, anew)
        if key not in rendered:
            words = words_for(person.language, person.timezone, now)
            url = public_url if has_seat else None
            rendered[key] = change_message(tx, Enrolled(after, enrolment), words, now, calendar_url=url)
        found = rendered[key]
        if not isinstance(found, OutgoingMessage):
            continue
        counts[Status.SEATED if has_seat else Status.WAITING] += 1
        messages.setdefault((person.language, has_seat, not anew), found.message)
        if due[person.id] <= now + GATHERING:
            soon += 1
        else:
            later_at.append(due[person.id])
    wishing = [each for each in planned if each.kind == DeliveryKind.DRAW_CALLED_OFF]
    for each in wishing:
        person = find_person(tx, each.recipient, defaults)
        if person is not None and (person.language, False, True) not in messages:
            words = words_for(person.language, person.timezone, now)
            found = called_off(tx, ToPerson(each, person, words, now))
            assert isinstance(found, OutgoingMessage), "it is planned for those whom it concerns"
            messages[person.language, False, True] = found.message
        if each.due_at <= now + GATHERING:
            soon += 1
        else:
            later_at.append(each.due_at)
    shown = {language: message for (language, *_), message in sorted(messages.items(), key=_most_read_last)}
    preview = Preview(
        before,
        after,
        seated=counts[Status.SEATED],
        waiting=counts[Status.WAITING],
        soon=soon,
        later=len(later_at),
        later_at=min(later_at, default=None),
        facilitators=sum(1 for each in planned if _is_news(tx, each, defaults, now)),
        may_be_quiet=not must_be_told(difference),
        changes=bool(difference.changes),
        clashes=checked.clashes,
        wishing=len(wishing),
    )
    return preview, shown


def _is_news(tx: Tx, delivery: Delivery, defaults: Defaults, now: datetime) -> bool:
    """Whether this is a message to a facilitator that will be sent as things stand: not to somebody whom
    Kaiku has not met, and not of what was changed and changed back."""
    person = find_person(tx, delivery.recipient, defaults)
    if delivery.kind != DeliveryKind.CHANGED_BY_OTHERS or person is None or person.deactivated:
        return False
    words = words_for(person.language, person.timezone)
    return isinstance(changed_by_others(tx, ToPerson(delivery, person, words, now)), OutgoingMessage)


def _most_read_last(item: tuple[tuple[str, bool, bool], Message]) -> tuple[bool, bool, str]:
    """So that of a language's messages the one to those with a seat is shown, without a question that only
    some of them are asked."""
    (language, has_seat, is_plain), _ = item
    return has_seat, is_plain, language


def make_edit(tx: Tx, actor: Actor, edit: PlanEdit, now: Now, *, quiet: bool = False) -> Offering:
    """Make the change; people are told unless ``quiet``. What is so already is changed by nobody. Raises
    KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, CHANGED_MEANWHILE, MUST_BE_TOLD."""
    before, _, _ = _make(tx, actor, edit, now, quiet=quiet)
    return load_offering(tx, before.code)


def _make(
    tx: Tx, actor: Actor, edit: PlanEdit, now: Now, *, quiet: bool
) -> tuple[Offering, Checked, PlanDifference]:
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
        raise KaikuError(Refusal.CHANGED_MEANWHILE)  # the form said so: this one is forged, or late
    wanted = edited(plan, planned, edit, at)
    difference = diff_plan(tx, wanted)
    if not difference.changes:
        return editable.offering, checked, difference
    if edit.version != editable.offering.timetable_version:
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
