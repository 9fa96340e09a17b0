"""The list of offerings that are open to join."""

from bot.services.offerings.catalogue import list_cards
from bot.views.offerings.catalogue import offering_list, offering_list_modal
from handlers.commands import command
from handlers.kaiku import Answer, Open, Request, Say


@command("list", place=1, fi="lista", sv="lista", en="list", also=("listaa", "tarjonta", "utbud"))
async def list_offerings(request: Request) -> Answer:
    cards = await request.kaiku.store.read(list_cards, request.person, request.kaiku.clock.now())
    return Say(offering_list(cards, request.words))


async def show_offerings(request: Request) -> Answer:
    cards = await request.kaiku.store.read(list_cards, request.person, request.kaiku.clock.now())
    return Open(offering_list_modal(cards, request.words))
