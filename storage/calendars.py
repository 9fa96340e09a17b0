"""Queries for the calendar feed: its owner, and the seats it shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, func, select, update

from storage.statements import execute, fetch, fetch_one
from storage.tables import Enrolment, Person
from storage.transaction import Tx


class StoredToken(NamedTuple):
    """What is stored of a calendar token; see ``storage.tables.Person``."""

    digest: str
    nonce: str | None


class OwnerRow(NamedTuple):
    """The owner of a feed."""

    id: str
    language: str


class FeedSeatRow(NamedTuple):
    """An enrolment that has or had a seat."""

    offering_id: int
    status: str
    changed_at: datetime
    seated_at: datetime


_get_token = select(Person.c.calendar_digest, Person.c.calendar_nonce).where(
    Person.c.id == bindparam("id"), Person.c.calendar_digest.is_not(None)
)
_get_owner = select(Person.c.id, Person.c.language).where(Person.c.calendar_digest == bindparam("digest"))
_list_seats_of = (
    select(Enrolment.c.offering_id, Enrolment.c.status, Enrolment.c.changed_at, Enrolment.c.seated_at)
    .where(Enrolment.c.person_id == bindparam("person_id"), Enrolment.c.seated_at.is_not(None))
    .order_by(Enrolment.c.id)
)


def get_owner(tx: Tx, digest: str) -> OwnerRow | None:
    """The person with the calendar token of this digest."""
    return fetch_one(tx, _get_owner, OwnerRow, digest=digest)


def get_token(tx: Tx, person_id: str) -> StoredToken | None:
    return fetch_one(tx, _get_token, StoredToken, id=person_id)


def kept_or_new(new: StoredToken) -> dict[str, ColumnElement[str | None]]:
    """The value for an update of a person: the token they have, otherwise the new one."""
    return {
        "calendar_nonce": case(
            (Person.c.calendar_digest.is_(None), new.nonce), else_=Person.c.calendar_nonce
        ),
        "calendar_digest": func.coalesce(Person.c.calendar_digest, new.digest),
    }


def add_token(tx: Tx, person_id: str, new: StoredToken) -> None:
    """Set a person's token, unless they have one already."""
    _set_token(tx, person_id, Person.c.calendar_digest.is_(None), new)


def replace_token(tx: Tx, person_id: str, *, old: str, new: StoredToken) -> None:
    """Replace the token with the digest ``old``, unless another transaction has done so (a double click)."""
    _set_token(tx, person_id, Person.c.calendar_digest == old, new)


def _set_token(tx: Tx, person_id: str, where: ColumnElement[bool], new: StoredToken) -> None:
    execute(
        tx,
        update(Person)
        .where(Person.c.id == person_id, where)
        .values(calendar_digest=new.digest, calendar_nonce=new.nonce),
    )


def list_seats_of(tx: Tx, person_id: str) -> Sequence[FeedSeatRow]:
    """A person's enrolments that have or had a seat, in order of sign-up."""
    return fetch(tx, _list_seats_of, FeedSeatRow, person_id=person_id)
