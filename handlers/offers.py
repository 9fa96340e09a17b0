"""Answering the offer of a seat."""

from bot.domain.carried.offerings import OfferRef
from bot.domain.enrolment.offers import Outcome
from bot.services.enrolment import answer_offer
from bot.services.enrolment.answer_offer import Answered
from bot.views import enrolment as view
from handlers.kaiku import Answer, Open, Request


async def accept_offer(request: Request) -> Answer:
    """Take the seat; ``value`` is the offer."""
    kaiku, ref = request.kaiku, OfferRef.parse(request.value)
    done = await kaiku.store.run(answer_offer.accept, request.person, ref, kaiku.clock.now)
    return _answer(request, done)


async def decline_offer(request: Request) -> Answer:
    """Decline the seat and leave the waiting list; Slack has asked for confirmation."""
    kaiku, ref = request.kaiku, OfferRef.parse(request.value)
    done = await kaiku.store.run(answer_offer.decline, request.person, ref, kaiku.clock.now)
    return _answer(request, done)


def _answer(request: Request, done: Answered) -> Answer:
    return Open(
        view.offer_answered(
            done.offering,
            done.until,
            done.standing,
            request.words,
            now=request.kaiku.clock.now(),
            again=done.again,
            is_void=done.outcome is Outcome.VOID,
        )
    )
