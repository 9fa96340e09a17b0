"""A participant's year: the next session, their offerings, details of one, absence from a session."""

from functools import partial

from bot.domain.carried.offerings import SessionRef
from bot.domain.errors import KaikuError, Refusal
from bot.services.enrolment import absence
from bot.services.enrolment.year import load_year
from bot.services.facilitation.needs import are_asked
from bot.services.offerings.catalogue import load_card
from bot.services.prompts.preparation import has_cards
from bot.views import absence as absence_view
from bot.views import ids
from bot.views import year as view
from bot.views.blocks import View
from handlers.commands import command
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Say, Show
from handlers.typed import read_text


@command("next", place=0, fi="seuraava", sv="nästa", en="next", also=("nasta", "seuraavaksi"))
async def show_next(request: Request) -> Answer:
    """Answer with my next session, what to bring, and what comes after it."""
    year = await request.kaiku.store.read(load_year, request.person, request.kaiku.clock.now())
    return Say(view.next_message(year, request.words))


@command("mine", place=4, fi="omat", sv="mina", en="mine", also=("ilmoittautumiset", "anmälningar"))
async def list_mine(request: Request) -> Answer:
    """Answer with my next session and what I am signed up to."""
    year = await request.kaiku.store.read(load_year, request.person, request.kaiku.clock.now())
    return Say(view.mine_message(year, request.words, with_calendar=request.kaiku.links.are_shown))


async def open_mine(request: Request) -> Answer:
    """Show one of my offerings in full; ``value`` is its code."""
    return Open(await _opened(request, with_past=False))


async def show_past(request: Request) -> Answer:
    """Show one of my offerings with its past sessions."""
    return Renew(await _opened(request, with_past=True))


async def say_absent(request: Request) -> Answer:
    """Record that I can't come to one session. Where it is the offering's only one, ask first whether to keep
    the seat.
    """
    session = SessionRef.parse(request.value)
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    found = await kaiku.store.read(absence.load_attending, request.person, session.code, session.number, now)
    if found.is_only_one:
        return Open(absence_view.absent_or_leave(found.offering, found.session, request.words))
    return await _say(request, absent=True)


async def say_absent_for_sure(request: Request) -> Answer:
    """Record the absence after that question: the seat is kept."""
    return await _say(request, absent=True)


async def say_present(request: Request) -> Answer:
    """Record that I can come to the session after all."""
    return await _say(request, absent=False)


async def _say(request: Request, *, absent: bool) -> Answer:
    session = SessionRef.parse(request.value)
    kaiku = request.kaiku
    act = partial(absence.say_absent, absent=absent)
    done = await kaiku.store.run(act, request.person, session.code, session.number, kaiku.clock.now)
    now = kaiku.clock.now()
    return Open(absence_view.absent_said(done.offering, done.session, request.words, now, absent=absent))


async def send_word(request: Request) -> Answer:
    """Store my message to the facilitators about why I can't come; ``value`` is code/session."""
    session = SessionRef.parse(request.value)
    kaiku, errors = request.kaiku, dict[str, str]()
    word = read_text(request, ids.ABSENCE_WORD, errors, at_most=absence_view.MAX_WORD, on_one_line=True)
    if errors:
        return FieldErrors(errors)
    done = await kaiku.store.run(
        absence.tell_why, request.person, session.code, session.number, word or None, kaiku.clock.now
    )
    return Show(absence_view.absence_word_sent(done.offering, done.session, request.words))


async def go_to_session(_request: Request) -> Answer:
    """Acknowledge the click on a link button: the browser opens the link by itself."""
    return None


async def _opened(request: Request, *, with_past: bool) -> View:
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    card = await kaiku.store.read(load_card, request.person, request.value, now)
    if card.mine is None:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=card.offering)
    return view.opened(
        card,
        request.person,
        kaiku.book,
        now,
        request.words,
        with_past=with_past,
        with_calendar=kaiku.links.are_shown,
        with_needs=are_asked(card.offering, kaiku.vault),
        with_preparation=has_cards(card.offering),
    )
