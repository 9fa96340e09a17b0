"""What there is to join."""

from bot.services.offerings.catalogue import list_cards
from bot.views.offerings.catalogue import offering_list, offering_list_modal
from handlers.kaiku import Answer, Open, Request, Say


async def list_offerings(request: Request) -> Answer:
    cards = await request.kaiku.store.read(list_cards, request.person, request.kaiku.clock.now())
    return Say(offering_list(cards, request.words))


async def show_offerings(request: Request) -> Answer:
    cards = await request.kaiku.store.read(list_cards, request.person, request.kaiku.clock.now())
    return Open(offering_list_modal(cards, request.words))
