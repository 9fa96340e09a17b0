"""A person's calendar feed: see its link, renew it."""

from bot.services.calendars.feed import calendar_token, mark_of, renew_calendar_token
from bot.views import calendars as view
from bot.views.blocks import Message
from handlers.kaiku import Answer, Ask, Open, Say, Show


async def open_calendar(ask: Ask) -> Answer:
    """Show the person their link; it is made when they first ask for it."""
    if not ask.kaiku.links.are_shown:
        return _not_set_up(ask)
    token = await ask.kaiku.store.run(calendar_token, ask.person.id)
    return Open(view.calendar_link(ask.kaiku.links.feed(token), mark_of(token), ask.words))


async def ask_to_renew(ask: Ask) -> Answer:
    """Ask once whether the link may stop; ``value`` names it."""
    return Open(view.renew_form(ask.value, ask.words))


async def renew_link(ask: Ask) -> Answer:
    """The submitted question: the old link stops, the answer shows the new one."""
    if not ask.kaiku.links.are_shown:
        return _not_set_up(ask)
    token = await ask.kaiku.store.run(renew_calendar_token, ask.person.id, ask.value)
    return Show(view.renewed_link(ask.kaiku.links.feed(token), ask.words))


async def open_file(_ask: Ask) -> Answer:
    """The browser opens the file; Slack only wants to hear that we know of the click."""
    return None


def _not_set_up(ask: Ask) -> Answer:
    return Say(Message(ask.words("calendar.not_set_up")))
