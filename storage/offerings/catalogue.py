"""Queries about offerings and their sessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import JSON, Double, bindparam, cast, exists, func, select, update

from storage.statements import execute, fetch, fetch_one, literals
from storage.tables import Enrolment, Offering, OfferingSession, Programme, Strand
from storage.transaction import Tx

HELD = ("seated", "offered")
STANDING = ("seated", "waiting", "offered")
is_held = Enrolment.c.status.in_(literals(HELD))
is_seated = Enrolment.c.status == "seated"
is_standing = Enrolment.c.status.in_(literals(STANDING))
NO_TURN = 2**31 - 1
rank_in_line = func.coalesce(Enrolment.c.turn, NO_TURN)
place_in_line = func.coalesce(Enrolment.c.place, cast(Enrolment.c.id, Double))
in_line_order = (rank_in_line, place_in_line, Enrolment.c.id)
"""The order of a waiting list: kept turns first; then the order of sign-up, with people sent to the back
behind those who had signed up by then.
"""


is_called_off = Offering.c.cancelled | (
    exists().where(OfferingSession.c.offering_id == Offering.c.id)
    & ~exists().where(OfferingSession.c.offering_id == Offering.c.id, OfferingSession.c.cancelled.is_(False))
)
"""Whether the plan cancels the offering, or every session of it."""


class OfferingRow(NamedTuple):
    """An offering as it is stored, with columns of its strand and programme. ``cancelled`` is true also when
    every session is cancelled.
    """

    id: int
    code: str
    kind: str
    strand_number: int
    strand_title: dict[str, str]
    title: dict[str, str]
    summary: dict[str, str]
    capacity: int
    seats_per_agency: int
    agency_seats: dict[str, int]
    facilitators: list[str]
    opens_on: date | None
    closes_on: date | None
    timezone: str
    cancelled: bool
    timetable_version: int
    details: dict[str, Any] | None = None
    prompt_rules: dict[str, Any] | None = None
    prompt_library: str | None = None
    programme_code: str = ""
    strand_id: int = 0
    programme_title: dict[str, str] = {}  # noqa: RUF012 - never changed
    closing: dict[str, Any] | None = None
    offer_rules: dict[str, Any] | None = None
    programme_offer_rules: dict[str, Any] | None = None
    draw: dict[str, Any] | None = None


class DatesRow(NamedTuple):
    """The columns that decide whether an offering may be joined; ``first_starts_at`` and ``last_ends_at``
    leave out cancelled sessions.
    """

    id: int
    cancelled: bool
    sessions: int
    opens_on: date | None
    closes_on: date | None
    timezone: str
    first_starts_at: datetime | None
    last_ends_at: datetime | None

    @property
    def is_called_off(self) -> bool:
        """Whether the plan cancels it, or every session of it."""
        return self.cancelled or (self.sessions > 0 and self.first_starts_at is None)


class SessionRow(NamedTuple):
    """One of an offering's sessions as it is stored."""

    offering_id: int
    number: int
    on_date: date
    starts: time
    ends: time
    starts_at: datetime
    ends_at: datetime
    place: dict[str, str] | None
    link: str | None
    link_label: str | None
    bring: dict[str, str] | None
    cancelled: bool
    sequence: int
    changed_at: datetime
    materials: list[dict[str, Any]] | None = None
    venue: dict[str, Any] | None = None
    venue_kept_until: date | None = None


_from_elsewhere: dict[str, Any] = {
    "strand_number": Strand.c.number.label("strand_number"),
    "strand_title": Strand.c.title.label("strand_title"),
    "prompt_library": Strand.c.prompts.label("prompt_library"),
    "timezone": Programme.c.timezone,
    "programme_code": Programme.c.code.label("programme_code"),
    "programme_title": Programme.c.title.label("programme_title"),
    "cancelled": is_called_off.label("cancelled"),
    "prompt_rules": Programme.c.prompt_rules,
    "facilitators": func.coalesce(Offering.c.led_by, Offering.c.facilitators, type_=JSON).label(
        "facilitators"
    ),
    "closing": Programme.c.closing,
    "programme_offer_rules": Programme.c.offer_rules.label("programme_offer_rules"),
}
_whole = (
    select(*(_from_elsewhere[n] if n in _from_elsewhere else Offering.c[n] for n in OfferingRow._fields))
    .join_from(Offering, Strand, Strand.c.id == Offering.c.strand_id)
    .join(Programme, Programme.c.id == Strand.c.programme_id)
    .order_by(Programme.c.id, Strand.c.number, Offering.c.position)
)
_with_code = _whole.where(Offering.c.code == bindparam("code"))
_with_id = _whole.where(Offering.c.id == bindparam("id"))
_whole_of_many = _whole.where(Offering.c.id.in_(bindparam("ids", expanding=True)))
_sessions = select(*OfferingSession.c[SessionRow._fields]).order_by(OfferingSession.c.number)
_sessions_of_many = _sessions.where(OfferingSession.c.offering_id.in_(bindparam("ids", expanding=True)))
_is_on = OfferingSession.c.cancelled.is_(False)
_list_dates = (
    select(
        Offering.c.id,
        Offering.c.cancelled,
        func.count(OfferingSession.c.id),
        Offering.c.opens_on,
        Offering.c.closes_on,
        Programme.c.timezone,
        func.min(OfferingSession.c.starts_at).filter(_is_on),
        func.max(OfferingSession.c.ends_at).filter(_is_on),
    )
    .join_from(Offering, Strand, Strand.c.id == Offering.c.strand_id)
    .join(Programme, Programme.c.id == Strand.c.programme_id)
    .outerjoin(OfferingSession, OfferingSession.c.offering_id == Offering.c.id)
    .group_by(Offering.c.id, Strand.c.id, Programme.c.id)
    .order_by(Programme.c.id, Strand.c.number, Offering.c.position)
)
_counts = (
    select(Enrolment.c.offering_id, Enrolment.c.status, func.count())
    .where(is_standing)
    .group_by(Enrolment.c.offering_id, Enrolment.c.status)
)

