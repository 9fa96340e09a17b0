"""Queries about programmes as planned. ``offerings`` and ``enrolments`` have seats and people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, insert, select, text, update

from storage.offerings.catalogue import STANDING, SessionRow
from storage.statements import Upsert, execute, execute_many, fetch, fetch_many, fetch_one
from storage.tables import Enrolment, Offering, OfferingSession, PlanVersion, Programme, Strand
from storage.transaction import Tx


class ProgrammeRow(NamedTuple):
    """See ``storage.tables.Programme``."""

    id: int
    code: str
    title: dict[str, str]
    note: dict[str, str] | None
    timezone: str
    prompt_rules: dict[str, Any] | None
    closing: dict[str, Any] | None
    offer_rules: dict[str, Any] | None


class StrandRow(NamedTuple):
    """See ``storage.tables.Strand``."""

    id: int
    number: int
    title: dict[str, str]
    prompts: str | None


class PlannedRow(NamedTuple):
    """An offering's columns that the plan sets; ``id`` is 0 for an offering not stored yet."""

    id: int
    strand_id: int
    code: str
    position: int
    kind: str
    title: dict[str, str]
    summary: dict[str, str]
    capacity: int
    seats_per_agency: int
    agency_seats: dict[str, int]
    facilitators: list[str]
    opens_on: date | None
    closes_on: date | None
    cancelled: bool
    has_prompts: bool
    details: dict[str, Any] | None
    offer_rules: dict[str, Any] | None
    draw: dict[str, Any] | None


class VersionRow(NamedTuple):
    """See ``storage.tables.PlanVersion``; ``programme`` is its programme's code."""

    id: int
    programme: str
    text: str
    given: str | None
    digest: str
    origin: str
    made_by: str | None
    made_at: datetime


_of_strand = ("number", "title", "prompts")
_get_programme = select(*Programme.c[ProgrammeRow._fields]).where(Programme.c.code == bindparam("code"))
_write_programme = Upsert(
    Programme,
    ProgrammeRow._fields[1:],
    lambda insert: insert.on_conflict_do_update(
        index_elements=["code"],
        set_={name: insert.excluded[name] for name in ProgrammeRow._fields[2:]},
    ).returning(Programme.c.id),
)
_list_strands = (
    select(*Strand.c[StrandRow._fields])
    .where(Strand.c.programme_id == bindparam("programme_id"))
    .order_by(Strand.c.number)
)
_write_strands = Upsert(
    Strand,
    ("programme_id", *_of_strand),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["programme_id", "number"],
        set_={name: insert.excluded[name] for name in ("title", "prompts")},
    ).returning(Strand.c.number, Strand.c.id),
)
_delete_empty_strands = delete(Strand).where(
    Strand.c.programme_id == bindparam("of"),
    Strand.c.number.not_in(bindparam("numbers", expanding=True)),
    ~exists().where(Offering.c.strand_id == Strand.c.id),
)
_of_programme = (
    select(*Offering.c[PlannedRow._fields])
    .join(Strand, Strand.c.id == Offering.c.strand_id)
    .where(Strand.c.programme_id == bindparam("programme_id"))
)
_list_offerings = _of_programme.order_by(Strand.c.number, Offering.c.position, Offering.c.id)
_lock_offerings = (
    _of_programme.with_only_columns(Offering.c.id)
    .order_by(Offering.c.id)
    .with_for_update(of=Offering, key_share=True)
)
_add_offering = insert(Offering).returning(Offering.c.code, Offering.c.id)
_change_offering = update(Offering).where(Offering.c.id == bindparam("of"))
_delete_offering = delete(Offering).where(Offering.c.id == bindparam("of"))
_is_session = (OfferingSession.c.offering_id == bindparam("of"), OfferingSession.c.number == bindparam("n"))
_add_session = insert(OfferingSession)
_change_session = update(OfferingSession).where(*_is_session)
_delete_session = delete(OfferingSession).where(*_is_session)
_versions = (
    select(
        PlanVersion.c.id,
        Programme.c.code,
        *(PlanVersion.c[name] for name in VersionRow._fields[2:]),
    )
    .join_from(PlanVersion, Programme, Programme.c.id == PlanVersion.c.programme_id)
    .order_by(PlanVersion.c.id.desc())
)
_last_version = _versions.where(Programme.c.code == bindparam("code")).limit(1)
_last_of_origin = _last_version.where(PlanVersion.c.origin == bindparam("origin"))
_add_version = insert(PlanVersion)


def lock_plans(tx: Tx) -> None:
    """Lock applying plans until the commit: one at a time. People can join and leave meanwhile.

    On SQLite the transaction's own write lock suffices (BEGIN IMMEDIATE).
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE programme IN SHARE ROW EXCLUSIVE MODE"))


def lock_offerings_of(tx: Tx, programme_id: int) -> None:
    """Lock a programme's offerings until the commit, in order of id as everywhere."""
    execute(tx, _lock_offerings, programme_id=programme_id).all()


def get_programme(tx: Tx, code: str) -> ProgrammeRow | None:
    return fetch_one(tx, _get_programme, ProgrammeRow, code=code)


