"""Queries about which changed sessions seat holders were told of, and who has acknowledged them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from storage.statements import Upsert, execute, fetch, fetch_one
from storage.tables import ChangeNotice, Enrolment
from storage.transaction import Tx


class ChangeNoticeRow(NamedTuple):
    """See ``storage.tables.ChangeNotice``."""

    enrolment_id: int
    person_id: str
    version: int
    sessions: list[int]
    sent_at: datetime
    acknowledged_at: datetime | None


_notices = select(*ChangeNotice.c[ChangeNoticeRow._fields])
_get = _notices.where(ChangeNotice.c.enrolment_id == bindparam("enrolment_id"))
_list = (
    _notices.join(Enrolment, Enrolment.c.id == ChangeNotice.c.enrolment_id)
    .where(Enrolment.c.offering_id == bindparam("offering_id"), Enrolment.c.status == "seated")
    .order_by(ChangeNotice.c.enrolment_id)
)
_write = Upsert(
    ChangeNotice,
    ChangeNoticeRow._fields,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["enrolment_id"],
        set_={name: insert.excluded[name] for name in ChangeNoticeRow._fields[2:]},
    ),
)
_acknowledge = (
    update(ChangeNotice)
    .where(ChangeNotice.c.enrolment_id == bindparam("of"))
    .values(acknowledged_at=bindparam("now"))
)


def note_sent(
    tx: Tx, enrolment_id: int, person_id: str, version: int, sessions: Collection[int], now: datetime
) -> None:
    """Record that the person was sent a message about these sessions. Sessions of an earlier, unacknowledged
    one are kept.
    """
    last = get_notice(tx, enrolment_id)
    open_still = last.sessions if last is not None and last.acknowledged_at is None else []
    row = ChangeNoticeRow(enrolment_id, person_id, version, sorted({*open_still, *sessions}), now, None)
    _write.run(tx, **row._asdict())


def note_acknowledged(tx: Tx, enrolment_id: int, now: datetime) -> None:
    execute(tx, _acknowledge, of=enrolment_id, now=now)


def get_notice(tx: Tx, enrolment_id: int) -> ChangeNoticeRow | None:
    return fetch_one(tx, _get, ChangeNoticeRow, enrolment_id=enrolment_id)


def list_notices(tx: Tx, offering_id: int) -> Sequence[ChangeNoticeRow]:
    """The last notice of each current seat holder, in order of sign-up."""
    return fetch(tx, _list, ChangeNoticeRow, offering_id=offering_id)