_get = _with_code
_get_by_id = _with_id
_lock = _with_code.with_for_update(of=Offering, key_share=True)
_lock_by_id = _with_id.with_for_update(of=Offering, key_share=True)
_list = _whole
_list_codes = select(Offering.c.code).order_by(Offering.c.id)
_list_with_series = select(Offering.c.id).where(Offering.c.has_prompts)
_list_sessions_of = _sessions.where(OfferingSession.c.offering_id == bindparam("offering_id"))
_count = _counts
_count_of_many = _counts.where(Enrolment.c.offering_id.in_(bindparam("ids", expanding=True)))
_set_version = (
    update(Offering)
    .where(Offering.c.id == bindparam("offering_id"))
    .values(timetable_version=bindparam("version"))
)

_keep_venue = (
    update(OfferingSession)
    .where(OfferingSession.c.offering_id == bindparam("of"), OfferingSession.c.number == bindparam("n"))
    .values(venue_kept_until=bindparam("free_until"))
)


def get_offering(tx: Tx, code: str) -> OfferingRow | None:
    return fetch_one(tx, _get, OfferingRow, code=code)


def get_offering_by_id(tx: Tx, offering_id: int) -> OfferingRow | None:
    return fetch_one(tx, _get_by_id, OfferingRow, id=offering_id)


def lock_offering(tx: Tx, code: str) -> OfferingRow | None:
    """The offering, locked until the commit; required for taking or freeing one of its seats.

    On SQLite the transaction's own write lock suffices (BEGIN IMMEDIATE).
    """
    return fetch_one(tx, _lock, OfferingRow, code=code)


def lock_offering_by_id(tx: Tx, offering_id: int) -> OfferingRow | None:
    return fetch_one(tx, _lock_by_id, OfferingRow, id=offering_id)


def set_timetable_version(tx: Tx, offering_id: int, version: int) -> None:
    """Set the version of the offering's timetable. The caller holds its lock."""
    execute(tx, _set_version, offering_id=offering_id, version=version)


def keep_venue(tx: Tx, offering_id: int, number: int, free_until: date) -> None:
    """Record that a session's venue is kept, for this last day of free cancellation."""
    execute(tx, _keep_venue, of=offering_id, n=number, free_until=free_until)


def list_offerings(tx: Tx, ids: Collection[int] | None = None) -> Sequence[OfferingRow]:
    """All offerings (or those with ``ids``) by programme, strand and place in the plan."""
    if ids is None:
        return fetch(tx, _list, OfferingRow)
    if len(ids) == 1:  # the most usual number, and no list to expand
        return fetch(tx, _get_by_id, OfferingRow, id=next(iter(ids)))
    return fetch(tx, _whole_of_many, OfferingRow, ids=list(ids))


def list_dates(tx: Tx) -> Sequence[DatesRow]:
    """The dates of all offerings, in the order of ``list_offerings``."""
    return fetch(tx, _list_dates, DatesRow)


def list_codes(tx: Tx) -> list[str]:
    return [code for (code,) in execute(tx, _list_codes)]


def list_sessions_of(tx: Tx, offering_id: int) -> Sequence[SessionRow]:
    """One offering's sessions, in order of number."""
    return fetch(tx, _list_sessions_of, SessionRow, offering_id=offering_id)


def list_session_rows(tx: Tx, offering_ids: Collection[int]) -> Mapping[int, Sequence[SessionRow]]:
    """The sessions of these offerings, by offering id, in order of number."""
    if len(offering_ids) == 1:
        return {offering_id: list_sessions_of(tx, offering_id) for offering_id in offering_ids}
    found: dict[int, list[SessionRow]] = {offering_id: [] for offering_id in offering_ids}
    for row in execute(tx, _sessions_of_many, ids=list(offering_ids)):
        found[row.offering_id].append(SessionRow._make(row))
    return found


def count_held_and_waiting(tx: Tx, offering_ids: Collection[int] | None = None) -> dict[int, tuple[int, int]]:
    """Seats held and people waiting, by offering id; offerings (or those of these) without either are left
    out.
    """
    rows = (
        execute(tx, _count) if offering_ids is None else execute(tx, _count_of_many, ids=list(offering_ids))
    )
    counts: dict[int, tuple[int, int]] = {}
    for found_id, status, number in rows:
        held, waiting = counts.get(found_id, (0, 0))
        counts[found_id] = (held + number, waiting) if status in HELD else (held, waiting + number)
    return counts


def get_strand_id(tx: Tx, offering_id: int) -> int | None:
    return tx.scalar(select(Offering.c.strand_id).where(Offering.c.id == offering_id))


def list_with_series(tx: Tx) -> set[int]:
    """The ids of offerings for which the plan file wants a series of prompts."""
    return {offering_id for (offering_id,) in execute(tx, _list_with_series)}


_timetable = select(
    func.count(),
    func.coalesce(func.max(OfferingSession.c.id), 0),
    func.coalesce(func.sum(OfferingSession.c.sequence), 0),
)


def timetable_mark(tx: Tx) -> tuple[int, ...]:
    """Numbers that differ once any session was added, changed, cancelled or restored."""
    return tuple(int(number) for number in execute(tx, _timetable).one())
