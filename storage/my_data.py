"""One person's rows in every table, by the declarations in ``storage.personal_data``: reading and erasing
them.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, or_, select, update

from storage.erasure import mark_erasing
from storage.personal_data import PERSONAL, Erasure, Personal
from storage.statements import execute
from storage.tables import (
    Delivery,
    Enrolment,
    FacilitatorAddress,
    Offering,
    OpeningWish,
    Person,
    PlanVersion,
    Reflection,
    metadata,
)
from storage.transaction import Tx

NOBODY: Final = ""
"""Replaces an erased person in a column that can't be empty."""

ERASED: Final = "U0ERASED"
"""Replaces an erased person in the text of a plan: a Slack id that nobody has."""

_addresses = select(FacilitatorAddress.c.address)
_change_version = update(PlanVersion).where(PlanVersion.c.id == bindparam("of"))

Row = Mapping[str, Any]


def list_own_rows(tx: Tx, person_id: str) -> dict[str, list[Row]]:
    """The person's rows by table, as a copy of their data contains them; tables without any are left out."""
    found: dict[str, list[Row]] = {}
    for name, declared in PERSONAL.items():
        table = metadata.tables[name]
        columns = [table.columns[each] for each in declared.export]
        query = select(*columns).order_by(*table.primary_key)
        if name != Offering.name:
            query = query.where(table.columns[declared.of] == person_id)
        rows: list[Row] = [dict(each) for each in tx.execute(query).mappings()]
        if name == Offering.name:
            rows = [each for each in rows if person_id in {*each["facilitators"], *(each["led_by"] or ())}]
        if rows:
            found[name] = rows
    return found


def list_conversations(tx: Tx, person_id: str) -> Sequence[str]:
    """The conversations in which the person got messages from Kaiku."""
    query = select(Delivery.c.channel).where(
        Delivery.c.recipient == person_id, Delivery.c.channel.is_not(None), Delivery.c.channel != ""
    )
    return [each for each in tx.scalars(query.distinct()) if each is not None]


def is_being_sent_to(tx: Tx, person_id: str) -> bool:
    """Whether a message to the person is being sent now."""
    query = select(Delivery.c.id).where(Delivery.c.recipient == person_id, Delivery.c.state == "sending")
    return tx.scalar(query.limit(1)) is not None


def delete_person(tx: Tx, person_id: str) -> None:
    """Erase the person from every table, as each declares it. Rows declared to go later stay until their work
    is done.
    """
    mark_erasing(tx)
    theirs = {person_id, *tx.scalars(_addresses.where(FacilitatorAddress.c.person_id == person_id))}
    _remove_from_offerings(tx, person_id, theirs)
    take_from_plans(tx, theirs)
    for name, declared in PERSONAL.items():
        table = metadata.tables[name]
        if declared.erase is Erasure.NAME_TAKEN_OUT and name != Offering.name:
            take_name_out(tx, table, declared, person_id)
        elif declared.erase is Erasure.OWN_ROWS and name != Person.name:
            tx.execute(delete(table).where(table.columns[declared.of] == person_id))
    tx.execute(delete(Person).where(Person.c.id == person_id))


def take_name_out(tx: Tx, table: Table, declared: Personal, person_id: str) -> None:
    """Remove the person's name from the rows, and the key of a form that they filled in; the rows stay."""
    column = table.columns[declared.of]
    values: dict[str, Any] = {declared.of: None if column.nullable else NOBODY}
    if "form_key" in table.columns:
        values["form_key"] = None
    tx.execute(update(table).where(column == person_id).values(values))


def _remove_from_offerings(tx: Tx, person_id: str, theirs: Set[str]) -> None:
    """Remove a facilitator: offerings name them by id and, in the plan's own words, by e-mail address."""
    rows = tx.execute(select(Offering.c.id, Offering.c.facilitators, Offering.c.led_by)).all()
    for offering_id, facilitators, led_by in rows:
        left = [each for each in facilitators if each not in theirs and each.lower() not in theirs]
        led = [each for each in led_by if each != person_id] if led_by is not None else None
        if (left, led) != (facilitators, led_by):
            tx.execute(
                update(Offering).where(Offering.c.id == offering_id).values(facilitators=left, led_by=led)
            )


def take_from_plans(tx: Tx, theirs: Set[str], of: ColumnElement[bool] | None = None) -> None:
    """Remove the person from the stored versions of plans, which name facilitators. ``ERASED`` takes the
    name's place, so that the version can still be read, and a new file that names the person is asked about.
    ``of``: only in these versions.
    """
    if not theirs:
        return
    named = re.compile(
        "|".join(rf"(?<![\w.@-]){re.escape(each)}(?![\w@-])" for each in theirs), re.IGNORECASE
    )
    columns = (PlanVersion.c.text, PlanVersion.c.given)
    naming = or_(*(column.icontains(each, autoescape=True) for each in theirs for column in columns))
    query = select(PlanVersion.c.id, *columns).where(naming if of is None else and_(naming, of))
    for version in tx.execute(query).all():
        text = named.sub(ERASED, version.text)
        given = named.sub(ERASED, version.given) if version.given is not None else None
        if (text, given) != (version.text, version.given):
            digest = hashlib.sha256(text.encode()).hexdigest()
            execute(tx, _change_version, of=version.id, text=text, given=given, digest=digest)


def has_come_back(tx: Tx, person_id: str) -> bool:
    """Whether the person has done anything since Kaiku met them."""
    for table in (Enrolment, OpeningWish, Reflection):
        if tx.scalar(select(table.c.person_id).where(table.c.person_id == person_id).limit(1)) is not None:
            return True
    return (
        tx.scalar(select(Person.c.id).where(Person.c.id == person_id, Person.c.agency.is_not(None)))
        is not None
    )