def write_programme(tx: Tx, **values: Any) -> int:  # noqa: ANN401 - what a ProgrammeRow holds
    """Add the programme with this code, or change it; returns its id."""
    programme_id: int = _write_programme.run(tx, **values).scalar_one()
    return programme_id


def list_strands(tx: Tx, programme_id: int) -> Sequence[StrandRow]:
    return fetch(tx, _list_strands, StrandRow, programme_id=programme_id)


def write_strands(
    tx: Tx, programme_id: int, strands: Iterable[tuple[int, dict[str, str], str | None]]
) -> dict[int, int]:
    """Add or change these strands (number, title, prompts); returns their ids by number."""
    many = [{"programme_id": programme_id, **dict(zip(_of_strand, each, strict=True))} for each in strands]
    return {row.number: row.id for row in _write_strands.fetch_many(tx, many)}


def delete_empty_strands(tx: Tx, programme_id: int, planned: Collection[int]) -> None:
    """Delete the strands without an offering, except those with ``planned`` numbers."""
    execute(tx, _delete_empty_strands, of=programme_id, numbers=list(planned))


def list_offerings_of(tx: Tx, programme_id: int) -> Sequence[PlannedRow]:
    """A programme's offerings in the order of its plan."""
    return fetch(tx, _list_offerings, PlannedRow, programme_id=programme_id)


def write_offerings(tx: Tx, before: Iterable[PlannedRow], after: Sequence[PlannedRow]) -> dict[str, int]:
    """Turn the offerings ``before`` into ``after``; returns the ids of all by code."""
    stored, stay = {row.id: row for row in before}, {row.id for row in after}
    changed = [row for row in after if row.id and row != stored[row.id]]
    execute_many(tx, _change_offering, [{"of": row.id, **_without_id(row)} for row in changed])
    added = fetch_many(tx, _add_offering, [_without_id(row) for row in after if not row.id])
    execute_many(tx, _delete_offering, [{"of": each} for each in stored if each not in stay])
    return {row.code: row.id for row in after} | dict(added)


def _without_id(row: PlannedRow) -> Mapping[str, Any]:
    values = row._asdict()
    del values["id"]
    return values


def write_sessions(tx: Tx, before: Iterable[SessionRow], after: Sequence[SessionRow]) -> None:
    """Turn the sessions ``before`` into ``after``; a session is identified by its offering and number."""
    stored, stay = {row[:2]: row for row in before}, {row[:2] for row in after}
    changed = [row for row in after if row[:2] in stored and row != stored[row[:2]]]
    gone = [{"of": of, "n": number} for of, number in stored if (of, number) not in stay]
    execute_many(tx, _delete_session, gone)
    execute_many(
        tx, _change_session, [{"of": row.offering_id, "n": row.number, **row._asdict()} for row in changed]
    )
    execute_many(tx, _add_session, [row._asdict() for row in after if row[:2] not in stored])


def list_elsewhere(tx: Tx, programme: str) -> list[tuple[int, str, str, bool]]:
    """The offerings of other programmes: id, code, their programme's code, whether they are cancelled."""
    rows = tx.execute(
        select(Offering.c.id, Offering.c.code, Programme.c.code.label("programme"), Offering.c.cancelled)
        .join(Strand, Strand.c.id == Offering.c.strand_id)
        .join(Programme, Programme.c.id == Strand.c.programme_id)
        .where(Programme.c.code != programme)
        .order_by(Offering.c.id)
    )
    return [(row.id, row.code, row.programme, row.cancelled) for row in rows]


def list_ever_enrolled(tx: Tx, offering_ids: Collection[int]) -> set[int]:
    """Those of these offerings that anyone ever signed up to, even if they left again."""
    return set(
        tx.scalars(
            select(Enrolment.c.offering_id).where(Enrolment.c.offering_id.in_(offering_ids)).distinct()
        )
    )


def list_standing_people(tx: Tx, offering_ids: Collection[int]) -> list[str]:
    """The people seated or waiting in any of these offerings, by user id."""
    return list(
        tx.scalars(
            select(Enrolment.c.person_id)
            .where(Enrolment.c.offering_id.in_(offering_ids), Enrolment.c.status.in_(STANDING))
            .distinct()
            .order_by(Enrolment.c.person_id)
        )
    )


def last_version(tx: Tx, programme: str, *, origin: str | None = None) -> VersionRow | None:
    """The newest version of a programme's plan, or the newest from ``origin``."""
    if origin is None:
        return fetch_one(tx, _last_version, VersionRow, code=programme)
    return fetch_one(tx, _last_of_origin, VersionRow, code=programme, origin=origin)


def list_versions(tx: Tx) -> list[VersionRow]:
    """Every version, newest first."""
    return fetch(tx, _versions, VersionRow)


def add_version(tx: Tx, **values: Any) -> None:  # noqa: ANN401 - see ``storage.tables.PlanVersion``
    execute(tx, _add_version, **values)


def list_programmes(tx: Tx) -> list[str]:
    """The codes of all programmes, in the order in which they were first applied."""
    return list(tx.scalars(select(Programme.c.code).order_by(Programme.c.id)))
