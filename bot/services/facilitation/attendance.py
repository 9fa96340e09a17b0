"""Who was at a session, as its facilitators say: what is asked afterwards may depend on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Meeting, Offering
from bot.services.offerings.facilitators import Leader, load_led
from storage import people as person_rows
from storage import prompts as prompt_rows


@dataclass(frozen=True, slots=True)
class Attendance:
    """The seated of an offering, by id with their names, and who was at this session; ``known``: somebody
    has said so before."""

    offering: Offering
    meeting: Meeting
    people: Mapping[str, str]
    attended: frozenset[str]
    known: bool


def load_attendance(tx: Session, leader: Leader, code: str, number: int, now: datetime) -> Attendance:
    """Who nobody has said anything of counts as having been there: most were. Raises KaikuError."""
    offering = load_led(tx, leader, code, "attendance")
    meeting = next((each for each in offering.coming if each.number == number), None)
    if meeting is None or meeting.starts_at > now:
        raise KaikuError(Refusal.SESSION_NOT_BEGUN)
    people = {}
    for person_id in prompt_rows.list_seated(tx, offering.id):
        row = person_rows.get_person(tx, person_id)
        people[person_id] = row.name if row is not None else person_id
    said = prompt_rows.list_attendance_of(tx, offering.id, number)
    attended = frozenset(each for each in people if said.get(each, True))
    return Attendance(offering, meeting, people, attended, bool(said))


def save_attendance(
    tx: Session, leader: Leader, code: str, number: int, attended: frozenset[str], now: datetime
) -> Attendance:
    """Note who was there and, of all other seated, that they were not. Raises KaikuError."""
    before = load_attendance(tx, leader, code, number, now)
    prompt_rows.set_attendance(
        tx, before.offering.id, number, {each: each in attended for each in before.people}
    )
    prompt_rows.mark_offering_stale(tx, before.offering.id)
    return load_attendance(tx, leader, code, number, now)
