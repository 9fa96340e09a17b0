"""Queries about the state of Slack's rate limit for each method, shared by all instances."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.domain.sending.rate_limit import TokenBucket
from storage.statements import Upsert, execute, fetch_one, or_keep
from storage.tables import RateLimitState
from storage.transaction import Tx

_columns = ("method", "tokens", "refilled_at", "not_before")
_add = or_keep(RateLimitState, _columns)
_note_write = Upsert(
    RateLimitState,
    _columns,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["method"], set_={"refilled_at": insert.excluded.refilled_at}
    ),
)
_lock = (
    select(RateLimitState.c.tokens, RateLimitState.c.refilled_at, RateLimitState.c.not_before)
    .where(RateLimitState.c.method == bindparam("of"))
    .with_for_update()
)
_store = (
    update(RateLimitState)
    .where(RateLimitState.c.method == bindparam("of"))
    .values(tokens=bindparam("left"), refilled_at=bindparam("at"), not_before=bindparam("paused_until"))
)


def note_write(tx: Tx, now: datetime) -> None:
    """Write a row, to check that writing is possible."""
    _note_write.run(tx, method="readyz", tokens=0, refilled_at=now, not_before=None)


def list_pauses(tx: Tx, now: datetime) -> dict[str, datetime]:
    """The methods that Slack has paused (Retry-After), and until when."""
    query = select(RateLimitState.c.method, RateLimitState.c.not_before).where(
        RateLimitState.c.not_before > now
    )
    return {method: until for method, until in tx.execute(query) if until is not None}


def lock_rate_limit(tx: Tx, method: str, *, full: float, now: datetime) -> TokenBucket:
    """The method's rate limit, locked until the commit; a new one starts with ``full`` tokens."""
    found = fetch_one(tx, _lock, TokenBucket, of=method)
    if found is None:
        _add.run(tx, method=method, tokens=full, refilled_at=now, not_before=None)
        found = fetch_one(tx, _lock, TokenBucket, of=method)
    assert found is not None
    return found


def store_rate_limit(tx: Tx, method: str, bucket: TokenBucket) -> None:
    execute(tx, _store, of=method, left=bucket.tokens, at=bucket.at, paused_until=bucket.not_before)
