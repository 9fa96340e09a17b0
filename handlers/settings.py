"""Who I am to Kaiku: language, time zone, agency, role."""

from datetime import date

from bot.domain.calendars.wall_time import known_timezones, local
from bot.domain.language import LANGUAGES
from bot.domain.people.agencies import OTHER
from bot.domain.people.person import Role
from bot.domain.prompts.prompt import Frequency
from bot.i18n import words_for
from bot.services.people.profiles import ProfileChanges, change_settings
from bot.services.people.prompt_choices import PromptChoices, load_choices
from bot.views import ids
from bot.views.people import HOURS, settings_form, settings_saved
from handlers.commands import command
from handlers.kaiku import Answer, FieldErrors, Open, Request, Show


@command("settings", place=9, fi="asetukset", sv="inställningar", en="settings", also=("installningar",))
async def open_settings(request: Request) -> Answer:
    choices = await request.kaiku.store.read(load_choices, request.person.id)
    return Open(
        settings_form(request.person, request.kaiku.book, request.words, choices.shown(_today(request)))
    )


async def save_settings(request: Request) -> Answer:
    told, errors = read_form(request)
    choices, today = read_choices(request), _today(request)
    if choices is not None and choices.paused_until is not None and choices.paused_until <= today:
        errors[ids.PAUSED_UNTIL] = request.words("pause.past")
    if errors:
        return FieldErrors(errors)
    kaiku = request.kaiku
    person = await kaiku.store.run(
        change_settings, request.person.id, told, kaiku.defaults, kaiku.clock.now(), choices
    )
    words = words_for(person.language, person.timezone)
    return Show(settings_saved(person, kaiku.book, words, choices.shown(today) if choices else None))


def _today(request: Request) -> date:
    """On the person's own calendar."""
    return local(request.kaiku.clock.now(), request.person.timezone).date()


def read_choices(request: Request) -> PromptChoices | None:
    """What the form says about prompts; None where it does not ask."""
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


def read_form(request: Request) -> tuple[ProfileChanges, dict[str, str]]:
    """What the person told, and by field what they must mend. A value that no form of ours offers
    (a forged payload) is left aside."""
    fields, book = request.fields, request.kaiku.book
    agency = fields.get(ids.AGENCY)
    if agency is not None and agency != OTHER and agency not in book:
        agency = None
    agency_name = " ".join((fields.get(ids.AGENCY_NAME) or "").split()) if agency == OTHER else None
    role, language, timezone = (fields.get(name) for name in (ids.ROLE, ids.LANGUAGE, ids.TIMEZONE))
    errors = {}
    if agency == OTHER and not agency_name:
        errors[ids.AGENCY_NAME] = request.words("agency.own_words_missing")
    told = ProfileChanges(
        agency=agency,
        agency_name=agency_name,
        role=role if role in set(Role) else None,
        language=language if language in LANGUAGES else None,
        timezone=timezone if timezone in known_timezones() else None,
    )
    return told, errors
