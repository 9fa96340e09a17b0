"""Queries about enrolments: sign-ups, held seats, what people were told. ``storage.waiting_list`` has the
waiting lists.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, null, select, update

from storage.offerings.catalogue import (
    HELD,
    is_called_off,
    is_held,
    is_seated,
    is_standing,
)
from storage.statements import Upsert, execute, execute_many, fetch, fetch_one
from storage.tables import Enrolment, Offering, Removal
from storage.transaction import Tx


class EnrolmentRow(NamedTuple):
    """An enrolment as it is stored. ``agency`` is the key that seats are counted by; ``turn`` is a place kept
    from an earlier round, ``place`` that of a person sent to the back.
    """

    id: int
    offering_id: int
    person_id: str
    agency: str
    status: str
    told_version: int
    told_at: datetime
    turn: int | None = None
    place: float | None = None

    @property
    def in_line(self) -> float:
        """Sort key of the waiting list among enrolments without a kept turn."""
        return self.place if self.place is not None else float(self.id)


class LeftRow(NamedTuple):
    """An enrolment that a person left: when, and since when they had had a seat; None if they only waited."""

    id: int
    agency: str
    left_at: datetime
    seated_at: datetime | None


class SeatRow(NamedTuple):
    """A seat in an offering that is not cancelled."""

    offering_id: int
    seated_at: datetime | None


_instants = ("enrolled_at", "changed_at", "seated_at")


_rows = select(*Enrolment.c[EnrolmentRow._fields])
_in_offering = Enrolment.c.offering_id == bindparam("offering_id")
_of_person = Enrolment.c.person_id == bindparam("person_id")
_in_line = (_in_offering, Enrolment.c.status == "waiting")
_list_seated = _rows.where(_in_offering, Enrolment.c.status == "seated")
_count_line = select(func.count()).where(*_in_line)

_get = _rows.where(Enrolment.c.id == bindparam("id"))
_get_standing = _rows.where(_in_offering, _of_person, is_standing)
_list_of_person = _rows.where(_of_person, is_standing).order_by(Enrolment.c.id)
_list_standing = _rows.where(_in_offering, is_standing).order_by(Enrolment.c.id)
_list_seated_of = _list_seated.where(_of_person)
_count_held = (
    select(Enrolment.c.agency, func.count()).where(_in_offering, is_held).group_by(Enrolment.c.agency)
)
_count_held_of_many = (
    select(Enrolment.c.offering_id, Enrolment.c.agency, func.count())
    .where(Enrolment.c.offering_id.in_(bindparam("ids", expanding=True)), is_held)
    .group_by(Enrolment.c.offering_id, Enrolment.c.agency)
)
_count_standing = _count_held.union_all(select(null(), func.count()).where(*_in_line))
_list_seats = (
    select(Enrolment.c.person_id, Enrolment.c.offering_id, Enrolment.c.seated_at)
    .join(Offering, Offering.c.id == Enrolment.c.offering_id)
    .where(Enrolment.c.person_id.in_(bindparam("ids", expanding=True)), is_seated, ~is_called_off)
    .order_by(Enrolment.c.offering_id)
)
_add = Upsert(
    Enrolment,
    (*EnrolmentRow._fields[1:], *_instants),
    lambda insert: insert.on_conflict_do_nothing().returning(Enrolment.c.id, Enrolment.c.person_id),
)
_set_status = (
    update(Enrolment)
    .where(Enrolment.c.id.in_(bindparam("ids", expanding=True)))
    .values(status=bindparam("new_status"), changed_at=bindparam("now"), told_at=bindparam("now"))
    .returning(Enrolment.c.id, Enrolment.c.person_id)
)
_seat = _set_status.values(seated_at=bindparam("now"))
_set_told_at = (
    update(Enrolment).where(Enrolment.c.id == bindparam("enrolment_id")).values(told_at=bindparam("told"))
)
_set_agency = (
    update(Enrolment)
    .where(Enrolment.c.id.in_(bindparam("ids", expanding=True)))
    .values(agency=bindparam("new_agency"))
)


def get_standing_enrolment(tx: Tx, offering_id: int, person_id: str) -> EnrolmentRow | None:
    """The person's current enrolment: seated, offered or waiting."""
    return fetch_one(tx, _get_standing, EnrolmentRow, offering_id=offering_id, person_id=person_id)


