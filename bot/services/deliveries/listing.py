"""Lists deliveries for operators."""

from dataclasses import dataclass
from datetime import datetime

from storage import deliveries as delivery_rows
from storage.transaction import Tx

STATES = ("planned", "sending", "sent", "missed", "failed", "unknown", "cancelled")


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery; instants are aware UTC."""

    id: int
    kind: str
    recipient: str
    subject: str
    state: str
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    reason: str | None


def list_deliveries(tx: Tx, state: str | None = None) -> list[DeliveryRow]:
    """All deliveries, or those in one state, by their due time."""
    return [
        DeliveryRow(
            row.id,
            row.kind,
            row.recipient,
            row.subject,
            row.state,
            row.due_at,
            row.sent_at,
            row.attempts,
            row.reason,
        )
        for row in delivery_rows.list_deliveries(tx, state)
    ]
