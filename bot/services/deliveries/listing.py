"""Lists deliveries for operators."""

from datetime import datetime

from msgspec import Struct

from bot.domain.sending.outcomes import CRASHED
from storage import deliveries as delivery_rows
from storage import prompts as prompt_rows
from storage.sending import claims as claim_rows
from storage.transaction import Tx

STATES = ("planned", "sending", "sent", "missed", "failed", "unknown", "cancelled")


class ListedDelivery(Struct, frozen=True):
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


def list_deliveries(tx: Tx, state: str | None = None) -> list[ListedDelivery]:
    """All deliveries, or those in one state, by their due time."""
    return [
        ListedDelivery(
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


def list_set_aside(tx: Tx) -> list[str]:
    """Deliveries and people set aside after an error and tried again later, a line each."""
    people = [
        f"the prompts of {each.person_id} can't be planned ({each.reason}, {each.tries} times); "
        f"again at {each.retry_at:%Y-%m-%d %H:%M}Z"
        for each in prompt_rows.list_set_aside(tx)
    ]
    deliveries = [
        f"delivery {each.id} ({each.kind} to {each.recipient}) can't be dealt with ({each.attempts} times); "
        f"again at {each.retry_at:%Y-%m-%d %H:%M}Z"
        for each in claim_rows.list_set_aside(tx, CRASHED)
    ]
    return people + deliveries
