"""Joining, leaving, and passing freed seats on. Each function is part of one transaction and locks the
offering."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.enrolment.seats import InLine, Status, has_free_seat, next_seated
from bot.domain.enrolment.sign_up import SignUpState, seats_move_on
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Standing
from bot.domain.offerings.reminders import seat_news_at
from bot.domain.people.agencies import seat_key
from bot.domain.people.person import Person
from bot.services.announcements import posts
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.offerings import reminders
from bot.services.offerings.catalogue import in_line, standing_of, state_of, to_offering, unknown_offering
from storage import enrolment as enrolment_rows
from storage import people as person_rows
from storage import prompts as prompt_rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx

NEWCOMER = 0
"""Stands for the enrolment that is about to be added; real ids start at 1."""

_refusal_of_state = {
    SignUpState.NOT_YET: Refusal.SIGN_UP_NOT_OPEN,
    SignUpState.CLOSED: Refusal.SIGN_UP_CLOSED,
    SignUpState.PAST: Refusal.OFFERING_PAST,
    SignUpState.CANCELLED: Refusal.OFFERING_CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The outcome of joining; ``already``: the person was signed up before (a double click)."""

    offering: Offering
    standing: Standing
    already: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The outcome of leaving: what the person gave up."""

    offering: Offering
    was: Status


def require_open(offering: Offering, now: datetime) -> None:
    """Raise KaikuError unless the offering may be joined now: SIGN_UP_NOT_OPEN, SIGN_UP_CLOSED,
    OFFERING_PAST, OFFERING_CANCELLED."""
    refusal = _refusal_of_state.get(state_of(offering, now))
    if refusal is not None:
        raise KaikuError(refusal, offering=offering)


def enrol(tx: Tx, person: Person, code: str, now: datetime) -> Enrolled:
    """Sign up a person whose agency and role are known: a seat if there is one for them, else the last place
    on the waiting list. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, those of ``require_open`` and of ``Person.require_may_join``, and
    PROFILE_MISSING.
    """
    person.require_may_join()
    if person.agency is None:
        raise KaikuError(Refusal.PROFILE_MISSING)
    line = _lock_line(tx, code)
    offering = line.offering
    if state_of(offering, now) is not SignUpState.OPEN:
        if (there := _already(tx, line, person)) is not None:
            return there
        require_open(offering, now)

    agency = seat_key(person.agency, person.agency_name)
    seated: list[int] = []
    if has_free_seat(offering.limits, line.held):
        waiting = [InLine(*each) for each in enrolment_rows.list_waiting(tx, offering.id)]
        seated = next_seated(offering.limits, line.held, [*waiting, InLine(NEWCOMER, agency)])
    has_seat = NEWCOMER in seated
    enrolment = enrolment_rows.add_enrolment(
        tx,
        offering_id=offering.id,
        person_id=person.id,
        agency=agency,
        status=Status.SEATED if has_seat else Status.WAITING,
        version=offering.timetable_version,
        now=now,
    )
    if enrolment is None:
        there = _already(tx, line, person)
        assert there is not None
        return there
    if has_seat:
        line.held[agency] = line.held.get(agency, 0) + 1
        reminders.plan_first(tx, offering, enrolment, now)
        prompt_rows.mark_stale(tx, [person.id])
    else:
        line.waiting += 1
    standing = in_line(offering, enrolment, line.held, line.waiting)
    if others := [each for each in seated if each != NEWCOMER]:
        _seat(tx, offering, others, now)
        standing = standing_of(tx, offering, enrolment)
    outbox.plan_confirmation(tx, person.id, offering.code, enrolment.id, now)
    posts.seats_changed(tx, offering.id, now)
    if person.has_home:
        outbox.plan_home(tx, [person.id], now)
    return Enrolled(offering, standing, already=False)


def _already(tx: Tx, line: "_Line", person: Person) -> Enrolled | None:
    existing = enrolment_rows.get_standing_enrolment(tx, line.offering.id, person.id)
    if existing is None:
        return None
    return Enrolled(line.offering, standing_of(tx, line.offering, existing, line.held), already=True)


def withdraw(tx: Tx, person: Person, code: str, now: datetime) -> Withdrawn:
    """Leave an offering; a freed seat goes to the next on the waiting list who fits, who is told. Raises
    KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED."""
    offering = _lock_line(tx, code).offering
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if enrolment is None:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    was = Status(enrolment.status)
    _leave(tx, offering, enrolment.id, Status.WITHDRAWN, now)
    return Withdrawn(offering, was)


def hold_everywhere(tx: Tx, person_id: str, until: datetime, now: datetime) -> None:
    """Keep the seats of a deactivated account until then: many an account is back the same day."""
    if enrolment_rows.list_standing_enrolments(tx, person_id):
        outbox.plan_seat_hold(tx, person_id, until, now)
        prompt_rows.mark_stale(tx, [person_id])


def welcome_back(tx: Tx, person_id: str, now: datetime) -> None:
    """The account may hold seats again: what was held stays theirs, what was lost meanwhile they are told
    of, and where they wait they are seated if there is room."""
    outbox.end_seat_hold(tx, person_id)
    prompt_rows.mark_stale(tx, [person_id])
    for enrolment in enrolment_rows.list_removed(tx, person_id):
        offering = offering_rows.get_offering_by_id(tx, enrolment.offering_id)
        assert offering is not None
        outbox.plan_edits(tx, enrolment.id, now)  # edits go to nobody who is deactivated: theirs are owed yet
        outbox.plan_seat_lost(tx, person_id, offering.code, enrolment.id, now)
    for _, offering_standing in _lock_all_of(tx, person_id):
        _fill(tx, offering_standing, now)


def remove_everywhere(tx: Tx, person_id: str, now: datetime) -> None:
    """Free all seats of a person whose account was deactivated."""
    for enrolment, offering in _lock_all_of(tx, person_id):
        _leave(tx, offering, enrolment.id, Status.REMOVED, now)


def fill_seats(tx: Tx, offering_id: int, now: datetime) -> list[str]:
    """Give the free seats to those on the waiting list who fit; return their user ids. Each of
    them is told."""
    offering = _lock(tx, offering_rows.lock_offering_by_id(tx, offering_id))
    return _fill(tx, offering, now) if offering is not None else []


def change_agency(tx: Tx, person: Person, now: datetime, *, to_line: bool = False) -> None:
    """Count a person's enrolments by their corrected agency; a seat that their old agency no longer fills
    may go to the next in line.

    A seat is kept where the corrected agency has room for it. Where it has none, the person is asked
    (raises KaikuError with the ``offerings``) or, ``to_line``, goes back to their place in the line. A group
    that has begun keeps whoever is in it.
    """
    if person.agency is None:
        return
    agency = seat_key(person.agency, person.agency_name)
    mine = _lock_all_of(tx, person.id)
    without_room = [
        (enrolment, offering)
        for enrolment, offering in mine
        if enrolment.agency != agency and not _has_room_for(tx, enrolment, offering, agency, now)
    ]
    if without_room and not to_line:
        offerings = [offering for _, offering in without_room]
        raise KaikuError(Refusal.NO_ROOM_FOR_AGENCY, offerings=offerings)
    for enrolment, _ in mine:
        enrolment_rows.set_agency(tx, [enrolment.id], agency)
    for enrolment, offering in without_room:
        _leave(tx, offering, enrolment.id, Status.WAITING, now)
    for _, offering in mine:
        _fill(tx, offering, now)


def _has_room_for(
    tx: Tx, enrolment: enrolment_rows.EnrolmentRow, offering: Offering, agency: str, now: datetime
) -> bool:
    """Whether somebody who holds a seat may hold it for this agency; who waits needs no room."""
    if enrolment.status not in {Status.SEATED, Status.OFFERED}:
        return True
    if not seats_move_on(state_of(offering, now), offering.starts_at, now):
        return True
    held = enrolment_rows.count_held_by_agency(tx, offering.id)
    return held.get(agency, 0) < offering.limits.for_agency(agency)


@dataclass(slots=True)
class _Line:
    """An offering whose lock is held: held seats by agency key, and the number of people waiting."""

    offering: Offering
    held: dict[str, int]
    waiting: int


def _lock_line(tx: Tx, code: str) -> _Line:
    """Lock the offering until the commit and see how it stands: nobody changes the offering, its sessions
    or its enrolments without that lock."""
    offering = _lock(tx, offering_rows.lock_offering(tx, code))
    if offering is None:
        raise unknown_offering(tx, code)
    held, waiting = enrolment_rows.count_standing(tx, offering.id)
    return _Line(offering, held, waiting)


def _lock(tx: Tx, row: offering_rows.OfferingRow | None) -> Offering | None:
    if row is None:
        return None
    return to_offering(row, offering_rows.list_sessions_of(tx, row.id))


def _lock_all_of(tx: Tx, person_id: str) -> list[tuple[enrolment_rows.EnrolmentRow, Offering]]:
    """A person's enrolments, each with its locked offering; in one order for all, and all before anything
    is written that offerings share, or two doing this at once could wait for each other for ever."""
    enrolments = enrolment_rows.list_standing_enrolments(tx, person_id)
    found = []
    for enrolment in sorted(enrolments, key=lambda row: row.offering_id):
        offering = _lock(tx, offering_rows.lock_offering_by_id(tx, enrolment.offering_id))
        assert offering is not None
        found.append((enrolment, offering))
    return found


def _leave(tx: Tx, offering: Offering, enrolment_id: int, status: Status, now: datetime) -> None:
    left = enrolment_rows.set_status(tx, [enrolment_id], status, now)
    people = [person_id for _, person_id in left]
    reminders.replan(tx, offering.id, now, person_ids=people)
    prompt_rows.mark_stale(tx, people)
    outbox.plan_edits(tx, enrolment_id, now)
    outbox.plan_home(tx, people, now)
    _fill(tx, offering, now)
    posts.seats_changed(tx, offering.id, now)
    outbox.plan_home_of_waiting(tx, offering.id, now)  # the places on the waiting list have changed


def _fill(tx: Tx, offering: Offering, now: datetime) -> list[str]:
    if not seats_move_on(state_of(offering, now), offering.starts_at, now):
        return []
    held = enrolment_rows.count_held_by_agency(tx, offering.id)
    if not has_free_seat(offering.limits, held):
        return []
    line = [InLine(*waiting) for waiting in enrolment_rows.list_waiting(tx, offering.id)]
    return _seat(tx, offering, next_seated(offering.limits, held, line), now)


def _seat(tx: Tx, offering: Offering, enrolment_ids: list[int], now: datetime) -> list[str]:
    if not enrolment_ids:
        return []
    seated = enrolment_rows.set_status(tx, enrolment_ids, Status.SEATED, now)
    people = [person_id for _, person_id in seated]
    for enrolment_id, person_id in seated:
        told_at = _told_of_seat_at(tx, offering, enrolment_id, person_id, now)
        enrolment_rows.set_told_at(tx, enrolment_id, told_at)
        outbox.plan_promotion(tx, person_id, offering.code, enrolment_id, told_at, now)
        outbox.plan_edits(tx, enrolment_id, now)
    reminders.replan(tx, offering.id, now, person_ids=people)
    prompt_rows.mark_stale(tx, people)
    outbox.plan_home(tx, people, now)
    posts.seats_changed(tx, offering.id, now)
    return people


def _told_of_seat_at(
    tx: Tx, offering: Offering, enrolment_id: int, person_id: str, now: datetime
) -> datetime:
    if outbox.owes_confirmation(tx, enrolment_id):
        return now  # they signed up a moment ago and expect an answer
    person = person_rows.get_person(tx, person_id)
    timezone = (person.timezone if person else None) or offering.timezone
    starts_at = next((each.starts_at for each in offering.standing_sessions if each.starts_at > now), None)
    return seat_news_at(now, starts_at, timezone, WORK_CALENDAR)
