"""A session as facilitators look after it: the brief, dialogue rooms and their phases, attendance; and what
people say of themselves."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from msgspec.structs import replace

from bot.domain.facilitation.brief import Brief
from bot.domain.facilitation.needs import Need
from bot.domain.facilitation.phases import PhaseAct, PhaseState, act_on, first_state
from bot.domain.facilitation.rooms import Quality
from bot.domain.facilitation.session_rooms import Room, SessionRooms
from bot.domain.facilitation.venues import Booking
from bot.domain.people.person import Role
from bot.domain.plan.edits import PlanEdit, SessionEdit, VenueAct
from bot.domain.plan.model import Venue
from bot.i18n import Words
from bot.views.blocks import Message, View
from bot.views.enrolment import join_form
from bot.views.facilitation import needs, rooms, sessions, venues
from bot.views.year import opened
from gallery.entry import Entry
from gallery.sample import AINO, BOOK, NOTICE, SEATED, before, between, card, live, remote

PEOPLE = {"UAINO": "Aino Virtanen", "UOLLI": "Olli Nieminen", "UMARJA": "Marja Lind"}
AGENCIES = {"UAINO": "Verohallinto", "UOLLI": "Maanmittauslaitos", "UMARJA": ""}


def entries() -> Iterator[Entry]:
    yield from _brief()
    yield from _needs()
    yield from _rooms()
    yield from _phases()
    yield from _attendance()
    yield from _venues()


def brief(**facts: object) -> Brief:
    whole = Brief(
        live(),
        live().sessions[1],
        PEOPLE,
        {"UKAISA": "Kaisa Laine"},
        AGENCIES,
        [("Verohallinto", 2), ("Maanmittauslaitos", 1)],
        [(Role.EXPERT, 2), (Role.SUPERVISOR, 1)],
        4,
        "Lähetämme kalvot & kirjalistan.",
        {"UAINO": [Need.STEP_FREE, Need.NO_MEAT], "UOLLI": None},
        may_read_shared=True,
    )
    return replace(whole, **facts)


def _brief() -> Iterator[Entry]:
    at = between(live())
    many = {f"U{n}": f"Osallistuja {n}" for n in range(30)}
    bare = brief(absent=many, agencies=[], roles=[], shared=0, promised="", coming={}, needs={})
    yield Entry("The brief", lambda words: sessions.brief_message(brief(), words, now=at))
    yield Entry("The brief, nobody comes", lambda words: sessions.brief_message(bare, words, now=at))
    yield Entry("The whole brief", lambda words: sessions.brief_view(brief(), words, at))
    yield Entry("The whole brief, nobody comes", lambda words: sessions.brief_view(bare, words, at))


def booking(until: date | None = date(2019, 3, 26), **facts: object) -> Booking:
    terms = Venue(1180, until, 24)
    session = replace(live().sessions[0], venue=terms, **facts)
    return Booking(brief(session=session), terms, 2)


def _venues() -> Iterator[Entry]:
    at, found = before(live(), days=14), booking()
    yield Entry("A venue to decide about", lambda words: venues.ask(found, words, at, is_last=False))
    yield Entry("The same, asked last", lambda words: venues.ask(found, words, at, is_last=True))
    yield Entry("A venue that is kept", lambda words: venues.kept(found, words, at))
    moved = replace(live(), sessions=(replace(live().sessions[0], cancelled=True),))
    yield Entry("Its session was changed", lambda words: venues.changed(moved, 1, words))
    yield Entry("What to do instead", lambda words: venues.choice(found, words))
    for act in VenueAct:
        yield Entry(f"What to do instead: {act}", partial(_venue_form, act))
    for key in ("kept_now", "kept_before", "no_number"):
        yield Entry(f"Said of a venue: {key}", lambda words, key=key: Message(words(f"venue.{key}")))  # type: ignore[misc]


def _venue_form(act: VenueAct, words: Words) -> View:
    session = booking().session
    filled = SessionEdit(
        session.on, session.starts, session.ends, venue=Venue(0, date(2019, 3, 29), 15), act=act
    )
    return venues.act_form(live(), session, act, words, PlanEdit("dialogue-2", 1, 1, filled))


def _needs() -> Iterator[Entry]:
    at = before(live(), days=2)
    mine = card(mine=SEATED)
    yield Entry("What can be arranged", lambda words: needs.needs_form(live(), [Need.IN_ADVANCE], words))
    yield Entry("Arrangements saved", lambda words: needs.needs_saved(live(), words, any_told=True))
    yield Entry("Arrangements deleted", lambda words: needs.needs_saved(live(), words, any_told=False))
    yield Entry(
        "Joining where arrangements are asked",
        lambda words: join_form(card(), AINO, BOOK, NOTICE, words, needs=[]),
    )
    yield Entry("Mine, with arrangements", lambda words: opened(mine, AINO, BOOK, at, words, with_needs=True))


def found(**facts: object) -> SessionRooms:
    room = Room(1, list(PEOPLE), "UOLLI")
    one = SessionRooms(
        live(), live().sessions[1], PEOPLE, AGENCIES, [room], Quality(0, 0, 0, 0), frozenset({"UMARJA"})
    )
    return replace(one, **facts)


def _rooms() -> Iterator[Entry]:
    none_yet = found(rooms=[], quality=None)
    worse = Quality(alike=3, repeated=5, fewest_alike=2, fewest_repeated=4)
    mine = found().rooms[0]
    yield Entry("Sharing out rooms", lambda words: rooms.rooms_form(none_yet, words))
    yield Entry("Sharing out again", lambda words: rooms.rooms_form(found(), words))
    yield Entry("The rooms", lambda words: rooms.rooms_view(found(), words))
    yield Entry(
        "The rooms, somebody was missing",
        lambda words: rooms.rooms_view(found(quality=worse, moved=2), words),
    )
    yield Entry("The rooms are sent", lambda words: rooms.rooms_view(found(told=3), words))
    yield Entry("The rooms were sent before", lambda words: rooms.rooms_view(found(told=0), words))
    yield Entry("My room", lambda words: rooms.room_message(found(), mine, "UAINO", words))
    yield Entry("My room, where I open", lambda words: rooms.room_message(found(), mine, "UOLLI", words))


def _phases() -> Iterator[Entry]:
    at = between(live())
    still = first_state()
    runs = act_on(still, PhaseAct.START, at)
    last = still
    yield Entry("A phase before it starts", lambda words: rooms.phases_view(live(), 2, still, words, at))
    yield Entry("A phase that runs", lambda words: rooms.phases_view(live(), 2, runs, words, at))
    for name in ("second", "third", "last"):
        last = act_on(last, PhaseAct.NEXT, at)
        yield Entry(f"The {name} phase", partial(_phase, last))
    late = at + timedelta(hours=1)
    yield Entry("A phase whose time is up", lambda words: rooms.phases_view(live(), 2, runs, words, late))


def _phase(state: PhaseState, words: Words) -> View:
    return rooms.phases_view(live(), 2, state, words, between(live()))


def _attendance() -> Iterator[Entry]:
    session = live().sessions[0]
    yield Entry(
        "Who was there",
        lambda words: sessions.attendance_form(live(), session, PEOPLE, set(PEOPLE), words, known=False),
    )
    yield Entry(
        "Who was there, marked before",
        lambda words: sessions.attendance_form(
            live(), session, PEOPLE, {"UAINO"}, words, known=True, promised="Lähetämme kalvot."
        ),
    )
    for page in (0, 1):
        yield Entry(f"Who was there, page {page + 1}", partial(_page, page))
    yield Entry(
        "Nobody has a seat",
        lambda words: sessions.attendance_form(live(), session, {}, set(), words, known=False),
    )
    yield Entry("Attendance is marked", lambda words: sessions.attendance_saved(words, there=9, seated=12))
    for ticked in (0, 3):
        yield Entry(f"Attendance is to be marked, {ticked} ticked themselves", partial(_due, ticked))
    there, begun = remote(), between(remote())
    mine = card(there, mine=SEATED)
    yield Entry("Mine, after a remote session", lambda words: opened(mine, AINO, BOOK, begun, words))
    yield Entry("I was there", lambda words: sessions.was_there(there, there.sessions[0], words))


def _page(page: int, words: Words) -> View:
    crowd = {f"U{n:03}": f"Osallistuja {n:03}" for n in range(131)}
    session = live().sessions[0]
    return sessions.attendance_form(live(), session, crowd, set(crowd), words, known=False, page=page)


def _due(ticked: int, words: Words) -> Message:
    session, now = live().sessions[0], between(live())
    return sessions.attendance_due(live(), session, words, now=now, seated=12, absent=2, ticked=ticked)
