"""Queries about enrolments."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from storage.offerings import HELD, STANDING
from storage.tables import Enrolment


def get_standing_enrolment(tx: Session, offering_id: int, person_id: str) -> Enrolment | None:
    """The person's enrolment that still stands: seated, offered or waiting."""
    return tx.scalars(
        select(Enrolment).where(
            Enrolment.offering_id == offering_id,
            Enrolment.person_id == person_id,
            Enrolment.status.in_(STANDING),
        )
    ).one_or_none()


def get_enrolment(tx: Session, enrolment_id: int) -> Enrolment | None:
    return tx.get(Enrolment, enrolment_id)


def list_standing_enrolments(tx: Session, person_id: str) -> Sequence[Enrolment]:
    """What a person is signed up to now, in order of sign-up."""
    return tx.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.status.in_(STANDING))
        .order_by(Enrolment.id)
    ).all()


def list_standing_in(tx: Session, offering_id: int) -> Sequence[Enrolment]:
    """Everybody seated or waiting in an offering, in order of sign-up."""
    return tx.scalars(
        select(Enrolment)
        .where(Enrolment.offering_id == offering_id, Enrolment.status.in_(STANDING))
        .order_by(Enrolment.id)
    ).all()


def list_seated_in(
    tx: Session, offering_id: int, person_ids: Collection[str] | None = None
) -> Sequence[Enrolment]:
    """Everybody seated in an offering; of these people only, if named."""
    query = select(Enrolment).where(Enrolment.offering_id == offering_id, Enrolment.status == "seated")
    return tx.scalars(query if person_ids is None else query.where(Enrolment.person_id.in_(person_ids))).all()


def set_told(tx: Session, enrolment_id: int, version: int) -> None:
    """The person was told this version of the timetable (never an older one than before)."""
    tx.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.told_version < version)
        .values(told_version=version),
        execution_options={"synchronize_session": False},
    )


def count_held_by_agency(tx: Session, offering_id: int) -> dict[str, int]:
    """Held seats (seated or offered) by agency key."""
    rows = tx.execute(
        select(Enrolment.agency, func.count())
        .where(Enrolment.offering_id == offering_id, Enrolment.status.in_(HELD))
        .group_by(Enrolment.agency)
    )
    return {agency: number for agency, number in rows}  # noqa: C416 - rows are not plain tuples


def list_waiting(tx: Session, offering_id: int) -> list[tuple[int, str]]:
    """The waiting list in order of sign-up: enrolment id and agency key."""
    rows = tx.execute(
        select(Enrolment.id, Enrolment.agency)
        .where(Enrolment.offering_id == offering_id, Enrolment.status == "waiting")
        .order_by(Enrolment.id)
    )
    return [(enrolment_id, agency) for enrolment_id, agency in rows]


def count_waiting(tx: Session, offering_id: int, *, up_to: int | None = None) -> int:
    """People waiting; with ``up_to`` those whose place is not behind that enrolment's."""
    query = select(func.count()).where(Enrolment.offering_id == offering_id, Enrolment.status == "waiting")
    if up_to is not None:
        query = query.where(Enrolment.id <= up_to)
    return tx.execute(query).scalar_one()


def add_enrolment(
    tx: Session, *, offering_id: int, person_id: str, agency: str, status: str, version: int, now: datetime
) -> int:
    """Add a sign-up at the end of the line; return its id."""
    return tx.execute(
        insert(Enrolment)
        .values(
            offering_id=offering_id,
            person_id=person_id,
            agency=agency,
            status=status,
            enrolled_at=now,
            changed_at=now,
            seated_at=now if status == "seated" else None,
            told_version=version,
            told_at=now,
        )
        .returning(Enrolment.id)
    ).scalar_one()


def set_status(
    tx: Session, enrolment_ids: Collection[int], status: str, now: datetime
) -> list[tuple[int, str]]:
    """Set the status of these; return enrolment id and person id of each."""
    values: dict[str, str | datetime] = {"status": status, "changed_at": now, "told_at": now}
    if status == "seated":
        values["seated_at"] = now
    rows = tx.execute(
        update(Enrolment)
        .where(Enrolment.id.in_(enrolment_ids))
        .values(**values)
        .returning(Enrolment.id, Enrolment.person_id),
        execution_options={"synchronize_session": False},
    )
    return [(enrolment_id, person_id) for enrolment_id, person_id in rows]


def set_agency(tx: Session, enrolment_ids: Collection[int], agency: str) -> None:
    tx.execute(
        update(Enrolment).where(Enrolment.id.in_(enrolment_ids)).values(agency=agency),
        execution_options={"synchronize_session": False},
    )
