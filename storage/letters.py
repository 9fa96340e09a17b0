"""Queries about letters and whom they reach."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from bot.domain.enrolment.seats import Status
from storage.people import PersonRow, person_rows
from storage.statements import execute, fetch, fetch_one
from storage.tables import Delivery, Enrolment, Letter, Person
from storage.transaction import Tx

KIND = "letter"


class LetterRow(NamedTuple):
    """See ``storage.tables.Letter``."""

    id: int
    offering_id: int
    author: str
    audience: str
    session: int | None
    text: dict[str, str]
    in_office_hours: bool
    state: str


_columns = Letter.c[LetterRow._fields]
_get = select(*_columns).where(Letter.c.id == bindparam("id"))
_get_locked = _get.with_for_update()
_find_by_form = select(Letter.c.id).where(
    Letter.c.author == bindparam("author"), Letter.c.form_key == bindparam("form_key")
)
_delete_old_drafts = delete(Letter).where(
    Letter.c.author == bindparam("author"), Letter.c.state == "draft", Letter.c.made_at < bindparam("before")
)
_list_confirmed = (
    select(*_columns)
    .where(Letter.c.offering_id == bindparam("offering_id"), Letter.c.state == "confirmed")
    .order_by(Letter.c.id)
)
_cancel_unsent = (
    update(Delivery)
    .where(
        Delivery.c.kind == KIND, Delivery.c.occurrence == bindparam("letter"), Delivery.c.state == "planned"
    )
    .values(state="cancelled", reason="withdrawn")
    .returning(Delivery.c.id)
)


def add_letter(tx: Tx, **values: Any) -> LetterRow:  # noqa: ANN401 - the table's columns
    return LetterRow(*execute(tx, insert(Letter).values(**values).returning(*_columns)).one())


def update_letter(tx: Tx, letter_id: int, **values: Any) -> LetterRow:  # noqa: ANN401 - the table's columns
    """Set these columns and return the letter as it is now."""
    changed = update(Letter).where(Letter.c.id == letter_id).values(**values).returning(*_columns)
    return LetterRow(*execute(tx, changed).one())


def get_letter(tx: Tx, letter_id: int, *, lock: bool = False) -> LetterRow | None:
    """The letter; with ``lock``, locked until the commit."""
    return fetch_one(tx, _get_locked if lock else _get, LetterRow, id=letter_id)


def find_by_form(tx: Tx, author: str, form_key: str) -> int | None:
    """The id of the letter that came from this form."""
    return fetch_one(tx, _find_by_form, int, author=author, form_key=form_key)


def delete_old_drafts(tx: Tx, author: str, before: datetime) -> None:
    """Delete the author's drafts made before that time."""
    execute(tx, _delete_old_drafts, author=author, before=before)


def list_unsent(tx: Tx, offering_id: int) -> Sequence[LetterRow]:
    """Confirmed letters with recipients still to come."""
    confirmed = fetch(tx, _list_confirmed, LetterRow, offering_id=offering_id)
    waiting = count_waiting(tx, [each.id for each in confirmed])
    return [each for each in confirmed if waiting.get(each.id)]


def count_waiting(tx: Tx, letter_ids: Collection[int]) -> dict[int, int]:
    """By letter, how many people are still to get it."""
    return _count(tx, letter_ids, ("planned",))


def count_told(tx: Tx, letter_ids: Collection[int]) -> dict[int, int]:
    """By letter, how many people have it, or are being sent it."""
    return _count(tx, letter_ids, ("sent", "sending", "unknown"))


def _count(tx: Tx, letter_ids: Collection[int], states: Collection[str] | None) -> dict[int, int]:
    names = [str(each) for each in letter_ids]
    query = select(Delivery.c.occurrence, func.count()).where(
        Delivery.c.kind == KIND, Delivery.c.occurrence.in_(names)
    )
    if states is not None:
        query = query.where(Delivery.c.state.in_(states))
    return {int(name): number for name, number in tx.execute(query.group_by(Delivery.c.occurrence))}


def cancel_unsent(tx: Tx, letter_id: int) -> int:
    """Cancel a letter's unsent deliveries; return their number."""
    return len(execute(tx, _cancel_unsent, letter=str(letter_id)).all())


def list_people(tx: Tx, offering_id: int, statuses: Collection[str]) -> list[PersonRow]:
    """People of these statuses whose accounts are active, in order of sign-up."""
    query = (
        person_rows.join_from(Person, Enrolment, Enrolment.c.person_id == Person.c.id)
        .where(
            Enrolment.c.offering_id == offering_id,
            Enrolment.c.status.in_(statuses),
            Person.c.deactivated.is_(False),
        )
        .order_by(Enrolment.c.id)
    )
    return fetch(tx, query, PersonRow)


def get_status(tx: Tx, offering_id: int, person_id: str) -> Status | None:
    """The status of the person's enrolment; None if they never signed up."""
    found = tx.scalar(
        select(Enrolment.c.status)
        .where(Enrolment.c.offering_id == offering_id, Enrolment.c.person_id == person_id)
        .order_by(Enrolment.c.id.desc())
        .limit(1)
    )
    return Status(found) if found is not None else None
