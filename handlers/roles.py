"""Roles: coordinators, and an offering's facilitators."""

from collections.abc import Sequence

from bot.domain.carried.roles import PeopleForm
from bot.domain.errors import KaikuError, Refusal
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.facilitators import load_facilitated
from bot.services.people import roles
from bot.views import ids
from bot.views import roles as view
from handlers.kaiku import Answer, FieldErrors, Open, Request, Say, Show
from handlers.listening import identify

MOST_PEOPLE = 30
"""People in one form: a new one's profile is fetched first."""


async def open_facilitators(request: Request) -> Answer:
    """Show who facilitates an offering; people who may change that get a form. ``value`` is its code."""
    offering = await request.kaiku.store.read(load_offering, request.value)
    if not request.actor.may_facilitate(offering):
        return Say(view.facilitators_message(offering, request.words))
    return Open(view.facilitators_form(offering, request.words))


async def save_facilitators(request: Request) -> Answer:
    form, kaiku = PeopleForm.parse(request.value), request.kaiku
    # Only those who may change roles make Kaiku fetch profiles.
    await kaiku.store.read(load_facilitated, request.actor, form.code, "facilitators_change")
    wanted = await _meet(request, form.shown)
    try:
        changed = await kaiku.store.run(
            roles.change_facilitators, request.actor, form.code, form.shown, wanted, kaiku.clock.now()
        )
    except KaikuError as error:
        return _field_error(request, error)
    return Show(view.facilitators_saved(changed, request.words))


async def open_coordinators(request: Request) -> Answer:
    found = await request.kaiku.store.read(roles.load_coordinators, request.actor)
    return Open(view.coordinators_form(found, request.words))


async def save_coordinators(request: Request) -> Answer:
    form, kaiku = PeopleForm.parse(request.value), request.kaiku
    await kaiku.store.read(roles.load_coordinators, request.actor)
    wanted = await _meet(request, form.shown)
    try:
        found = await kaiku.store.run(
            roles.change_coordinators, request.actor, form.shown, wanted, kaiku.clock.now()
        )
    except KaikuError as error:
        return _field_error(request, error)
    return Show(view.coordinators_saved(found, request.words))


async def _meet(request: Request, shown: Sequence[str]) -> list[str]:
    """The people in the form. Those added or removed are stored first, so that their kind of account is known
    and the log can name them.
    """
    wanted = request.chosen(ids.PEOPLE)[:MOST_PEOPLE]
    for user_id in sorted(set(wanted) ^ set(shown)):
        await identify(request.kaiku, user_id, "")
    return wanted


def _field_error(request: Request, error: KaikuError) -> FieldErrors:
    """A refusal that the form can correct, as an error at its field."""
    if error.code not in {Refusal.LAST_FACILITATOR, Refusal.ROLE_NOT_POSSIBLE}:
        raise error
    return FieldErrors({ids.PEOPLE: request.words(f"refusal.{error.code}", **error.params)})
