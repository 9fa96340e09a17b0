"""Joining: a seat if one is free, otherwise the last place on the waiting list, or the place of a
kept turn.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.enrolment.offers import next_offered
from bot.domain.enrolment.seats import InLine, Status, has_free_seat, next_seated
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Standing
from bot.domain.people.agencies import seat_key
from bot.domain.people.person import Person
from bot.services.enrolment import offers
from bot.services.enrolment.draws import lock_group
from bot.services.enrolment.follow import follow_seated, follow_waiting
from bot.services.enrolment.lock import Line, lock_line
from bot.services.enrolment.preferences import prefer, standing_in_draw
from bot.services.enrolment.promote import fill
from bot.services.offerings.catalogue import in_line, list_undrawn, standing_of, state_of
from storage import enrolment as enrolment_rows
from storage import turns as turn_rows
from storage import waiting_list
from storage.transaction import Tx

NEWCOMER = 0
"""Placeholder for the id of the enrolment about to be added; real ids start at 1."""

_refusal_of_state = {
    SignUpState.NOT_YET: Refusal.SIGN_UP_NOT_OPEN,
    SignUpState.CLOSED: Refusal.SIGN_UP_CLOSED,
    SignUpState.PAST: Refusal.OFFERING_PAST,
    SignUpState.CANCELLED: Refusal.OFFERING_CANCELLED,
}


class Enrolled(Struct, frozen=True):
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


def enrol(tx: Tx, person: Person, code: str, now: Now, choices: Sequence[str] = ()) -> Enrolled:
    """Sign up a person whose agency and role are known: a seat if there is one for them, otherwise the last
    place on the waiting list. Idempotent. Where seats are still to be drawn it only stores the preferences:
    ``choices`` in this order, or this offering. Raises KaikuError: see ``enrol_all``.
    """
    (done,) = enrol_all(tx, [person], code, now, choices)
    if isinstance(done, KaikuError):
        raise done
    return done


def enrol_all(
    tx: Tx, people: Sequence[Person], code: str, now: Now, choices: Sequence[str] = ()
) -> list[Enrolled | KaikuError]:
    """``enrol`` for each of these people in order; returns the refusal for anybody refused. Once the seats
    are gone, all remaining people join the waiting list in a few statements, however many they are.

    Refusals: UNKNOWN_OFFERING, those of ``require_open`` and of ``Person.require_may_join``, and
    PROFILE_MISSING.
    """
    try:
        line = _lock(tx, code, choices)
    except KaikuError as refusal:
        return [refusal] * len(people)
    at = read(now)
    is_open = state_of(line.offering, at) is SignUpState.OPEN
    done: dict[int, Enrolled | KaikuError] = {}
    late = []
    for number, person in enumerate(people):
        if is_open and line.offering.draw is None and not has_free_seat(line.offering.limits, line.held):
            late.append(number)
        else:
            done[number] = _enrolled_or_refused(tx, line, person, choices, at)
    in_line_now = _put_in_line(tx, line, [people[number] for number in late], at) if late else {}
    for number in late:
        person = people[number]
        placed = in_line_now.pop(person.id, None)  # None the second time: a double click
        done[number] = placed or _enrolled_or_refused(tx, line, person, choices, at)
    return [done[number] for number in range(len(people))]


def _enrolled_or_refused(
    tx: Tx, line: Line, person: Person, choices: Sequence[str], now: datetime
) -> Enrolled | KaikuError:
    """Enrol one person, or return the refusal; a refused sign-up has written nothing."""
    try:
        _require_may_join(person)
        return _take_place(tx, line, person, choices, now)
    except KaikuError as refusal:
        return refusal


def _put_in_line(tx: Tx, line: Line, people: Sequence[Person], now: datetime) -> dict[str, Enrolled]:
    """Add these people to the end of the waiting list in few statements; returns the results by id. Left out
    are people who may not join, have kept a turn, or are signed up already.
    """
    offering = line.offering
    turns = {row.person_id for row in turn_rows.list_turns_in(tx, [offering.strand_id])}
    plain = {
        each.id: each for each in people if each.id not in turns and each.agency is not None and each.may_join
    }
    added = enrolment_rows.add_enrolments(
        tx,
        offering.id,
        {each.id: seat_key(each.agency, each.agency_name) for each in plain.values() if each.agency},
        Status.WAITING,
        offering.timetable_version,
        now,
    )
    follow_waiting(tx, offering, [(plain[row.person_id], row) for row in added], now)
    found = {}
    for row in added:
        line.waiting += 1
        standing = in_line(offering, row, line.held, line.waiting)
        found[row.person_id] = Enrolled(offering, standing, already=False)
    return found


def _require_may_join(person: Person) -> None:
    person.require_may_join()
    if person.agency is None:
        raise KaikuError(Refusal.PROFILE_MISSING)


def _take_place(tx: Tx, line: Line, person: Person, choices: Sequence[str], now: datetime) -> Enrolled:
    offering = line.offering
    if state_of(offering, now) is not SignUpState.OPEN:
        if (there := _already(tx, line, person)) is not None:
            return there
        require_open(offering, now)

    if offering.draw is not None and (done := _into_draw(tx, line, person, choices, now)) is not None:
        return done
    assert person.agency is not None
    agency = seat_key(person.agency, person.agency_name)
    # After a draw a late sign-up is behind everybody who was drawn.
    turn = turn_rows.get_turn(tx, person.id, offering.strand_id) if offering.draw is None else None
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
    if numbered is not None:
        offers.take_seats(tx, offering, {numbered})  # only now: a double click uses up no turn
    if turn is not None:
        turn_rows.delete_turn(tx, person.id, offering.strand_id)  # the kept turn is now this enrolment's
    if has_seat:
        line.held[agency] = line.held.get(agency, 0) + 1
        follow_seated(tx, person, offering, enrolment, now)
    else:
        line.waiting += 1
        follow_waiting(tx, offering, [(person, enrolment)], now)
    standing = (
        in_line(offering, enrolment, line.held, line.waiting)
        if turn is None
        else standing_of(tx, offering, enrolment, line.held)
    )
    if others_fit:
        fill(tx, offering, now)
        standing = standing_of(tx, offering, enrolment)
        line.held, line.waiting = enrolment_rows.count_standing(tx, offering.id)
    return Enrolled(offering, standing, already=False)


def _turn_of_newcomer(tx: Tx, line: Line, agency: str, turn: int | None) -> tuple[bool, bool, int | None]:
    """Whether one of the free seats goes to the newcomer: people who wait before them and fit come first,
    unless they have let the seat go. Also whether there is such a person, and the number of the newcomer's
    seat where somebody waits.
    """
    offering = line.offering
    if not has_free_seat(offering.limits, line.held):
        return False, False, None
    waiting = [InLine(*each) for each in waiting_list.list_waiting(tx, offering.id)]
    place = waiting_list.count_turns_before(tx, offering.id, turn) if turn is not None else len(waiting)
    in_line = [*waiting[:place], InLine(NEWCOMER, agency), *waiting[place:]]
    if not waiting:
        return bool(next_seated(offering.limits, line.held, in_line)), False, None
    free = offers.free_seats(tx, offering, line.held)
    chosen = dict(next_offered(offering.limits, line.held, in_line, free))
    taken = chosen.pop(NEWCOMER, None)
    return taken is not None, bool(chosen), taken


def _lock(tx: Tx, code: str, choices: Sequence[str]) -> Line:
    """Lock the offering; for a person who ranks several, all of them, in order of id as everywhere."""
    if choices:
        lock_group(tx, code)
    return lock_line(tx, code)


def _into_draw(tx: Tx, line: Line, person: Person, choices: Sequence[str], now: datetime) -> Enrolled | None:
    """Store preferences for the coming draw; None if it is over, and sign-up is first come, first served."""
    if (there := _enrolled(tx, line, person)) is not None:
        return there
    if not list_undrawn(tx, [line.offering]):
        return None
    shown, would_like = prefer(tx, person, line.offering, choices, now)
    return Enrolled(shown, would_like, already=False)


def _already(tx: Tx, line: Line, person: Person) -> Enrolled | None:
    if (there := _enrolled(tx, line, person)) is not None or line.offering.draw is None:
        return there
    would_like = standing_in_draw(tx, line.offering, person)
    return Enrolled(line.offering, would_like, already=True) if would_like is not None else None


def _enrolled(tx: Tx, line: Line, person: Person) -> Enrolled | None:
    existing = enrolment_rows.get_standing_enrolment(tx, line.offering.id, person.id)
    if existing is None:
        return None
    return Enrolled(line.offering, standing_of(tx, line.offering, existing, line.held), already=True)
