"""Queries about polls on the time of a session."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from storage.statements import Upsert, execute, fetch, fetch_one
from storage.tables import TimeAnswer, TimePoll
from storage.transaction import Tx


class PollRow(NamedTuple):
    """See ``storage.tables.TimePoll``."""

    id: int
    offering_id: int
    number: int
    times: list[str]
    asked_by: str | None
    closed_at: datetime | None


_columns = TimePoll.c[PollRow._fields]
_get = select(*_columns).where(TimePoll.c.id == bindparam("id"))
_list_unclosed = (
    select(*_columns)
    .where(TimePoll.c.offering_id.in_(bindparam("ids", expanding=True)), TimePoll.c.closed_at.is_(None))
    .order_by(TimePoll.c.id)
)
_add = insert(TimePoll).returning(*_columns)
_close = update(TimePoll).where(TimePoll.c.id == bindparam("which")).values(closed_at=bindparam("now"))
_list_answers = (
    select(TimeAnswer.c.person_id, TimeAnswer.c.times)
    .where(TimeAnswer.c.poll_id == bindparam("poll_id"))
    .order_by(TimeAnswer.c.person_id)
)
_set_answer = Upsert(
    TimeAnswer,
    ("poll_id", "person_id", "times", "answered_at"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["poll_id", "person_id"],
        set_={"times": insert.excluded.times, "answered_at": insert.excluded.answered_at},
    ),
)


def add_poll(
    tx: Tx, offering_id: int, number: int, times: Sequence[str], asked_by: str, now: datetime
) -> PollRow:
    values = {"number": number, "times": list(times), "asked_by": asked_by, "asked_at": now}
    return PollRow(*execute(tx, _add, offering_id=offering_id, **values).one())


def get_poll(tx: Tx, poll_id: int) -> PollRow | None:
    return fetch_one(tx, _get, PollRow, id=poll_id)


def list_unclosed(tx: Tx, offering_ids: Sequence[int]) -> Sequence[PollRow]:
    """The polls of these offerings that are not closed, in order."""
    return fetch(tx, _list_unclosed, PollRow, ids=list(offering_ids))


def close_poll(tx: Tx, poll_id: int, now: datetime) -> None:
    execute(tx, _close, which=poll_id, now=now)


def list_answers(tx: Tx, poll_id: int) -> dict[str, frozenset[int]]:
    """By person, the times that suit them."""
    found = execute(tx, _list_answers, poll_id=poll_id)
    return {person_id: frozenset(times) for person_id, times in found}


def set_answer(tx: Tx, poll_id: int, person_id: str, times: Sequence[int], now: datetime) -> None:
    _set_answer.run(tx, poll_id=poll_id, person_id=person_id, times=sorted(times), answered_at=now)
