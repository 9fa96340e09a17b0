"""Queries about deliveries: planning is idempotent, claiming leases, marking is fenced."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from storage.tables import Delivery
from storage.upsert import Upsert, or_keep

_add = or_keep(Delivery)
_renew = Upsert(
    Delivery,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["kind", "recipient", "subject", "occurrence"],
        set_={
            "state": "planned",
            "due_at": insert.excluded.due_at,
            "attempts": 0,
            "owner": None,
            "leased_until": None,
            "reason": None,
        },
    ),
)


def add_delivery(
    tx: Session,
    *,
    kind: str,
    recipient: str,
    subject: str,
    occurrence: str,
    due_at: datetime,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Plan one message. Planned twice it is still one: (kind, recipient, subject, occurrence) is unique."""
    _add.run(
        tx,
        {
            "kind": kind,
            "recipient": recipient,
            "subject": subject,
            "occurrence": occurrence,
            "state": "planned",
            "due_at": due_at,
            "expires_at": expires_at,
            "planned_at": now,
        },
    )
    tx.info["planned"] = True


def renew_delivery(
    tx: Session, *, kind: str, recipient: str, subject: str, occurrence: str, now: datetime
) -> None:
    """Plan something that is owed again whenever it changes, such as a person's App Home.

    One that is being sent right now is planned anew, so that the sender's mark does not stick and
    the newer state follows.
    """
    _renew.run(
        tx,
        {
            "kind": kind,
            "recipient": recipient,
            "subject": subject,
            "occurrence": occurrence,
            "state": "planned",
            "due_at": now,
            "planned_at": now,
        },
    )
    tx.info["planned"] = True


def claim_due(tx: Session, *, owner: str, now: datetime, lease: timedelta, limit: int) -> Sequence[Delivery]:
    """Take up to ``limit`` due deliveries for ``owner``: the oldest first, one a recipient at a time.

    ``owner`` must be unique to this claim: it is what fences ``mark``.

    A row whose lease ran out (its owner died) is due again. Owner, attempt and lease are written
    here, before anything is sent.
    """
    query = select(Delivery).where(_due(now)).order_by(Delivery.due_at, Delivery.id).limit(limit)
    rows = tx.scalars(query.with_for_update(skip_locked=True)).all()
    claimed: list[Delivery] = []
    recipients: set[str] = set()
    for row in rows:
        if row.recipient in recipients:
            continue  # the next batch: order within a conversation is kept
        recipients.add(row.recipient)
        row.state, row.owner, row.attempts, row.leased_until = "sending", owner, row.attempts + 1, now + lease
        claimed.append(row)
    tx.flush()
    return claimed


def mark(
    tx: Session,
    delivery_id: int,
    *,
    owner: str,
    attempt: int,
    state: str,
    due_at: datetime | None = None,
    sent_at: datetime | None = None,
    channel: str | None = None,
    ts: str | None = None,
    reason: str | None = None,
) -> bool:
    """Write a claimed delivery's fate. False when the claim is no longer ours: then nothing is written."""
    values = {"state": state, "sent_at": sent_at, "reason": reason, "owner": None, "leased_until": None}
    if due_at is not None:
        values["due_at"] = due_at
    if channel is not None:
        values |= {"channel": channel, "ts": ts}
    result = tx.execute(
        update(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.state == "sending",
            Delivery.owner == owner,
            Delivery.attempts == attempt,
        )
        .values(**values)
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return result.scalar() is not None


def list_deliveries(tx: Session, state: str | None = None) -> Sequence[Delivery]:
    query = select(Delivery).order_by(Delivery.due_at, Delivery.id)
    return tx.scalars(query if state is None else query.where(Delivery.state == state)).all()


def has_due(tx: Session, now: datetime) -> bool:
    """Whether anything is due, or its sender's lease has run out."""
    return tx.execute(select(Delivery.id).where(_due(now)).limit(1)).first() is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Delivery.state == "planned", Delivery.due_at <= now),
        and_(Delivery.state == "sending", Delivery.leased_until <= now),
    )
