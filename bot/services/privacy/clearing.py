"""Declares clearing: after an erasure Kaiku's messages in the person's conversation are deleted.

The delivery names the conversation and no person, and is deleted once it is done.
"""

from datetime import UTC, datetime

from bot.domain.deliveries import DeliveryKind
from bot.domain.sending.outcomes import Sent
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToChannel
from bot.services.deliveries.rendered import Clearing, Rendered
from storage import deliveries as delivery_rows
from storage.transaction import Tx


def declare_clearing() -> MessageKind:
    """One for each conversation and erasure."""

    def render(_tx: Tx, due: ToChannel) -> Rendered:
        until = datetime.fromtimestamp(float(due.delivery.occurrence), UTC)
        return Clearing(due.delivery.recipient, until)

    def after(tx: Tx, settled: Settled) -> None:
        if isinstance(settled.outcome, Sent):
            delivery_rows.delete_delivery(tx, settled.delivery.id)

    return MessageKind(
        DeliveryKind.CLEARING,
        Method.DELETE,
        urgency=1,
        about="nothing; one for each conversation and erasure: no message, Kaiku's earlier ones are deleted",
        helps_until="always",
        to_channel=render,
        after=after,
    )
