"""A draw's proposal: looking at it and at the messages it will send, and confirming it."""

from bot.domain.carried.offerings import ProposalRef
from bot.domain.enrolment.draw_review import ReviewState
from bot.domain.people.namesakes import tell_apart
from bot.services.enrolment import confirm_draw
from bot.services.enrolment.confirm_draw import Review
from bot.views import draws as view
from bot.views.blocks import View
from handlers.kaiku import Answer, Open, Renew, Request, Show


async def open_review(request: Request) -> Answer:
    """Show the proposal of the draw that an offering is in; ``value`` is its code."""
    kaiku = request.kaiku
    found = await kaiku.store.read(confirm_draw.review, request.actor, request.value, kaiku.clock.now())
    return Open(_view(request, found))


async def confirm(request: Request) -> Answer:
    """Give the seats as proposed; if the proposal has changed meanwhile, show the new one."""
    kaiku, shown = request.kaiku, ProposalRef.parse(request.value)
    found = await kaiku.store.run(
        confirm_draw.confirm, request.actor, shown.code, shown.digest, kaiku.clock.now
    )
    return Show(_view(request, found))


async def open_messages(request: Request) -> Answer:
    """Show the messages that confirming the shown outcome would send; ``value`` names the outcome."""
    return Open(await _messages(request))


async def show_message_of(request: Request) -> Answer:
    """Show the message to the chosen person."""
    return Renew(await _messages(request))


async def _messages(request: Request) -> View:
    kaiku, ref = request.kaiku, ProposalRef.parse(request.value)
    found, messages = await kaiku.store.run(
        confirm_draw.preview, request.actor, ref, kaiku.kinds, kaiku.defaults, kaiku.clock.now
    )
    if found.state is not ReviewState.CONFIRMED:
        return _view(request, found)
    readers = {each.id: each.language for each in found.proposal.people.values()}
    return view.messages(found.shown, messages, ref, _called(request, found), readers, request.words)


def _view(request: Request, found: Review) -> View:
    return view.review(found.shown, _called(request, found), request.words)


def _called(request: Request, found: Review) -> dict[str, str]:
    book, words, people = request.kaiku.book, request.words, found.proposal.people.values()
    employers = {
        each.id: each.agency_name or (book.name(each.agency, words.language) if each.agency else "")
        for each in people
    }
    return tell_apart({each.id: f"{each.name}, {employers[each.id]}" for each in people}, {})
