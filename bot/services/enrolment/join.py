"""Joining: a seat if there is one, else the last place on the waiting list, or the turn that was kept."""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.enrolment.offers import next_offered
from bot.domain.enrolment.seats import InLine, Status, has_free_seat, next_seated
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Standing
from bot.domain.people.agencies import seat_key
from bot.domain.people.person import Person
from bot.services.acts import note_act
from bot.services.enrolment import offers
from bot.services.enrolment.follow import follow_sign_up
from bot.services.enrolment.lock import Line, leave_line, lock_line
from bot.services.enrolment.promote import fill
from bot.services.enrolment.turns import plan_started_without
from bot.services.offerings.catalogue import in_line, standing_of, state_of
from storage import enrolment as enrolment_rows
from storage import turns as turn_rows
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


def require_open(offering: Offering, now: datetime) -> None:
    """Raise KaikuError unless the offering may be joined now: SIGN_UP_NOT_OPEN, SIGN_UP_CLOSED,
    OFFERING_PAST, OFFERING_CANCELLED."""
    refusal = _refusal_of_state.get(state_of(offering, now))
    if refusal is not None:
        raise KaikuError(refusal, offering=offering)


def enrol(tx: Tx, person: Person, code: str, now: Now) -> Enrolled:
    """Sign up a person whose agency and role are known: a seat if there is one for them, else the last place
    on the waiting list. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, those of ``require_open`` and of ``Person.require_may_join``, and
    PROFILE_MISSING.
    """
    person.require_may_join()
    if person.agency is None:
        raise KaikuError(Refusal.PROFILE_MISSING)
    line = lock_line(tx, code)
    now, offering = read(now), line.offering
    if state_of(offering, now) is not SignUpState.OPEN:
        if (there := _already(tx, line, person)) is not None:
            return there
        require_open(offering, now)

    agency = seat_key(person.agency, person.agency_name)
    turn = turn_rows.get_turn(tx, person.id, offering.strand_id)
    has_seat, others_fit, numbered = _turn_of_newcomer(tx, line, agency, turn)
    enrolment = enrolment_rows.add_enrolment(
        tx,
        offering_id=offering.id,
        person_id=person.id,
        agency=agency,
        status=Status.SEATED if has_seat else Status.WAITING,
        version=offering.timetable_version,
        now=now,
        turn=turn,
    )
    if enrolment is None:
        there = _already(tx, line, person)
        assert there is not None
        return there
    note_act(tx, ActKind.JOINED, now=now, actor=person.id, person=person.id, offering=offering.code)
    if numbered is not None:
        offers.take_seat(tx, offering, numbered)  # only now: a double click takes nothing
    if has_seat:
        line.held[agency] = line.held.get(agency, 0) + 1
    else:
        line.waiting += 1
    if turn is not None:
        turn_rows.delete_turn(tx, person.id, offering.strand_id)  # it has gone into this enrolment
    follow_sign_up(tx, person, offering, enrolment, now, seated=has_seat)
    if not has_seat:
        plan_started_without(tx, offering, [enrolment], now)
    standing = (
        in_line(offering, enrolment, line.held, line.waiting)
        if turn is None
        else standing_of(tx, offering, enrolment, line.held)
    )
    if others_fit:
        fill(tx, offering, now)
        standing = standing_of(tx, offering, enrolment)
    else:
        leave_line(tx, line)
    return Enrolled(offering, standing, already=False)


def _turn_of_newcomer(tx: Tx, line: Line, agency: str, turn: int | None) -> tuple[bool, bool, int | None]:
    """Whether one of the free seats is the newcomer's: whoever waits before them and fits comes first, unless
    they have let it go. And whether there is such a person,
    and the number of the newcomer's seat where somebody waits."""
    offering = line.offering
    if not has_free_seat(offering.limits, line.held):
        return False, False, None
    waiting = [InLine(*each) for each in enrolment_rows.list_waiting(tx, offering.id)]
    place = enrolment_rows.count_turns_before(tx, offering.id, turn) if turn is not None else len(waiting)
    in_line = [*waiting[:place], InLine(NEWCOMER, agency), *waiting[place:]]
    if not waiting:
        return bool(next_seated(offering.limits, line.held, in_line)), False, None
    free = offers.free_seats(tx, offering, line.held)
    chosen = dict(next_offered(offering.limits, line.held, in_line, free))
    taken = chosen.pop(NEWCOMER, None)
    return taken is not None, bool(chosen), taken


def _already(tx: Tx, line: Line, person: Person) -> Enrolled | None:
    existing = enrolment_rows.get_standing_enrolment(tx, line.offering.id, person.id)
    if existing is None:
        return None
    return Enrolled(line.offering, standing_of(tx, line.offering, existing, line.held), already=True)
