"""Queries for the calendar feed: its owner, and the seats it shows."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, update

from storage.tables import Enrolment, Person
from storage.transaction import Tx


def get_person_by_token(tx: Tx, token: str) -> Person | None:
    """The person with this calendar token."""
    return tx.scalars(select(Person).where(Person.calendar_token == token)).one_or_none()


def get_calendar_token(tx: Tx, person_id: str) -> str | None:
    return tx.scalars(select(Person.calendar_token).where(Person.id == person_id)).one_or_none()


def kept_or_new_token(token: str) -> ColumnElement[str]:
    """The value of ``calendar_token`` in an update of a person: the existing one, else this."""
    return func.coalesce(Person.calendar_token, token)


def add_calendar_token(tx: Tx, person_id: str, token: str) -> None:
    """Set a person's token, unless they have one already."""
    tx.execute(
        update(Person)
        .where(Person.id == person_id, Person.calendar_token.is_(None))
        .values(calendar_token=token),
        execution_options={"synchronize_session": False},
    )


def replace_calendar_token(tx: Tx, person_id: str, *, old: str, new: str) -> None:
    """Replace ``old`` by ``new``, unless another transaction has done so (a double click)."""
    tx.execute(
        update(Person).where(Person.id == person_id, Person.calendar_token == old).values(calendar_token=new),
        execution_options={"synchronize_session": False},
    )


def list_seats_of(tx: Tx, person_id: str) -> Sequence[Enrolment]:
    """A person's enrolments that have or had a seat, in order of sign-up."""
    return tx.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.seated_at.is_not(None))
        .order_by(Enrolment.id)
    ).all()
