"""``/kaiku ...``: which command it is, and the answer to a typo."""

from dataclasses import replace

from bot.domain.commands import parse
from bot.views.answers import help_message
from handlers import announcements, enrolment, offerings, prompts, reflections, settings
from handlers.kaiku import Answer, Request, Say


async def run_command(request: Request) -> Answer:
    typed = parse(request.value)
    act = _acts.get(typed.command or "")
    if act is None:
        return Say(help_message(request.words, typo=typed.typo, meant=typed.nearest))
    return await act(replace(request, value=typed.argument))


async def show_help(request: Request) -> Answer:
    return Say(help_message(request.words))


_acts = {
    "help": show_help,
    "list": offerings.list_offerings,
    "join": enrolment.ask_to_join,
    "leave": enrolment.ask_to_leave,
    "mine": enrolment.list_mine,
    "reflect": reflections.list_own,
    "shared": prompts.show_shared_answers,
    "prompt": prompts.open_desk,
    "announce": announcements.announce,
    "settings": settings.open_settings,
}
