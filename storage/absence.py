"""Queries about absences: who has said that they can't come to one session."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from storage.statements import execute, execute_many, fetch, fetch_one
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


_rows = select(*Absence.c[AbsenceRow._fields])
_of_person = _rows.where(Absence.c.person_id == bindparam("person_id"))
_in_offering = _rows.where(Absence.c.offering_id == bindparam("offering_id"))
_tied_to_a_time = _in_offering.where(Absence.c.said_for.is_not(None))
_get = _in_offering.where(
    Absence.c.number == bindparam("number"), Absence.c.person_id == bindparam("person_id")
)
_add = insert(Absence)
_update = update(Absence).where(
    Absence.c.offering_id == bindparam("of"),
    Absence.c.number == bindparam("session"),
    Absence.c.person_id == bindparam("who"),
)
_turned = {"absent": bindparam("absent"), "changes": Absence.c.changes + 1, "changed_at": bindparam("now")}
_turn = _update.values(_turned)
_say = _update.values(_turned | {"said_for": bindparam("said_for"), "word": None})
_say_again = _update.values(said_for=bindparam("said_for"))
_set_word = (
    _update.where(Absence.c.absent.is_(True)).values(word=bindparam("word")).returning(Absence.c.person_id)
)
_take_back = (
    update(Absence)
    .where(
        Absence.c.offering_id == bindparam("of"),
        Absence.c.person_id.in_(bindparam("people", expanding=True)),
        Absence.c.absent.is_(True),
    )
    .values(_turned | {"said_for": None, "word": None})
)


def list_absences_of(tx: Tx, person_id: str) -> Sequence[AbsenceRow]:
    """All absences of a person, including those they took back."""
    return fetch(tx, _of_person, AbsenceRow, person_id=person_id)


def list_absences_in(tx: Tx, offering_id: int) -> Sequence[AbsenceRow]:
    """All absences in an offering, including those taken back."""
    return fetch(tx, _in_offering, AbsenceRow, offering_id=offering_id)


def is_absent(tx: Tx, offering_id: int, number: int, person_id: str) -> bool:
    """Whether the person has said that they can't come to this session."""
    row = _get_absence(tx, offering_id, number, person_id)
    return row is not None and row.absent


def _get_absence(tx: Tx, offering_id: int, number: int, person_id: str) -> AbsenceRow | None:
    return fetch_one(tx, _get, AbsenceRow, offering_id=offering_id, number=number, person_id=person_id)


def take_back(tx: Tx, offering_id: int, person_ids: Collection[str], now: datetime) -> None:
    """Take back all that these people said of the offering's sessions. The rows stay, because the next entry
    in a calendar must have a higher number.
    """
    execute(tx, _take_back, of=offering_id, people=list(person_ids), absent=False, now=now)


def follow_times(tx: Tx, offering_id: int, times: Mapping[int, str], now: datetime) -> list[str]:
    """Apply the offering's session times, by number, after sessions may have moved. An absence said for
    another time no longer holds; it holds again if the session moves back. Returns the people concerned.
    """
    rows = fetch(tx, _tied_to_a_time, AbsenceRow, offering_id=offering_id)
    turned = [each for each in rows if each.absent != (each.said_for == times.get(each.number))]
    execute_many(
        tx,
        _turn,
        [
            {
                "of": offering_id,
                "session": each.number,
                "who": each.person_id,
                "absent": not each.absent,
                "now": now,
            }
            for each in turned
        ],
    )
    return [each.person_id for each in turned]


def set_absence(
    tx: Tx, offering_id: int, number: int, person_id: str, absent: bool, now: datetime, said_for: str
) -> bool:
    """Record that the person can't come, or can after all, to the session at the time ``said_for``. Returns
    False if that was recorded already.
    """
    row = _get_absence(tx, offering_id, number, person_id)
    if row is None:
        if absent:
            first = AbsenceRow(
                offering_id,
                number,
                person_id,
                absent,
                changes=1,
                changed_at=now,
                word=None,
                said_for=said_for,
            )
            execute(tx, _add, **first._asdict())
        return absent
    which = {"of": offering_id, "session": number, "who": person_id}
    holds_for = said_for if absent else None
    if row.absent != absent:
        execute(tx, _say, **which, absent=absent, now=now, said_for=holds_for)
        return True
    if row.said_for != holds_for:
        execute(tx, _say_again, **which, said_for=holds_for)
    return False


def set_word(tx: Tx, offering_id: int, number: int, person_id: str, word: str | None) -> bool:
    """Record what an absent person wants the facilitators to read; False if they are not absent."""
    changed = execute(tx, _set_word, of=offering_id, session=number, who=person_id, word=word)
    return changed.scalar() is not None
