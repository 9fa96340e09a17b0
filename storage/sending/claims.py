"""Queries about deliveries that are due: claiming leases them, marking is fenced."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.domain.deliveries import DeliveryState
from storage.statements import execute, fetch, literals
from storage.tables import Delivery
from storage.transaction import Tx

_now = bindparam("now", type_=Delivery.c.due_at.type)
_soon = bindparam("soon", type_=Delivery.c.due_at.type)
LONGEST = timedelta(minutes=20)
"""Longer than any lease and any pause: one that seems longer was written by a clock that ran ahead. The
longest is ``LONGEST_WAIT``; a clock that ran ahead by less holds nothing up for longer.
"""
CHANNEL_PAUSE = timedelta(seconds=1)
"""Slack takes about one message a second in a channel."""


class DueRow(NamedTuple):
    """A due delivery as its sender takes it; see ``storage.tables.Delivery``."""

    id: int
    kind: str
    recipient: str
    planned_at: datetime
    due_at: datetime
    expires_at: datetime | None
    attempts: int
    maybe_sent: bool


def due_kinds(tx: Tx, now: datetime) -> set[str]:
    """The kinds with a due delivery, or one whose sender's lease has run out."""
    return set(execute(tx, _kinds_due, now=now, soon=now + LONGEST).scalars())


def prepare_due(tx: Tx, now: datetime) -> None:
    """Before a claim: mark due but expired deliveries as missed, unless an attempt may have reached Slack
    (that is checked first), and plan again those claimed under an expired lease: their sender died or was too
    slow.
    """
    execute(tx, _miss, now=now)
    execute(tx, _free, now=now, soon=now + LONGEST)


def claim_due(
    tx: Tx, *, kinds: Sequence[str], owner: str, now: datetime, lease: timedelta, limit: int
) -> Sequence[DueRow]:
    """Take up to ``limit`` due deliveries for ``owner``: the most urgent kind first (``kinds`` is in that
    order), in it the oldest. In one conversation the order is kept: only its oldest is taken, and none
    within a second of the last.

    The rows are those before the claim (``attempts``, ``maybe_sent``). Owner, attempt and lease are written
    here, before anything is sent; ``owner`` must be unique to this claim, because it fences ``mark``. The
    caller holds the lock of the method's rate limit, so no two claims run at once.
    """
    bounds = {"now": now, "soon": now + LONGEST, "calm_since": now - CHANNEL_PAUSE}
    found = fetch(tx, _claimable(tuple(kinds)), DueRow, **bounds, most=limit)
    if found:
        ids = [each.id for each in found]
        execute(tx, _claim, ids=ids, new_owner=owner, new_lease=now + lease)
    return found


@cache
def _claimable(kinds: tuple[str, ...]) -> Select[Any]:
    """Building this statement takes longer than running it, and it runs each second: it is built once."""
    sending, sent = Delivery.alias(), Delivery.alias()
    # One query with its own small index, instead of one by the recipient's whole history for each.
    busy = select(sending.c.recipient).where(_is_sending(sending))
    just_sent = exists().where(
        sent.c.recipient == Delivery.c.recipient,
        sent.c.sent_at > bindparam("calm_since", type_=Delivery.c.sent_at.type),
        sent.c.sent_at <= _now,  # one from the future was stored by a clock that ran ahead
    )
    # What is due is gathered first, by its own small index: a million planned rows must not matter. Then
    # the rows are numbered, not joined with each other: without statistics, as after a sudden crowd,
    # PostgreSQL would compare every pair.
    gathered = (
        select(Delivery.c.id, Delivery.c.recipient, Delivery.c.due_at)
        .where(*_due(Delivery, _now), _is_its_time(Delivery), Delivery.c.kind.in_(literals(kinds)))
        .cte("gathered")
        .prefix_with("MATERIALIZED")
    )
    turn = func.row_number().over(
        partition_by=gathered.c.recipient, order_by=(gathered.c.due_at, gathered.c.id)
    )
    due = select(gathered.c.id, turn.label("turn")).subquery()
    urgency = case({kind: n for n, kind in enumerate(kinds)}, value=Delivery.c.kind)
    return (
        select(*Delivery.c[DueRow._fields])
        .join(due, due.c.id == Delivery.c.id)
        .where(due.c.turn == 1, Delivery.c.recipient.not_in(busy), ~just_sent)
        .order_by(urgency, Delivery.c.due_at, Delivery.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=Delivery, skip_locked=True)
    )


