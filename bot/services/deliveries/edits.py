"""Declares edits: messages that were sent earlier, updated in place."""

from collections.abc import Callable

from bot.domain.deliveries import DeliveryKind
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Rendered, Skipped
from storage import deliveries as delivery_rows
from storage.transaction import Tx


def declare_edits(find: Callable[[str], MessageKind | None]) -> MessageKind:
    """The declaration of edits. ``find`` returns the declaration of the edited message, which renders it."""

    def render(tx: Tx, due: ToPerson) -> Rendered:
        original = delivery_rows.get_delivery(tx, int(due.delivery.subject))
        if original is None or original.channel is None or original.ts is None:
            return Skipped("original_not_there")
        declared = find(original.kind)
        if declared is None or declared.edit is None:
            return Skipped("nothing_to_edit")
        return declared.edit(tx, ToPerson(original, due.person, due.words, due.now))

    return MessageKind(
        DeliveryKind.EDIT,
        Method.UPDATE,
        urgency=2,
        about="the id of the delivery that is edited",
        helps_until="always",
        to_person=render,
        while_paused=True,
    )
