"""Missing one session: the seat stays; the reminder, the calendar and the facilitators' desk follow."""

from datetime import datetime

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Session
from bot.domain.people.person import Person
from bot.services.deliveries import outbox
from bot.services.offerings import acknowledging, reminders
from bot.services.offerings.catalogue import load_offering
from storage import absence as absence_rows
from storage import enrolment as enrolment_rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


class Attending(Struct, frozen=True):
    """One session of an offering in which the person has a seat."""

    offering: Offering
    session: Session

    @property
    def is_only_one(self) -> bool:
        """Whether the offering has no other session, so that missing it is missing all."""
        return len(self.offering.standing_sessions) == 1


def load_attending(tx: Tx, person: Person, code: str, number: int, now: datetime) -> Attending:
    """The session, for a person with a seat in it. Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED,
    SESSION_OVER.
    """
    offering = load_offering(tx, code)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if enrolment is None or enrolment.status != Status.SEATED:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    session = next((each for each in offering.standing_sessions if each.number == number), None)
    if session is None or session.ends_at <= now or offering.cancelled:
        raise KaikuError(Refusal.SESSION_OVER, offering=offering)
    return Attending(offering, session)


def say_absent(tx: Tx, person: Person, code: str, number: int, now: Now, *, absent: bool = True) -> Attending:
    """Keep the seat and record that the person can't come to this session, or can after all. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED, SESSION_OVER.
    """
    offering_rows.lock_offering(tx, code)
    now = read(now)
    attending = load_attending(tx, person, code, number, now)
    offering = attending.offering
    time = attending.session.agreed_time
    if absence_rows.set_absence(tx, offering.id, number, person.id, absent, now, time):
        reminders.replan(tx, offering.id, now, person_ids=[person.id])
        outbox.plan_home(tx, [person.id], now)
    acknowledging.note_answered(tx, offering, person, number, now)
    return attending


def tell_why(tx: Tx, person: Person, code: str, number: int, word: str | None, now: Now) -> Attending:
    """Store an absent person's message to the facilitators; None deletes it.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED, SESSION_OVER, NOT_ABSENT.
    """
    offering_rows.lock_offering(tx, code)
    attending = load_attending(tx, person, code, number, read(now))
    if not absence_rows.set_word(tx, attending.offering.id, number, person.id, word):
        raise KaikuError(Refusal.NOT_ABSENT, offering=attending.offering)
    return attending
