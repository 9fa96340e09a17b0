"""Queries about the deliveries of prompts: recipients, what a person was sent, holding back unsent ones."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select, update
from sqlalchemy.exc import OperationalError

from bot.domain.deliveries import DeliveryKind, DeliveryState
from storage.deliveries import DeliveryRow
from storage.statements import execute, fetch, literals
from storage.tables import Delivery
from storage.transaction import Tx
from storage.unavailable import LOCK_NOT_AVAILABLE

PROMPT, ROUND = DeliveryKind.PROMPT, DeliveryKind.ROUND


def cancel_unsent(tx: Tx, subject: str, reason: str) -> int:
    """Cancel the planned deliveries about this prompt; return how many."""
    result = execute(
        tx,
        update(Delivery)
        .where(Delivery.c.subject == subject, Delivery.c.state == DeliveryState.PLANNED)
        .values(state=DeliveryState.CANCELLED, reason=reason)
        .returning(Delivery.c.id),
    )
    return len(result.all())


def delete_unsent_rounds(tx: Tx, subject: str) -> None:
    """Delete the planned round before it is planned again, perhaps for another channel."""
    execute(
        tx,
        delete(Delivery).where(
            Delivery.c.subject == subject,
            Delivery.c.kind == ROUND,
            Delivery.c.state.in_((DeliveryState.PLANNED, DeliveryState.CANCELLED)),
        ),
    )


def list_recipients(tx: Tx, subject: str) -> Sequence[str]:
    """The people who got this prompt, or are being sent it."""
    return tx.scalars(
        select(Delivery.c.recipient)
        .where(
            Delivery.c.subject == subject,
            Delivery.c.kind == PROMPT,
            Delivery.c.state.in_((DeliveryState.SENT, DeliveryState.SENDING)),
        )
        .order_by(Delivery.c.id)
    ).all()


def count_by_state(tx: Tx, subjects: Collection[str]) -> dict[str, dict[str, int]]:
    """By subject, how many deliveries of the prompt itself (or of its round) there are in each state."""
    found: dict[str, dict[str, int]] = {subject: {} for subject in subjects}
    rows = tx.execute(
        select(Delivery.c.subject, Delivery.c.state, func.count())
        .where(Delivery.c.subject.in_(subjects), Delivery.c.kind.in_((PROMPT, ROUND)))
        .group_by(Delivery.c.subject, Delivery.c.state)
    )
    for subject, state, number in rows:
        found[subject][state] = number
    return found


def count_sent(tx: Tx, subject: str) -> int:
    """How many people got this prompt or are being sent it; for a round, how many channels."""
    counts = count_by_state(tx, [subject])[subject]
    return counts.get(DeliveryState.SENT, 0) + counts.get(DeliveryState.SENDING, 0)


def hold_back(tx: Tx, subject: str) -> bool:
    """Lock the planned deliveries of this prompt, so that none is claimed before the commit. Returns False if
    one is being claimed now: then the transaction must end.
    """
    planned = select(Delivery.c.id).where(
        Delivery.c.subject == subject, Delivery.c.state == DeliveryState.PLANNED
    )
    try:
        tx.execute(planned.with_for_update(nowait=True)).all()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            return False
        raise
    return True


def list_first_sent(tx: Tx, subjects: Collection[str]) -> dict[str, datetime]:
    """By subject, when the first recipient got this prompt; unsent ones are left out."""
    rows = tx.execute(
        select(Delivery.c.subject, func.min(Delivery.c.sent_at))
        .where(
            Delivery.c.subject.in_(subjects),
            Delivery.c.kind.in_((PROMPT, ROUND)),
            Delivery.c.sent_at.is_not(None),
        )
        .group_by(Delivery.c.subject)
    )
    return {subject: sent_at for subject, sent_at in rows if sent_at is not None}


def list_prompt_deliveries(tx: Tx, person_id: str, kinds: Collection[str]) -> Sequence[DeliveryRow]:
    """All deliveries about prompts to this person, sent or planned."""
    return list_prompt_deliveries_of(tx, [person_id], kinds)[person_id]


def list_prompt_deliveries_of(
    tx: Tx, person_ids: Collection[str], kinds: Collection[str]
) -> dict[str, list[DeliveryRow]]:
    """All deliveries about prompts of each of these people."""
    found: dict[str, list[DeliveryRow]] = {person_id: [] for person_id in person_ids}
    for row in fetch(tx, _deliveries_of(frozenset(kinds)), DeliveryRow, ids=list(person_ids)):
        found[row.recipient].append(row)
    return found


@cache
def _deliveries_of(kinds: frozenset[str]) -> Select[Any]:
    return (
        select(*Delivery.c[DeliveryRow._fields])
        .where(
            Delivery.c.recipient.in_(bindparam("ids", expanding=True)),
            Delivery.c.kind.in_(literals(sorted(kinds))),
        )
        .order_by(Delivery.c.id)
    )
