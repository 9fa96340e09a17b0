"""The log of acts, for coordinators."""

from functools import partial

from bot.domain.carried.roles import LogPage
from bot.services.acts.listing import list_acts
from bot.services.people.roles import require_coordinator
from bot.views.acts import PAGE, log_view
from handlers.commands import command
from handlers.kaiku import Answer, Renew, Request


@command(
    "log",
    place=40,
    fi="loki",
    sv="logg",
    en="log",
    also=("loggen",),
    takes_argument=True,
    for_coordinators=True,
)
async def show_log(request: Request) -> Answer:
    """``/kaiku log [CODE]``: who did what to whom, newest first; a button leads to older lines."""
    require_coordinator(request.actor, "log")
    page = LogPage.parse(request.value)
    load = partial(list_acts, offering=page.code or None, older_than=page.before, most=PAGE + 1)
    found = await request.kaiku.store.read(load)
    return Renew(log_view(found[:PAGE], page, request.words, has_more=len(found) > PAGE))
