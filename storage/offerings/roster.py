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
    select(func.max(Enrolment.id))
    .join(Offering, Offering.id == Enrolment.offering_id)
    .where(Offering.code == bindparam("code"))
    .group_by(Enrolment.person_id)
)
_list_enrolled = (
    select(
        Enrolment.id,
        Enrolment.agency,
        Enrolment.status,
        Enrolment.turn,
        Enrolment.place,
        Person.id,
        Person.name,
        Person.role,
        Person.agency_name,
        Person.language,
        Person.timezone,
    )
    .join(Person, Person.id == Enrolment.person_id)
    .where(Enrolment.id.in_(_latest))
    .order_by(Enrolment.id)
)


def list_enrolled(tx: Tx, code: str) -> list[EnrolledRow]:
    """Everyone who ever signed up to an offering, in order of sign-up."""
    return fetch(tx, _list_enrolled, EnrolledRow, code=code)
