"""Queries about what people with a seat were told of changed sessions, and who has acknowledged it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from storage.tables import ChangeNotice, Enrolment
from storage.transaction import Tx


def note_sent(
    tx: Tx, enrolment_id: int, person_id: str, version: int, sessions: Collection[int], now: datetime
) -> None:
    """The person was sent a message about these sessions. Of an earlier one they have not acknowledged, the
    sessions stay."""
    row = tx.get(ChangeNotice, enrolment_id)
    if row is None:
        row = ChangeNotice(enrolment_id=enrolment_id, person_id=person_id, sessions=[])
        tx.add(row)
    open_still = row.sessions if row.acknowledged_at is None else []
    row.version, row.sent_at, row.acknowledged_at = version, now, None
    row.sessions = sorted({*open_still, *sessions})
    tx.flush()


def get_notice(tx: Tx, enrolment_id: int) -> ChangeNotice | None:
    return tx.get(ChangeNotice, enrolment_id)


def list_notices(tx: Tx, offering_id: int) -> Sequence[ChangeNotice]:
    """What those who have a seat now were told last, in order of sign-up."""
    return tx.scalars(
        select(ChangeNotice)
        .join(Enrolment, Enrolment.id == ChangeNotice.enrolment_id)
        .where(Enrolment.offering_id == offering_id, Enrolment.status == "seated")
        .order_by(ChangeNotice.enrolment_id)
    ).all()
