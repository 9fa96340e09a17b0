"""Removing somebody from a group, or putting them back on the waiting list, and undoing it.

A removal takes effect when the person is told: ten minutes later, in office hours. Until then the sign-up
stands: nobody is told, the seat is not passed on, and an undone removal leaves only lines in the log of acts.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.deliveries import DeliveryKind, Occurrence
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import Becomes, Group, comes_straight_back
from bot.domain.facilitation.outcomes import Removed
from bot.services.acts import note_act
from bot.services.deliveries.declaration import Settled
from bot.services.deliveries.rendered import Skipped
from bot.services.enrolment.leave import leave, require_not_over
from bot.services.enrolment.lock import lock_line, to_locked
from bot.services.enrolment.promote import fill
from bot.services.facilitation.group import group_of, require_drawn, told_at, who_did
from bot.services.offerings.facilitators import Actor, require_facilitator
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import group as rows
from storage import waiting_list
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


def remove(
    tx: Tx,
    actor: Actor,
    code: str,
    enrolment_id: int,
    becomes: Becomes,
    reason: Mapping[str, str],
    now: Now,
) -> Removed:
    """Begin a removal, which takes effect at ``due_at`` unless it is undone. Idempotent: a second facilitator
    is told of the first.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, OFFERING_PAST, NOT_IN_GROUP, NOBODY_ELSE,
    SEATS_NOT_DRAWN.
    """
    offering = require_facilitator(lock_line(tx, code).offering, actor, "removal")
    at = read(now)
    found = _look(tx, group_of(tx, offering, at), enrolment_id, becomes, at)
    if found.already is not None or found.member is None or found.due_at is None:
        return found
    person_id = found.member.user_id
    kind = ActKind.REMOVED if becomes is Becomes.REMOVED else ActKind.PUT_BACK
    act_id = note_act(tx, kind, actor=actor.person.id, person=person_id, offering=code, reason=reason, now=at)
    removal_id = rows.add_removal(
        tx,
        enrolment_id=enrolment_id,
        person_id=person_id,
        becomes=becomes,
        act_id=act_id,
        due_at=found.due_at,
        now=at,
    )
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.REMOVAL_END,
        recipient=person_id,
        subject=code,
        occurrence=str(removal_id),
        due_at=found.due_at,
        now=at,
    )
    return replace(found, group=group_of(tx, offering, at), removal_id=removal_id)


def _look(tx: Tx, group: Group, enrolment_id: int, becomes: Becomes, now: datetime) -> Removed:
    offering = group.offering
    require_not_over(offering, now)
    member = group.find(enrolment_id)
    if member is None:
        enrolment = enrolment_rows.get_enrolment(tx, enrolment_id)
        if enrolment is None or enrolment.offering_id != offering.id:
            raise KaikuError(Refusal.NOT_IN_GROUP)
        return Removed(group, None, becomes, already=who_did(tx, offering.code, enrolment.person_id))
    has_seat = member.status in {Status.SEATED, Status.OFFERED}
    if member.removal is not None or (becomes is Becomes.WAITING and not has_seat):
        return Removed(group, member, becomes, already=who_did(tx, offering.code, member.user_id))
    if becomes is Becomes.WAITING:
        require_drawn(group)
        if comes_straight_back(group, member):
            raise KaikuError(Refusal.NOBODY_ELSE)
    return Removed(group, member, becomes, told_at(tx, offering, member.user_id, now))


def undo(tx: Tx, actor: Actor, code: str, removal_id: int, now: Now) -> Group:
    """Undo a removal before it has taken effect. Idempotent. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK, TOO_LATE_TO_UNDO.
    """
    offering = require_facilitator(lock_line(tx, code).offering, actor, "removal_undo")
    at = read(now)
    removal = rows.get_removal(tx, removal_id)
    if removal is None:
        return group_of(tx, offering, at)  # somebody took it back before
    enrolment = enrolment_rows.get_enrolment(tx, removal.enrolment_id)
    if removal.done_at is not None or enrolment is None or enrolment.offering_id != offering.id:
        raise KaikuError(Refusal.TOO_LATE_TO_UNDO)
    rows.delete_removal(tx, removal_id)
    delivery_rows.cancel_planned(
        tx,
        kind=DeliveryKind.REMOVAL_END,
        recipient=removal.person_id,
        subject=code,
        occurrence=str(removal_id),
        reason="undone",
    )
    note_act(
        tx, ActKind.REMOVAL_UNDONE, actor=actor.person.id, person=removal.person_id, offering=code, now=at
    )
    fill(tx, offering, at)  # a waiting person was passed over meanwhile
    return group_of(tx, offering, at)


def carry_out(tx: Tx, settled: Settled) -> None:
    """The time to undo a removal is over: it takes effect, the person is told, and the seat is passed on.
    Nothing follows if it was undone, or the sign-up ended meanwhile.
    """
    if not isinstance(settled.outcome, Skipped):
        return
    take_effect(tx, settled.delivery.subject, int(settled.delivery.occurrence), settled.under_lock)


def take_effect(tx: Tx, code: str, removal_id: int, now: Now) -> None:
    """Let a removal of this offering take effect. Idempotent."""
    offering = to_locked(tx, offering_rows.lock_offering(tx, code))
    removal = rows.get_removal(tx, removal_id)
    if offering is None or removal is None or removal.done_at is not None:
        return
    now = read(now)
    enrolment = enrolment_rows.get_enrolment(tx, removal.enrolment_id)
    stands = enrolment is not None and enrolment.status in {Status.SEATED, Status.OFFERED, Status.WAITING}
    if not stands or offering.cancelled or enrolment is None:
        rows.delete_removal(tx, removal_id)
        return
    rows.finish_removal(tx, removal_id, now)
    if removal.becomes == Becomes.WAITING:
        waiting_list.send_to_the_back(tx, enrolment)
        leave(tx, offering, enrolment.id, Status.WAITING, now)
    else:
        leave(tx, offering, enrolment.id, Status.REMOVED, now, is_noted=True)
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.REMOVED,
        recipient=removal.person_id,
        subject=offering.code,
        occurrence=str(Occurrence(removal.enrolment_id, act_id=removal.act_id)),
        due_at=now,
        now=now,
    )
