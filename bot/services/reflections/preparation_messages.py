"""The cards that prepare a person for their own feedback and development discussion: by their current dates,
outside quiet times, and never a second message within a week.
"""

from msgspec import Struct

from bot.domain.deliveries import DeliveryKind
from bot.domain.people.person import Defaults
from bot.domain.prompts.preparation import CardRef
from bot.domain.prompts.prompt import Frequency
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import OutgoingMessage, Rendered, Skipped
from bot.services.prompts.preparation import load_cards, load_preparation
from bot.services.reflections.prompt_messages import (
    PromptRenderer,
    note_sent,
    rules_of_person,
    was_sent_this_week,
)
from bot.services.reflections.vault import Vault
from bot.views.prompts.preparation import card_message
from storage import prompts as prompt_rows
from storage.transaction import Tx


class PreparationRenderer(Struct, frozen=True):
    vault: Vault | None
    defaults: Defaults

    def render(self, tx: Tx, due: ToPerson) -> Rendered:
        person, ref = due.person, CardRef.parse(due.delivery.subject)
        cards = load_cards(tx, person.id)
        if cards is None:
            return Skipped("no_longer_seated")
        if load_preparation(tx, person.id).day_of(ref.card) != ref.on:
            return Skipped("dates_changed")
        if prompt_rows.get_choice(tx, person.id).frequency == Frequency.STOPPED:
            return Skipped("stopped")
        if quiet := PromptRenderer(self.vault, self.defaults).waits(tx, due.delivery, person, due.now):
            return quiet
        if was_sent_this_week(tx, due.delivery, person, rules_of_person(tx, person.id), due.now):
            return Skipped("weekly_cap")
        return OutgoingMessage(card_message(ref, cards[ref.card], due.words))


def declare(vault: Vault | None, defaults: Defaults) -> list[MessageKind]:
    return [
        MessageKind(
            DeliveryKind.PREPARATION,
            Method.POST,
            urgency=3,
            about="a card, and the date that the person named for it; to nobody else",
            helps_until="the date it prepares for, or two weeks",
            to_person=PreparationRenderer(vault, defaults).render,
            after=note_sent,
            at_most_once=True,
            office_hours=True,
            undisturbing=True,
        )
    ]
