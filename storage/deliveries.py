"""Queries about deliveries: planning them (idempotent) and listing them. ``storage.sending.claims`` has the
due ones.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    bindparam,
    case,
    delete,
    func,
    select,
    true,
    update,
)

from bot.domain.deliveries import DeliveryState
from storage.statements import Upsert, execute, execute_many, fetch, fetch_one, literals, or_keep
from storage.tables import Delivery
from storage.transaction import Tx, wake_sender

_planned_columns = (
    "kind",
    "recipient",
    "subject",
    "occurrence",
    "state",
    "due_at",
    "expires_at",
    "planned_at",
    "attempts",
    "maybe_sent",
)
OPEN = (DeliveryState.PLANNED, DeliveryState.SENDING)
UNSENT = (DeliveryState.PLANNED, DeliveryState.CANCELLED)


class DeliveryRow(NamedTuple):
    """See ``storage.tables.Delivery``; without the columns that only claims need."""

    id: int
    kind: str
    recipient: str
    subject: str
    occurrence: str
    state: str
    reason: str | None
    planned_at: datetime
    due_at: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    attempts: int
    maybe_sent: bool
    channel: str | None
    ts: str | None


_plan_anew = (
    update(Delivery)
    .where(
        Delivery.c.id == bindparam("delivery_id"),
        Delivery.c.state.in_(literals(UNSENT)),
    )
    .values({name: bindparam(f"new_{name}") for name in ("state", "reason", "due_at", "expires_at")})
)
_note_sent_with = (
    update(Delivery)
    .where(Delivery.c.id.in_(bindparam("ids", expanding=True)), Delivery.c.state == DeliveryState.PLANNED)
    .values(
        state=DeliveryState.SENT,
        reason="in_one_message",
        sent_at=bindparam("at"),
        channel=bindparam("where"),
    )
)
_delete = delete(Delivery).where(Delivery.c.id == bindparam("delivery_id"))
_add = or_keep(Delivery, _planned_columns)
_add_skipped = or_keep(Delivery, (*_planned_columns, "reason"))
_renew = Upsert(
    Delivery,
    _planned_columns,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["kind", "recipient", "subject", "occurrence"],
        set_={
            "state": DeliveryState.PLANNED,
            "due_at": insert.excluded.due_at,
            "retry_at": None,
            "owner": None,
            "leased_until": None,
            "reason": None,
        },
    ),
)

_owe_soon = Upsert(
    Delivery,
    _planned_columns,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["kind", "recipient", "subject", "occurrence"],
        set_={
            "state": DeliveryState.PLANNED,
            # Counted from the first change: later ones don't postpone it.
            "due_at": case(
                (
                    (Delivery.c.state == DeliveryState.PLANNED)
                    & (Delivery.c.due_at < insert.excluded.due_at),
                    Delivery.c.due_at,
                ),
                else_=insert.excluded.due_at,
            ),
            "maybe_sent": case(
                (
                    (Delivery.c.state == DeliveryState.PLANNED) | (Delivery.c.state == DeliveryState.SENDING),
                    Delivery.c.maybe_sent,
                ),
                else_=False,
            ),
            "attempts": case((Delivery.c.state == DeliveryState.PLANNED, Delivery.c.attempts), else_=0),
            "owner": None,
            "leased_until": None,
            "reason": None,
        },
    ),
)


def add_delivery(
    tx: Tx,
    *,
    kind: str,
    recipient: str,
    subject: str,
    occurrence: str,
    due_at: datetime,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Plan one message. Idempotent: (kind, recipient, subject, occurrence) is unique."""
    row = {"kind": kind, "recipient": recipient, "subject": subject, "occurrence": occurrence}
    _add.run(tx, **_planned(row, due_at, expires_at, now))
    wake_sender(tx)


def owe_soon(
    tx: Tx, *, kind: str, recipient: str, subject: str, occurrence: str, due_at: datetime, now: datetime
) -> None:
    """Plan a delivery that gathers changes: at ``due_at``, or earlier if it is planned already.
    ``maybe_sent`` stays true only for a delivery that is still open: an attempt may have reached Slack.
    """
    row = {"kind": kind, "recipient": recipient, "subject": subject, "occurrence": occurrence}
    _owe_soon.run(tx, **_planned(row, due_at, None, now))
    wake_sender(tx)


