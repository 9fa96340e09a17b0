"""Queries about absences: who has said that they can't come to one session."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from storage.statements import fetch
from storage.tables import Absence
from storage.transaction import Tx


class AbsenceRow(NamedTuple):
    """One person's absence from one session; see ``storage.tables.Absence``."""

    offering_id: int
    number: int
    person_id: str
    absent: bool
    changes: int
    changed_at: datetime
    word: str | None


_rows = select(*(getattr(Absence, name) for name in AbsenceRow._fields))
_of_person = _rows.where(Absence.person_id == bindparam("person_id"))
_in_offering = _rows.where(Absence.offering_id == bindparam("offering_id"))


def list_absences_of(tx: Tx, person_id: str) -> Sequence[AbsenceRow]:
    """All absences of a person, also those they took back."""
    return fetch(tx, _of_person, AbsenceRow, person_id=person_id)


def list_absences_in(tx: Tx, offering_id: int) -> Sequence[AbsenceRow]:
    """All absences in an offering, also those taken back."""
    return fetch(tx, _in_offering, AbsenceRow, offering_id=offering_id)


def is_absent(tx: Tx, offering_id: int, number: int, person_id: str) -> bool:
    """Whether the person has said that they can't come to this session."""
    row = tx.get(Absence, (offering_id, number, person_id))
    return row is not None and row.absent


def take_back(tx: Tx, offering_id: int, person_ids: Collection[str], now: datetime) -> None:
    """Of these people nothing that they said of the offering's sessions holds any longer. The rows stay: the
    next entry in a calendar must have a higher number."""
    tx.execute(
        update(Absence)
        .where(
            Absence.offering_id == offering_id, Absence.person_id.in_(person_ids), Absence.absent.is_(True)
        )
        .values(absent=False, word=None, changes=Absence.changes + 1, changed_at=now),
        execution_options={"synchronize_session": False},
    )


def set_absence(tx: Tx, offering_id: int, number: int, person_id: str, absent: bool, now: datetime) -> bool:
    """Record that the person can't come, or can after all; False if that was recorded already."""
    row = tx.get(Absence, (offering_id, number, person_id))
    if row is None:
        if absent:
            tx.add(
                Absence(
                    offering_id=offering_id,
                    number=number,
                    person_id=person_id,
                    absent=True,
                    changes=1,
                    changed_at=now,
                )
            )
        return absent
    if row.absent == absent:
        return False
    row.absent, row.changes, row.changed_at = absent, row.changes + 1, now
    row.word = None
    return True


def set_word(tx: Tx, offering_id: int, number: int, person_id: str, word: str | None) -> bool:
    """Record what an absent person wants the facilitators to read; False if they are not absent."""
    row = tx.get(Absence, (offering_id, number, person_id))
    if row is None or not row.absent:
        return False
    row.word = word
    return True
