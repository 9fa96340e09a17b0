"""Attendance at sessions, marked by facilitators or ticked by participants: certificates, later prompts and
reports depend on it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.session_notes import may_tick
from bot.domain.offerings.offering import Offering, Session
from bot.domain.people.person import Person
from bot.services.acts import note_act
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.facilitators import Actor, load_facilitated
from storage import absence as absence_rows
from storage import enrolment as enrolment_rows
from storage import facilitation as facilitation_rows
from storage import people as person_rows
from storage import prompts as prompt_rows
from storage.transaction import Tx


class Attendance(Struct, frozen=True):
    """The people with a seat, by id with their names, and who attended this session; ``known``: a facilitator
    has marked it before. ``absent`` have said that they can't come, ``ticked`` that they were there.
    """

    offering: Offering
    session: Session
    people: Mapping[str, str]
    agencies: Mapping[str, tuple[str | None, str | None]]  # each one's code and, of another, their own words
    attended: frozenset[str]
    absent: frozenset[str]
    ticked: frozenset[str]
    known: bool
    promised: str


def load_attendance(tx: Tx, actor: Actor, code: str, number: int, now: datetime) -> Attendance:
    """The attendance of a session. A person without a record counts as present, unless they said that they
    can't come.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_NOT_BEGUN.
    """
    return attendance_of(tx, load_facilitated(tx, actor, code, "attendance"), number, now)


def attendance_of(tx: Tx, offering: Offering, number: int, now: datetime) -> Attendance:
    """The attendance of a session; the caller has checked the role. Raises KaikuError: SESSION_NOT_BEGUN."""
    session = next((each for each in offering.standing_sessions if each.number == number), None)
    if session is None or session.starts_at > now:
        raise KaikuError(Refusal.SESSION_NOT_BEGUN)
    seated = person_rows.list_seated(tx, offering.id)
    people = {row.id: row.name for row in seated}
    agencies = {row.id: (row.agency, row.agency_name) for row in seated}
    said = facilitation_rows.list_attendance_of(tx, offering.id, number)
    absent = who_cannot_come(tx, offering.id, number).intersection(people)
    notes = facilitation_rows.list_notes(tx, offering.id)
    return Attendance(
        offering,
        session,
        people,
        agencies,
        frozenset(each for each in people if said.get(each, each not in absent)),
        absent,
        frozenset(each for each in people if said.get(each)) if number not in notes else frozenset(),
        number in notes,
        notes.get(number, ""),
    )


def who_cannot_come(tx: Tx, offering_id: int, number: int) -> frozenset[str]:
    """The people who have said that they can't come to this session."""
    rows = absence_rows.list_absences_in(tx, offering_id)
    return frozenset(row.person_id for row in rows if row.absent and row.number == number)


def save_attendance(
    tx: Tx,
    actor: Actor,
    code: str,
    number: int,
    attended: Collection[str],
    now: datetime,
    *,
    shown: Collection[str] | None = None,
    promised: str | None = None,
) -> Attendance:
    """Record who attended of the people ``shown``, and that the others did not; None: of everybody with a
    seat. ``promised`` is set by the last page of the form, with which attendance counts as marked.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_NOT_BEGUN.
    """
    before = load_attendance(tx, actor, code, number, now)
    of_whom = [each for each in before.people if shown is None or each in shown]
    facilitation_rows.set_attendance(
        tx, before.offering.id, number, {each: each in attended for each in of_whom}
    )
    prompt_rows.mark_seated_stale(tx, [before.offering.id])
    if promised is not None:
        facilitation_rows.set_note(tx, before.offering.id, number, promised, now)
        note_act(tx, ActKind.MARKED_ATTENDANCE, now=now, actor=actor.person.id, offering=code, number=number)
    return load_attendance(tx, actor, code, number, now)


class WasThere(Struct, frozen=True):
    """A session whose attendance the person has ticked."""

    offering: Offering
    session: Session


def tick_oneself(tx: Tx, person: Person, code: str, number: int, now: datetime) -> WasThere:
    """Record that the person was at a remote session. A facilitator's mark takes precedence.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED, SESSION_NOT_BEGUN, MARKED_ABSENT.
    """
    offering = load_offering(tx, code)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if enrolment is None or enrolment.status != Status.SEATED:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    session = next((each for each in offering.standing_sessions if each.number == number), None)
    if session is None or not may_tick(session, now):
        raise KaikuError(Refusal.SESSION_NOT_BEGUN)
    if facilitation_rows.add_attendance(tx, offering.id, number, person.id):
        prompt_rows.mark_stale(tx, [person.id])
        note_act(
            tx,
            ActKind.MARKED_ATTENDANCE,
            now=now,
            actor=person.id,
            person=person.id,
            offering=code,
            number=number,
        )
    elif not facilitation_rows.list_attendance_of(tx, offering.id, number)[person.id]:
        raise KaikuError(Refusal.MARKED_ABSENT, offering=offering)
    return WasThere(offering, session)


def is_marked(tx: Tx, offering: Offering, number: int) -> bool:
    return number in facilitation_rows.list_notes(tx, offering.id)


def promised_before(tx: Tx, offering: Offering, session: Session) -> str:
    """What was promised at the last session before this one; empty if nothing was."""
    notes = facilitation_rows.list_notes(tx, offering.id)
    before = [each for each in offering.standing_sessions if each.starts_at < session.starts_at]
    return next((notes[each.number] for each in reversed(before) if each.number in notes), "")
