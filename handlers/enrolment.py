"""Join, leave, mine."""

from bot.domain.announcements import Click
from bot.domain.errors import KaikuError, Refusal
from bot.i18n import words_for
from bot.services.announcements.publish import count_click
from bot.services.enrolment import seats
from bot.services.offerings import catalogue
from bot.services.people.profiles import introduce_and_enrol
from bot.views import enrolment as view
from handlers import settings
from handlers.kaiku import Answer, Ask, Correct, Open, Say, Show
from handlers.offerings import list_offerings


async def ask_to_join(ask: Ask) -> Answer:
    """Open the join form; who has joined already hears where they stand."""
    if not ask.value:
        return await list_offerings(ask)
    return await open_join_form(ask)


async def open_join_form(ask: Ask, post_id: int | None = None) -> Answer:
    """The same for an offering that is known: ``value`` is its code, ``post_id`` where it was read of."""
    kaiku = ask.kaiku
    card = await kaiku.store.look(catalogue.load_card, ask.person, ask.value, kaiku.clock.now())
    if card.mine is not None:
        return Say(view.standing_message(card.offering, card.mine, ask.person, kaiku.book, ask.words))
    ask.person.require_may_join()
    seats.require_open(card.offering, kaiku.clock.now())
    return Open(view.join_form(card, ask.person, kaiku.book, ask.words, post_id=post_id))


async def join_offering(ask: Ask) -> Answer:
    """The submitted join form: take a seat or a place in line. ``value``: the code, and ``@`` a post's id."""
    told, errors = settings.read_form(ask)
    if errors:
        return Correct(errors)
    kaiku, (code, _, post_id) = ask.kaiku, ask.value.partition("@")
    person, done = await kaiku.store.run(
        introduce_and_enrol, ask.person.id, told, code, kaiku.defaults, kaiku.clock.now()
    )
    if post_id.isascii() and post_id.isdigit() and len(post_id) < 10 and not done.already:
        await kaiku.store.run(count_click, int(post_id), Click.JOINED, kaiku.clock.now())
    words = words_for(person.language, person.timezone)
    return Show(view.joined(done.offering, done.standing, person, kaiku.book, words, already=done.already))


async def ask_to_leave(ask: Ask) -> Answer:
    """Ask once whether to leave; without a code, show what there is to leave."""
    if not ask.value:
        return await list_mine(ask)
    card = await ask.kaiku.store.look(catalogue.load_card, ask.person, ask.value, ask.kaiku.clock.now())
    if card.mine is None:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=card.offering)
    return Open(view.leave_form(card.offering, card.mine, ask.words))


async def leave_offering(ask: Ask) -> Answer:
    """The submitted leave form."""
    kaiku = ask.kaiku
    done = await kaiku.store.run(seats.withdraw, ask.person, ask.value, kaiku.clock.now())
    return Show(view.left(done.offering, done.was, ask.words))


async def list_mine(ask: Ask) -> Answer:
    cards = await ask.kaiku.store.look(catalogue.list_mine, ask.person, ask.kaiku.clock.now())
    links = ask.kaiku.links
    return Say(view.mine_message(cards, ask.person, ask.kaiku.book, ask.words, with_calendar=links.are_shown))
