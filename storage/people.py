"""Queries about people."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, exists, select, update

from storage.offerings.catalogue import in_line_order, is_seated, is_standing
from storage.statements import execute, fetch, fetch_one, or_keep
from storage.tables import Coordinator, Enrolment, Person
from storage.transaction import Tx


class PersonRow(NamedTuple):
    """A person as they are stored; see ``storage.tables.Person``."""

    id: str
    name: str
    agency: str | None
    agency_name: str | None
    role: str | None
    language: str
    timezone: str | None
    language_chosen: bool
    timezone_chosen: bool
    is_guest: bool
    is_bot: bool
    deactivated: bool
    home_opened: bool
    daily_line: bool
    link_before: bool
    is_coordinator: bool


_is_coordinator = exists().where(Coordinator.c.person_id == Person.c.id)
_stored = PersonRow._fields[:-1]
person_rows = select(*(Person.c[name] for name in _stored), _is_coordinator.label("is_coordinator"))
_get = person_rows.where(Person.c.id == bindparam("id"))
_list = person_rows.where(Person.c.id.in_(bindparam("ids", expanding=True))).order_by(Person.c.id)
_list_seated = (
    person_rows.join_from(Person, Enrolment, Enrolment.c.person_id == Person.c.id)
    .where(Enrolment.c.offering_id == bindparam("offering_id"), is_seated)
    .order_by(Enrolment.c.id)
)
_wanting_links = select(Person.c.id).where(
    Person.c.link_before.is_(True), Person.c.id.in_(bindparam("ids", expanding=True))
)
_get_opener = select(Person.c.id).where(Person.c.id == bindparam("id"), Person.c.home_opened.is_(True))
_list_openers = (
    select(Person.c.id)
    .where(Person.c.id.in_(bindparam("ids", expanding=True)), Person.c.home_opened.is_(True))
    .order_by(Person.c.id)
)
_list_standing_openers = (
    select(Person.c.id)
    .join_from(Person, Enrolment, Enrolment.c.person_id == Person.c.id)
    .where(
        Enrolment.c.offering_id.in_(bindparam("ids", expanding=True)),
        is_standing,
        Person.c.home_opened.is_(True),
    )
    .distinct()
    .order_by(Person.c.id)
)
_list_waiting_openers = (
    select(Person.c.id)
    .join_from(Person, Enrolment, Enrolment.c.person_id == Person.c.id)
    .where(
        Enrolment.c.offering_id == bindparam("offering_id"),
        Enrolment.c.status == "waiting",
        Person.c.home_opened.is_(True),
    )
    .order_by(*in_line_order)
    .limit(bindparam("most", type_=Integer))
)
_add = or_keep(Person, (*(each for each in _stored if each not in {"daily_line", "link_before"}), "met_at"))


def get_person(tx: Tx, person_id: str) -> PersonRow | None:
    return fetch_one(tx, _get, PersonRow, id=person_id)


def lock_person(tx: Tx, person_id: str) -> None:
    """Lock the person until the commit: one of their forms is stored at a time."""
    tx.execute(select(Person.c.id).where(Person.c.id == person_id).with_for_update())


def list_seated(tx: Tx, offering_id: int) -> list[PersonRow]:
    """People with a seat in this offering, in order of sign-up."""
    return fetch(tx, _list_seated, PersonRow, offering_id=offering_id)


def add_person(tx: Tx, values: Mapping[str, Any]) -> None:
    """Add a person, unless they exist already (two concurrent first contacts)."""
    _add.run(tx, **values)


def update_person(tx: Tx, person_id: str, values: Mapping[str, Any]) -> None:
    if not values:  # an empty, so forged, form: an UPDATE needs a column
        return
    execute(tx, update(Person).where(Person.c.id == person_id).values(**values))


def list_people(tx: Tx, person_ids: Collection[str]) -> list[PersonRow]:
    """Those of these people whom Kaiku has met."""
    return fetch(tx, _list, PersonRow, ids=sorted(person_ids))


def list_wanting_links(tx: Tx, person_ids: Collection[str]) -> frozenset[str]:
    """Those of these people who want the link of a remote session shortly before."""
    return frozenset(execute(tx, _wanting_links, ids=sorted(person_ids)).scalars())


def list_home_openers(tx: Tx, person_ids: list[str]) -> list[str]:
    """Those of these people who have opened App Home."""
    if not person_ids:
        return []
    if len(person_ids) == 1:  # nearly always: a list would be compiled again each time
        return [each for each in person_ids if execute(tx, _get_opener, id=each).first() is not None]
    return [person_id for (person_id,) in execute(tx, _list_openers, ids=sorted(person_ids))]


def list_standing_home_openers(tx: Tx, offering_ids: Collection[int]) -> list[str]:
    """People with a seat or a place on the waiting list of these offerings who have opened App Home."""
    return [person_id for (person_id,) in execute(tx, _list_standing_openers, ids=list(offering_ids))]


def list_waiting_home_openers(tx: Tx, offering_id: int, most: int) -> list[str]:
    """The first people on an offering's waiting list who have ever opened App Home."""
    found = execute(tx, _list_waiting_openers, offering_id=offering_id, most=most).all()
    return [person_id for (person_id,) in found]
