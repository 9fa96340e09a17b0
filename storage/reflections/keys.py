"""Queries about people's encrypted keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, delete, func, select, union, union_all, update

from storage.erasure import mark_erasing
from storage.statements import execute_many, fetch, fetch_one, or_keep
from storage.tables import AccessNeed, PersonKey, Reflection, ReflectionDraft, SuccessCase
from storage.transaction import Tx


class KeyRow(NamedTuple):
    """A person's key as it is stored; see ``storage.tables.PersonKey``."""

    person_id: str
    wrapped: bytes
    made_with: str
    made_at: datetime


_list = select(*PersonKey.c[KeyRow._fields]).order_by(PersonKey.c.person_id)
_get = _list.where(PersonKey.c.person_id == bindparam("person_id"))
_list_made_with = (
    _list.where(PersonKey.c.made_with == bindparam("made_with"), PersonKey.c.person_id > bindparam("after"))
    .limit(bindparam("most", type_=Integer))
    .with_for_update()
)
_add = or_keep(PersonKey, KeyRow._fields)
_wrap_anew = (
    update(PersonKey)
    .where(PersonKey.c.person_id == bindparam("of"))
    .values(wrapped=bindparam("new_wrapped"), made_with=bindparam("new_made_with"))
)


def get_key(tx: Tx, person_id: str) -> KeyRow | None:
    return fetch_one(tx, _get, KeyRow, person_id=person_id)


def add_key(tx: Tx, person_id: str, wrapped: bytes, made_with: str, now: datetime) -> None:
    """Add a person's key, unless they have one."""
    _add.run(tx, person_id=person_id, wrapped=wrapped, made_with=made_with, made_at=now)


def list_keys(tx: Tx) -> Sequence[KeyRow]:
    return fetch(tx, _list, KeyRow)


def count_made_with(tx: Tx) -> dict[str, int]:
    """How many keys are encrypted with each secret, by its fingerprint."""
    rows = tx.execute(select(PersonKey.c.made_with, func.count()).group_by(PersonKey.c.made_with))
    return {row.made_with: row[1] for row in rows}


def list_keys_made_with(tx: Tx, made_with: str, after: str, limit: int) -> Sequence[KeyRow]:
    """Keys encrypted with this secret, of people whose ids follow ``after``; locked until the commit."""
    return fetch(tx, _list_made_with, KeyRow, made_with=made_with, after=after, most=limit)


def wrap_anew(tx: Tx, keys: Sequence[KeyRow]) -> None:
    """Store these people's re-encrypted keys, with the secret's fingerprint."""
    execute_many(
        tx,
        _wrap_anew,
        [
            {"of": each.person_id, "new_wrapped": each.wrapped, "new_made_with": each.made_with}
            for each in keys
        ],
    )


def list_people_without_key(tx: Tx) -> Sequence[str]:
    """People with stored words and without a key that could decrypt them."""
    writers = union(
        select(Reflection.c.person_id),
        select(ReflectionDraft.c.person_id),
        select(AccessNeed.c.person_id),
        select(SuccessCase.c.person_id).where(SuccessCase.c.sealed != b""),
    ).subquery()
    return tx.scalars(
        select(writers.c.person_id)
        .outerjoin(PersonKey, PersonKey.c.person_id == writers.c.person_id)
        .where(PersonKey.c.person_id.is_(None))
        .order_by(writers.c.person_id)
    ).all()


def list_sealed(tx: Tx, person_id: str) -> Sequence[bytes]:
    """Everything stored of a person's words, drafts, needs and cases, encrypted."""
    return tx.scalars(
        union_all(
            select(Reflection.c.sealed).where(Reflection.c.person_id == person_id),
            select(ReflectionDraft.c.sealed).where(ReflectionDraft.c.person_id == person_id),
            select(AccessNeed.c.sealed).where(AccessNeed.c.person_id == person_id),
            select(SuccessCase.c.sealed).where(SuccessCase.c.person_id == person_id),
        )
    ).all()


def delete_key(tx: Tx, person_id: str) -> None:
    """Delete a person's key without leaving a trace."""
    mark_erasing(tx)
    tx.execute(delete(PersonKey).where(PersonKey.c.person_id == person_id))
