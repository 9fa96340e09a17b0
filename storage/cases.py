"""Queries about success cases, which are stored encrypted, and about whose answers suggest asking for one."""

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


class UseChoiceRow(NamedTuple):
    """What somebody with a seat chose for a question on use."""

    person_id: str
    code: str
    key: str
    choice: int
    answered_at: datetime


_of_programme = (
    select(Offering.c.id)
    .join(Strand, Strand.c.id == Offering.c.strand_id)
    .join(Programme, Programme.c.id == Strand.c.programme_id)
    .where(Programme.c.code == bindparam("programme"))
)
_here = SuccessCase.c.offering_id.in_(_of_programme)
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
        where=SuccessCase.c.issued_at.is_(None),
    ),
)
_issue = (
    update(SuccessCase)
    .where(_here, SuccessCase.c.given_at.is_not(None), SuccessCase.c.issued_at.is_(None))
    .values(issued_at=bindparam("now"))
    .returning(SuccessCase.c.person_id, SuccessCase.c.offering_id)
)
_count_given = select(func.count()).where(
    _here, SuccessCase.c.given_at.is_not(None), SuccessCase.c.issued_at.is_(None)
)
_tellers = (
    select(SuccessCase.c.person_id, func.min(SuccessCase.c.issued_at).label("since"))
    .where(_here, SuccessCase.c.issued_at.is_not(None))
    .group_by(SuccessCase.c.person_id)
)
_choices = (
    select(
        UseAnswer.c.person_id, Offering.c.code, UseAnswer.c.key, UseAnswer.c.choice, UseAnswer.c.answered_at
    )
    .join(Offering, Offering.c.id == UseAnswer.c.offering_id)
    .join(
        Enrolment,
        (Enrolment.c.offering_id == UseAnswer.c.offering_id)
        & (Enrolment.c.person_id == UseAnswer.c.person_id),
    )
    .join(Person, Person.c.id == UseAnswer.c.person_id)
    .outerjoin(PromptChoice, PromptChoice.c.person_id == UseAnswer.c.person_id)
    .where(
        UseAnswer.c.offering_id.in_(_of_programme),
        is_seated,
        ~Person.c.deactivated,
        ~Person.c.is_guest,
        or_(PromptChoice.c.frequency.is_(None), PromptChoice.c.frequency != "stopped"),
    )
    .order_by(UseAnswer.c.person_id, Offering.c.id, UseAnswer.c.key)
)
_asked = select(Delivery.c.recipient, Delivery.c.occurrence).where(
    Delivery.c.kind == DeliveryKind.CASE_ASKED,
    Delivery.c.subject.in_(select(Offering.c.code).where(Offering.c.id.in_(_of_programme))),
)


_cases = select(
    SuccessCase.c.offering_id,
    SuccessCase.c.person_id,
    SuccessCase.c.sealed,
    SuccessCase.c.credit,
    SuccessCase.c.given_at,
    SuccessCase.c.issued_at,
    Person.c.name,
    Person.c.agency,
).join(Person, Person.c.id == SuccessCase.c.person_id)
_one = _cases.where(
    SuccessCase.c.offering_id == bindparam("offering_id"), SuccessCase.c.person_id == bindparam("person_id")
)
_one_locked = _one.with_for_update(of=SuccessCase)
_issued = _cases.where(_here, SuccessCase.c.issued_at <= bindparam("until")).order_by(
    SuccessCase.c.issued_at, SuccessCase.c.offering_id, SuccessCase.c.given_at
)


def lock_case(tx: Tx, offering_id: int, person_id: str) -> CaseRow | None:
    """The case, locked until the commit, so that no report includes it meanwhile. On SQLite the transaction's
    own write lock suffices.
    """
    return fetch_one(tx, _one_locked, CaseRow, offering_id=offering_id, person_id=person_id)


def get_case(tx: Tx, offering_id: int, person_id: str) -> CaseRow | None:
    return fetch_one(tx, _one, CaseRow, offering_id=offering_id, person_id=person_id)


def keep_case(tx: Tx, offering_id: int, person_id: str, sealed: bytes, credit: str, now: datetime) -> None:
    """Store the case, new or changed; a changed one must be given again. One in a report does not change."""
    _keep.run(tx, offering_id=offering_id, person_id=person_id, sealed=sealed, credit=credit, written_at=now)


def give_case(tx: Tx, offering_id: int, person_id: str, now: datetime) -> None:
    tx.execute(
        update(SuccessCase)
        .where(
            SuccessCase.c.offering_id == offering_id,
            SuccessCase.c.person_id == person_id,
            SuccessCase.c.given_at.is_(None),
        )
        .values(given_at=now)
    )


def delete_case(tx: Tx, offering_id: int, person_id: str) -> None:
    mark_erasing(tx)
    tx.execute(
        delete(SuccessCase).where(
            SuccessCase.c.offering_id == offering_id, SuccessCase.c.person_id == person_id
        )
    )


def issue_cases(tx: Tx, programme: str, now: datetime) -> Sequence[tuple[str, int]]:
    """Mark every given case as included in reports from now on; return the person and offering of each."""
    return [(row.person_id, row.offering_id) for row in execute(tx, _issue, programme=programme, now=now)]


def list_issued(tx: Tx, programme: str, until: datetime) -> list[CaseRow]:
    """The cases in the report of ``until``, in the order in which they entered reports."""
    return fetch(tx, _issued, CaseRow, programme=programme, until=until)


def list_tellers(tx: Tx, programme: str) -> dict[str, datetime]:
    """Whose cases are in reports, and since when."""
    return {row.person_id: row.since for row in execute(tx, _tellers, programme=programme)}


def count_given(tx: Tx, programme: str) -> int:
    """How many cases wait for the next report."""
    return int(execute(tx, _count_given, programme=programme).scalar_one())


def list_choices(tx: Tx, programme: str) -> list[UseChoiceRow]:
    """The choices of people who have a seat, may take part and accept prompts."""
    return fetch(tx, _choices, UseChoiceRow, programme=programme)


def list_told_by(tx: Tx, person_id: str) -> Sequence[str]:
    """The offerings about which this person has written a case."""
    query = select(Offering.c.code).join(SuccessCase, SuccessCase.c.offering_id == Offering.c.id)
    return tx.scalars(query.where(SuccessCase.c.person_id == person_id)).all()


def list_asked(tx: Tx, programme: str) -> Sequence[tuple[str, str]]:
    """Who was, or will be, asked for a case, each with the form that asked."""
    return [(row.recipient, row.occurrence) for row in execute(tx, _asked, programme=programme)]
