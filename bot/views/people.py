"""Who a person is, asked and shown: agency, role, language, time zone."""

from collections.abc import Iterator, Mapping
from datetime import date, time

from bot.domain.language import LANGUAGES
from bot.domain.people.agencies import OTHER, AgencyBook
from bot.domain.people.person import Person, Role
from bot.domain.prompts.prompt import Frequency
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Option,
    View,
    context,
    date_input,
    escape,
    grouped_select_input,
    modal,
    radio_input,
    section,
    select_input,
    text_input,
)

MAX_AGENCY_NAME = 150
TIME_ZONES = (
    "Europe/Helsinki",
    "Europe/Mariehamn",
    "Europe/Stockholm",
    "Europe/Tallinn",
    "Europe/Brussels",
    "Europe/London",
    "America/New_York",
    "Asia/Tokyo",
    "UTC",
)
"""Where civil servants of the Finnish state mostly sit. A person's own zone from Slack is added."""


def agency_of(person: Person, book: AgencyBook, words: Words) -> str:
    """The person's agency as its name in the reader's language, or as they wrote it."""
    if person.agency is None:
        return ""
    if person.agency == OTHER:
        return person.agency_name or words("agency.other")
    return book.name(person.agency, words.language)


def introduction_inputs(person: Person, book: AgencyBook, words: Words) -> list[Block]:
    """Agency, role and language; what is known already is filled in."""
    groups = [
        (title, [Option(code, name) for code, name in agencies])
        for title, agencies in book.groups(words.language)
    ]
    groups.append((words("agency.other_group"), [Option(OTHER, words("agency.other"))]))
    return [
        grouped_select_input(
            ids.AGENCY,
            words("agency.label"),
            groups,
            chosen=person.agency,
            placeholder=words("agency.placeholder"),
        ),
        text_input(
            ids.AGENCY_NAME,
            words("agency.own_words"),
            max_length=MAX_AGENCY_NAME,
            value=person.agency_name,
            hint=words("agency.own_words_hint"),
            optional=True,
        ),
        radio_input(
            ids.ROLE,
            words("role.label"),
            [Option(role, words(f"role.{role}")) for role in Role],
            chosen=person.role,
        ),
        language_input(person, words),
    ]


def language_input(person: Person, words: Words) -> Block:
    # Each language is named in itself: whoever needs it must be able to read it.
    names = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
    return radio_input(
        ids.LANGUAGE,
        words("language.label"),
        [Option(code, names[code]) for code in LANGUAGES],
        chosen=person.language,
    )


HOURS = range(9, 15)
"""Times of day that prompts may come at, by the default rules."""


def settings_form(
    person: Person, book: AgencyBook, words: Words, choices: Mapping[str, str] | None = None
) -> View:
    """``choices``: what the person chose about prompts, by field."""
    zones = list(TIME_ZONES) if person.timezone in TIME_ZONES else [person.timezone, *TIME_ZONES]
    return modal(
        words("settings.title"),
        [
            *introduction_inputs(person, book, words),
            select_input(
                ids.TIMEZONE,
                words("timezone.label"),
                [Option(zone, zone.replace("_", " ")) for zone in zones],
                chosen=person.timezone,
                hint=words("timezone.hint"),
            ),
            *(_prompt_inputs(choices, words) if choices is not None else ()),
            context(words("privacy.notice")),
        ],
        close=words("form.cancel"),
        submit=words("form.save"),
        callback_id=ids.SETTINGS_FORM,
    )


def _prompt_inputs(choices: Mapping[str, str], words: Words) -> list[Block]:
    """How often, when in the day, and a pause."""
    hours = [Option(str(hour), words("hour.at", time=words.clock_time(time(hour)))) for hour in HOURS]
    return [
        radio_input(
            ids.FREQUENCY,
            words("frequency.label"),
            [Option(each, words(f"frequency.{each}")) for each in Frequency],
            chosen=choices[ids.FREQUENCY],
        ),
        select_input(
            ids.HOUR,
            words("hour.label"),
            [Option("any", words("hour.any")), *hours],
            chosen=choices[ids.HOUR] or "any",
        ),
        date_input(
            ids.PAUSED_UNTIL,
            words("pause.label"),
            chosen=choices[ids.PAUSED_UNTIL] or None,
            hint=words("pause.hint"),
        ),
    ]


def settings_saved(
    person: Person, book: AgencyBook, words: Words, choices: Mapping[str, str] | None = None
) -> View:
    """What holds now. ``choices``: what the person chose about prompts, by field; None if not asked."""
    chosen = _choice_lines(choices, words) if choices is not None else ()
    return modal(
        words("settings.title"),
        [section("\n".join([words("settings.saved"), settings_lines(person, book, words), *chosen]))],
        close=words("form.close"),
    )


def _choice_lines(choices: Mapping[str, str], words: Words) -> Iterator[str]:
    frequency = words(f"frequency.{choices[ids.FREQUENCY]}")
    yield words("settings.line", label=words("frequency.label"), value=frequency)
    if choices[ids.HOUR]:
        at = words("hour.at", time=words.clock_time(time(int(choices[ids.HOUR]))))
        yield words("settings.line", label=words("hour.label"), value=at)
    if choices[ids.PAUSED_UNTIL]:
        yield words("settings.paused", day=words.day(date.fromisoformat(choices[ids.PAUSED_UNTIL])))


def settings_lines(person: Person, book: AgencyBook, words: Words) -> str:
    """What Kaiku knows of the person, one line each."""
    unknown = words("settings.not_told")
    return "\n".join(
        [
            words("settings.agency", value=escape(agency_of(person, book, words)) or unknown),
            words("settings.role", value=words(f"role.{person.role}") if person.role else unknown),
            words("settings.timezone", value=escape(person.timezone)),
        ]
    )
