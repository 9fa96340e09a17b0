"""Records that a rule of the controller requires to be kept of an erased person: removed from every visible
table, and deleted by the daily retention when their period is over.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from bot.domain.acts import ActKind
from bot.domain.privacy import DataKind, Lock
from bot.services.acts import note_act
from storage import locked as rows
from storage import people as person_rows
from storage.locked import LockedRow
from storage.transaction import Tx

_RECORDED: Final[Mapping[DataKind, Callable[[Tx, str], list[dict[str, Any]]]]] = {
    DataKind.ENROLMENTS: rows.list_enrolments,
    DataKind.ATTENDANCE: rows.list_attendance,
}


def lock_records(
    tx: Tx, person_id: str, locks: Mapping[DataKind, Lock], erased_at: datetime, now: datetime
) -> None:
    """Copy the records that ``locks`` name, with whose they are, before the person is erased from every
    table.
    """
    person = person_rows.get_person(tx, person_id)
    for kind, lock in locks.items():
        until, found = lock.ends_at(erased_at), _RECORDED[kind](tx, person_id)
        if person is not None and found and until > now:
            content = {"name": person.name, "agency": person.agency or person.agency_name, "rows": found}
            rows.add_locked(tx, kind, content, erased_at, until)


def open_locked(tx: Tx, now: datetime) -> list[LockedRow]:
    """All locked records, for those who must account for them; opening them is logged in the log of acts."""
    found = [*rows.list_locked(tx)]
    note_act(tx, ActKind.LOCKED_OPENED, now=now, by_operator=True)
    return found
