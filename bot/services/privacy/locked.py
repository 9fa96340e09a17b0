"""What a rule of the controller requires to be kept of somebody who erases their data: taken out of every
table that anything shows, and erased by the retention of every day when its time is over."""

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
    """Keep what ``locks`` name, with whose it is: before the person is erased from every table."""
    person = person_rows.get_person(tx, person_id)
    for kind, lock in locks.items():
        until, found = lock.ends_at(erased_at), _RECORDED[kind](tx, person_id)
        if person is not None and found and until > now:
            content = {"name": person.name, "agency": person.agency or person.agency_name, "rows": found}
            rows.add_locked(tx, kind, content, erased_at, until)


def open_locked(tx: Tx, now: datetime) -> list[LockedRow]:
    """All that is locked, for whoever must account by it; that it was opened stands in the log of acts."""
    found = [*rows.list_locked(tx)]
    note_act(tx, ActKind.LOCKED_OPENED, now=now, by_operator=True)
    return found
