"""Asks for and shows a person's agency, role, language and time zone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from enum import StrEnum

from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import OTHER, AgencyBook
from bot.domain.people.person import Person, Role
from bot.domain.privacy import PrivacyNotice
from bot.domain.prompts.prompt import Frequency
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Option,
    View,
    clip,
    date_input,
    escape,
    grouped_select_input,
    modal,
    radio_input,
    section,
    select_input,
    text_input,
    ticked_input,
)
from bot.views.offerings.wording import title_of
from bot.views.privacy import short_form

MAX_AGENCY_NAME = 150
MAX_OPTION = 75
"""Characters in one option, by Slack's reference."""
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
"""Time zones where civil servants of the Finnish state mostly work; the person's own zone is added."""


def agency_of(person: Person, book: AgencyBook, words: Words) -> str:
    """The name of the person's agency in the reader's language, or the employer as the person wrote it."""
    if person.agency is None:
        return ""
    if person.agency == OTHER:
        return person.agency_name or words("agency.other")
    return book.name(person.agency, words.language)


class NoRoom(StrEnum):
    """The choices of a person whose corrected agency has no room for the seat that they hold."""

    TO_LINE = "to_line"
    KEEP_AGENCY = "keep_agency"


def introduction_inputs(
    person: Person, book: AgencyBook, words: Words, *, meant: Sequence[str] = (), optional: bool = False
) -> list[Block]:
    """Agency, role and language; what is known already is filled in. ``meant``: codes of agencies that the
    employer written under "other" may be: the person chooses one or none. ``optional``: fields may stay
    empty."""
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
        )
        | {"optional": optional and person.agency is None},
        text_input(
            ids.AGENCY_NAME,
            words("agency.own_words"),
            max_length=MAX_AGENCY_NAME,
            value=person.agency_name,
            hint=words("agency.own_words_hint"),
            optional=True,
        ),
        *(_meant_input(person, meant, book, words) if meant else ()),
        radio_input(
            ids.ROLE,
            words("role.label"),
            [Option(role, words(f"role.{role}")) for role in Role],
            chosen=person.role,
        )
        | {"optional": optional and person.role is None},
        language_input(person, words),
    ]


def _meant_input(person: Person, meant: Sequence[str], book: AgencyBook, words: Words) -> Iterator[Block]:
    named = [Option(code, book.name(code, words.language)) for code in meant]
    other = Option(OTHER, clip(words("agency.meant_other", name=person.agency_name), MAX_OPTION))
    yield radio_input(ids.EMPLOYER_MEANT, words("agency.meant"), [*named, other])


def _no_room_inputs(offerings: Sequence[Offering], words: Words) -> Iterator[Block]:
    titles = "\n".join(f"• {title_of(offering, words)}" for offering in offerings)
    yield section(f"{words('agency.no_room')}\n{titles}")
    options = [Option(each, words(f"agency.no_room_{each}")) for each in NoRoom]
    yield radio_input(ids.NO_ROOM, words("agency.no_room_label"), options)


def language_input(person: Person, words: Words) -> Block:
    # Each language is named in itself: people who need it must be able to read it.
    names = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
    return radio_input(
        ids.LANGUAGE,
        words("language.label"),
        [Option(code, names[code]) for code in LANGUAGES],
        chosen=person.language,
    )


HOURS = range(9, 15)
"""Hours of the day at which prompts may arrive, by the default rules."""


def settings_form(
    person: Person,
    book: AgencyBook,
    notice: PrivacyNotice,
    words: Words,
    choices: Mapping[str, str] | None = None,
    *,
    meant: Sequence[str] = (),
    without_room: Sequence[Offering] = (),
    leads: bool = False,
) -> View:
    """``leads``: the person facilitates, so ask about the daily line. ``choices``: their choices about
    prompts, by field; ``meant``: codes of agencies that the written employer may be; ``without_room``: the
    offering where the chosen agency has no room for their seat."""
    zones = list(TIME_ZONES) if person.timezone in TIME_ZONES else [person.timezone, *TIME_ZONES]
    return modal(
        words("settings.title"),
        [
            *(_no_room_inputs(without_room, words) if without_room else ()),
            *introduction_inputs(person, book, words, meant=meant, optional=True),
            select_input(
                ids.TIMEZONE,
                words("timezone.label"),
                [Option(zone, zone.replace("_", " ")) for zone in zones],
                chosen=person.timezone,
                hint=words("timezone.hint"),
            ),
            *(_prompt_inputs(choices, words) if choices is not None else ()),
            _link_input(person, words),
            *((_daily_input(person, words),) if leads else ()),
            short_form(notice, words),
        ],
        close=words("form.cancel"),
        submit=words("form.save"),
        callback_id=ids.SETTINGS_FORM,
    )


def _prompt_inputs(choices: Mapping[str, str], words: Words) -> list[Block]:
    """How often prompts come, at what time of day, and a pause."""
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
        ),
    ]


def _daily_input(person: Person, words: Words) -> Block:
    choice = Option(ids.DAILY, words("daily.wanted"))
    return ticked_input(ids.DAILY, words("daily.label"), choice, is_ticked=person.hears_daily)


def _link_input(person: Person, words: Words) -> Block:
    choice = Option(ids.LINK_BEFORE, words("link_before.wanted"))
    return ticked_input(ids.LINK_BEFORE, words("link_before.label"), choice, is_ticked=person.wants_link)


def settings_saved(
    person: Person, book: AgencyBook, words: Words, choices: Mapping[str, str] | None = None
) -> View:
    """The settings as saved. ``choices`` are the person's choices about prompts, by field; None if the form
    did not ask."""
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
    """The settings, one line each."""
    unknown = words("settings.not_told")
    return "\n".join(
        [
            words("settings.agency", value=escape(agency_of(person, book, words)) or unknown),
            words("settings.role", value=words(f"role.{person.role}") if person.role else unknown),
            words("settings.timezone", value=escape(person.timezone)),
        ]
    )
