"""Queries for reports: all rows of one programme, and the figures already reported."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, insert, select, text

from storage.statements import execute, fetch, fetch_one, literals
from storage.tables import (
    Attendance,
    Delivery,
    Enrolment,
    Offering,
    Person,
    Programme,
    PromptChoice,
    Reflection,
    ReportEdition,
    Strand,
    UseAnswer,
)
from storage.transaction import Tx


class ReportedProgrammeRow(NamedTuple):
    code: str
    title: dict[str, str]
    timezone: str


class SignUpRow(NamedTuple):
    """Somebody's newest sign-up to an offering."""

    code: str
    person_id: str
    agency: str
    status: str
    seated_at: datetime | None
    changed_at: datetime


class MemberRow(NamedTuple):
    """Somebody who has signed up in the programme; ``frequency`` and ``asked_to_fade_at`` are from their
    choices about prompts, if any.
    """

    person_id: str
    role: str | None
    language: str
    frequency: str | None
    asked_to_fade_at: datetime | None


class SentRow(NamedTuple):
    kind: str
    recipient: str
    subject: str
    sent_at: datetime


_programmes = select(Programme.c.code, Programme.c.title, Programme.c.timezone)
_programme = _programmes.where(Programme.c.code == bindparam("code"))
_of_programme = (
    select(Offering.c.id)
    .join(Strand, Strand.c.id == Offering.c.strand_id)
    .join(Programme, Programme.c.id == Strand.c.programme_id)
    .where(Programme.c.code == bindparam("code"))
)
_newest = (
    select(func.max(Enrolment.c.id))
    .where(Enrolment.c.offering_id.in_(_of_programme))
    .group_by(Enrolment.c.offering_id, Enrolment.c.person_id)
)
_seats = (
    select(
        Offering.c.code,
        Enrolment.c.person_id,
        Enrolment.c.agency,
        Enrolment.c.status,
        Enrolment.c.seated_at,
        Enrolment.c.changed_at,
    )
    .join(Offering, Offering.c.id == Enrolment.c.offering_id)
    .where(Enrolment.c.id.in_(_newest))
    .order_by(Enrolment.c.id)
)
_members = (
    select(
        Person.c.id,
        Person.c.role,
        Person.c.language,
        PromptChoice.c.frequency,
        PromptChoice.c.asked_to_fade_at,
    )
    .outerjoin(PromptChoice, PromptChoice.c.person_id == Person.c.id)
    .where(Person.c.id.in_(select(Enrolment.c.person_id).where(Enrolment.c.offering_id.in_(_of_programme))))
)
_marks = (
    select(Offering.c.code, Attendance.c.number, Attendance.c.person_id, Attendance.c.attended)
    .join(Offering, Offering.c.id == Attendance.c.offering_id)
    .where(Attendance.c.offering_id.in_(_of_programme))
)
_uses = (
    select(Offering.c.code, UseAnswer.c.key, UseAnswer.c.person_id, UseAnswer.c.choice)
    .join(Offering, Offering.c.id == UseAnswer.c.offering_id)
    .where(UseAnswer.c.offering_id.in_(_of_programme))
)
_REPORTED: Final = ("prompt", "prompt_reminder", "closing_letter", "use_after_3", "use_after_6")
_sent = select(Delivery.c.kind, Delivery.c.recipient, Delivery.c.subject, Delivery.c.sent_at).where(
    Delivery.c.kind.in_(literals(_REPORTED)),
    Delivery.c.sent_at.is_not(None),
)
_answers = select(Reflection.c.person_id, Reflection.c.prompt_id, Reflection.c.written_at).where(
    Reflection.c.prompt_id.is_not(None)
)
_editions = (
    select(ReportEdition.c.made_at, ReportEdition.c.content)
    .where(ReportEdition.c.programme == bindparam("code"))
    .order_by(ReportEdition.c.made_at, ReportEdition.c.id)
)
_add_edition = insert(ReportEdition)


def get_programme(tx: Tx, code: str) -> ReportedProgrammeRow | None:
    return fetch_one(tx, _programme, ReportedProgrammeRow, code=code)


def list_seats(tx: Tx, programme: str) -> list[SignUpRow]:
    return fetch(tx, _seats, SignUpRow, code=programme)


def list_members(tx: Tx, programme: str) -> list[MemberRow]:
    return fetch(tx, _members, MemberRow, code=programme)


def list_marks(tx: Tx, programme: str) -> Sequence[tuple[str, int, str, bool]]:
    """Attendance: offering, session, person, attended."""
    return [tuple(row) for row in execute(tx, _marks, code=programme)]


def list_use(tx: Tx, programme: str) -> Sequence[tuple[str, str, str, int]]:
    """Answers on use: offering, question, person, choice."""
    return [tuple(row) for row in execute(tx, _uses, code=programme)]


def list_sent(tx: Tx) -> list[SentRow]:
    """Prompts, their reminders and messages with questions on use that were sent, of all programmes."""
    return fetch(tx, _sent, SentRow)


def list_answered(tx: Tx) -> dict[tuple[str, int], datetime]:
    """When each person answered each prompt."""
    return {(row.person_id, row.prompt_id): row.written_at for row in execute(tx, _answers)}


def list_editions(tx: Tx, programme: str) -> Sequence[tuple[datetime, dict[str, Any]]]:
    """The figures already reported, oldest first."""
    return [(row.made_at, row.content) for row in execute(tx, _editions, code=programme)]


def lock_editions(tx: Tx) -> None:
    """Lock issuing reports until the commit: two reports unaware of each other could differ by one
    recognisable person. On SQLite the transaction's own write lock suffices (BEGIN IMMEDIATE).
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE report_edition IN SHARE ROW EXCLUSIVE MODE"))


def add_edition(tx: Tx, programme: str, content: dict[str, Any], now: datetime) -> None:
    execute(tx, _add_edition, programme=programme, made_at=now, content=content)
