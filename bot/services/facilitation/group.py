"""A group as its facilitators see it, read only. The role is checked in every function."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import known_or
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.enrolment.seats import InLine, Status, reason_to_wait
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import UNDO_FOR, Becomes, Group, Invitee, Member, Removal
from bot.domain.facilitation.outcomes import Done
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import seat_news_at
from bot.domain.people.namesakes import tell_apart
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.enrolment.promote import passes_on
from bot.services.facilitation.desk import find_facilitated
from bot.services.offerings import time_polls
from bot.services.offerings.catalogue import list_undrawn, load_all_offerings, state_of
from bot.services.offerings.facilitators import Actor, load_facilitated
from bot.services.offerings.roster import roster_of
from storage import absence as absence_rows
from storage import deliveries as delivery_rows
from storage import draws as draw_rows
from storage import enrolment as enrolment_rows
from storage import facilitation as facilitation_rows
from storage import group as rows
from storage import offers as offer_rows
from storage import people as person_rows
from storage import waiting_list
from storage.sending.pause import is_paused
from storage.transaction import Tx

STANDING = {Status.SEATED, Status.OFFERED, Status.WAITING}


def load_group(tx: Tx, actor: Actor, code: str, now: datetime) -> Group:
    """The group of one offering. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK."""
    found = group_of(tx, load_facilitated(tx, actor, code, "group"), now)
    return replace(found, may_export=actor.person.id in found.offering.facilitators)


def list_groups(tx: Tx, actor: Actor, now: datetime, most: int) -> list[Group]:
    """The groups that this person facilitates: those that need a decision first, then the one that meets
    next.
    """
    led = find_facilitated(tx, actor, now)
    coming = sorted(led, key=lambda each: (_next_start(each, now), each.code))
    may_need = _may_need_decisions(tx, coming, now)
    urgent: list[Group] = []
    for each in coming:
        if len(urgent) < most and each.id in may_need and (group := group_of(tx, each, now)).decisions:
            urgent.append(group)
    shown = {group.offering.id for group in urgent}
    rest = [each for each in coming if each.id not in shown][: most - len(urgent)]
    return [*urgent, *(group_of(tx, each, now) for each in rest)]


def _may_need_decisions(tx: Tx, offerings: Sequence[Offering], now: datetime) -> set[int]:
    """The groups in which there may be something to decide, by counts alone: a coordinator sees every group,
    and people are loaded only for those that are shown.
    """
    ids = [each.id for each in offerings]
    held = enrolment_rows.count_held_by_offering(tx, ids)
    lines, marked = waiting_list.list_lines(tx, ids), facilitation_rows.list_marked(tx, ids)
    found = set()
    for each in offerings:
        by_agency, limits = held.get(each.id, {}), each.limits
        number = sum(by_agency.values())
        over = any(n > limits.for_agency(agency) for agency, n in by_agency.items())
        ended = [session.number for session in each.standing_sessions if session.ends_at <= now]
        unmarked = number > 0 and any((each.id, n) not in marked for n in ended)
        if over or unmarked or number > limits.capacity or (number < limits.capacity and each.id in lines):
            found.add(each.id)
    return found


def _next_start(offering: Offering, now: datetime) -> datetime:
    session = offering.next_session(now)
    return session.starts_at if session is not None else datetime.max.replace(tzinfo=now.tzinfo)


def group_of(tx: Tx, offering: Offering, now: datetime) -> Group:
    """The group of this offering; the caller has checked the role."""
    state = state_of(offering, now)
    removals = {
        row.enrolment_id: Removal(row.id, row.enrolment_id, Becomes(row.becomes), row.asked_at, row.due_at)
        for row in rows.list_open_removals(tx, offering.id)
    }
    offers = {row.enrolment_id: row for row in offer_rows.list_standing_offers(tx, offering.id)}
    members = [
        Member(
            row.enrolment_id,
            row.user_id,
            row.name,
            row.agency,
            row.role,
            row.status,
            row.language,
            position=row.position,
            over_limit=row.over_limit,
            own_words=row.own_words,
            until=offers[row.enrolment_id].until if row.enrolment_id in offers else None,
            removal=removals.get(row.enrolment_id),
            offered_seat=offers[row.enrolment_id].seat if row.enrolment_id in offers else None,
            timezone=row.timezone,
        )
        for row in roster_of(tx, offering)
        if row.status in STANDING
    ]
    found = Group(
        offering,
        state,
        members,
        next_session=None if offering.cancelled else offering.next_session(now),
        invited=_invited(tx, offering),
        unmarked=[
            each
            for each in offering.standing_sessions
            if each.ends_at <= now and not facilitation_rows.list_attendance_of(tx, offering.id, each.number)
        ]
        if any(each.status is Status.SEATED for each in members)
        else [],
        line=[InLine(*each) for each in waiting_list.list_waiting(tx, offering.id)],
        free_seats=offer_rows.get_seats(tx, offering.id),
        passes_on=passes_on(tx, offering, state, now),
        wishing=_wishing(tx, offering),
        is_paused=is_paused(tx),
        polled=[each.number for each in time_polls.list_open(tx, offering.id, now)],
    )
    held = found.held
    return replace(
        found,
        members=[
            replace(each, reason=reason_to_wait(offering.limits, held, each.agency))
            if each.status is Status.WAITING
            else each
            for each in members
        ],
        absent=_absent_next(tx, found),
    )


def _wishing(tx: Tx, offering: Offering) -> int | None:
    if not list_undrawn(tx, [offering]):
        return None
    return len({row.person_id for row in draw_rows.list_wishers(tx, [offering.id])})


def require_drawn(group: Group) -> None:
    """Raise KaikuError while the group's seats are still to be drawn: SEATS_NOT_DRAWN. Until then nobody is
    given a seat or put on the waiting list, which would bypass the published draw.
    """
    if group.wishing is not None:
        raise KaikuError(Refusal.SEATS_NOT_DRAWN, offering=group.offering)


def _invited(tx: Tx, offering: Offering) -> list[Invitee]:
    found = rows.list_open_invitations(tx, offering.id)
    if not found:
        return []
    people = person_rows.list_people(tx, {row.person_id for row in found})
    names = tell_apart({each.id: each.name for each in people}, {})
    unsent = {
        each.occurrence: each.due_at
        for each in delivery_rows.list_about(
            tx, kinds=(DeliveryKind.INVITATION,), subjects=(offering.code,), recipients=None
        )
        if each.state == DeliveryState.PLANNED
    }
    return [
        Invitee(row.id, row.person_id, names.get(row.person_id, row.person_id), unsent.get(str(row.id)))
        for row in found
    ]


def told_at(tx: Tx, offering: Offering, person_id: str, now: datetime) -> datetime:
    """When a person is told of a facilitator's act: once it can no longer be undone, and in their office
    hours, unless the next session comes first.
    """
    person = person_rows.get_person(tx, person_id)
    timezone = known_or(person.timezone if person else None, offering.timezone)
    session = offering.next_session(now)
    starts_at = session.starts_at if session is not None else None
    return seat_news_at(now + UNDO_FOR, starts_at, timezone, WORK_CALENDAR)


def _absent_next(tx: Tx, group: Group) -> frozenset[str]:
    if group.next_session is None:
        return frozenset()
    seated = {each.user_id for each in group.of(Status.SEATED)}
    return frozenset(
        row.person_id
        for row in absence_rows.list_absences_in(tx, group.offering.id)
        if row.absent and row.number == group.next_session.number and row.person_id in seated
    )


def list_other_groups(tx: Tx, actor: Actor, offering: Offering, now: datetime) -> list[Offering]:
    """The strand's other groups that this person facilitates and somebody can be moved to."""
    return [
        each
        for each in load_all_offerings(tx)
        if each.strand_id == offering.strand_id
        and each.id != offering.id
        and actor.may_facilitate(each)
        and state_of(each, now) not in {SignUpState.PAST, SignUpState.CANCELLED}
        and each.standing_sessions
        and not list_undrawn(tx, [each])
    ]


def who_did(tx: Tx, code: str, person_id: str) -> Done:
    """Who did the newest act on this person in this offering."""
    return _as_done(rows.get_last_act_about(tx, code, person_id))


def who_did_of(tx: Tx, code: str, kinds: Sequence[ActKind]) -> Done:
    """Who did the newest act of these kinds on this offering."""
    return _as_done(rows.get_last_act_of(tx, code, kinds))


def _as_done(row: rows.DoneRow | None) -> Done:
    if row is None:
        return Done(None, None, None)
    kind = ActKind(row.kind) if row.kind in set(ActKind) else None
    return Done(kind, row.at, row.by)
