"""Dialogue rooms of a session: sharing people out, telling each person their room, the timer of the phases.

Only who was with whom is stored, until the offering ends; nothing said there is.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.domain.acts import ActKind
from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.phases import PhaseAct, PhaseState, act_on, first_state
from bot.domain.facilitation.rooms import SMALLEST, Rooms, judge, regroup, split
from bot.domain.facilitation.session_rooms import Room, SessionRooms
from bot.domain.offerings.offering import Offering, Session
from bot.domain.people.agencies import AgencyBook, seat_key
from bot.domain.people.namesakes import tell_apart
from bot.services.acts import note_act
from bot.services.facilitation.attendance import who_cannot_come
from bot.services.facilitation.brief import employer, session_ahead
from bot.services.offerings.facilitators import Actor, load_facilitated
from storage import deliveries as delivery_rows
from storage import facilitation as facilitation_rows
from storage import people as person_rows
from storage import rooms as room_rows
from storage.deliveries import DeliveryRow
from storage.offerings import catalogue as offering_rows
from storage.people import PersonRow
from storage.rooms import PhaseRow
from storage.transaction import Tx


def load_rooms(tx: Tx, book: AgencyBook, actor: Actor, code: str, number: int, now: datetime) -> SessionRooms:
    """The rooms of a session that is not over. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK,
    SESSION_OVER."""
    offering = load_facilitated(tx, actor, code, "rooms")
    session = session_ahead(offering, number, now)
    return _load(tx, book, offering, session, actor.person.language)


def share_out(
    tx: Tx,
    book: AgencyBook,
    actor: Actor,
    code: str,
    number: int,
    now: datetime,
    *,
    missing: Collection[str],
    size: int,
    anew: bool = False,
) -> SessionRooms:
    """Put everybody with a seat except the missing into rooms. Existing rooms are kept, with as few moves as
    possible, unless ``anew``.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, TOO_FEW_FOR_ROOMS.
    """
    load_facilitated(tx, actor, code, "rooms")
    offering_rows.lock_offering(tx, code)  # two facilitators share out one after the other
    before = load_rooms(tx, book, actor, code, number, now)
    offering = before.offering
    here = {
        row.id: seat_key(row.agency or "", row.agency_name)
        for row in _seated(tx, offering)
        if row.id not in missing
    }
    if len(here) < SMALLEST:
        raise KaikuError(Refusal.TOO_FEW_FOR_ROOMS, offering=offering)
    stored = room_rows.list_rooms(tx, offering.id)
    earlier = _earlier(stored, number)
    moved = None
    if before.rooms and not anew:
        found = regroup(_as_rooms(stored[number]), here, earlier)
        rooms, moved = found.rooms, len(found.moved)
    else:
        rooms = split(here, size, earlier, seed=f"{code}/{number}/{now.isoformat()}")
    room_of = {each: n for n, room in enumerate(rooms, start=1) for each in room}
    room_rows.set_rooms(tx, offering.id, number, room_of)
    note_act(tx, ActKind.SHARED_OUT_ROOMS, now=now, actor=actor.person.id, offering=code, number=number)
    done = _load(tx, book, offering, before.session, actor.person.language)
    return replace(done, moved=moved)


def send_rooms(tx: Tx, book: AgencyBook, actor: Actor, code: str, number: int, now: datetime) -> SessionRooms:
    """Tell each person their room; people already told of the same members are told nothing.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, NO_ROOMS_YET.
    """
    load_facilitated(tx, actor, code, "rooms")
    offering_rows.lock_offering(tx, code)
    found = load_rooms(tx, book, actor, code, number, now)
    if not found.rooms:
        raise KaikuError(Refusal.NO_ROOMS_YET, offering=found.offering)
    subject = str(Subject(code, session=number))
    sent: dict[str, list[DeliveryRow]] = {}
    for row in delivery_rows.list_about(tx, kinds=(DeliveryKind.ROOM,), subjects=(subject,), recipients=None):
        sent.setdefault(row.recipient, []).append(row)
    told = 0
    for room in found.rooms:
        for person_id in room.people:
            before = sorted(sent.get(person_id, ()), key=lambda each: each.id)
            if before and mark_of(before[-1].occurrence) == room.mark:
                continue
            told += 1
            delivery_rows.cancel_planned(
                tx, kind=DeliveryKind.ROOM, recipient=person_id, subject=subject, reason="rooms_changed"
            )
            delivery_rows.add_delivery(
                tx,
                kind=DeliveryKind.ROOM,
                recipient=person_id,
                subject=subject,
                occurrence=f"{room.mark}:{len(before)}",
                due_at=now,
                expires_at=found.session.ends_at,
                now=now,
            )
    return replace(found, told=told)


def mark_of(occurrence: str) -> str:
    """The mark of the room in a message; the number after it counts the person's messages."""
    return occurrence.partition(":")[0]


