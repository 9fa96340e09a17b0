"""Who is on an offering's roster."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select

from storage.tables import Enrolment, Offering, Person
from storage.transaction import Tx


def list_enrolled(tx: Tx, code: str) -> Sequence[Row[Enrolment, Person]]:
    """Everyone who ever signed up to an offering, each with their latest enrolment, in order of sign-up."""
    latest = (
        select(func.max(Enrolment.id))
        .join(Offering, Offering.id == Enrolment.offering_id)
        .where(Offering.code == code)
        .group_by(Enrolment.person_id)
    )
    return tx.execute(
        select(Enrolment, Person)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.id.in_(latest))
        .order_by(Enrolment.id)
    ).all()