def get_enrolment(tx: Tx, enrolment_id: int) -> EnrolmentRow | None:
    return fetch_one(tx, _get, EnrolmentRow, id=enrolment_id)


def list_standing_enrolments(tx: Tx, person_id: str) -> Sequence[EnrolmentRow]:
    """A person's current enrolments, in order of sign-up."""
    return fetch(tx, _list_of_person, EnrolmentRow, person_id=person_id)


def list_standing_in(tx: Tx, offering_id: int) -> Sequence[EnrolmentRow]:
    """Everybody seated or waiting in an offering, in order of sign-up."""
    return fetch(tx, _list_standing, EnrolmentRow, offering_id=offering_id)


def list_seated_in(
    tx: Tx, offering_id: int, person_ids: Collection[str] | None = None
) -> Sequence[EnrolmentRow]:
    """Everybody seated in an offering, in order of sign-up; only these people, if given."""
    if person_ids is None:
        return fetch(tx, _list_seated, EnrolmentRow, offering_id=offering_id)
    # One at a time: it is nearly always one, and a list would be compiled again each time.
    found = []
    for each in person_ids:
        found += fetch(tx, _list_seated_of, EnrolmentRow, offering_id=offering_id, person_id=each)
    return found


def list_removed(tx: Tx, person_id: str) -> Sequence[EnrolmentRow]:
    """Enrolments that ended with the account, except where the person has signed up again or a facilitator
    removed them.
    """
    by_hand = select(Removal.c.id).where(
        Removal.c.enrolment_id == Enrolment.c.id, Removal.c.done_at.is_not(None)
    )
    anew = Enrolment.alias()
    later = select(anew.c.id).where(
        anew.c.offering_id == Enrolment.c.offering_id,
        anew.c.person_id == Enrolment.c.person_id,
        anew.c.id > Enrolment.c.id,
    )
    found = tx.execute(
        _rows.where(
            Enrolment.c.person_id == person_id,
            Enrolment.c.status == "removed",
            ~later.exists(),
            ~by_hand.exists(),
        )
    )
    return [EnrolmentRow._make(row) for row in found]


def set_told(tx: Tx, enrolment_ids: Collection[int], version: int) -> None:
    """Record that these people were told this version of the timetable, never an older one than before."""
    execute(
        tx,
        update(Enrolment)
        .where(Enrolment.c.id.in_(enrolment_ids), Enrolment.c.told_version < version)
        .values(told_version=version),
    )


def get_last_withdrawn(tx: Tx, offering_id: int, person_id: str) -> LeftRow | None:
    """What the person left last in this offering."""
    found = tx.execute(
        select(Enrolment.c.id, Enrolment.c.agency, Enrolment.c.changed_at, Enrolment.c.seated_at)
        .where(
            Enrolment.c.offering_id == offering_id,
            Enrolment.c.person_id == person_id,
            Enrolment.c.status == "withdrawn",
        )
        .order_by(Enrolment.c.id.desc())
        .limit(1)
    ).first()
    return LeftRow._make(found) if found is not None else None


def count_held_by_agency(tx: Tx, offering_id: int) -> dict[str, int]:
    """Held seats (seated or offered) by agency key."""
    return {row[0]: row[1] for row in execute(tx, _count_held, offering_id=offering_id).all()}


