"""Queries about absences: who has said that they can't come to one session."""

from collections.abc import Collection, Mapping, Sequence
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
    said_for: str | None


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
        .values(absent=False, word=None, said_for=None, changes=Absence.changes + 1, changed_at=now),
        execution_options={"synchronize_session": False},
    )


def follow_times(tx: Tx, offering_id: int, times: Mapping[int, str], now: datetime) -> list[str]:
    """Sessions may have moved, to these times by number: what was said of another time does not hold, and
    holds again when the session comes back. Returns whom that concerns."""
    rows = tx.scalars(
        select(Absence).where(Absence.offering_id == offering_id, Absence.said_for.is_not(None))
    )
    turned = [each for each in rows if each.absent != (each.said_for == times.get(each.number))]
    for row in turned:
        row.absent, row.changes, row.changed_at = not row.absent, row.changes + 1, now
    tx.flush()
    return [each.person_id for each in turned]


def set_absence(
    tx: Tx, offering_id: int, number: int, person_id: str, absent: bool, now: datetime, said_for: str
) -> bool:
    """Record that the person can't come, or can after all, when the session is at the time ``said_for``;
    False if that was recorded already."""
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
                    said_for=said_for,
                )
            )
        return absent
    row.said_for = said_for if absent else None
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
