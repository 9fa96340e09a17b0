"""A person's calendar feed: see its link, renew it."""

from bot.services.calendars.feed import calendar_token, mark_of, renew_calendar_token
from bot.views import calendars as view
from bot.views.blocks import Message
from handlers.kaiku import Answer, Open, Request, Say, Show


async def open_calendar(request: Request) -> Answer:
    """Show the person their link; it is made when they first ask for it."""
    if not request.kaiku.links.are_shown:
        return _not_set_up(request)
    token = await request.kaiku.store.run(calendar_token, request.person.id)
    return Open(view.calendar_link(request.kaiku.links.feed(token), mark_of(token), request.words))


async def ask_to_renew(request: Request) -> Answer:
    """Ask once whether the link may stop; ``value`` names it."""
    if not request.value:
        return await open_calendar(request)
    return Open(view.renew_form(request.value, request.words))


async def renew_link(request: Request) -> Answer:
    """The submitted question: the old link stops, the answer shows the new one."""
    if not request.kaiku.links.are_shown:
        return _not_set_up(request)
    token = await request.kaiku.store.run(renew_calendar_token, request.person.id, request.value)
    return Show(view.renewed_link(request.kaiku.links.feed(token), request.words))


async def open_file(_ask: Request) -> Answer:
    """The browser opens the file; Slack only wants to hear that we know of the click."""
    return None


def _not_set_up(request: Request) -> Answer:
    return Say(Message(request.words("calendar.not_set_up")))
