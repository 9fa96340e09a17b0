"""Who is on an offering's roster."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from storage.statements import fetch
from storage.tables import Enrolment, Offering, Person
from storage.transaction import Tx


class EnrolledRow(NamedTuple):
    """Somebody's latest enrolment in an offering, with the person as they are now."""

    enrolment_id: int
    agency: str
    status: str
    turn: int | None
    place: float | None
    person_id: str
    name: str
    role: str | None
    agency_name: str | None
    language: str
    timezone: str | None


_latest = (
    select(func.max(Enrolment.c.id))
    .join(Offering, Offering.c.id == Enrolment.c.offering_id)
    .where(Offering.c.code == bindparam("code"))
    .group_by(Enrolment.c.person_id)
)
_list_enrolled = (
    select(
        Enrolment.c.id,
        Enrolment.c.agency,
        Enrolment.c.status,
        Enrolment.c.turn,
        Enrolment.c.place,
        Person.c.id,
        Person.c.name,
        Person.c.role,
        Person.c.agency_name,
        Person.c.language,
        Person.c.timezone,
    )
    .join(Person, Person.c.id == Enrolment.c.person_id)
    .where(Enrolment.c.id.in_(_latest))
    .order_by(Enrolment.c.id)
)


def list_enrolled(tx: Tx, code: str) -> list[EnrolledRow]:
    """Everyone who ever signed up to an offering, in order of sign-up."""
    return fetch(tx, _list_enrolled, EnrolledRow, code=code)
