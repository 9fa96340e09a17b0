"""The form of an offering's seats and sign-up window, and their lines in a preview."""

from collections.abc import Iterator

from bot.domain.offerings.offering import Offering
from bot.domain.plan.edits import WHOLE_OFFERING, PlanEdit, SeatsEdit
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import View, date_input, section, text_input
from bot.views.offerings.wording import title_of
from bot.views.plan.edit_forms import edit_form

MOST_DIGITS = 4


def seats_form(offering: Offering, seats: SeatsEdit, words: Words, edit: PlanEdit | None = None) -> View:
    """Seats and window as they are, or as they were filled in before."""
    about = edit or PlanEdit(offering.code, WHOLE_OFFERING, offering.timetable_version, seats=seats)
    to = about.seats or seats
    opens, closes = (
        each.isoformat() if each is not None else None for each in (to.window.opens, to.window.closes)
    )
    blocks = [
        section(f"*{title_of(offering, words)}*\n{words('seats.note')}"),
        text_input(
            ids.CAPACITY,
            words("new.capacity"),
            max_length=MOST_DIGITS,
            value=str(to.capacity),
            hint=words("seats.hint"),
            optional=False,
        ),
        text_input(
            ids.PER_AGENCY,
            words("new.per_agency"),
            max_length=MOST_DIGITS,
            value=str(to.seats_per_agency),
            optional=False,
        ),
        date_input(ids.OPENS, words("seats.opens"), chosen=opens, hint=words("seats.opens_hint")),
        date_input(ids.CLOSES, words("new.closes"), chosen=closes, hint=words("seats.closes_hint")),
    ]
    return edit_form(blocks, words, about, title="seats.open")


def changed_seats(before: Offering, after: Offering, words: Words) -> Iterator[str]:
    """The changes in seats and window, a line each."""
    was, becomes = before.limits, after.limits
    if becomes.capacity != was.capacity:
        yield words("edit.will_seats", old=was.capacity, new=becomes.capacity)
    if becomes.per_agency != was.per_agency:
        yield words("seats.will_per_agency", old=was.per_agency, new=becomes.per_agency)
    if after.opens_on != before.opens_on:
        yield (
            words("seats.will_open", day=words.day(after.opens_on))
            if after.opens_on
            else words("seats.will_be_open")
        )
    if after.closes_on != before.closes_on:
        yield (
            words("seats.will_close", day=words.day(after.closes_on))
            if after.closes_on
            else words("seats.will_close_at_start")
        )
