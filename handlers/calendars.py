"""A person's calendar feed: its link, and renewing it."""

from bot.services.calendars.feed import OwnAddress, own_address, renew_address
from bot.views import calendars as view
from bot.views.blocks import Message, View
from handlers.commands import command
from handlers.kaiku import Answer, Open, Request, Say, Show


@command("calendar", place=11, fi="kalenteri", sv="kalender", en="calendar", also=("kalendern", "ical"))
async def open_calendar(request: Request) -> Answer:
    """Show the person their calendar link, which is created the first time they open this."""
    if not request.kaiku.links.are_shown:
        return _not_set_up(request)
    kaiku = request.kaiku
    own = await kaiku.store.run(own_address, kaiku.links.tokens, request.person.id)
    return Open(show_address(request, own))


def show_address(request: Request, own: OwnAddress) -> View:
    """Show the person's link; offer to replace one that can't be shown again."""
    if own.token is None:
        return view.hidden_link(own.mark, request.words)
    return view.calendar_link(request.kaiku.links.feed(own.token), own.mark, request.words)


async def ask_to_renew(request: Request) -> Answer:
    """Ask for confirmation before the link is replaced; ``value`` is the mark of the link."""
    if not request.value:
        return await open_calendar(request)
    return Open(view.renew_form(request.value, request.words))


async def renew_link(request: Request) -> Answer:
    """Replace the link after the confirmation and show the new one."""
    if not request.kaiku.links.are_shown:
        return _not_set_up(request)
    kaiku = request.kaiku
    own = await kaiku.store.run(renew_address, kaiku.links.tokens, request.person.id, request.value)
    if own.token is None:
        return Show(show_address(request, own))
    return Show(view.renewed_link(kaiku.links.feed(own.token), request.words))


async def open_file(_request: Request) -> Answer:
    """Acknowledge the click on a link button: the browser opens the file by itself."""
    return None


def _not_set_up(request: Request) -> Answer:
    return Say(Message(request.words("calendar.not_set_up")))
