"""Queries about deliveries: planning them (idempotent) and listing them. Due ones:
``storage.sending.claims``."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    bindparam,
    case,
    func,
    select,
    true,
    update,
)

from bot.domain.deliveries import DeliveryState
from storage.statements import Upsert, execute_many, fetch, literals, or_keep
from storage.tables import Delivery
from storage.transaction import Tx

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
    """What planning needs to know of a delivery about prompts; see ``storage.tables.Delivery``."""

    id: int
    kind: str
    subject: str
    state: str
    due_at: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    reason: str | None
    maybe_sent: bool
    ts: str | None


class ReplannedRow(NamedTuple):
    """What planning many anew needs to know of each; see ``storage.tables.Delivery``."""

    id: int
    kind: str
    recipient: str
    subject: str
    occurrence: str
    state: str
    reason: str | None
    due_at: datetime
    expires_at: datetime | None


_plan_anew = (
    update(Delivery)
    .where(
        Delivery.id == bindparam("delivery_id"),
        Delivery.state.in_(literals(UNSENT)),
    )
    .values({name: bindparam(f"new_{name}") for name in ("state", "reason", "due_at", "expires_at")})
)
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
                    (Delivery.state == DeliveryState.PLANNED) & (Delivery.due_at < insert.excluded.due_at),
                    Delivery.due_at,
                ),
                else_=insert.excluded.due_at,
            ),
            "maybe_sent": case(
                (
                    (Delivery.state == DeliveryState.PLANNED) | (Delivery.state == DeliveryState.SENDING),
                    Delivery.maybe_sent,
                ),
                else_=False,
            ),
            "attempts": case((Delivery.state == DeliveryState.PLANNED, Delivery.attempts), else_=0),
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
    tx.info["planned"] = True


def owe_soon(
    tx: Tx, *, kind: str, recipient: str, subject: str, occurrence: str, due_at: datetime, now: datetime
) -> None:
    """Plan something that gathers changes: at ``due_at``, or earlier if it is planned already.

    ``maybe_sent`` stays true only for a delivery that is still open: an attempt may have reached Slack.
    """
    row = {"kind": kind, "recipient": recipient, "subject": subject, "occurrence": occurrence}
    _owe_soon.run(tx, **_planned(row, due_at, None, now))
    tx.info["planned"] = True


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
    """Plan something that is owed again whenever it changes, such as a person's App Home: now, or at
    ``due_at``.

    One that is being sent is planned anew, which ends its sender's claim: the newer state is sent after it.
    """
    row = {"kind": kind, "recipient": recipient, "subject": subject, "occurrence": occurrence}
    _renew.run(tx, **_planned(row, due_at or now, None, now))
    tx.info["planned"] = True


def renew_deliveries(tx: Tx, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Plan many at once, like ``renew_delivery``: kind, recipient, subject, occurrence, due_at each."""
    if rows:
        _renew.run_many(tx, [_planned(row, row["due_at"], None, now) for row in rows])
        tx.info["planned"] = True


