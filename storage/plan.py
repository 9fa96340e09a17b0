"""Queries about programmes as they are planned. Seats and people are in ``offerings`` and ``enrolments``."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, text

from storage.offerings.catalogue import STANDING
from storage.tables import Enrolment, Offering, PlanVersion, Programme, Strand
from storage.transaction import Tx


def lock_plans(tx: Tx) -> None:
    """Lock applying plans until the commit: one at a time. People can join and leave meanwhile.

    On SQLite the transaction's own write lock suffices (BEGIN IMMEDIATE).
    """
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE programme IN SHARE ROW EXCLUSIVE MODE"))


def lock_offerings_of(tx: Tx, programme_id: int) -> Sequence[Offering]:
    """A programme's offerings, locked until the commit, in order of id as everywhere."""
    return tx.scalars(
        select(Offering)
        .join(Strand, Strand.id == Offering.strand_id)
        .where(Strand.programme_id == programme_id)
        .order_by(Offering.id)
        .with_for_update(of=Offering, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def get_programme(tx: Tx, code: str) -> Programme | None:
    return tx.scalars(select(Programme).where(Programme.code == code)).one_or_none()


def list_strands(tx: Tx, programme_id: int) -> Sequence[Strand]:
    return tx.scalars(select(Strand).where(Strand.programme_id == programme_id).order_by(Strand.number)).all()


def list_offerings_of(tx: Tx, programme_id: int) -> Sequence[Offering]:
    """A programme's offerings in the order of its plan."""
    return tx.scalars(
        select(Offering)
        .join(Strand, Strand.id == Offering.strand_id)
        .where(Strand.programme_id == programme_id)
        .order_by(Strand.number, Offering.position, Offering.id)
    ).all()


def list_elsewhere(tx: Tx, programme: str) -> list[tuple[int, str, str, bool]]:
    """The offerings of other programmes: id, code, their programme's code, whether they are cancelled."""
    rows = tx.execute(
        select(Offering.id, Offering.code, Programme.code.label("programme"), Offering.cancelled)
        .join(Strand, Strand.id == Offering.strand_id)
        .join(Programme, Programme.id == Strand.programme_id)
        .where(Programme.code != programme)
        .order_by(Offering.id)
    )
    return [(row.id, row.code, row.programme, row.cancelled) for row in rows]


def list_ever_enrolled(tx: Tx, offering_ids: Collection[int]) -> set[int]:
    """Those of these offerings that anyone ever signed up to, also if they left again."""
    return set(
        tx.scalars(select(Enrolment.offering_id).where(Enrolment.offering_id.in_(offering_ids)).distinct())
    )


def list_standing_people(tx: Tx, offering_ids: Collection[int]) -> list[str]:
    """The people seated or waiting in any of these offerings, by user id."""
    return list(
        tx.scalars(
            select(Enrolment.person_id)
            .where(Enrolment.offering_id.in_(offering_ids), Enrolment.status.in_(STANDING))
            .distinct()
            .order_by(Enrolment.person_id)
        )
    )


def last_version(tx: Tx, programme: str, *, origin: str | None = None) -> PlanVersion | None:
    """The newest version of a programme's plan; the newest from ``origin``, if that is given."""
    of = select(PlanVersion).join(Programme, Programme.id == PlanVersion.programme_id)
    rows = of.where(Programme.code == programme).order_by(PlanVersion.id.desc()).limit(1)
    return tx.scalars(rows if origin is None else rows.where(PlanVersion.origin == origin)).one_or_none()


def list_versions(tx: Tx) -> list[tuple[PlanVersion, str]]:
    """Every version with its programme's code, the newest first."""
    rows = tx.execute(
        select(PlanVersion, Programme.code)
        .join(Programme, Programme.id == PlanVersion.programme_id)
        .order_by(PlanVersion.id.desc())
    )
    return [(version, code) for version, code in rows]


def list_programmes(tx: Tx) -> list[str]:
    """The codes of all programmes, in the order in which they were first applied."""
    return list(tx.scalars(select(Programme.code).order_by(Programme.id)))
