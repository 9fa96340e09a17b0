"""A person's calendar feed: see its link, renew it."""

from bot.services.calendars.feed import calendar_token, mark_of, renew_calendar_token
from bot.views import calendars as view
from bot.views.blocks import Message
from handlers.kaiku import Answer, Open, Request, Say, Show


async def open_calendar(request: Request) -> Answer:
    """Show the person their calendar link, which is created the first time they open this."""
    if not request.kaiku.links.are_shown:
        return _not_set_up(request)
    token = await request.kaiku.store.run(calendar_token, request.person.id)
    return Open(view.calendar_link(request.kaiku.links.feed(token), mark_of(token), request.words))


async def ask_to_renew(request: Request) -> Answer:
    """Ask for confirmation before the link is replaced; ``value`` is the mark of the link."""
    if not request.value:
        return await open_calendar(request)
    return Open(view.renew_form(request.value, request.words))


async def renew_link(request: Request) -> Answer:
    """Replace the link after the confirmation and show the new one."""
    if not request.kaiku.links.are_shown:
        return _not_set_up(request)
    token = await request.kaiku.store.run(renew_calendar_token, request.person.id, request.value)
    return Show(view.renewed_link(request.kaiku.links.feed(token), request.words))


async def open_file(_request: Request) -> Answer:
    """Acknowledge the click on a link button: the browser opens the file by itself."""
    return None


def _not_set_up(request: Request) -> Answer:
    return Say(Message(request.words("calendar.not_set_up")))
