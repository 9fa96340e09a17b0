"""Queries about people's own keys, wrapped."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.tables import PersonKey
from storage.upsert import or_keep

_add = or_keep(PersonKey, ("person_id", "wrapped", "made_with", "made_at"))


def get_key(tx: Session, person_id: str) -> PersonKey | None:
    return tx.get(PersonKey, person_id, populate_existing=True)


def add_key(tx: Session, person_id: str, wrapped: bytes, made_with: str, now: datetime) -> None:
    """Add a person's key; one that is there already stays."""
    _add.run(tx, {"person_id": person_id, "wrapped": wrapped, "made_with": made_with, "made_at": now})


def list_keys(tx: Session) -> Sequence[PersonKey]:
    return tx.scalars(select(PersonKey).order_by(PersonKey.person_id)).all()


def list_keys_made_with(tx: Session, made_with: str, limit: int) -> Sequence[PersonKey]:
    """Keys under this secret, held to commit."""
    return tx.scalars(
        select(PersonKey)
        .where(PersonKey.made_with == made_with)
        .order_by(PersonKey.person_id)
        .limit(limit)
        .with_for_update()
    ).all()


def count_by_secret(tx: Session) -> dict[str, int]:
    """How many people's keys are under which secret, by its fingerprint."""
    rows = tx.execute(select(PersonKey.made_with, func.count()).group_by(PersonKey.made_with))
    return {made_with: number for made_with, number in rows}  # noqa: C416 - rows are not plain tuples


def delete_key(tx: Session, person_id: str) -> None:
    tx.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
