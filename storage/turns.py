"""Queries about turns kept for the next round of a strand."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from storage.statements import execute, fetch, or_keep
from storage.tables import KeptTurn
from storage.transaction import Tx


class TurnRow(NamedTuple):
    """See ``storage.tables.KeptTurn``."""

    person_id: str
    strand_id: int
    turn: int
    kept_at: datetime


_one = (KeptTurn.c.person_id == bindparam("person_id"), KeptTurn.c.strand_id == bindparam("strand_id"))
_rows = select(*KeptTurn.c[TurnRow._fields])
_list_in_strands = _rows.where(KeptTurn.c.strand_id.in_(bindparam("ids", expanding=True))).order_by(
    KeptTurn.c.turn
)
_list_of_person = _rows.where(KeptTurn.c.person_id == bindparam("person_id"))
_get = select(KeptTurn.c.turn).where(*_one)
_delete = delete(KeptTurn).where(
    KeptTurn.c.person_id.in_(bindparam("person_ids", expanding=True)),
    KeptTurn.c.strand_id == bindparam("strand_id"),
)


_keep = or_keep(KeptTurn, TurnRow._fields)


def get_turn(tx: Tx, person_id: str, strand_id: int) -> int | None:
    found: int | None = execute(tx, _get, person_id=person_id, strand_id=strand_id).scalar()
    return found


def list_turns_in(tx: Tx, strand_ids: Collection[int]) -> Sequence[TurnRow]:
    """All kept turns in these strands, in order."""
    return fetch(tx, _list_in_strands, TurnRow, ids=list(strand_ids))


def list_turns_of(tx: Tx, person_id: str) -> Sequence[TurnRow]:
    return fetch(tx, _list_of_person, TurnRow, person_id=person_id)


def keep_turn(tx: Tx, person_id: str, strand_id: int, turn: int, now: datetime) -> None:
    """Keep the turn; an earlier one of the same person in this strand stays instead."""
    _keep.run(tx, person_id=person_id, strand_id=strand_id, turn=turn, kept_at=now)


def delete_turn(tx: Tx, person_id: str, strand_id: int) -> None:
    delete_turns(tx, [person_id], strand_id)


def delete_turns(tx: Tx, person_ids: Collection[str], strand_id: int) -> None:
    execute(tx, _delete, person_ids=list(person_ids), strand_id=strand_id)
