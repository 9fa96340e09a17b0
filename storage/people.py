"""Queries about people."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.tables import Enrolment, Person
from storage.upsert import insert_or_keep


def get_person(tx: Session, person_id: str) -> Person | None:
    return tx.get(Person, person_id)


def add_person(tx: Session, values: Mapping[str, Any]) -> None:
    """Add a person; one who is there already stays as they are (two first contacts at once)."""
    insert_or_keep(tx, Person, values)


def update_person(tx: Session, person_id: str, values: Mapping[str, Any]) -> None:
    tx.execute(update(Person).where(Person.id == person_id).values(**values))


def list_home_openers(tx: Session, person_ids: list[str]) -> list[str]:
    """Those of these people who have ever opened App Home."""
    return list(tx.scalars(select(Person.id).where(Person.id.in_(person_ids), Person.home_opened)))


def list_waiting_home_openers(tx: Session, offering_id: int) -> list[str]:
    """People in an offering's waiting list who have ever opened App Home."""
    return list(
        tx.scalars(
            select(Person.id)
            .join(Enrolment, Enrolment.person_id == Person.id)
            .where(Enrolment.offering_id == offering_id, Enrolment.status == "waiting", Person.home_opened)
        )
    )
