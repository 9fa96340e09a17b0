"""Renders a delivery when it is sent, in the recipient's language, from the current data."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.people.person import Defaults
from bot.i18n import words_for
from bot.services.deliveries.declaration import MessageKinds, ToChannel, ToPerson
from bot.services.deliveries.recipients import find_person
from bot.services.deliveries.rendered import Deferred, Rendered, Skipped
from storage import deliveries as delivery_rows
from storage.transaction import Tx

MET_WITHIN: Final = timedelta(hours=1)
"""How long a message waits for Kaiku to fetch its recipient's profile."""
LOOK_AGAIN: Final = timedelta(minutes=5)


def render(tx: Tx, delivery_id: int, kinds: MessageKinds, defaults: Defaults, now: datetime) -> Rendered:
    """Render the delivery by its kind's declaration, or say why there is nothing to send."""
    delivery = delivery_rows.get_delivery(tx, delivery_id)
    if delivery is None:
        return Skipped("gone")
    kind = kinds.get(delivery.kind)
    if kind is None:
        return Skipped("kind_unknown")
    if kind.to_channel is not None:
        return kind.to_channel(tx, ToChannel(delivery, now))
    assert kind.to_person is not None
    person = find_person(tx, delivery.recipient, defaults)
    if person is None:  # somebody whom the plan names for a role and Kaiku has not met yet
        is_soon = now - delivery.planned_at < MET_WITHIN
        return Deferred(now + LOOK_AGAIN, "person_unmet") if is_soon else Skipped("person_unknown")
    if person.deactivated:
        return Skipped("person_deactivated")
    words = words_for(person.language, person.timezone, now)
    return kind.to_person(tx, ToPerson(delivery, person, words, now))
