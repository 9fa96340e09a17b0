"""Queries about the state of Slack's rate limit for each method, shared by all instances."""

from datetime import datetime

from sqlalchemy import select

from storage.statements import or_keep
from storage.tables import RateLimitState
from storage.transaction import Tx

_add = or_keep(RateLimitState, ("method", "tokens", "refilled_at", "not_before"))


def note_write(tx: Tx, now: datetime) -> None:
    """Write something, to see whether that is possible."""
    lock_rate_limit(tx, "readyz", full=0, now=now).refilled_at = now


def list_pauses(tx: Tx, now: datetime) -> dict[str, datetime]:
    """The methods that Slack has paused (Retry-After), and until when."""
    query = select(RateLimitState.method, RateLimitState.not_before).where(RateLimitState.not_before > now)
    return {method: until for method, until in tx.execute(query) if until is not None}


def lock_rate_limit(tx: Tx, method: str, *, full: float, now: datetime) -> RateLimitState:
    """The state of the method's rate limit, locked until the commit; a new one has ``full`` tokens."""
    query = select(RateLimitState).where(RateLimitState.method == method).with_for_update()
    found = tx.scalars(query).one_or_none()
    if found is None:
        _add.run(tx, method=method, tokens=full, refilled_at=now, not_before=None)
        found = tx.scalars(query).one()
    return found
