"""Seating somebody out of turn, and moving somebody to another group of the strand."""

from collections.abc import Mapping
from datetime import datetime

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import known_or
from bot.domain.deliveries import DeliveryKind, Occurrence
from bot.domain.enrolment.seats import Status, WaitingReason
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import Becomes, Group, Member, why_not_seated
from bot.domain.facilitation.outcomes import Done, Moved, Seated
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import seat_news_at
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.enrolment import offers
from bot.services.enrolment.follow import follow_seats
from bot.services.enrolment.leave import leave, require_not_over
from bot.services.enrolment.lock import lock_both, lock_line
from bot.services.enrolment.promote import seat_out_of_turn
from bot.services.facilitation.group import group_of, require_drawn, who_did
from bot.services.offerings.facilitators import Actor, require_facilitator
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import group as rows
from storage import people as person_rows
from storage.transaction import Tx


def give_seat(tx: Tx, actor: Actor, code: str, enrolment_id: int, now: Now) -> Seated:
    """Give a waiting person a free seat, ahead of others. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, OFFERING_PAST, NOT_IN_GROUP, GROUP_IS_FULL,
    AGENCY_IS_FULL, SEATS_NOT_DRAWN.
    """
    offering = require_facilitator(lock_line(tx, code).offering, actor, "seat_out_of_turn")
    at = read(now)
    found = _look(tx, group_of(tx, offering, at), enrolment_id, at)
    if found.already is None and found.member is not None:
        seat_out_of_turn(tx, offering, enrolment_id, at, actor=actor.person.id)
    return found


def _look(tx: Tx, group: Group, enrolment_id: int, now: datetime) -> Seated:
    require_not_over(group.offering, now)
    member = _member(tx, group, enrolment_id)
    if isinstance(member, Done):
        return Seated(group, None, member)
    if member.status is Status.SEATED or member.removal is not None:
        return Seated(group, member, who_did(tx, group.offering.code, member.user_id))
    if member.status is Status.WAITING:
        require_room(group, member.agency)
    return Seated(group, member)


def _member(tx: Tx, group: Group, enrolment_id: int) -> Member | Done:
    """The person, or what happened to them. Raises KaikuError: NOT_IN_GROUP."""
    member = group.find(enrolment_id)
    if member is not None:
        return member
    enrolment = enrolment_rows.get_enrolment(tx, enrolment_id)
    if enrolment is None or enrolment.offering_id != group.offering.id:
        raise KaikuError(Refusal.NOT_IN_GROUP)
    return who_did(tx, group.offering.code, enrolment.person_id)


def require_room(group: Group, agency: str) -> None:
    """Raise KaikuError unless somebody of this agency can be seated: GROUP_IS_FULL, AGENCY_IS_FULL,
    SEATS_NOT_DRAWN."""
    require_drawn(group)
    why = why_not_seated(group.offering.limits, group.held, agency)
    if why is WaitingReason.GROUP_FULL:
        raise KaikuError(Refusal.GROUP_IS_FULL, offering=group.offering)
    if why is not None:
        raise KaikuError(Refusal.AGENCY_IS_FULL, offering=group.offering)


def move(
    tx: Tx,
    actor: Actor,
    code: str,
    enrolment_id: int,
    to_code: str,
    reason: Mapping[str, str],
    now: Now,
) -> Moved:
    """Move somebody to a free seat of another group of the strand; the seat they leave is passed on.
    Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, OFFERING_PAST, NOT_IN_GROUP, GROUP_IS_FULL,
    AGENCY_IS_FULL, NOT_OF_THE_STRAND, SEATS_NOT_DRAWN.
    """
    here, there = lock_both(tx, code, to_code)
    for each in (here, there):
        require_facilitator(each, actor, "move")
    at = read(now)
    found = _look_at_move(tx, group_of(tx, here, at), group_of(tx, there, at), enrolment_id, at)
    if found.already is not None or found.member is None:
        return found
    actor_id, person_id = actor.person.id, found.member.user_id
    act_id = note_act(
        tx, ActKind.MOVED, actor=actor_id, person=person_id, offering=code, reason=reason, now=at
    )
    note_act(tx, ActKind.SEATED, actor=actor_id, person=person_id, offering=to_code, now=at)
    rows.add_removal(
        tx,
        enrolment_id=enrolment_id,
        person_id=person_id,
        becomes=Becomes.REMOVED,
        act_id=act_id,
        due_at=at,
        now=at,
        done_at=at,
    )
    leave(tx, here, enrolment_id, Status.REMOVED, at, is_noted=True)
    new_id = _seat_there(tx, there, found.member, at)
    told_at = _told_at(tx, there, person_id, at)
    enrolment_rows.set_told_at(tx, new_id, told_at)
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.MOVED,
        recipient=person_id,
        subject=here.code,
        occurrence=str(Occurrence(new_id, act_id=act_id)),
        due_at=told_at,
        now=at,
    )
    offers.free_seats(tx, there, enrolment_rows.count_held_by_agency(tx, there.id))
    follow_seats(tx, there, [(new_id, person_id)], at)
    return found


def _look_at_move(tx: Tx, group: Group, to: Group, enrolment_id: int, now: datetime) -> Moved:
    for each in (group, to):
        require_not_over(each.offering, now)
    if to.offering.strand_id != group.offering.strand_id or to.offering.id == group.offering.id:
        raise KaikuError(Refusal.NOT_OF_THE_STRAND)
    member = _member(tx, group, enrolment_id)
    if isinstance(member, Done):
        return Moved(group, to, None, member)
    there = next((each for each in to.members if each.user_id == member.user_id), None)
    has_seat_there = there is not None and there.status is not Status.WAITING
    if member.removal is not None or has_seat_there:
        where = to.offering.code if has_seat_there else group.offering.code
        return Moved(group, to, member, who_did(tx, where, member.user_id))
    require_room(to, member.agency)
    return Moved(group, to, member)


def _seat_there(tx: Tx, there: Offering, member: Member, now: datetime) -> int:
    """Seat the person in the other group: by a new sign-up, or by the one with which they waited there."""
    waiting = enrolment_rows.get_standing_enrolment(tx, there.id, member.user_id)
    if waiting is not None:
        enrolment_rows.set_status(tx, [waiting.id], Status.SEATED, now)
        return waiting.id
    added = enrolment_rows.add_enrolment(
        tx,
        offering_id=there.id,
        person_id=member.user_id,
        agency=member.agency,
        status=Status.SEATED,
        version=there.timetable_version,
        now=now,
    )
    assert added is not None, "the offering is locked, and they had no sign-up"
    return added.id


def _told_at(tx: Tx, offering: Offering, person_id: str, now: datetime) -> datetime:
    person = person_rows.get_person(tx, person_id)
    timezone = known_or(person.timezone if person else None, offering.timezone)
    session = offering.next_session(now)
    return seat_news_at(now, session.starts_at if session else None, timezone, WORK_CALENDAR)
