"""Queries about what is left of Slack's allowance for each method, shared by every instance."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import SendPace
from storage.upsert import or_keep

_add = or_keep(SendPace, ("method", "tokens", "refilled_at", "not_before"))


def lock_pace(tx: Session, method: str, *, full: float, now: datetime) -> SendPace:
    """The method's pace, locked until the commit; a new one starts with ``full`` tokens."""
    query = select(SendPace).where(SendPace.method == method).with_for_update()
    found = tx.scalars(query).one_or_none()
    if found is None:
        _add.run(tx, {"method": method, "tokens": full, "refilled_at": now, "not_before": None})
        found = tx.scalars(query).one()
    return found
