"""Finds the command in what was typed after ``/kaiku``, and answers typos.

A command is declared by its listener: ``@command("next", place=5, fi="seuraava", sv="nästa", en="next")``.
"""

from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from bot.domain.commands import Command, code_of, parse
from bot.domain.offerings.codes import Purpose
from bot.services.offerings.catalogue import current_code, is_code, load_card
from bot.services.offerings.facilitators import leads_any
from bot.views.announcements.forms import details
from bot.views.answers import help_message
from handlers.kaiku import Answer, Open, Request, Say

Act = Callable[[Request], Awaitable[Answer]]

_PURPOSES = {"join": Purpose.JOIN, "announce": Purpose.JOIN, "leave": Purpose.LEAVE}
_acts: dict[Command, Act] = {}


def command(
    name: str,
    *,
    place: int,
    fi: str,
    sv: str,
    en: str,
    also: tuple[str, ...] = (),
    takes_argument: bool = False,
    for_facilitators: bool = False,
    for_coordinators: bool = False,
) -> Callable[[Act], Act]:
    """Make the listener answer to these words after ``/kaiku``; ``place`` orders the help.

    Raises ValueError for a name, a place or a spelling that another command has.
    """
    words = {"fi": fi, "sv": sv, "en": en}
    declared = Command(name, place, words, takes_argument, also, for_facilitators, for_coordinators)

    def add(act: Act) -> Act:
        for other in _acts:
            if other.name == name or other.place == place or other.spellings & declared.spellings:
                raise ValueError(f"the commands {other.name} and {name} can't be told apart")
        _acts[declared] = act
        return act

    return add


def all_commands() -> list[Command]:
    """Every command, in the order of the help; complete once ``handlers`` is imported."""
    return sorted(_acts, key=lambda each: each.place)


async def run_command(request: Request) -> Answer:
    typed = parse(request.value, _acts)
    if typed.command is not None:
        value = typed.argument
        if value:
            kaiku, purpose = request.kaiku, _PURPOSES.get(typed.command.name, Purpose.OTHER)
            value = await kaiku.store.read(current_code, value, kaiku.clock.now(), purpose, request.person.id)
        return await _acts[typed.command](replace(request, value=value))
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    code = await kaiku.store.read(current_code, code_of(typed.typed), now, Purpose.OTHER, request.person.id)
    if await kaiku.store.read(is_code, code):
        card = await kaiku.store.read(load_card, request.person, code, now)
        return Open(details(card, None, request.words))
    mine = await _commands_of(request)
    meant = typed.nearest if any(typed.nearest in each.spellings for each in mine) else None
    return Say(help_message(mine, request.words, typo=typed.typo, meant=meant))


@command("help", place=100, fi="ohje", sv="hjälp", en="help", also=("hjalp", "apua", "?"))
async def show_help(request: Request) -> Answer:
    return Say(help_message(await _commands_of(request), request.words))


async def _commands_of(request: Request) -> list[Command]:
    """The commands that this person may use."""
    coordinates = leads = request.actor.is_coordinator
    if not leads:
        leads = await request.kaiku.store.read(leads_any, request.person.id)
    return [
        each
        for each in all_commands()
        if (leads or not each.for_facilitators) and (coordinates or not each.for_coordinators)
    ]