def count_held_by_offering(tx: Tx, offering_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Held seats by agency key, for each of these offerings that has any."""
    found: dict[int, dict[str, int]] = {}
    for offering_id, agency, number in execute(tx, _count_held_of_many, ids=list(offering_ids)):
        found.setdefault(offering_id, {})[agency] = number
    return found


def count_standing(tx: Tx, offering_id: int) -> tuple[dict[str, int], int]:
    """Held seats by agency key, and the number of people waiting."""
    held: dict[str, int] = {}
    waiting = 0
    for agency, number in execute(tx, _count_standing, offering_id=offering_id).all():
        if agency is None:
            waiting = number
        else:
            held[agency] = number
    return held, waiting


def list_held_by(tx: Tx, offering_id: int) -> list[str]:
    """The ids of the people who have a seat or are offered one."""
    return [row.person_id for row in list_standing_in(tx, offering_id) if row.status in HELD]


def add_enrolment(
    tx: Tx,
    *,
    offering_id: int,
    person_id: str,
    agency: str,
    status: str,
    version: int,
    now: datetime,
    turn: int | None = None,
) -> EnrolmentRow | None:
    """Add an enrolment, last on the waiting list unless it has a ``turn``. Returns None, and adds nothing, if
    the person has a current one.
    """
    row = EnrolmentRow(0, offering_id, person_id, agency, status, version, now, turn)
    added = _add.run(tx, **_values(row, now)).scalar()
    return row._replace(id=added) if added is not None else None


def add_enrolments(
    tx: Tx, offering_id: int, agencies: Mapping[str, str], status: str, version: int, now: datetime
) -> list[EnrolmentRow]:
    """Add enrolments for these people (agency keys by person), waiting ones at the end of the list in their
    order; people with a current enrolment are left out.
    """
    rows = {
        person_id: EnrolmentRow(0, offering_id, person_id, agency, status, version, now)
        for person_id, agency in agencies.items()
    }
    added = _add.fetch_many(tx, [_values(row, now) for row in rows.values()])
    return sorted(rows[person_id]._replace(id=enrolment_id) for enrolment_id, person_id in added)


def _values(row: EnrolmentRow, now: datetime) -> dict[str, Any]:
    seated_at = now if row.status == "seated" else None
    values = row._asdict() | {"enrolled_at": now, "changed_at": now, "seated_at": seated_at}
    del values["id"]
    return values


def set_status(tx: Tx, enrolment_ids: Collection[int], status: str, now: datetime) -> list[tuple[int, str]]:
    """Set the status of these enrolments; return the enrolment id and person id of each."""
    statement = _seat if status == "seated" else _set_status
    rows = execute(tx, statement, ids=list(enrolment_ids), new_status=status, now=now)
    return [(row.id, row.person_id) for row in rows]


def get_seated_at(tx: Tx, enrolment_id: int) -> datetime | None:
    """When this enrolment got its seat."""
    return tx.scalar(select(Enrolment.c.seated_at).where(Enrolment.c.id == enrolment_id))


def set_told_at(tx: Tx, enrolment_id: int, told_at: datetime) -> None:
    """Record when the person is told their standing, which may be later than the change."""
    execute(tx, _set_told_at, enrolment_id=enrolment_id, told=told_at)


def set_all_told_at(tx: Tx, told_at: Mapping[int, datetime]) -> None:
    """Record for many enrolments when each person is told their standing."""
    execute_many(tx, _set_told_at, [{"enrolment_id": each, "told": told_at[each]} for each in told_at])


def set_agency(tx: Tx, enrolment_ids: Collection[int], agency: str) -> None:
    execute(tx, _set_agency, ids=list(enrolment_ids), new_agency=agency)


def list_seats(tx: Tx, person_ids: Collection[str]) -> dict[str, list[SeatRow]]:
    """By person, the offerings, not cancelled, in which they hold a seat now."""
    found: dict[str, list[SeatRow]] = {person_id: [] for person_id in person_ids}
    for person_id, *seat in execute(tx, _list_seats, ids=list(person_ids)):
        found[person_id].append(SeatRow(*seat))
    return found


def list_other_seats(tx: Tx, offering_id: int) -> dict[str, list[int]]:
    """By person with a seat in this offering, the other offerings, not cancelled, in which they hold one."""
    here = select(Enrolment.c.person_id).where(Enrolment.c.offering_id == offering_id, is_seated)
    rows = tx.execute(
        select(Enrolment.c.person_id, Enrolment.c.offering_id)
        .join(Offering, Offering.c.id == Enrolment.c.offering_id)
        .where(
            Enrolment.c.person_id.in_(here),
            Enrolment.c.offering_id != offering_id,
            is_seated,
            ~is_called_off,
        )
        .order_by(Enrolment.c.person_id, Enrolment.c.offering_id)
    )
    found: dict[str, list[int]] = {}
    for person_id, other_id in rows:
        found.setdefault(person_id, []).append(other_id)
    return found


def list_seated(tx: Tx, offering_id: int) -> Sequence[str]:
    """The ids of the people who have a seat."""
    return tx.scalars(
        select(Enrolment.c.person_id)
        .where(Enrolment.c.offering_id == offering_id, is_seated)
        .order_by(Enrolment.c.id)
    ).all()
