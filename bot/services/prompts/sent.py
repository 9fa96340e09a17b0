"""What follows from a prompt that was just sent, in the transaction that notes it."""

from datetime import datetime

from bot.domain.prompts.prompt import Frequency
from bot.services.deliveries.outbox import DeliveryKind
from storage import prompts as prompt_rows
from storage.transaction import Tx


def note_sent(tx: Tx, kind: DeliveryKind, person_id: str, now: datetime) -> None:
    """A sent prompt may be the second that stays unanswered; who is asked whether they want fewer gets
    fewer from then on, unless they say otherwise."""
    if kind is DeliveryKind.PROMPT:
        prompt_rows.mark_stale(tx, [person_id])
    if kind is DeliveryKind.PROMPT_FADE:
        choice = prompt_rows.get_choice(tx, person_id)
        frequency = Frequency.FEWER if choice.frequency == Frequency.ALL else choice.frequency
        prompt_rows.set_choice(tx, person_id, choice._replace(frequency=frequency, asked_to_fade_at=now))
        prompt_rows.mark_stale(tx, [person_id])
