"""Queries about success cases: sealed bytes, never text; and by whose answers people are asked for one."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, or_, select, update

from bot.domain.deliveries import DeliveryKind
from storage.erasure import mark_erasing
from storage.offerings.catalogue import is_seated
from storage.statements import Upsert, execute, fetch, fetch_one
from storage.tables import (
    Delivery,
    Enrolment,
    Offering,
    Person,
    Programme,
    PromptChoice,
    Strand,
    SuccessCase,
    UseAnswer,
)
from storage.transaction import Tx


class CaseRow(NamedTuple):
    """A case as it is stored (see ``storage.tables.SuccessCase``), with its writer's name and agency."""

    offering_id: int
    person_id: str
    sealed: bytes
    credit: str
    given_at: datetime | None
    issued_at: datetime | None
    name: str
    agency: str | None


class ChoiceRow(NamedTuple):
    """What somebody who still has a seat chose for a question on use."""

    person_id: str
    code: str
    key: str
    choice: int
    answered_at: datetime


_of_programme = (
    select(Offering.id)
    .join(Strand, Strand.id == Offering.strand_id)
    .join(Programme, Programme.id == Strand.programme_id)
    .where(Programme.code == bindparam("programme"))
)
_here = SuccessCase.offering_id.in_(_of_programme)
_keep = Upsert(
    SuccessCase,
    ("offering_id", "person_id", "sealed", "credit", "written_at"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "person_id"],
        set_={
            "sealed": insert.excluded.sealed,
            "credit": insert.excluded.credit,
            "written_at": insert.excluded.written_at,
            "given_at": None,
        },
        where=SuccessCase.issued_at.is_(None),
    ),
)
_issue = (
    update(SuccessCase)
    .where(_here, SuccessCase.given_at.is_not(None), SuccessCase.issued_at.is_(None))
    .values(issued_at=bindparam("now"))
    .returning(SuccessCase.person_id, SuccessCase.offering_id)
)
_count_given = select(func.count()).where(
    _here, SuccessCase.given_at.is_not(None), SuccessCase.issued_at.is_(None)
)
_tellers = (
    select(SuccessCase.person_id, func.min(SuccessCase.issued_at).label("since"))
    .where(_here, SuccessCase.issued_at.is_not(None))
    .group_by(SuccessCase.person_id)
)
_choices = (
    select(UseAnswer.person_id, Offering.code, UseAnswer.key, UseAnswer.choice, UseAnswer.answered_at)
    .join(Offering, Offering.id == UseAnswer.offering_id)
    .join(
        Enrolment,
        (Enrolment.offering_id == UseAnswer.offering_id) & (Enrolment.person_id == UseAnswer.person_id),
    )
    .join(Person, Person.id == UseAnswer.person_id)
    .outerjoin(PromptChoice, PromptChoice.person_id == UseAnswer.person_id)
    .where(
        UseAnswer.offering_id.in_(_of_programme),
        is_seated,
        ~Person.deactivated,
        ~Person.is_guest,
        or_(PromptChoice.frequency.is_(None), PromptChoice.frequency != "stopped"),
    )
    .order_by(UseAnswer.person_id, Offering.id, UseAnswer.key)
)
_asked = select(Delivery.recipient, Delivery.occurrence).where(
    Delivery.kind == DeliveryKind.CASE_ASKED,
    Delivery.subject.in_(select(Offering.code).where(Offering.id.in_(_of_programme))),
)


_cases = select(
    SuccessCase.offering_id,
    SuccessCase.person_id,
    SuccessCase.sealed,
    SuccessCase.credit,
    SuccessCase.given_at,
    SuccessCase.issued_at,
    Person.name,
    Person.agency,
).join(Person, Person.id == SuccessCase.person_id)
_one = _cases.where(
    SuccessCase.offering_id == bindparam("offering_id"), SuccessCase.person_id == bindparam("person_id")
)
_one_locked = _one.with_for_update(of=SuccessCase)
_issued = _cases.where(_here, SuccessCase.issued_at <= bindparam("until")).order_by(
    SuccessCase.issued_at, SuccessCase.offering_id, SuccessCase.given_at
)


def lock_case(tx: Tx, offering_id: int, person_id: str) -> CaseRow | None:
    """The case, locked until the commit, so that no report takes it meanwhile. On SQLite the transaction's
    own write lock suffices."""
    return fetch_one(tx, _one_locked, CaseRow, offering_id=offering_id, person_id=person_id)


def get_case(tx: Tx, offering_id: int, person_id: str) -> CaseRow | None:
    return fetch_one(tx, _one, CaseRow, offering_id=offering_id, person_id=person_id)


def keep_case(tx: Tx, offering_id: int, person_id: str, sealed: bytes, credit: str, now: datetime) -> None:
    """Write it, or write it anew: then it has to be given again. One that stands in a report stays."""
    _keep.run(tx, offering_id=offering_id, person_id=person_id, sealed=sealed, credit=credit, written_at=now)


def give_case(tx: Tx, offering_id: int, person_id: str, now: datetime) -> None:
    tx.execute(
        update(SuccessCase)
        .where(
            SuccessCase.offering_id == offering_id,
            SuccessCase.person_id == person_id,
            SuccessCase.given_at.is_(None),
        )
        .values(given_at=now)
    )


def delete_case(tx: Tx, offering_id: int, person_id: str) -> None:
    mark_erasing(tx)
    tx.execute(
        delete(SuccessCase).where(SuccessCase.offering_id == offering_id, SuccessCase.person_id == person_id)
    )


def issue_cases(tx: Tx, programme: str, now: datetime) -> Sequence[tuple[str, int]]:
    """All that were given stand in reports from now on; the person and the offering of each."""
    return [(row.person_id, row.offering_id) for row in execute(tx, _issue, programme=programme, now=now)]


def list_issued(tx: Tx, programme: str, until: datetime) -> list[CaseRow]:
    """Those that stand in the report of ``until``, in the order in which they came into reports."""
    return fetch(tx, _issued, CaseRow, programme=programme, until=until)


def list_tellers(tx: Tx, programme: str) -> dict[str, datetime]:
    """Whose cases stand in reports, and since when."""
    return {row.person_id: row.since for row in execute(tx, _tellers, programme=programme)}


def count_given(tx: Tx, programme: str) -> int:
    """How many wait for the next report."""
    return int(execute(tx, _count_given, programme=programme).scalar_one())


def list_choices(tx: Tx, programme: str) -> list[ChoiceRow]:
    """Of those who have a seat, may take part, and want to be asked something."""
    return fetch(tx, _choices, ChoiceRow, programme=programme)


def list_told_by(tx: Tx, person_id: str) -> Sequence[str]:
    """The offerings of which somebody has written a case."""
    query = select(Offering.code).join(SuccessCase, SuccessCase.offering_id == Offering.id)
    return tx.scalars(query.where(SuccessCase.person_id == person_id)).all()


def list_asked(tx: Tx, programme: str) -> Sequence[tuple[str, str]]:
    """Who was, or will be, asked for a case, and by which form each."""
    return [(row.recipient, row.occurrence) for row in execute(tx, _asked, programme=programme)]
