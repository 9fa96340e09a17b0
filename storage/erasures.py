"""Queries about the list of erasures: keyed hashes of ids, never the ids."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select

from storage.statements import execute
from storage.tables import Erased, LiveMark, Person
from storage.transaction import Tx


class ErasedRow(NamedTuple):
    number: int
    digest: str
    made_with: str
    erased_at: datetime


_columns = Erased.c[ErasedRow._fields]
_add = insert(Erased)


def add_erased(tx: Tx, digest: str, made_with: str, now: datetime) -> None:
    execute(tx, _add, digest=digest, made_with=made_with, erased_at=now)


def list_erased(tx: Tx) -> Sequence[ErasedRow]:
    return [ErasedRow(*row) for row in tx.execute(select(*_columns).order_by(Erased.c.number))]


def is_listed(tx: Tx, digest: str, erased_at: datetime) -> bool:
    query = select(Erased.c.number).where(Erased.c.digest == digest, Erased.c.erased_at == erased_at)
    return tx.scalar(query.limit(1)) is not None


def newest_number(tx: Tx) -> int:
    """The number of the newest erasure; 0 if there was none."""
    return tx.scalar(select(func.max(Erased.c.number))) or 0


def is_live(tx: Tx) -> bool:
    """False in a restored backup until everybody erased since it was made has been erased again."""
    return tx.scalar(select(LiveMark.c.number).limit(1)) is not None


def mark_live(tx: Tx, now: datetime) -> None:
    tx.execute(delete(LiveMark))
    tx.execute(insert(LiveMark).values(number=1, marked_at=now))


def take_mark(tx: Tx) -> None:
    """Remove the live mark: people must be erased again before the start."""
    tx.execute(delete(LiveMark))


def list_people(tx: Tx) -> Sequence[tuple[str, datetime]]:
    """Everybody in the database, with when Kaiku met them."""
    return [(person_id, met_at) for person_id, met_at in tx.execute(select(Person.c.id, Person.c.met_at))]


def met_at(tx: Tx, person_id: str) -> datetime | None:
    return tx.scalar(select(Person.c.met_at).where(Person.c.id == person_id))
