"""Inviting somebody who has not signed up: they are asked, and decide themselves.

An invitation holds no seat; accepting it seats the person out of turn.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import Group, why_not_seated
from bot.domain.facilitation.outcomes import Invited
from bot.domain.offerings.offering import Offering, Standing
from bot.domain.people.agencies import seat_key
from bot.domain.people.person import Defaults, Person
from bot.services.acts import note_act
from bot.services.calendars.tokens import CalendarTokens
from bot.services.deliveries import outbox
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment import offers
from bot.services.enrolment.follow import follow_seated
from bot.services.enrolment.leave import require_not_over
from bot.services.enrolment.lock import lock_line
from bot.services.enrolment.promote import seat_out_of_turn
from bot.services.facilitation.group import group_of, told_at, who_did
from bot.services.facilitation.seat_acts import require_room
from bot.services.offerings.catalogue import list_undrawn, load_offering_by_id, standing_of, state_of
from bot.services.offerings.facilitators import Actor, require_facilitator
from bot.services.people.profiles import ProfileChanges, change_settings
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import group as rows
from storage.transaction import Tx


class Answered(Struct, frozen=True):
    """The outcome of an invitation. ``standing`` is the person's after accepting; None: declined."""

    offering: Offering
    person: Person
    standing: Standing | None
    already: bool = False


def invite(tx: Tx, actor: Actor, code: str, person_id: str, defaults: Defaults, now: Now) -> Invited:
    """Plan an invitation to a seat, sent in ten minutes; until then it can be undone. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, OFFERING_PAST, OFFERING_CANCELLED, CANNOT_BE_ADDED,
    GROUP_IS_FULL, AGENCY_IS_FULL, SEATS_NOT_DRAWN.
    """
    offering = require_facilitator(lock_line(tx, code).offering, actor, "invitation")
    at = read(now)
    found = _look(tx, group_of(tx, offering, at), person_id, defaults, at)
    if found.already is not None or found.enrolment_id is not None or found.due_at is None:
        return found
    invitation_id = rows.add_invitation(tx, offering_id=offering.id, person_id=person_id, now=at)
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.INVITATION,
        recipient=person_id,
        subject=code,
        occurrence=str(invitation_id),
        due_at=found.due_at,
        expires_at=offering.ends_at,
        now=at,
    )
    note_act(tx, ActKind.INVITED, actor=actor.person.id, person=person_id, offering=code, now=at)
    return replace(found, invitation_id=invitation_id)


def undo(tx: Tx, actor: Actor, code: str, invitation_id: int, now: Now) -> Group:
    """Take back an unsent invitation. Idempotent. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK,
    INVITATION_SENT.
    """
    offering = require_facilitator(lock_line(tx, code).offering, actor, "invitation_undo")
    at = read(now)
    invitation = rows.get_invitation(tx, invitation_id)
    if invitation is None:
        return group_of(tx, offering, at)  # somebody took it back before
    planned = delivery_rows.find_about(tx, DeliveryKind.INVITATION, str(invitation_id))
    is_unsent = planned is not None and planned.state == DeliveryState.PLANNED
    if invitation.offering_id != offering.id or invitation.state != "open" or not is_unsent:
        raise KaikuError(Refusal.INVITATION_SENT)
    rows.delete_invitation(tx, invitation_id)
    delivery_rows.cancel_planned(
        tx,
        kind=DeliveryKind.INVITATION,
        recipient=invitation.person_id,
        subject=code,
        occurrence=str(invitation_id),
        reason="undone",
    )
    who = invitation.person_id
    note_act(tx, ActKind.INVITATION_UNDONE, actor=actor.person.id, person=who, offering=code, now=at)
    return group_of(tx, offering, at)


def _look(tx: Tx, group: Group, person_id: str, defaults: Defaults, now: datetime) -> Invited:
    offering = group.offering
    require_not_over(offering, now)
    if group.state is SignUpState.CANCELLED:
        raise KaikuError(Refusal.OFFERING_CANCELLED, offering=offering)
    person = find_person(tx, person_id, defaults)
    if person is None or not person.may_take_part or not person.is_verified:
        raise KaikuError(Refusal.CANNOT_BE_ADDED)
    member = next((each for each in group.members if each.user_id == person_id), None)
    if member is not None and member.status is Status.WAITING:
        return Invited(group, person, enrolment_id=member.enrolment_id)
    if member is not None or any(each.user_id == person_id for each in group.invited):
        return Invited(group, person, who_did(tx, offering.code, person_id))
    agency = seat_key(person.agency, person.agency_name) if person.agency is not None else ""
    require_room(group, agency)
    return Invited(group, person, due_at=told_at(tx, offering, person_id, now))


def load_invitation(
    tx: Tx, person: Person, invitation_id: int, now: datetime
) -> tuple[Offering, Standing | None]:
    """The offering of an open invitation to this person, or of an accepted one, then with their standing.

    Raises KaikuError: INVITATION_GONE, OFFERING_PAST, OFFERING_CANCELLED, and those of
    ``Person.require_may_join``.
    """
    person.require_may_join()
    invitation = _require(tx, person, invitation_id)
    offering = load_offering_by_id(tx, invitation.offering_id)
    _require_ahead(offering, now)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if enrolment is None and invitation.state != "open":
        raise KaikuError(Refusal.INVITATION_GONE)
    has_seat = enrolment is not None and enrolment.status == Status.SEATED
    return offering, standing_of(tx, offering, enrolment) if has_seat and enrolment is not None else None


