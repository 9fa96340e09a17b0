"""Download the list of a group, from a page that works once."""

from bot.services.facilitation.roster_export import offer_roster
from bot.views.facilitation.roster import roster_address
from handlers.kaiku import Answer, Open, Request


async def offer(request: Request) -> Answer:
    """Show the way to the page; ``value`` is the offering's code."""
    kaiku = request.kaiku
    found = await kaiku.store.run(
        offer_roster,
        request.actor,
        request.value,
        kaiku.clock.now(),
        has_pages=kaiku.links.public_url is not None,
    )
    url = kaiku.links.download(found.token) if found.token is not None else None
    return Open(roster_address(found.offering, url, request.words))


async def open_page(_request: Request) -> Answer:
    """Acknowledge the click on the link: the browser opens the page."""
    return None
