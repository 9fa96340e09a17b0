"""Whether a session's venue is kept: asked of facilitators and coordinators while it can be cancelled free of
charge.

Keeping it is recorded here; any other decision is a change of the plan, with its preview.
"""

from datetime import datetime

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.carried.offerings import VenueRef
from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.venues import Booking
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import AgencyBook
from bot.services.acts import note_act
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Edit, OutgoingMessage, Rendered, Skipped
from bot.services.facilitation.brief import brief_of
from bot.services.facilitation.news import wait_for_office_hours
from bot.services.offerings import session_notes
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.facilitators import Actor, actor_of, load_facilitated
from bot.views.facilitation import venues as view
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx

ACT = "venue"


def load_booking(tx: Tx, book: AgencyBook, actor: Actor, ref: VenueRef, now: datetime) -> Booking:
    """The current venue. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, CHANGED_MEANWHILE."""
    offering = load_facilitated(tx, actor, ref.code, ACT)
    return _booking(tx, book, offering, ref, actor.person.language, now)


def keep_venue(tx: Tx, book: AgencyBook, actor: Actor, ref: VenueRef, now: Now) -> bool:
    """Record that the venue is kept: it is not asked about again, and earlier messages are edited. Returns
    False if that was decided already.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, CHANGED_MEANWHILE.
    """
    offering_rows.lock_offering(tx, ref.code)
    at = read(now)
    booking = load_booking(tx, book, actor, ref, at)
    if booking.is_kept:
        return False
    if ref.free_until is None or booking.session.ends_at <= at:
        raise KaikuError(Refusal.CHANGED_MEANWHILE)
    offering_rows.keep_venue(tx, booking.offering.id, ref.number, ref.free_until)
    note_act(
        tx,
        ActKind.VENUE_KEPT,
        actor=actor.person.id,
        offering=booking.offering.code,
        number=ref.number,
        now=at,
    )
    session_notes.replan(tx, [booking.offering.id], at)
    return True


def _booking(
    tx: Tx, book: AgencyBook, offering: Offering, ref: VenueRef, language: str, now: datetime
) -> Booking:
    session = next((each for each in offering.standing_sessions if each.number == ref.number), None)
    is_ahead = session is not None and not offering.cancelled and session.ends_at > now
    if session is None or not is_ahead or session.venue is None or session.free_until != ref.free_until:
        raise KaikuError(Refusal.CHANGED_MEANWHILE)
    _, waiting = offering_rows.count_held_and_waiting(tx, [offering.id]).get(offering.id, (0, 0))
    return Booking(brief_of(tx, book, offering, session, language), session.venue, waiting)


def declare(book: AgencyBook, coordinators: frozenset[str]) -> list[MessageKind]:
    def booking_of(tx: Tx, due: ToPerson) -> Booking | Skipped:
        """The venue as it was when the message was planned."""
        subject = Subject.parse(due.delivery.subject)
        try:
            offering = load_offering(tx, subject.code)
        except KaikuError:
            return Skipped("gone")
        if not actor_of(due.person, coordinators).may_facilitate(offering):
            return Skipped("no_longer_facilitates")
        ref = VenueRef.of_delivery(subject.code, subject.session or 0, due.delivery.occurrence)
        try:
            return _booking(tx, book, offering, ref, due.person.language, due.now)
        except KaikuError:
            return Skipped("venue_changed")

    def ask(tx: Tx, due: ToPerson) -> Rendered:
        if (waits := wait_for_office_hours(due)) is not None:
            return waits
        found = booking_of(tx, due)
        if isinstance(found, Skipped):
            return found
        if found.is_kept:
            return Skipped("venue_kept")
        is_last = due.delivery.kind == DeliveryKind.VENUE_ASKED_LAST
        return OutgoingMessage(view.ask(found, due.words, due.now, is_last=is_last))

    def as_decided(tx: Tx, due: ToPerson) -> Rendered:
        """The message that asked, once the venue is decided."""
        channel, ts = due.delivery.channel, due.delivery.ts
        assert channel is not None
        assert ts is not None
        found = booking_of(tx, due)
        if isinstance(found, Booking):
            if not found.is_kept:
                return Skipped("nothing_decided")
            return Edit(channel, ts, view.kept(found, due.words, due.now))
        if found.reason != "venue_changed":
            return found
        subject = Subject.parse(due.delivery.subject)
        offering = load_offering(tx, subject.code)
        return Edit(channel, ts, view.changed(offering, subject.session or 0, due.words))

    return [
        MessageKind(
            kind,
            Method.POST,
            urgency=6,
            about="a session; one for each facilitator and coordinator, and day that its venue can be "
            "cancelled until",
            helps_until="its venue can no longer be cancelled free of charge",
            to_person=ask,
            edit=as_decided,
            at_most_once=True,
            office_hours=True,
        )
        for kind in session_notes.VENUE_KINDS
    ]