def add_deliveries(tx: Tx, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Plan many at once, like ``add_delivery``: kind, recipient, subject, occurrence, due_at, expires_at
    each."""
    if rows:
        _add.run_many(tx, [_planned(row, row["due_at"], row["expires_at"], now) for row in rows])
        tx.info["planned"] = True


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
    """Store messages that are skipped from the start, so that the list shows them with their reasons: kind,
    recipient, subject, occurrence, reason each."""
    cancelled = {"state": DeliveryState.CANCELLED}
    _add_skipped.run_many(tx, [_planned(row, now, None, now) | cancelled for row in rows])


def cancel_planned(
    tx: Tx, *, kind: str, recipient: str | None, subject: str, reason: str, occurrence: str | None = None
) -> None:
    """Cancel what is planned of this kind, for this recipient (None: for all), about this subject (and this
    occurrence only)."""
    which = [Delivery.kind == kind, Delivery.subject == subject, Delivery.state == DeliveryState.PLANNED]
    if recipient is not None:
        which.append(Delivery.recipient == recipient)
    if occurrence is not None:
        which.append(Delivery.occurrence == occurrence)
    tx.execute(
        update(Delivery).where(*which).values(state=DeliveryState.CANCELLED, reason=reason),
        execution_options={"synchronize_session": False},
    )


def list_about(
    tx: Tx, *, kinds: Collection[str], subjects: Collection[str], recipients: Collection[str] | None
) -> Sequence[Delivery]:
    """Deliveries of these kinds about these subjects, for these recipients (None: for all)."""
    query = select(Delivery).where(Delivery.kind.in_(kinds), Delivery.subject.in_(subjects))
    if recipients is not None:
        query = query.where(Delivery.recipient.in_(recipients))
    return tx.scalars(query).all()


def list_to_replan(
    tx: Tx, *, kinds: Collection[str], subjects: Collection[str], recipients: Collection[str] | None
) -> list[ReplannedRow]:
    """The same as rows, for very many."""
    query = select(*(getattr(Delivery, name) for name in ReplannedRow._fields)).where(
        Delivery.kind.in_(kinds), Delivery.subject.in_(subjects)
    )
    if recipients is not None:
        query = query.where(Delivery.recipient.in_(recipients))
    return fetch(tx, query, ReplannedRow)


def list_planned_times(tx: Tx, kinds: Collection[str], subjects: Collection[str]) -> dict[int, datetime]:
    """When each delivery of these kinds that is planned about these subjects is due, by its id."""
    query = select(Delivery.id, Delivery.due_at).where(
        Delivery.kind.in_(kinds), Delivery.subject.in_(subjects), Delivery.state == DeliveryState.PLANNED
    )
    return {row.id: row.due_at for row in tx.execute(query)}


# -- reading ------------------------------------------------------------------------------------------


def get_delivery(tx: Tx, delivery_id: int) -> Delivery | None:
    return tx.get(Delivery, delivery_id)


def list_deliveries(tx: Tx, state: str | None = None) -> Sequence[Delivery]:
    query = select(Delivery).order_by(Delivery.due_at, Delivery.id)
    return tx.scalars(query if state is None else query.where(Delivery.state == state)).all()


def find_about(tx: Tx, kind: str, occurrence: str) -> Delivery | None:
    """The delivery of this kind about an occurrence that only one has."""
    return tx.scalars(
        select(Delivery).where(Delivery.kind == kind, Delivery.occurrence == occurrence)
    ).first()


def is_open(tx: Tx, kind: str, occurrence: str) -> bool:
    """Whether a delivery of this kind about this occurrence is not settled yet."""
    query = select(Delivery.id).where(
        Delivery.kind == kind, Delivery.occurrence == occurrence, Delivery.state.in_(OPEN)
    )
    return tx.execute(query.limit(1)).first() is not None


def last_sent_to(tx: Tx, recipient: str, kinds: Collection[str]) -> datetime | None:
    """When this recipient was last sent something of these kinds."""
    query = select(func.max(Delivery.sent_at)).where(
        Delivery.recipient == recipient, Delivery.kind.in_(kinds), Delivery.state == DeliveryState.SENT
    )
    return tx.scalar(query)


def next_planned_to(tx: Tx, recipient: str, kinds: Collection[str], before: datetime) -> datetime | None:
    """When the last of these messages that are due by then is due, if there is one."""
    return tx.scalar(
        select(func.max(Delivery.due_at)).where(
            Delivery.recipient == recipient,
            Delivery.kind.in_(kinds),
            Delivery.state == DeliveryState.PLANNED,
            Delivery.due_at < before,
        )
    )


def list_planned_for(
    tx: Tx, recipient: str, kinds: Collection[str], due_at: datetime, now: datetime
) -> Sequence[Delivery]:
    """What of these kinds is planned for this recipient for the same moment, still helps, and was certainly
    not sent yet."""
    return tx.scalars(
        select(Delivery)
        .where(
            Delivery.recipient == recipient,
            Delivery.kind.in_(kinds),
            Delivery.state == DeliveryState.PLANNED,
            Delivery.due_at == due_at,
            Delivery.expires_at > now,
            Delivery.maybe_sent.is_(False),
        )
        .order_by(Delivery.id)
    ).all()


def note_sent_with(tx: Tx, ids: Collection[int], other: Delivery) -> None:
    """These were told in the message of the other, which was sent."""
    tx.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.state == DeliveryState.PLANNED)
        .values(
            state=DeliveryState.SENT, reason="in_one_message", sent_at=other.sent_at, channel=other.channel
        )
    )


def list_sent_about(tx: Tx, *, kinds: Collection[str], occurrences: Collection[str]) -> Sequence[Delivery]:
    """Messages that were sent about these occurrences and can still be edited in place."""
    return tx.scalars(
        select(Delivery).where(
            Delivery.kind.in_(kinds),
            Delivery.occurrence.in_(occurrences),
            Delivery.state == DeliveryState.SENT,
            Delivery.ts.is_not(None),
        )
    ).all()


def retry_delivery(tx: Tx, delivery_id: int, now: datetime) -> bool:
    """Plan a delivery again that failed, was missed or stayed unknown. False for any other state."""
    result = tx.execute(
        update(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.state.in_((DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.UNKNOWN)),
        )
        .values(state=DeliveryState.PLANNED, due_at=now, retry_at=None, expires_at=None, reason=None)
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return result.scalar() is not None


def retry_deliveries(tx: Tx, states: Collection[str], since: datetime | None, now: datetime) -> list[int]:
    """Plan all deliveries in these states again that were due since then; return their ids."""
    result = tx.execute(
        update(Delivery)
        .where(Delivery.state.in_(states), true() if since is None else Delivery.due_at >= since)
        .values(state=DeliveryState.PLANNED, due_at=now, retry_at=None, expires_at=None, reason=None)
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return sorted(result.scalars())


def count_by_kind_and_state(tx: Tx) -> list[tuple[str, str, int]]:
    rows = tx.execute(
        select(Delivery.kind, Delivery.state, func.count()).group_by(Delivery.kind, Delivery.state)
    )
    return [(kind, state, number) for kind, state, number in rows]


def plan_anew(tx: Tx, deliveries: Sequence[DeliveryRow | ReplannedRow]) -> None:
    """Store the new plans of these deliveries, but of those that are being sent."""
    in_order = sorted(deliveries, key=lambda row: row.id)  # in which everybody locks them
    changed = ("state", "reason", "due_at", "expires_at")
    execute_many(
        tx,
        _plan_anew,
        [
            {"delivery_id": row.id} | {f"new_{name}": getattr(row, name) for name in changed}
            for row in in_order
        ],
    )
