"""The report of a programme: figures in which nobody is recognisable."""

from bot.services.evidence.files import offer_report
from bot.services.evidence.report import Report, Unissued, issue_report, report_for
from bot.views.blocks import Message
from bot.views.evidence.message import address_view, key_message, preview_message, unissued_message
from handlers.commands import command
from handlers.kaiku import Answer, Open, Request, Say


@command(
    "report",
    place=96,
    fi="raportti",
    sv="rapport",
    en="report",
    takes_argument=True,
    for_facilitators=True,
)
async def show_report(request: Request) -> Answer:
    """Answer with the key figures of a programme or of one offering; ``value`` is its code."""
    kaiku = request.kaiku
    found = await kaiku.store.run(report_for, request.actor, request.value, kaiku.clock.now())
    return Say(_message(found, request))


async def issue(request: Request) -> Answer:
    """Issue the report of the programme."""
    kaiku = request.kaiku
    return Say(_message(await kaiku.store.run(issue_report, request.actor, kaiku.clock.now()), request))


async def get_report(request: Request) -> Answer:
    """Show the way to the page with the whole report; ``value`` is an offering's code, or empty."""
    kaiku = request.kaiku
    token = await kaiku.store.run(offer_report, request.actor, request.value, kaiku.clock.now())
    return Open(address_view(kaiku.links.download(token), request.words))


def _message(found: Report | Unissued, request: Request) -> Message:
    if isinstance(found, Unissued):
        return unissued_message(found.about, found.last_at, request.words)
    if found.is_preview:
        return preview_message(found.about, found.edition, request.words)
    has_pages = request.kaiku.links.public_url is not None
    is_coordinators = request.actor.is_coordinator and found.about.only is None
    return key_message(
        found.about,
        found.edition,
        request.words,
        has_pages=has_pages,
        asks_for_cases=is_coordinators,
    )
