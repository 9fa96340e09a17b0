"""A person's settings: language, time zone, agency, role and choices about prompts."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from msgspec.structs import replace

from bot.domain.calendars.wall_time import known_timezones, local
from bot.domain.errors import KaikuError, Refusal
from bot.domain.language import LANGUAGES
from bot.domain.people.agencies import OTHER, plain_name
from bot.domain.people.person import Person, Role
from bot.domain.prompts.prompt import Frequency
from bot.i18n import words_for
from bot.services.people.profiles import ProfileChanges, change_settings
from bot.services.people.prompt_choices import PromptChoices, load_choices
from bot.services.people.roles import facilitates_any
from bot.views import ids
from bot.views.people import HOURS, MAX_AGENCY_NAME, NoRoom, settings_form, settings_saved
from handlers.commands import command
from handlers.kaiku import Answer, FieldErrors, Open, Request, Show
from handlers.typed import read_text


@command(
    "settings",
    place=9,
    fi="asetukset",
    sv="inställningar",
    en="settings",
    also=("installningar", "kieli", "språk", "sprak", "language"),
)
async def open_settings(request: Request) -> Answer:
    choices = await request.kaiku.store.read(load_choices, request.person.id)
    return Open(
        settings_form(
            request.person,
            request.kaiku.book,
            request.kaiku.notice,
            request.words,
            choices.shown(_today(request)),
            leads=await request.kaiku.store.read(facilitates_any, request.person.id),
        )
    )


async def save_settings(request: Request) -> Answer:
    told, errors, meant = read_form(request)
    choices, today = read_choices(request), _today(request)
    if choices is not None and choices.paused_until is not None and choices.paused_until <= today:
        errors[ids.PAUSED_UNTIL] = request.words("pause.past")
    if errors:
        return FieldErrors(errors)
    kaiku = request.kaiku
    as_told = with_what_was_told(request.person, told)
    as_chosen = choices
    if as_chosen is None:
        as_chosen = await kaiku.store.read(load_choices, request.person.id)
    shown = as_chosen.shown(today)
    leads = ids.DAILY in request.fields
    form = partial(settings_form, as_told, kaiku.book, kaiku.notice, request.words, shown, leads=leads)
    if meant:
        return Show(form(meant=meant))
    if request.fields.get(ids.NO_ROOM) == NoRoom.KEEP_AGENCY:
        told = replace(told, agency=None, agency_name=None)
    try:
        person = await kaiku.store.run(
            change_settings,
            request.person.id,
            told,
            kaiku.defaults,
            kaiku.links.tokens,
            kaiku.clock.now,
            choices,
        )
    except KaikuError as error:
        if error.code is not Refusal.NO_ROOM_FOR_AGENCY:
            raise
        full = error.params["offerings"]
        return Show(form(without_room=full))
    words = words_for(person.language, person.timezone, kaiku.clock.now())
    return Show(settings_saved(person, kaiku.book, words, choices.shown(today) if choices else None))


def _today(request: Request) -> date:
    """Today's date in the person's time zone."""
    return local(request.kaiku.clock.now(), request.person.timezone).date()


def read_choices(request: Request) -> PromptChoices | None:
    """Read the choices about prompts; None where the form does not ask for them."""
    fields = request.fields
    frequency = fields.get(ids.FREQUENCY)
    if frequency not in set(Frequency):
        return None
    hour, day = fields.get(ids.HOUR) or "", fields.get(ids.PAUSED_UNTIL)
    return PromptChoices(
        Frequency(frequency),
        _day(day),
        int(hour) if hour in {str(each) for each in HOURS} else None,
    )


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:  # no form of ours sends this
        return None


def with_what_was_told(person: Person, told: ProfileChanges) -> Person:
    """The person with the values of the form, so that no choice is lost when the form asks again."""
    return replace(
        person,
        agency=told.agency or person.agency,
        agency_name=told.agency_name if told.agency is not None else person.agency_name,
        role=told.role or person.role,
        language=told.language or person.language,
        timezone=told.timezone or person.timezone,
        hears_daily=person.hears_daily if told.hears_daily is None else told.hears_daily,
        wants_link=person.wants_link if told.wants_link is None else told.wants_link,
    )


def read_form(request: Request) -> tuple[ProfileChanges, dict[str, str], Sequence[str]]:
    """Read the form: the values, field errors by field name, and the codes of agencies that the typed
    employer may mean.

    Values that no form offers (a forged payload) are ignored. An agency's name typed under "other" counts as
    a choice of that agency, because seats are counted by it.
    """
    fields, book = request.fields, request.kaiku.book
    agency = fields.get(ids.AGENCY)
    if agency is not None and agency != OTHER and agency not in book:
        agency = None
    errors: dict[str, str] = {}
    agency_name = None
    if agency == OTHER:
        agency_name = read_text(request, ids.AGENCY_NAME, errors, at_most=MAX_AGENCY_NAME, on_one_line=True)
    role, language, timezone = (fields.get(name) for name in (ids.ROLE, ids.LANGUAGE, ids.TIMEZONE))
    meant: Sequence[str] = ()
    if agency_name is not None and not errors:
        if not plain_name(agency_name):
            errors[ids.AGENCY_NAME] = request.words("agency.own_words_missing")
        elif (code := book.written_as(agency_name)) is not None:
            agency, agency_name = code, None
        else:
            codes, chosen = book.nearly_written_as(agency_name), fields.get(ids.EMPLOYER_MEANT)
            if chosen in codes:
                agency, agency_name = chosen, None
            elif chosen != OTHER:
                meant = codes
    told = ProfileChanges(
        agency=agency,
        agency_name=agency_name,
        role=role if role in set(Role) else None,
        language=language if language in LANGUAGES else None,
        timezone=timezone if timezone in known_timezones() else None,
        hears_daily=bool(fields[ids.DAILY]) if ids.DAILY in fields else None,
        wants_link=bool(fields[ids.LINK_BEFORE]) if ids.LINK_BEFORE in fields else None,
        to_line=fields.get(ids.NO_ROOM) == NoRoom.TO_LINE,
    )
    return told, errors, meant