def accept_invitation(
    tx: Tx,
    user_id: str,
    told: ProfileChanges,
    invitation_id: int,
    defaults: Defaults,
    tokens: CalendarTokens,
    now: Now,
) -> Answered:
    """Take the seat of the invitation. Idempotent.

    Raises KaikuError: INVITATION_GONE, OFFERING_PAST, OFFERING_CANCELLED, PROFILE_MISSING, NO_SEAT_LEFT,
    SEATS_NOT_DRAWN, and those of ``Person.require_may_join``.
    """
    person = _known(tx, user_id, defaults)
    person.require_may_join()
    offering_id = _require(tx, person, invitation_id).offering_id
    if told != ProfileChanges():  # before the lock: this locks each of the person's offerings in order
        person = change_settings(tx, user_id, told, defaults, tokens, now)
    offering = lock_line(tx, load_offering_by_id(tx, offering_id).code).offering
    at = read(now)
    _require_ahead(offering, at)
    invitation = _require(tx, person, invitation_id)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, user_id)
    if enrolment is not None and enrolment.status == Status.SEATED:
        _close(tx, invitation, "accepted", at)
        return Answered(offering, person, standing_of(tx, offering, enrolment), already=True)
    if invitation.state != "open":
        raise KaikuError(Refusal.INVITATION_GONE)
    if list_undrawn(tx, [offering]):  # the plan has changed since the invitation
        raise KaikuError(Refusal.SEATS_NOT_DRAWN, offering=offering)
    if person.agency is None:
        raise KaikuError(Refusal.PROFILE_MISSING)
    agency = seat_key(person.agency, person.agency_name)
    held = enrolment_rows.count_held_by_agency(tx, offering.id)
    if enrolment is not None and enrolment.status == Status.OFFERED:
        held[enrolment.agency] -= 1  # their own offered seat is free for them
    if why_not_seated(offering.limits, held, agency) is not None:
        raise KaikuError(Refusal.NO_SEAT_LEFT, offering=offering)
    _close(tx, invitation, "accepted", at)
    note_act(tx, ActKind.ACCEPTED, actor=user_id, person=user_id, offering=offering.code, now=at)
    if enrolment is not None:
        seat_out_of_turn(tx, offering, enrolment.id, at)
    else:
        enrolment = enrolment_rows.add_enrolment(
            tx,
            offering_id=offering.id,
            person_id=user_id,
            agency=agency,
            status=Status.SEATED,
            version=offering.timetable_version,
            now=at,
        )
        assert enrolment is not None
        offers.free_seats(tx, offering, enrolment_rows.count_held_by_agency(tx, offering.id))
        follow_seated(tx, person, offering, enrolment, at)
    stands = enrolment_rows.get_enrolment(tx, enrolment.id)
    assert stands is not None
    return Answered(offering, person, standing_of(tx, offering, stands))


def decline_invitation(tx: Tx, person: Person, invitation_id: int, now: Now) -> Answered:
    """Decline the invitation. Idempotent; a person who has accepted keeps the seat. Raises KaikuError:
    INVITATION_GONE.
    """
    offering_id = _require(tx, person, invitation_id).offering_id
    offering = lock_line(tx, load_offering_by_id(tx, offering_id).code).offering
    invitation = _require(tx, person, invitation_id)
    at = read(now)
    if invitation.state == "accepted":
        raise KaikuError(Refusal.INVITATION_GONE)
    if invitation.state == "open":
        _close(tx, invitation, "declined", at)
        note_act(tx, ActKind.DECLINED, actor=person.id, person=person.id, offering=offering.code, now=at)
    return Answered(offering, person, None)


def _close(tx: Tx, invitation: rows.InvitationRow, state: str, now: datetime) -> None:
    if invitation.state != "open":
        return
    rows.answer_invitation(tx, invitation.id, state, now)
    sent = delivery_rows.list_sent_about(
        tx, kinds=(DeliveryKind.INVITATION,), occurrences=(str(invitation.id),)
    )
    for each in sent:
        outbox.plan_edit(tx, each.id, each.recipient, now)


def _require(tx: Tx, person: Person, invitation_id: int) -> rows.InvitationRow:
    invitation = rows.get_invitation(tx, invitation_id)
    if invitation is None or invitation.person_id != person.id:
        raise KaikuError(Refusal.INVITATION_GONE)
    return invitation


def _require_ahead(offering: Offering, now: datetime) -> None:
    require_not_over(offering, now)
    if state_of(offering, now) is SignUpState.CANCELLED:
        raise KaikuError(Refusal.OFFERING_CANCELLED, offering=offering)


def _known(tx: Tx, user_id: str, defaults: Defaults) -> Person:
    person = find_person(tx, user_id, defaults)
    assert person is not None, "the person is added at first contact"
    return person
