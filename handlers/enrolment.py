"""Joining and leaving offerings."""

from functools import partial

from msgspec.structs import replace

from bot.domain.announcements import Click
from bot.domain.carried.offerings import JoinTarget
from bot.domain.commands import code_of
from bot.domain.enrolment.leaving import undo_until, what_leaving_means
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState, seats_move_on
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.needs import read_needs
from bot.domain.offerings.narrowing import with_title_words
from bot.domain.offerings.offering import Card
from bot.i18n import words_for
from bot.services.announcements.publish import count_click
from bot.services.enrolment.join import require_open
from bot.services.enrolment.leave import require_not_over, withdraw
from bot.services.enrolment.undo_leave import undo_leave
from bot.services.enrolment.year import load_year
from bot.services.facilitation.needs import are_asked, join_with_needs
from bot.services.offerings import catalogue
from bot.services.people.profiles import JoinRequest, introduce_and_enrol
from bot.views import draws as draw_view
from bot.views import enrolment as view
from bot.views import ids
from bot.views.offerings.catalogue import offering_list
from bot.views.offerings.opening import not_open_yet
from bot.views.year import leave_message
from handlers import settings
from handlers.commands import command
from handlers.kaiku import Answer, FieldErrors, Open, Request, Say, Show
from handlers.offerings import list_offerings


@command(
    "join",
    place=2,
    fi="ilmoittaudu",
    sv="anmäl",
    en="join",
    also=("liity", "osallistu", "delta", "anmal", "signup", "register"),
    takes_argument=True,
)
async def ask_to_join(request: Request) -> Answer:
    """Open the join form; tell somebody who has already joined their standing."""
    if not request.value:
        return await list_offerings(request)
    request = await _with_code(request)
    fitting = await _fitting(request)
    if len(fitting) > 1:
        return Say(offering_list(fitting, request.words, narrowed=True))
    return await open_join_form(replace(request, value=fitting[0].offering.code) if fitting else request)


async def _with_code(request: Request) -> Request:
    """The request with "dialogue 2" read as a code, where there is such a code."""
    code = code_of(request.value)
    if code == request.value:
        return request
    is_one = await request.kaiku.store.read(catalogue.is_code, code)
    return replace(request, value=code) if is_one else request


async def _fitting(request: Request) -> list[Card]:
    """The offerings whose titles contain the typed words; none if the words are a code."""
    if await request.kaiku.store.read(catalogue.is_code, request.value):
        return []
    now = request.kaiku.clock.now()
    cards, _ = await request.kaiku.store.read(catalogue.list_current, request.person, now)
    return with_title_words(cards, request.value.split())


async def open_join_form(request: Request, post_id: int | None = None) -> Answer:
    """Open the join form of the offering whose code is ``value``; ``post_id`` is the post that was clicked,
    if any."""
    kaiku = request.kaiku
    card = await kaiku.store.read(catalogue.load_card, request.person, request.value, kaiku.clock.now())
    if card.mine is not None and card.state is not SignUpState.PAST and not card.may_rank:
        return Say(
            view.standing_message(
                card.offering, card.mine, request.person, kaiku.book, request.words, now=kaiku.clock.now()
            )
        )
    request.person.require_may_join()
    if card.state is SignUpState.NOT_YET:
        return Say(not_open_yet(card, request.words))
    require_open(card.offering, kaiku.clock.now())
    return Open(
        view.join_form(
            card,
            request.person,
            kaiku.book,
            kaiku.notice,
            request.words,
            post_id=post_id,
            needs=[] if are_asked(card.offering, kaiku.vault) else None,
        )
    )


async def join_offering(request: Request) -> Answer:
    """Take a seat or a place on the waiting list."""
    told, errors, meant = settings.read_form(request)
    if errors:
        return FieldErrors(errors)
    kaiku, target = request.kaiku, JoinTarget.parse(request.value)
    ranked = [request.fields.get(field) for field in ids.RANKED]
    choices = [code for code in ranked if code and code != draw_view.NO_CHOICE]
    needs = read_needs(request.chosen(ids.NEEDS))
    if meant:
        card = await kaiku.store.read(catalogue.load_card, request.person, target.code, kaiku.clock.now())
        as_told = settings.with_what_was_told(request.person, told)
        return Show(
            view.join_form(
                card,
                as_told,
                kaiku.book,
                kaiku.notice,
                request.words,
                post_id=target.post_id,
                meant=meant,
                asks=True,
                ranked=choices,
                needs=needs if are_asked(card.offering, kaiku.vault) else None,
            )
        )
    asked = JoinRequest(request.person.id, told, target.code, tuple(choices))
    with_kaiku = (kaiku.defaults, kaiku.links.tokens, kaiku.clock.now)
    if needs:
        join = partial(join_with_needs, needs=needs, vault=kaiku.vault)
        person, done = await kaiku.store.run(join, asked, *with_kaiku)
    else:
        person, done = await kaiku.store.run_batched(introduce_and_enrol, asked, *with_kaiku)
    if target.post_id is not None and not done.already:
        await kaiku.store.run(count_click, target.post_id, Click.JOINED, kaiku.clock.now())
    words = words_for(person.language, person.timezone, kaiku.clock.now())
    return Show(
        view.joined(
            done.offering,
            done.standing,
            person,
            kaiku.book,
            words,
            now=kaiku.clock.now(),
            already=done.already,
            with_calendar=kaiku.links.are_shown,
        )
    )


@command(
    "leave",
    place=3,
    fi="luovu",
    sv="lämna",
    en="leave",
    also=("poistu", "peru", "avboka", "lamna", "luopua", "avanmäl", "avanmal", "unjoin", "quit"),
    takes_argument=True,
)
async def ask_to_leave(request: Request) -> Answer:
    """Ask for confirmation before leaving; without a code, list the offerings that can be left."""
    if not request.value:
        year = await request.kaiku.store.read(load_year, request.person, request.kaiku.clock.now())
        return Say(leave_message(year, request.words))
    request = await _with_code(request)
    card = await request.kaiku.store.read(
        catalogue.load_card, request.person, request.value, request.kaiku.clock.now()
    )
    if card.mine is None:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=card.offering)
    now = request.kaiku.clock.now()
    require_not_over(card.offering, now)
    if card.mine.status is Status.IN_DRAW:
        return Open(draw_view.take_back_form(card.offering, request.words))
    waits = card.mine.status is Status.WAITING
    leaving = what_leaving_means(
        seated=not waits,
        state=card.state,
        others_wait=card.waiting > waits,
        seats_move_on=seats_move_on(card.state, card.offering.starts_at, now),
    )
    return Open(view.leave_form(card.offering, card.mine, leaving, request.words))


async def leave_offering(request: Request) -> Answer:
    """Give up the seat or the place on the waiting list after the confirmation."""
    kaiku = request.kaiku
    done = await kaiku.store.run(withdraw, request.person, request.value, kaiku.clock.now)
    if done.was is Status.IN_DRAW:
        return Show(draw_view.taken_back(done.offering, request.words))
    until = undo_until(done.at) if done.can_return else None
    return Show(view.left(done.offering, done.was, until, request.words))


async def take_leaving_back(request: Request) -> Answer:
    """Undo leaving within ten minutes, back to the seat or the place on the waiting list; ``value`` is the
    code.
    """
    kaiku = request.kaiku
    offering, standing = await kaiku.store.run(undo_leave, request.person, request.value, kaiku.clock.now)
    return Say(
        view.came_back(offering, standing, request.person, kaiku.book, request.words, now=kaiku.clock.now())
    )
