"""Queries about people's encrypted keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, select, union, union_all

from storage.erasure import mark_erasing
from storage.statements import fetch_one, or_keep
from storage.tables import AccessNeed, PersonKey, Reflection, ReflectionDraft, SuccessCase
from storage.transaction import Tx


class KeyRow(NamedTuple):
    """A person's key as it is stored; see ``storage.tables.PersonKey``."""

    wrapped: bytes
    made_with: str


_get = select(PersonKey.wrapped, PersonKey.made_with).where(PersonKey.person_id == bindparam("person_id"))
_add = or_keep(PersonKey, ("person_id", "wrapped", "made_with", "made_at"))


def get_key(tx: Tx, person_id: str) -> KeyRow | None:
    return fetch_one(tx, _get, KeyRow, person_id=person_id)


def add_key(tx: Tx, person_id: str, wrapped: bytes, made_with: str, now: datetime) -> None:
    """Add a person's key, unless they have one."""
    _add.run(tx, person_id=person_id, wrapped=wrapped, made_with=made_with, made_at=now)


def list_keys(tx: Tx) -> Sequence[PersonKey]:
    return tx.scalars(select(PersonKey).order_by(PersonKey.person_id)).all()


def count_made_with(tx: Tx) -> dict[str, int]:
    """How many keys are encrypted with each secret, by its fingerprint."""
    rows = tx.execute(select(PersonKey.made_with, func.count()).group_by(PersonKey.made_with))
    return {row.made_with: row[1] for row in rows}


def list_keys_made_with(tx: Tx, made_with: str, after: str, limit: int) -> Sequence[PersonKey]:
    """Keys encrypted with this secret, of people whose ids follow ``after``; locked until the commit."""
    return tx.scalars(
        select(PersonKey)
        .where(PersonKey.made_with == made_with, PersonKey.person_id > after)
        .order_by(PersonKey.person_id)
        .limit(limit)
        .with_for_update()
    ).all()


def list_people_without_key(tx: Tx) -> Sequence[str]:
    """People with stored words and without a key that could decrypt them."""
    writers = union(
        select(Reflection.person_id),
        select(ReflectionDraft.person_id),
        select(AccessNeed.person_id),
        select(SuccessCase.person_id).where(SuccessCase.sealed != b""),
    ).subquery()
    return tx.scalars(
        select(writers.c.person_id)
        .outerjoin(PersonKey, PersonKey.person_id == writers.c.person_id)
        .where(PersonKey.person_id.is_(None))
        .order_by(writers.c.person_id)
    ).all()


def list_sealed(tx: Tx, person_id: str) -> Sequence[bytes]:
    """Everything stored of a person's words, drafts, needs and cases, encrypted."""
    return tx.scalars(
        union_all(
            select(Reflection.sealed).where(Reflection.person_id == person_id),
            select(ReflectionDraft.sealed).where(ReflectionDraft.person_id == person_id),
            select(AccessNeed.sealed).where(AccessNeed.person_id == person_id),
            select(SuccessCase.sealed).where(SuccessCase.person_id == person_id),
        )
    ).all()


def delete_key(tx: Tx, person_id: str) -> None:
    """Delete a person's key without leaving a trace."""
    mark_erasing(tx)
    tx.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