def room_of(
    tx: Tx, book: AgencyBook, offering: Offering, session: Session, person_id: str, language: str
) -> tuple[SessionRooms, Room] | None:
    """The room of one person, for the message to them; None if they have none."""
    found = _load(tx, book, offering, session, language)
    mine = next((each for each in found.rooms if person_id in each.people), None)
    return (found, mine) if mine is not None else None


def load_phase(tx: Tx, actor: Actor, code: str, number: int, now: datetime) -> tuple[Offering, PhaseState]:
    """The current phase of a session's dialogue. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK,
    SESSION_OVER.
    """
    offering = load_facilitated(tx, actor, code, "rooms")
    session_ahead(offering, number, now)
    row = room_rows.get_phase(tx, offering.id, number)
    return offering, first_state() if row is None else PhaseState(
        row.phase, row.ends_at, timedelta(seconds=row.seconds_left)
    )


def turn_phase(
    tx: Tx, actor: Actor, code: str, number: int, act: PhaseAct | None, mark: str, now: datetime
) -> tuple[Offering, PhaseState]:
    """Start, pause or lengthen a phase, or go on to the next. A click on an outdated phase (a double click,
    or another facilitator was faster) changes nothing.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER.
    """
    load_facilitated(tx, actor, code, "rooms")
    offering_rows.lock_offering(tx, code)
    offering, state = load_phase(tx, actor, code, number, now)
    if act is None or state.mark != mark:
        return offering, state
    after = act_on(state, act, now)
    left = int(after.left.total_seconds())
    room_rows.set_phase(tx, offering.id, number, PhaseRow(after.index, after.ends_at, left))
    return offering, after


def _load(tx: Tx, book: AgencyBook, offering: Offering, session: Session, language: str) -> SessionRooms:
    seated = _seated(tx, offering)
    agency_of = {each.id: employer(each, book, language) for each in seated}
    stored = room_rows.list_rooms(tx, offering.id)
    mine = {each: room for each, room in stored.get(session.number, {}).items() if each in agency_of}
    if not mine:
        return SessionRooms(
            offering,
            session,
            tell_apart({each.id: each.name for each in seated}, agency_of),
            agency_of,
            [],
            None,
            _not_expected(tx, offering, session).intersection(agency_of),
        )
    keys = {each.id: seat_key(each.agency or "", each.agency_name) for each in seated}
    rooms = _as_rooms(mine)
    return SessionRooms(
        offering,
        session,
        tell_apart({each.id: each.name for each in seated}, agency_of),
        agency_of,
        [Room(n, room, _host(offering, session, room)) for n, room in enumerate(rooms, start=1) if room],
        judge(rooms, keys, _earlier(stored, session.number)),
        frozenset(agency_of).difference(mine),
    )


def _seated(tx: Tx, offering: Offering) -> list[PersonRow]:
    return [each for each in person_rows.list_seated(tx, offering.id) if not each.deactivated]


def _not_expected(tx: Tx, offering: Offering, session: Session) -> frozenset[str]:
    """People marked as absent, or who have said that they can't come."""
    marked = facilitation_rows.list_attendance_of(tx, offering.id, session.number)
    absent = {each for each in who_cannot_come(tx, offering.id, session.number) if not marked.get(each)}
    return frozenset(absent | {each for each, was_there in marked.items() if not was_there})


def _as_rooms(room_of_each: Mapping[str, int]) -> Rooms:
    rooms: list[list[str]] = [[] for _ in range(max(room_of_each.values(), default=0))]
    for person_id, room in sorted(room_of_each.items()):
        rooms[room - 1].append(person_id)
    return tuple(tuple(room) for room in rooms)


def _earlier(stored: Mapping[int, Mapping[str, int]], number: int) -> list[Rooms]:
    """The rooms of the offering's other sessions: a pair that meets in any of them meets twice."""
    return [_as_rooms(rooms) for other, rooms in stored.items() if other != number]


def _host(offering: Offering, session: Session, people: Iterable[str]) -> str:
    """Who opens the dialogue: another person in each session, without storing anything."""

    def lot(person_id: str) -> str:
        return hashlib.sha256(f"{offering.code}/{session.number}/{person_id}".encode()).hexdigest()

    return min(people, key=lot)