def renew_delivery(
    tx: Tx,
    *,
    kind: str,
    recipient: str,
    subject: str,
    occurrence: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Plan a delivery that is owed again whenever its content changes, such as a person's App Home: now, or
    at ``due_at``. One being sent is planned again, which ends its sender's claim: the newer state is sent
    after it.
    """
    row = {"kind": kind, "recipient": recipient, "subject": subject, "occurrence": occurrence}
    _renew.run(tx, **_planned(row, due_at or now, None, now))
    wake_sender(tx)


def renew_deliveries(tx: Tx, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Plan many at once, like ``renew_delivery``: kind, recipient, subject, occurrence, due_at each."""
    if rows:
        _renew.run_many(tx, [_planned(row, row["due_at"], None, now) for row in rows])
        wake_sender(tx)


def add_deliveries(tx: Tx, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Plan many at once, like ``add_delivery``: kind, recipient, subject, occurrence, due_at, expires_at
    each."""
    if rows:
        _add.run_many(tx, [_planned(row, row["due_at"], row["expires_at"], now) for row in rows])
        wake_sender(tx)


def _planned(
    row: Mapping[str, Any], due_at: datetime, expires_at: datetime | None, now: datetime
) -> dict[str, Any]:
    return {
        **row,
        "state": DeliveryState.PLANNED,
        "due_at": due_at,
        "expires_at": expires_at,
        "planned_at": now,
        "attempts": 0,
        "maybe_sent": False,
    }


def add_cancelled(tx: Tx, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store messages that are skipped from the start, so that lists show why: kind, recipient, subject,
    occurrence, reason each.
    """
    cancelled = {"state": DeliveryState.CANCELLED}
    _add_skipped.run_many(tx, [_planned(row, now, None, now) | cancelled for row in rows])


def cancel_planned(
    tx: Tx, *, kind: str, recipient: str | None, subject: str, reason: str, occurrence: str | None = None
) -> None:
    """Cancel planned deliveries of this kind, for this recipient (None: for all), about this subject (and
    this occurrence only).
    """
    which = [
        Delivery.c.kind == kind,
        Delivery.c.subject == subject,
        Delivery.c.state == DeliveryState.PLANNED,
    ]
    if recipient is not None:
        which.append(Delivery.c.recipient == recipient)
    if occurrence is not None:
        which.append(Delivery.c.occurrence == occurrence)
    execute(tx, update(Delivery).where(*which).values(state=DeliveryState.CANCELLED, reason=reason))


def plan_anew(tx: Tx, deliveries: Sequence[DeliveryRow]) -> None:
    """Store the new plans of these deliveries, except those being sent."""
    in_order = sorted(deliveries, key=lambda row: row.id)  # the order in which every transaction locks them
    changed = ("state", "reason", "due_at", "expires_at")
    execute_many(
        tx,
        _plan_anew,
        [
            {"delivery_id": row.id} | {f"new_{name}": getattr(row, name) for name in changed}
            for row in in_order
        ],
    )


def delete_delivery(tx: Tx, delivery_id: int) -> None:
    execute(tx, _delete, delivery_id=delivery_id)


# -- reading ------------------------------------------------------------------------------------------

_deliveries = select(*Delivery.c[DeliveryRow._fields])
_get = _deliveries.where(Delivery.c.id == bindparam("delivery_id"))
_list = _deliveries.order_by(Delivery.c.due_at, Delivery.c.id)
_list_in_state = _list.where(Delivery.c.state == bindparam("state"))
_list_about = _deliveries.where(
    Delivery.c.kind.in_(bindparam("kinds", expanding=True)),
    Delivery.c.subject.in_(bindparam("subjects", expanding=True)),
)
_list_about_to = _list_about.where(Delivery.c.recipient.in_(bindparam("recipients", expanding=True)))
_find_about = _deliveries.where(
    Delivery.c.kind == bindparam("kind"), Delivery.c.occurrence == bindparam("occurrence")
)
_list_planned_for = _deliveries.where(
    Delivery.c.recipient == bindparam("recipient"),
    Delivery.c.kind.in_(bindparam("kinds", expanding=True)),
    Delivery.c.state == DeliveryState.PLANNED,
    Delivery.c.due_at == bindparam("due_at"),
    Delivery.c.expires_at > bindparam("now"),
    Delivery.c.maybe_sent.is_(False),
).order_by(Delivery.c.id)
_list_sent_about = _deliveries.where(
    Delivery.c.kind.in_(bindparam("kinds", expanding=True)),
    Delivery.c.occurrence.in_(bindparam("occurrences", expanding=True)),
    Delivery.c.state == DeliveryState.SENT,
    Delivery.c.ts.is_not(None),
)


def list_about(
    tx: Tx, *, kinds: Collection[str], subjects: Collection[str], recipients: Collection[str] | None
) -> list[DeliveryRow]:
    """Deliveries of these kinds about these subjects, for these recipients (None: for all)."""
    about = {"kinds": list(kinds), "subjects": list(subjects)}
    if recipients is None:
        return fetch(tx, _list_about, DeliveryRow, **about)
    return fetch(tx, _list_about_to, DeliveryRow, **about, recipients=list(recipients))


def list_planned_times(tx: Tx, kinds: Collection[str], subjects: Collection[str]) -> dict[int, datetime]:
    """The due time of each planned delivery of these kinds about these subjects, by delivery id."""
    query = select(Delivery.c.id, Delivery.c.due_at).where(
        Delivery.c.kind.in_(kinds),
        Delivery.c.subject.in_(subjects),
        Delivery.c.state == DeliveryState.PLANNED,
    )
    return {row.id: row.due_at for row in tx.execute(query)}


def get_delivery(tx: Tx, delivery_id: int) -> DeliveryRow | None:
    return fetch_one(tx, _get, DeliveryRow, delivery_id=delivery_id)


def list_deliveries(tx: Tx, state: str | None = None) -> list[DeliveryRow]:
    if state is None:
        return fetch(tx, _list, DeliveryRow)
    return fetch(tx, _list_in_state, DeliveryRow, state=state)


def find_about(tx: Tx, kind: str, occurrence: str) -> DeliveryRow | None:
    """The only delivery of this kind about an occurrence."""
    return fetch_one(tx, _find_about, DeliveryRow, kind=kind, occurrence=occurrence)


def is_open(tx: Tx, kind: str, occurrence: str) -> bool:
    """Whether a delivery of this kind about this occurrence is not settled yet."""
    query = select(Delivery.c.id).where(
        Delivery.c.kind == kind, Delivery.c.occurrence == occurrence, Delivery.c.state.in_(OPEN)
    )
    return tx.execute(query.limit(1)).first() is not None


def last_sent_to(tx: Tx, recipient: str, kinds: Collection[str]) -> datetime | None:
    """When a delivery of these kinds was last sent to this recipient."""
    query = select(func.max(Delivery.c.sent_at)).where(
        Delivery.c.recipient == recipient, Delivery.c.kind.in_(kinds), Delivery.c.state == DeliveryState.SENT
    )
    last: datetime | None = tx.scalar(query)
    return last


def next_planned_to(tx: Tx, recipient: str, kinds: Collection[str], before: datetime) -> datetime | None:
    """The latest due time among these messages that are due by then; None if there is none."""
    due_at: datetime | None = tx.scalar(
        select(func.max(Delivery.c.due_at)).where(
            Delivery.c.recipient == recipient,
            Delivery.c.kind.in_(kinds),
            Delivery.c.state == DeliveryState.PLANNED,
            Delivery.c.due_at < before,
        )
    )
    return due_at


def list_planned_for(
    tx: Tx, recipient: str, kinds: Collection[str], due_at: datetime, now: datetime
) -> list[DeliveryRow]:
    """Deliveries of these kinds planned for this recipient for the same moment that are still useful and
    certainly unsent.
    """
    return fetch(
        tx, _list_planned_for, DeliveryRow, recipient=recipient, kinds=list(kinds), due_at=due_at, now=now
    )


def note_sent_with(tx: Tx, ids: Collection[int], other: DeliveryRow) -> None:
    """Record that these deliveries were covered by another one's message, which was sent."""
    execute(tx, _note_sent_with, ids=list(ids), at=other.sent_at, where=other.channel)


def list_sent_about(tx: Tx, *, kinds: Collection[str], occurrences: Collection[str]) -> list[DeliveryRow]:
    """Sent messages about these occurrences that can still be edited in place."""
    return fetch(tx, _list_sent_about, DeliveryRow, kinds=list(kinds), occurrences=list(occurrences))


def retry_delivery(tx: Tx, delivery_id: int, now: datetime) -> bool:
    """Plan a failed, missed or unknown delivery again. False for any other state."""
    result = execute(
        tx,
        update(Delivery)
        .where(
            Delivery.c.id == delivery_id,
            Delivery.c.state.in_((DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.UNKNOWN)),
        )
        .values(state=DeliveryState.PLANNED, due_at=now, retry_at=None, expires_at=None, reason=None)
        .returning(Delivery.c.id),
    )
    return result.scalar() is not None


def retry_deliveries(tx: Tx, states: Collection[str], since: datetime | None, now: datetime) -> list[int]:
    """Plan again all deliveries in these states that were due since then; return their ids."""
    result = execute(
        tx,
        update(Delivery)
        .where(Delivery.c.state.in_(states), true() if since is None else Delivery.c.due_at >= since)
        .values(state=DeliveryState.PLANNED, due_at=now, retry_at=None, expires_at=None, reason=None)
        .returning(Delivery.c.id),
    )
    return sorted(result.scalars())


def count_by_kind_and_state(tx: Tx) -> list[tuple[str, str, int]]:
    rows = tx.execute(
        select(Delivery.c.kind, Delivery.c.state, func.count()).group_by(Delivery.c.kind, Delivery.c.state)
    )
    return [(kind, state, number) for kind, state, number in rows]
