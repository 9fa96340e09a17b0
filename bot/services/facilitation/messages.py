"""Messages to facilitators before and after a session, and to each participant about their dialogue room."""

from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.errors import KaikuError
from bot.domain.offerings.offering import Offering, Session
from bot.domain.people.agencies import AgencyBook
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import OutgoingMessage, Rendered, Skipped
from bot.services.facilitation.attendance import attendance_of, is_marked
from bot.services.facilitation.brief import brief_of
from bot.services.facilitation.rooms import mark_of, room_of
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.session_notes import occurrence_of
from bot.views.facilitation import rooms as room_view
from bot.views.facilitation import sessions as view
from storage.transaction import Tx


def declare(book: AgencyBook) -> list[MessageKind]:
    def brief(tx: Tx, due: ToPerson) -> Rendered:
        about = _of_facilitator(tx, due)
        if isinstance(about, Skipped):
            return about
        found = brief_of(tx, book, *about, due.person.language)
        if not found.coming and not found.absent:
            return Skipped("nobody_seated")
        return OutgoingMessage(view.brief_message(found, due.words, now=due.now))

    def attendance_due(tx: Tx, due: ToPerson) -> Rendered:
        about = _of_facilitator(tx, due)
        if isinstance(about, Skipped):
            return about
        offering, session = about
        if is_marked(tx, offering, session.number):
            return Skipped("marked_already")
        found = attendance_of(tx, offering, session.number, due.now)
        if not found.people:
            return Skipped("nobody_seated")
        message = view.attendance_due(
            offering,
            session,
            due.words,
            now=due.now,
            seated=len(found.people),
            absent=len(found.absent),
            ticked=len(found.ticked),
        )
        return OutgoingMessage(message)

    def room(tx: Tx, due: ToPerson) -> Rendered:
        about = _session_of(tx, due)
        if isinstance(about, Skipped):
            return about
        offering, session = about
        if session.ends_at <= due.now:
            return Skipped("session_over")
        found = room_of(tx, book, offering, session, due.person.id, due.person.language)
        if found is None or found[1].mark != mark_of(due.delivery.occurrence):
            return Skipped("rooms_changed")
        return OutgoingMessage(room_view.room_message(*found, due.person.id, due.words))

    return [
        MessageKind(
            DeliveryKind.ROOM,
            Method.POST,
            urgency=1,
            about="a session; one for each set of people in the room",
            helps_until="the session ends",
            to_person=room,
        ),
        MessageKind(
            DeliveryKind.BRIEF,
            Method.POST,
            urgency=6,
            about="a session; one for each facilitator and time of it",
            helps_until="the session begins",
            to_person=brief,
            at_most_once=True,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.ATTENDANCE_DUE,
            Method.POST,
            urgency=6,
            about="a session; one for each facilitator and time of it",
            helps_until="two weeks after it",
            to_person=attendance_due,
            at_most_once=True,
            office_hours=True,
        ),
    ]


def _of_facilitator(tx: Tx, due: ToPerson) -> tuple[Offering, Session] | Skipped:
    """The session as it was when the message was planned, if the person still leads the offering."""
    about = _session_of(tx, due)
    if isinstance(about, Skipped):
        return about
    offering, session = about
    if due.person.id not in offering.facilitators:
        return Skipped("no_longer_facilitates")
    return about if occurrence_of(session) == due.delivery.occurrence else Skipped("session_moved")


def _session_of(tx: Tx, due: ToPerson) -> tuple[Offering, Session] | Skipped:
    subject = Subject.parse(due.delivery.subject)
    try:
        offering = load_offering(tx, subject.code)
    except KaikuError:
        return Skipped("gone")
    session = next((each for each in offering.standing_sessions if each.number == subject.session), None)
    if session is None or offering.cancelled:
        return Skipped("session_cancelled")
    return offering, session
