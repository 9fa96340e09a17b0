"""Keeping one's turn for the next round of a strand, and giving it up."""

from bot.services.enrolment import turns
from bot.views import turns as view
from handlers.kaiku import Answer, Open, Request


async def keep_turn(request: Request) -> Answer:
    """Keep the place on the waiting list; ``value`` is the offering that started without the person."""
    kaiku = request.kaiku
    done = await kaiku.store.run(turns.keep_turn, request.person, request.value, kaiku.clock.now())
    return Open(view.kept(done.offering, request.words))


async def give_up_turn(request: Request) -> Answer:
    done = await request.kaiku.store.run(turns.give_up_turn, request.person, request.value)
    return Open(view.given_up(done.offering, request.words))
