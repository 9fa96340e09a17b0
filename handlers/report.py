"""What a programme gave, in figures in which nobody is recognisable."""

from bot.services.evidence.report import report_for
from bot.views.evidence.message import key_message
from handlers.commands import command
from handlers.kaiku import Answer, Request, Say


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
    return Say(key_message(found.about, found.edition, request.words))
