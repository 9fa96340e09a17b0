"""A session for its facilitators: brief, dialogue rooms, attendance; and for participants: ticking their own
attendance, stating practical needs.
"""

from functools import partial

from bot.domain.carried.offerings import SessionRef
from bot.domain.carried.sessions import AttendancePage, PhaseChoice
from bot.domain.facilitation.needs import read_needs
from bot.domain.facilitation.rooms import SIZES, USUAL
from bot.domain.facilitation.session_rooms import SessionRooms
from bot.domain.people.namesakes import tell_apart
from bot.services.facilitation import attendance, brief, needs, rooms
from bot.views import ids
from bot.views.blocks import View
from bot.views.facilitation import needs as needs_view
from bot.views.facilitation import rooms as rooms_view
from bot.views.facilitation import sessions as view
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Show
from handlers.typed import read_text


async def mark_attendance(request: Request) -> Answer:
    """Open the attendance form of a session."""
    session = SessionRef.parse(request.value)
    found = await request.kaiku.store.read(
        attendance.load_attendance,
        request.actor,
        session.code,
        session.number,
        request.kaiku.clock.now(),
    )
    return Open(_attendance_form(request, found, 0))


def _attendance_form(request: Request, found: attendance.Attendance, page: int) -> View:
    called = tell_apart(
        found.people,
        {
            person_id: own_words
            or (request.kaiku.book.name(agency, request.words.language) if agency else "")
            for person_id, (agency, own_words) in found.agencies.items()
        },
    )
    return view.attendance_form(
        found.offering,
        found.session,
        dict(sorted(called.items(), key=lambda each: each[1].casefold())),
        found.attended,
        request.words,
        known=found.known,
        promised=found.promised,
        page=page,
    )


async def save_attendance(request: Request) -> Answer:
    """Save a page of the attendance form, and show the next one if there is one."""
    about, errors = AttendancePage.parse(request.value), dict[str, str]()
    is_last = ids.PROMISED in request.fields or about.shown is None
    promised = read_text(request, ids.PROMISED, errors, at_most=view.MAX_PROMISE)
    if errors:
        return FieldErrors(errors)
    chosen = frozenset(each for field in ids.ATTENDED for each in request.chosen(field))
    save = partial(attendance.save_attendance, shown=about.shown, promised=promised if is_last else None)
    found = await request.kaiku.store.run(
        save,
        request.actor,
        about.session.code,
        about.session.number,
        chosen,
        request.kaiku.clock.now(),
    )
    if not is_last:
        return Show(_attendance_form(request, found, about.page + 1))
    return Show(view.attendance_saved(request.words, there=len(found.attended), seated=len(found.people)))


async def tick_oneself(request: Request) -> Answer:
    """Record that I was at a remote session."""
    session = SessionRef.parse(request.value)
    found = await request.kaiku.store.run(
        attendance.tick_oneself,
        request.person,
        session.code,
        session.number,
        request.kaiku.clock.now(),
    )
    return Open(view.was_there(found.offering, found.session, request.words))


async def show_brief(request: Request) -> Answer:
    """Show who comes to a session, the mix, and what to arrange; reading needs is logged."""
    session = SessionRef.parse(request.value)
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    found = await kaiku.store.run(
        brief.load_brief, kaiku.vault, kaiku.book, request.actor, session.code, session.number, now
    )
    return Open(view.brief_view(found, request.words, now))


async def ask_needs(request: Request) -> Answer:
    """Show my practical needs, to change them."""
    kaiku = request.kaiku
    offering, told = await kaiku.store.read(needs.load_needs, kaiku.vault, request.person, request.value)
    return Open(needs_view.needs_form(offering, told, request.words))


async def save_needs(request: Request) -> Answer:
    kaiku, told = request.kaiku, read_needs(request.chosen(ids.NEEDS))
    offering = await kaiku.store.run(
        needs.save_needs, kaiku.vault, request.person, request.value, told, kaiku.clock.now()
    )
    return Show(needs_view.needs_saved(offering, request.words, any_told=bool(told)))


async def open_rooms(request: Request) -> Answer:
    """Show the dialogue rooms of a session, or ask how to share people out."""
    found = await _load_rooms(request)
    show = rooms_view.rooms_view if found.rooms else rooms_view.rooms_form
    return Open(show(found, request.words))


async def ask_for_rooms(request: Request) -> Answer:
    """Ask again how to share people out, after somebody left or came: in the same form, because Slack stacks
    three at most.
    """
    return Renew(rooms_view.rooms_form(await _load_rooms(request), request.words))


async def _load_rooms(request: Request) -> SessionRooms:
    session, kaiku = SessionRef.parse(request.value), request.kaiku
    return await kaiku.store.read(
        rooms.load_rooms,
        kaiku.book,
        request.actor,
        session.code,
        session.number,
        kaiku.clock.now(),
    )


async def share_out(request: Request) -> Answer:
    """Share people out into rooms, without telling anybody yet."""
    session, kaiku = SessionRef.parse(request.value), request.kaiku
    missing = frozenset(each for field in ids.MISSING for each in request.chosen(field))
    sizes = {str(each): each for each in SIZES}
    act = partial(
        rooms.share_out,
        missing=missing,
        size=sizes.get(request.fields.get(ids.ROOM_SIZE) or "", USUAL),
        anew=request.fields.get(ids.ANEW) == ids.ANEW,
    )
    found = await kaiku.store.run(
        act, kaiku.book, request.actor, session.code, session.number, kaiku.clock.now()
    )
    return Show(rooms_view.rooms_view(found, request.words))


async def send_rooms(request: Request) -> Answer:
    """Tell each person their room."""
    session, kaiku = SessionRef.parse(request.value), request.kaiku
    found = await kaiku.store.run(
        rooms.send_rooms,
        kaiku.book,
        request.actor,
        session.code,
        session.number,
        kaiku.clock.now(),
    )
    return Renew(rooms_view.rooms_view(found, request.words))


async def show_phases(request: Request) -> Answer:
    """Show the card of the dialogue's current phase."""
    session, kaiku = SessionRef.parse(request.value), request.kaiku
    now = kaiku.clock.now()
    offering, state = await kaiku.store.read(
        rooms.load_phase, request.actor, session.code, session.number, now
    )
    return Open(rooms_view.phases_view(offering, session.number, state, request.words, now))


async def turn_phase(request: Request) -> Answer:
    """Start, pause or lengthen the phase, or go on to the next."""
    choice, kaiku = PhaseChoice.parse(request.value), request.kaiku
    session, now = choice.session, kaiku.clock.now()
    offering, state = await kaiku.store.run(
        rooms.turn_phase,
        request.actor,
        session.code,
        session.number,
        choice.act,
        choice.mark,
        now,
    )
    return Renew(rooms_view.phases_view(offering, session.number, state, request.words, now))
