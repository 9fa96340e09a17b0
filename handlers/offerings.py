"""The list of offerings that are open to join."""

from bot.domain.offerings.narrowing import narrow, parse_narrowing
from bot.services.offerings.catalogue import list_cards, load_card
from bot.views.announcements.forms import details
from bot.views.offerings.catalogue import offering_list, offering_list_modal
from handlers.commands import command
from handlers.kaiku import Answer, Open, Request, Say


@command(
    "list",
    place=1,
    fi="lista",
    sv="lista",
    en="list",
    also=("listaa", "tarjonta", "utbud"),
    takes_argument=True,
)
async def list_offerings(request: Request) -> Answer:
    cards = await request.kaiku.store.read(list_cards, request.person, request.kaiku.clock.now())
    if not request.value:
        return Say(offering_list(cards, request.words))
    return Say(offering_list(narrow(cards, parse_narrowing(request.value)), request.words, narrowed=True))


async def show_offerings(request: Request) -> Answer:
    cards = await request.kaiku.store.read(list_cards, request.person, request.kaiku.clock.now())
    return Open(offering_list_modal(cards, request.words))


async def show_details(request: Request) -> Answer:
    """Show an offering's details; ``value`` is its code."""
    card = await request.kaiku.store.read(load_card, request.person, request.value, request.kaiku.clock.now())
    return Open(details(card, None, request.words))
