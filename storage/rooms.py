"""Queries about dialogue rooms: their members, and the phase of the dialogue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from storage.statements import Upsert, execute, fetch_one
from storage.tables import RoomMember, RoomPhase
from storage.transaction import Tx


class PhaseRow(NamedTuple):
    """See ``storage.tables.RoomPhase``."""

    phase: int
    ends_at: datetime | None
    seconds_left: int


_add = Upsert(
    RoomMember,
    ("offering_id", "number", "person_id", "room"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "number", "person_id"], set_={"room": insert.excluded.room}
    ),
)
_list = (
    select(RoomMember.c.number, RoomMember.c.person_id, RoomMember.c.room)
    .where(RoomMember.c.offering_id == bindparam("offering_id"))
    .order_by(RoomMember.c.number, RoomMember.c.room, RoomMember.c.person_id)
)
_delete = delete(RoomMember).where(RoomMember.c.offering_id == bindparam("offering_id"))
_delete_of_session = _delete.where(RoomMember.c.number == bindparam("number"))
_delete_phases = delete(RoomPhase).where(RoomPhase.c.offering_id == bindparam("offering_id"))
_get_phase = select(*RoomPhase.c[PhaseRow._fields]).where(
    RoomPhase.c.offering_id == bindparam("offering_id"), RoomPhase.c.number == bindparam("number")
)
_set_phase = Upsert(
    RoomPhase,
    ("offering_id", "number", *PhaseRow._fields),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "number"],
        set_={name: insert.excluded[name] for name in PhaseRow._fields},
    ),
)


def list_rooms(tx: Tx, offering_id: int) -> dict[int, dict[str, int]]:
    """By session number and person, the number of the room."""
    found: dict[int, dict[str, int]] = {}
    for number, person_id, room in execute(tx, _list, offering_id=offering_id):
        found.setdefault(number, {})[person_id] = room
    return found


def set_rooms(tx: Tx, offering_id: int, number: int, room_of: Mapping[str, int]) -> None:
    """Replace the rooms of a session."""
    which = {"offering_id": offering_id, "number": number}
    execute(tx, _delete_of_session, **which)
    _add.run_many(tx, [which | {"person_id": each, "room": room} for each, room in room_of.items()])


def list_offerings_with_rooms(tx: Tx) -> Sequence[int]:
    return tx.scalars(select(RoomMember.c.offering_id).distinct().order_by(RoomMember.c.offering_id)).all()


def delete_rooms(tx: Tx, offering_id: int) -> None:
    """Delete an offering's rooms, members and phases."""
    execute(tx, _delete, offering_id=offering_id)
    execute(tx, _delete_phases, offering_id=offering_id)


def get_phase(tx: Tx, offering_id: int, number: int) -> PhaseRow | None:
    return fetch_one(tx, _get_phase, PhaseRow, offering_id=offering_id, number=number)


def set_phase(tx: Tx, offering_id: int, number: int, row: PhaseRow) -> None:
    _set_phase.run(tx, offering_id=offering_id, number=number, **row._asdict())
