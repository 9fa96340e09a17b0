"""Queries about waiting lists: their order, and the people on them who may be seated."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, exists, func, select, update

from storage.enrolment import EnrolmentRow
from storage.offerings.catalogue import (
    HELD,
    NO_TURN,
    in_line_order,
    is_called_off,
    place_in_line,
    rank_in_line,
)
from storage.statements import execute, fetch, literals
from storage.tables import Draw, Enrolment, Offering, Person, Removal
from storage.transaction import Tx

_STEP_BACK = 1 / 1024
"""How far a person sent to the back stands behind the last one: a fraction, because the ids of later sign-ups
are whole.
"""

_rows = select(*(Enrolment.c[name] for name in EnrolmentRow._fields))
_in_line = (Enrolment.c.offering_id == bindparam("offering_id"), Enrolment.c.status == "waiting")
_count_line = select(func.count()).where(*_in_line)
_this_draw, _other_draw, _other = Draw.alias(), Draw.alias(), Enrolment.alias()
_has_another = (
    select(func.count())
    .select_from(_this_draw)
    .join(_other_draw, _other_draw.c.drawn_with == _this_draw.c.drawn_with)
    .join(_other, _other.c.offering_id == _other_draw.c.offering_id)
    .join(Offering, Offering.c.id == _other.c.offering_id)
    .where(
        ~is_called_off,
        _this_draw.c.offering_id == Enrolment.c.offering_id,
        _other.c.person_id == Enrolment.c.person_id,
        _other.c.status.in_(literals(HELD)),
    )
    .having(func.count() >= func.max(_this_draw.c.seats_each))
    .correlate(Enrolment)
    .exists()
)
"""Whether the person has as many seats in the offering's draw as one person gets."""
_list_lines_beside = (
    select(Enrolment.c.person_id, Offering.c.code)
    .join(Offering, Offering.c.id == Enrolment.c.offering_id)
    .join(_other_draw, _other_draw.c.offering_id == Enrolment.c.offering_id)
    .join(_this_draw, _this_draw.c.drawn_with == _other_draw.c.drawn_with)
    .where(
        _this_draw.c.offering_id == bindparam("offering_id"),
        Enrolment.c.offering_id != bindparam("offering_id"),
        Enrolment.c.status == "waiting",
        Enrolment.c.person_id.in_(bindparam("ids", expanding=True)),
    )
)
_list_line = (
    select(Enrolment.c.id, Enrolment.c.agency, Enrolment.c.let_go)
    .join(Person, Person.c.id == Enrolment.c.person_id)
    .where(
        *_in_line,
        Person.c.is_guest.is_(False),
        Person.c.is_bot.is_(False),
        Person.c.deactivated.is_(False),
        ~_has_another,
        ~exists().where(Removal.c.enrolment_id == Enrolment.c.id, Removal.c.done_at.is_(None)),
    )
    .order_by(*in_line_order)
)
_list_waiting_in = _rows.where(*_in_line).order_by(*in_line_order)
_list_waiting_in_many = _rows.where(
    Enrolment.c.offering_id.in_(bindparam("ids", expanding=True)), Enrolment.c.status == "waiting"
).order_by(Enrolment.c.offering_id, *in_line_order)
_list_lines = (
    select(Enrolment.c.offering_id)
    .where(
        Enrolment.c.offering_id.in_(bindparam("ids", expanding=True)),
        Enrolment.c.status.in_(literals(("waiting", "offered"))),
    )
    .distinct()
)
_count_line_up_to = _count_line.where(
    (rank_in_line < bindparam("rank"))
    | ((rank_in_line == bindparam("rank")) & (place_in_line <= bindparam("up_to")))
)
_count_turns_before = _count_line.where(Enrolment.c.turn < bindparam("turn"))
_get_another = select(Enrolment.c.id).where(Enrolment.c.id == bindparam("id"), _has_another)


def list_waiting(tx: Tx, offering_id: int) -> list[tuple[int, str, int]]:
    """The waiting people who may be seated, in order: enrolment id, agency key, which seats they let go.

    Left out are people who became guests or were deactivated while waiting, who keep their place; people
    being removed; and people who have their seat in the same draw.
    """
    rows = execute(tx, _list_line, offering_id=offering_id).all()
    return [(row.id, row.agency, row.let_go) for row in rows]


def list_waiting_in(tx: Tx, offering_id: int) -> Sequence[EnrolmentRow]:
    """Everybody on the waiting list, in its order."""
    return fetch(tx, _list_waiting_in, EnrolmentRow, offering_id=offering_id)


def list_waiting_in_many(tx: Tx, offering_ids: Collection[int]) -> dict[int, list[EnrolmentRow]]:
    """The waiting lists of these offerings, each in its order; empty ones are left out."""
    found: dict[int, list[EnrolmentRow]] = {}
    for row in fetch(tx, _list_waiting_in_many, EnrolmentRow, ids=list(offering_ids)):
        found.setdefault(row.offering_id, []).append(row)
    return found


def list_lines(tx: Tx, offering_ids: Collection[int]) -> set[int]:
    """Those of these offerings in which somebody waits or is offered a seat."""
    return set(execute(tx, _list_lines, ids=list(offering_ids)).scalars())


def list_lines_beside(tx: Tx, offering_id: int, person_ids: Collection[str]) -> list[tuple[str, str]]:
    """The other waiting lists of an offering's draw that these people are on: the person and the offering's
    code.
    """
    rows = execute(tx, _list_lines_beside, offering_id=offering_id, ids=sorted(person_ids))
    return [(row.person_id, row.code) for row in rows]


def has_another_seat(tx: Tx, enrolment_id: int) -> bool:
    """Whether the enrolment's person already has the most seats that one person gets in its draw."""
    return execute(tx, _get_another, id=enrolment_id).first() is not None


def count_waiting(tx: Tx, offering_id: int, *, up_to: EnrolmentRow | None = None) -> int:
    """The number of people waiting; with ``up_to``, up to and including that enrolment's place."""
    if up_to is None:
        return int(execute(tx, _count_line, offering_id=offering_id).scalar_one())
    rank = NO_TURN if up_to.turn is None else up_to.turn
    found = execute(tx, _count_line_up_to, offering_id=offering_id, rank=rank, up_to=up_to.in_line)
    return int(found.scalar_one())


def count_turns_before(tx: Tx, offering_id: int, turn: int) -> int:
    """How many people wait here with an earlier kept turn."""
    return int(execute(tx, _count_turns_before, offering_id=offering_id, turn=turn).scalar_one())


def send_to_the_back(tx: Tx, enrolment: EnrolmentRow) -> None:
    """Move the enrolment to the end of its waiting list and drop its kept turn; later sign-ups stand behind
    it. The caller holds the offering's lock.
    """
    last = tx.scalar(select(func.max(place_in_line)).where(Enrolment.c.offering_id == enrolment.offering_id))
    newest = tx.scalar(select(func.max(Enrolment.c.id)))
    place = max(last or 0.0, float(newest or 0)) + _STEP_BACK
    execute(tx, update(Enrolment).where(Enrolment.c.id == enrolment.id).values(place=place, turn=None))


def set_let_go(tx: Tx, enrolment_id: int, seat: int) -> None:
    """Record that the person has let go of every seat up to this number."""
    execute(tx, update(Enrolment).where(Enrolment.c.id == enrolment_id).values(let_go=seat))