def mark(tx: Tx, delivery_id: int, *, owner: str, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Store the outcome of a claimed delivery. Returns False, and stores nothing, if another sender has the
    claim now.
    """
    new = {f"new_{name}": value for name, value in values.items()}
    marked = execute(tx, _marking(frozenset(values)), claimed=delivery_id, claimant=owner, **new)
    return marked.first() is not None


def _due(table: FromClause, now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    # The state is a literal, not a parameter, because the partial index is used only then.
    return table.c.state == literal_column("'planned'"), table.c.due_at <= now


def _is_its_time(table: FromClause) -> ColumnElement[bool]:
    """Whether the pause after the last attempt is over."""
    return or_(table.c.retry_at.is_(None), table.c.retry_at <= _now, table.c.retry_at > _soon)


def _has_lost_its_lease(table: FromClause) -> ColumnElement[bool]:
    return or_(table.c.leased_until <= _now, table.c.leased_until > _soon)


def _is_sending(table: FromClause) -> ColumnElement[bool]:
    return table.c.state == literal_column("'sending'")


_miss = (
    update(Delivery)
    .where(*_due(Delivery, _now), Delivery.c.expires_at <= _now, Delivery.c.maybe_sent.is_(False))
    .values(state=DeliveryState.MISSED, reason="too_late")
)
_free = (
    update(Delivery)
    .where(_is_sending(Delivery), _has_lost_its_lease(Delivery))
    .values(state=DeliveryState.PLANNED, owner=None, leased_until=None)
)
_claim = (
    update(Delivery)
    .where(Delivery.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=DeliveryState.SENDING,
        owner=bindparam("new_owner"),
        leased_until=bindparam("new_lease"),
        attempts=Delivery.c.attempts + 1,
        maybe_sent=True,
    )
)
_kinds_due = (
    select(Delivery.c.kind)
    .where(*_due(Delivery, _now), _is_its_time(Delivery))
    .union(select(Delivery.c.kind).where(_is_sending(Delivery), _has_lost_its_lease(Delivery)))
)
_first_due = (
    select(Delivery.c.due_at)
    .where(Delivery.c.state == literal_column("'planned'"), Delivery.c.retry_at.is_(None))
    .order_by(Delivery.c.due_at)
    .limit(1)
)
_first_retry = select(func.min(Delivery.c.retry_at)).where(
    Delivery.c.state == literal_column("'planned'"), Delivery.c.retry_at.is_not(None)
)


@cache
def _marking(names: frozenset[str]) -> Executable:
    values = {name: bindparam(f"new_{name}", type_=Delivery.c[name].type) for name in names}
    return (
        update(Delivery)
        .where(
            Delivery.c.id == bindparam("claimed"),
            _is_sending(Delivery),
            Delivery.c.owner == bindparam("claimant"),
        )
        .values(owner=None, leased_until=None, **values)
        .returning(Delivery.c.id)
    )


def oldest_due_at(tx: Tx, now: datetime, set_aside: str) -> datetime | None:
    """The due time of the longest overdue planned delivery; None if there is none. Those with the reason
    ``set_aside`` are left out.
    """
    query = select(func.min(Delivery.c.due_at)).where(
        *_due(Delivery, now), func.coalesce(Delivery.c.reason, "") != set_aside
    )
    oldest: datetime | None = tx.scalar(query)
    return oldest


class SetAsideDeliveryRow(NamedTuple):
    """A planned delivery that raised an error, and when it is tried again."""

    id: int
    kind: str
    recipient: str
    attempts: int
    retry_at: datetime


_set_aside = (
    select(*Delivery.c[SetAsideDeliveryRow._fields])
    .where(Delivery.c.state == literal_column("'planned'"), Delivery.c.reason == bindparam("reason"))
    .order_by(Delivery.c.id)
)


def list_set_aside(tx: Tx, set_aside: str) -> list[SetAsideDeliveryRow]:
    """Planned deliveries that were set aside for this reason."""
    return fetch(tx, _set_aside, SetAsideDeliveryRow, reason=set_aside)


def next_due_at(tx: Tx) -> datetime | None:
    """When the next planned delivery is due or is tried again; None if there is none."""
    found = (execute(tx, _first_due).scalar(), execute(tx, _first_retry).scalar())
    return min((each for each in found if each is not None), default=None)
