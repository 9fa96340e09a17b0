"""Wishes to be told when sign-up opens."""

from bot.domain.enrolment.sign_up import SignUpState
from bot.services.enrolment import opening
from bot.services.offerings.catalogue import load_card
from bot.views.offerings import opening as view
from handlers.enrolment import open_join_form
from handlers.kaiku import Answer, Open, Request


async def wish(request: Request) -> Answer:
    """Store the wish; ``value`` is the code. If sign-up has opened meanwhile, open the join form."""
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    await kaiku.store.run(opening.wish, request.person, request.value, now)
    return await _as_it_stands(request)


async def take_back(request: Request) -> Answer:
    """Delete the wish."""
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    await kaiku.store.run(opening.take_back, request.person, request.value, now)
    return await _as_it_stands(request)


async def _as_it_stands(request: Request) -> Answer:
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    card = await kaiku.store.read(load_card, request.person, request.value, now)
    if card.state is not SignUpState.NOT_YET:
        return await open_join_form(request)
    return Open(view.wish_noted(card, request.words))
