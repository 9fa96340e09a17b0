"""The row that holds the newest bot token."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from storage.statements import Upsert, execute, fetch_one
from storage.tables import StoredBotToken
from storage.transaction import Tx

_begin = Upsert(
    StoredBotToken,
    ("id", "first", "sealed", "ends_at", "leased_until"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=[StoredBotToken.c.id],
        set_={name: insert.excluded[name] for name in ("first", "sealed", "ends_at", "leased_until")},
        where=StoredBotToken.c.first != insert.excluded.first,
    ),
)
_get = select(
    StoredBotToken.c.first, StoredBotToken.c.sealed, StoredBotToken.c.ends_at, StoredBotToken.c.leased_until
)
_lease = update(StoredBotToken).values(leased_until=bindparam("until"))
_replace = update(StoredBotToken).values(
    sealed=bindparam("new_sealed"), ends_at=bindparam("new_end"), leased_until=None
)


class BotTokenRow(NamedTuple):
    first: str
    sealed: bytes
    ends_at: datetime
    leased_until: datetime | None


def get_bot_token(tx: Tx) -> BotTokenRow | None:
    return fetch_one(tx, _get, BotTokenRow)


def lock_bot_token(tx: Tx) -> BotTokenRow | None:
    return fetch_one(tx, _get.with_for_update(), BotTokenRow)


def begin_bot_token(tx: Tx, *, first: str, sealed: bytes, ends_at: datetime) -> None:
    """Store this as the token that renewing starts from, unless it has started from the same refresh token
    already.
    """
    _begin.run(tx, id=1, first=first, sealed=sealed, ends_at=ends_at, leased_until=None)


def lease_bot_token(tx: Tx, until: datetime | None) -> None:
    execute(tx, _lease, until=until)


def replace_bot_token(tx: Tx, *, sealed: bytes, ends_at: datetime) -> None:
    execute(tx, _replace, new_sealed=sealed, new_end=ends_at)
