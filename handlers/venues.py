"""Deciding about a session's venue: keep it, or change the session, which continues in ``handlers.plan``."""

from bot.domain.carried.offerings import VenueRef
from bot.domain.facilitation.venues import Booking
from bot.domain.plan.edits import VenueAct
from bot.services.facilitation import venues as service
from bot.views.blocks import Message
from bot.views.facilitation import venues as view
from handlers.kaiku import Answer, Open, Renew, Request, Say
from handlers.listening import Act


async def keep(request: Request) -> Answer:
    """Record that the venue is kept; ``value`` is a VenueRef."""
    kaiku = request.kaiku
    ref = VenueRef.parse(request.value)
    is_new = await kaiku.store.run(service.keep_venue, kaiku.book, request.actor, ref, kaiku.clock.now)
    return Say(Message(request.words("venue.kept_now" if is_new else "venue.kept_before")))


async def open_choice(request: Request) -> Answer:
    """Show the alternatives to keeping the venue."""
    return Open(view.choice(await _load(request), request.words))


def open_act(act: VenueAct) -> Act:
    """Open the form of an alternative, in place of the choice: Slack stacks three forms and no more."""

    async def open_form(request: Request) -> Answer:
        booking = await _load(request)
        return Renew(view.act_form(booking.offering, booking.session, act, request.words))

    return open_form


async def _load(request: Request) -> Booking:
    kaiku = request.kaiku
    ref = VenueRef.parse(request.value)
    found: Booking = await kaiku.store.read(
        service.load_booking, kaiku.book, request.actor, ref, kaiku.clock.now()
    )
    return found
