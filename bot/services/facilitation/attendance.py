"""Attendance at sessions, as facilitators record it: later prompts may depend on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.acts import ActKind
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Session
from bot.services.acts import note_act
from bot.services.offerings.facilitators import Actor, load_facilitated
from storage import facilitation as facilitation_rows
from storage import people as person_rows
from storage import prompts as prompt_rows
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Attendance:
    """The people with a seat, by id with their names, and who attended this session; ``known``: it has been
    recorded before."""

    offering: Offering
    session: Session
    people: Mapping[str, str]
    agencies: Mapping[str, tuple[str | None, str | None]]  # each one's code and, of another, their own words
    attended: frozenset[str]
    known: bool


def load_attendance(tx: Tx, actor: Actor, code: str, number: int, now: datetime) -> Attendance:
    """The attendance of a session; people without a record count as present. Raises KaikuError:
    UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_NOT_BEGUN."""
    offering = load_facilitated(tx, actor, code, "attendance")
    session = next((each for each in offering.standing_sessions if each.number == number), None)
    if session is None or session.starts_at > now:
        raise KaikuError(Refusal.SESSION_NOT_BEGUN)
    seated = person_rows.list_seated(tx, offering.id)
    people = {row.id: row.name for row in seated}
    agencies = {row.id: (row.agency, row.agency_name) for row in seated}
    said = facilitation_rows.list_attendance_of(tx, offering.id, number)
    attended = frozenset(each for each in people if said.get(each, True))
    return Attendance(offering, session, people, agencies, attended, bool(said))


def save_attendance(
    tx: Tx, actor: Actor, code: str, number: int, attended: frozenset[str], now: datetime
) -> Attendance:
    """Record who attended and that all others with a seat did not. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK, SESSION_NOT_BEGUN."""
    before = load_attendance(tx, actor, code, number, now)
    facilitation_rows.set_attendance(
        tx, before.offering.id, number, {each: each in attended for each in before.people}
    )
    prompt_rows.mark_offering_stale(tx, before.offering.id)
    note_act(tx, ActKind.MARKED_ATTENDANCE, actor=actor.person.id, offering=code, number=number, now=now)
    return load_attendance(tx, actor, code, number, now)
