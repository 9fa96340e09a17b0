"""What there is to join."""

from bot.services.offerings.catalogue import list_cards
from bot.views.offerings.catalogue import offering_list, offering_list_modal
from handlers.kaiku import Answer, Ask, Open, Say


async def list_offerings(ask: Ask) -> Answer:
    cards = await ask.kaiku.store.look(list_cards, ask.person, ask.kaiku.clock.now())
    return Say(offering_list(cards, ask.words))


async def show_offerings(ask: Ask) -> Answer:
    cards = await ask.kaiku.store.look(list_cards, ask.person, ask.kaiku.clock.now())
    return Open(offering_list_modal(cards, ask.words))
