"""Queries about polls on the time of a session."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from storage.statements import execute
from storage.tables import TimeAnswer, TimePoll
from storage.transaction import Tx

_unclosed = select(TimePoll.id).where(
    TimePoll.offering_id.in_(bindparam("ids", expanding=True)), TimePoll.closed_at.is_(None)
)


def add_poll(
    tx: Tx, offering_id: int, number: int, times: Sequence[str], asked_by: str, now: datetime
) -> TimePoll:
    row = TimePoll(offering_id=offering_id, number=number, times=list(times), asked_by=asked_by, asked_at=now)
    tx.add(row)
    tx.flush()  # gives the poll its id
    return row


def get_poll(tx: Tx, poll_id: int) -> TimePoll | None:
    return tx.get(TimePoll, poll_id)


def list_unclosed(tx: Tx, offering_ids: Sequence[int]) -> Sequence[TimePoll]:
    """The polls of these offerings that nobody has closed, in their order."""
    ids = execute(tx, _unclosed, ids=list(offering_ids)).scalars().all()
    # Each seat that is taken asks, and there is hardly ever one.
    return tx.scalars(select(TimePoll).where(TimePoll.id.in_(ids)).order_by(TimePoll.id)).all() if ids else []


def list_answers(tx: Tx, poll_id: int) -> Sequence[TimeAnswer]:
    return tx.scalars(
        select(TimeAnswer).where(TimeAnswer.poll_id == poll_id).order_by(TimeAnswer.person_id)
    ).all()


def get_answer(tx: Tx, poll_id: int, person_id: str) -> TimeAnswer | None:
    return tx.get(TimeAnswer, (poll_id, person_id))


def set_answer(tx: Tx, poll_id: int, person_id: str, times: Sequence[int], now: datetime) -> None:
    row = tx.get(TimeAnswer, (poll_id, person_id))
    if row is None:
        row = TimeAnswer(poll_id=poll_id, person_id=person_id)
        tx.add(row)
    row.times, row.answered_at = sorted(times), now
    tx.flush()
