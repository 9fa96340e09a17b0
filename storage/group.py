"""What facilitators do with a group's people: removals that can be undone, invitations, limits, sign-up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from storage.statements import execute, fetch, fetch_one
from storage.tables import Act, Enrolment, Invitation, Offering, Person, Removal
from storage.transaction import Tx


class RemovalRow(NamedTuple):
    id: int
    enrolment_id: int
    person_id: str
    becomes: str
    act_id: int
    asked_at: datetime
    due_at: datetime
    done_at: datetime | None


class InvitationRow(NamedTuple):
    id: int
    offering_id: int
    person_id: str
    state: str
    asked_at: datetime
    answered_at: datetime | None


class DoneRow(NamedTuple):
    """An act of the log with the actor's name, if still known."""

    kind: str
    at: datetime
    by: str | None


_removals = select(*Removal.c[RemovalRow._fields])
_get_removal = _removals.where(Removal.c.id == bindparam("id"))
_list_open = (
    _removals.join(Enrolment, Enrolment.c.id == Removal.c.enrolment_id)
    .where(Enrolment.c.offering_id == bindparam("offering_id"), Removal.c.done_at.is_(None))
    .order_by(Removal.c.id)
)
_invitations = select(*Invitation.c[InvitationRow._fields])
_get_invitation = _invitations.where(Invitation.c.id == bindparam("id"))
_list_invitations = _invitations.where(
    Invitation.c.offering_id == bindparam("offering_id"), Invitation.c.state == "open"
).order_by(Invitation.c.id)
_actor = select(Person.c.pseudonym, Person.c.name).subquery()
_last_acts = (
    select(Act.c.kind, Act.c.at, _actor.c.name)
    .join(_actor, _actor.c.pseudonym == Act.c.actor, isouter=True)
    .where(Act.c.offering == bindparam("offering"))
    .order_by(Act.c.id.desc())
    .limit(1)
)
_last_about = _last_acts.where(
    Act.c.person == select(Person.c.pseudonym).where(Person.c.id == bindparam("about")).scalar_subquery()
)
_last_of_kinds = _last_acts.where(Act.c.kind.in_(bindparam("kinds", expanding=True)))


def add_removal(
    tx: Tx,
    *,
    enrolment_id: int,
    person_id: str,
    becomes: str,
    act_id: int,
    due_at: datetime,
    now: datetime,
    done_at: datetime | None = None,
) -> int:
    """Add a removal that can be undone, unless it is done already; return its id. The caller holds the
    offering's lock."""
    removal_id: int = tx.execute(
        insert(Removal)
        .values(
            enrolment_id=enrolment_id,
            person_id=person_id,
            becomes=becomes,
            act_id=act_id,
            asked_at=now,
            due_at=due_at,
            done_at=done_at,
        )
        .returning(Removal.c.id)
    ).scalar_one()
    return removal_id


def get_removal(tx: Tx, removal_id: int) -> RemovalRow | None:
    return fetch_one(tx, _get_removal, RemovalRow, id=removal_id)


def list_open_removals(tx: Tx, offering_id: int) -> Sequence[RemovalRow]:
    """The removals of an offering that can still be undone."""
    return fetch(tx, _list_open, RemovalRow, offering_id=offering_id)


def delete_removal(tx: Tx, removal_id: int) -> None:
    tx.execute(delete(Removal).where(Removal.c.id == removal_id))


def finish_removal(tx: Tx, removal_id: int, now: datetime) -> None:
    """Record that the removal has taken effect."""
    tx.execute(update(Removal).where(Removal.c.id == removal_id).values(done_at=now))


def add_invitation(tx: Tx, *, offering_id: int, person_id: str, now: datetime) -> int:
    """Add an invitation; return its id. The caller holds the offering's lock and knows that none is open."""
    invitation_id: int = tx.execute(
        insert(Invitation)
        .values(offering_id=offering_id, person_id=person_id, state="open", asked_at=now)
        .returning(Invitation.c.id)
    ).scalar_one()
    return invitation_id


def get_invitation(tx: Tx, invitation_id: int) -> InvitationRow | None:
    return fetch_one(tx, _get_invitation, InvitationRow, id=invitation_id)


def delete_invitation(tx: Tx, invitation_id: int) -> None:
    tx.execute(delete(Invitation).where(Invitation.c.id == invitation_id))


def list_open_invitations(tx: Tx, offering_id: int) -> Sequence[InvitationRow]:
    return fetch(tx, _list_invitations, InvitationRow, offering_id=offering_id)


def list_open_invitation_ids(tx: Tx, offering_ids: Collection[int]) -> Sequence[int]:
    open_in = select(Invitation.c.id).where(
        Invitation.c.offering_id.in_(offering_ids), Invitation.c.state == "open"
    )
    return tx.scalars(open_in).all()


def answer_invitation(tx: Tx, invitation_id: int, state: str, now: datetime) -> None:
    tx.execute(
        update(Invitation).where(Invitation.c.id == invitation_id).values(state=state, answered_at=now)
    )


def set_agency_seats(tx: Tx, offering_id: int, seats: Mapping[str, int]) -> None:
    """Store the limits of agencies that differ from the offering's. The caller holds its lock."""
    tx.execute(update(Offering).where(Offering.c.id == offering_id).values(agency_seats=dict(seats)))


def set_sign_up(tx: Tx, offering_id: int, opens_on: date | None, closes_on: date | None) -> None:
    """Store the first and last day of sign-up. The caller holds the offering's lock."""
    tx.execute(
        update(Offering).where(Offering.c.id == offering_id).values(opens_on=opens_on, closes_on=closes_on)
    )


def get_last_act_about(tx: Tx, code: str, person_id: str) -> DoneRow | None:
    """The newest line in the log about this person in this offering."""
    return fetch_one(tx, _last_about, DoneRow, offering=code, about=person_id)


def get_last_act_of(tx: Tx, code: str, kinds: Sequence[str]) -> DoneRow | None:
    """The newest line in the log of one of these kinds about this offering."""
    row = execute(tx, _last_of_kinds, offering=code, kinds=list(kinds)).first()
    return DoneRow(*row) if row is not None else None
