"""Preparing one's own 360 feedback and development discussion: the dates, and the cards."""

from datetime import date

from bot.domain.calendars.wall_time import local
from bot.domain.prompts.preparation import Preparation
from bot.domain.prompts.prompt import Frequency
from bot.services.people.prompt_choices import load_choices
from bot.services.prompts import preparation
from bot.views import ids
from bot.views.prompts.preparation import preparation_form, preparation_saved
from handlers.kaiku import Answer, FieldErrors, Open, Request, Show

FIELDS = {
    "asking_on": ids.ASKING_ON,
    "receiving_on": ids.RECEIVING_ON,
    "discussion_on": ids.DISCUSSION_ON,
}


async def open_preparation(request: Request) -> Answer:
    """Show my dates, to change them, and the cards, to read them now."""
    dates, cards = await request.kaiku.store.read(preparation.open_preparation, request.person)
    return Open(preparation_form(dates, cards, request.words))


async def save_dates(request: Request) -> Answer:
    """Save the dates in the form; without any, stop the cards."""
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    dates = Preparation(**{name: _day(request.fields.get(field)) for name, field in FIELDS.items()})
    today = local(now, request.person.timezone).date()
    if wrong := dates.too_far(today):
        return FieldErrors({FIELDS[name]: request.words("preparation.too_far") for name in wrong})
    await kaiku.store.run(preparation.name_dates, request.person, dates)
    choices = await kaiku.store.read(load_choices, request.person.id)
    stopped = choices.frequency is Frequency.STOPPED
    return Show(preparation_saved(dates, request.words, stopped=stopped))


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:  # no form of ours sends this
        return None
