"""The list of offerings that are open to join."""

from bot.domain.offerings.narrowing import narrow, parse_narrowing
from bot.services.offerings.catalogue import list_current, load_card
from bot.views.announcements.forms import details
from bot.views.blocks import MAX_MODAL_BLOCKS
from bot.views.offerings.catalogue import MOST_IN_A_MESSAGE, offering_list, offering_list_modal
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
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    if not request.value:
        cards, more = await kaiku.store.read(list_current, request.person, now, MOST_IN_A_MESSAGE)
        return Say(offering_list(cards, request.words, more=more))
    cards, _ = await kaiku.store.read(list_current, request.person, now)
    return Say(offering_list(narrow(cards, parse_narrowing(request.value)), request.words, narrowed=True))


async def show_offerings(request: Request) -> Answer:
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    cards, _ = await kaiku.store.read(list_current, request.person, now, MAX_MODAL_BLOCKS)
    return Open(offering_list_modal(cards, request.words))


async def show_details(request: Request) -> Answer:
    """Show an offering's details; ``value`` is its code."""
    card = await request.kaiku.store.read(load_card, request.person, request.value, request.kaiku.clock.now())
    return Open(details(card, None, request.words))
