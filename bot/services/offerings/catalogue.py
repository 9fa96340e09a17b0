"""Offerings to join, and a person's standing in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from bot.domain.enrolment.offers import to_offers
from bot.domain.enrolment.seats import SeatLimits, Status, WaitingReason, reason_to_wait
from bot.domain.enrolment.sign_up import SignUpState, sign_up_state
from bot.domain.errors import KaikuError, Refusal
from bot.domain.language import nearest
from bot.domain.offerings.codes import Alike, Purpose, current, plain_code
from bot.domain.offerings.offering import (
    Card,
    Offering,
    Session,
    Standing,
    overlapping,
    share_a_draw,
)
from bot.domain.people.agencies import seat_key
from bot.domain.people.person import Person
from bot.domain.plan.model import OfferingKind
from bot.domain.prompts.rules import to_rules
from bot.services.offerings.details import to_closing, to_details, to_draw, to_readings, to_venue
from storage import absence as absence_rows
from storage import draws as draw_rows
from storage import enrolment as enrolment_rows
from storage import offers as offer_rows
from storage import waiting_list
from storage import wishes as wish_rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


def to_offering(row: offering_rows.OfferingRow, sessions: Sequence[offering_rows.SessionRow]) -> Offering:
    """The stored rows as the value that rules and views use."""
    return Offering(
        id=row.id,
        code=row.code,
        kind=OfferingKind(row.kind),
        strand_number=row.strand_number,
        strand_title=row.strand_title,
        prompt_library=row.prompt_library,
        programme_code=row.programme_code,
        programme_title=row.programme_title or {},
        title=row.title,
        summary=row.summary,
        limits=SeatLimits(row.capacity, row.seats_per_agency, row.agency_seats),
        facilitators=row.facilitators,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        timezone=row.timezone,
        # Read under the lock they are current, even if the row was read while another transaction held it.
        cancelled=row.cancelled or (bool(sessions) and all(each.cancelled for each in sessions)),
        sessions=tuple(to_session(each, row.timezone) for each in sessions),
        timetable_version=row.timetable_version,
        details=to_details(row.details),
        prompt_rules=to_rules(row.prompt_rules),
        strand_id=row.strand_id,
        closing=to_closing(row.closing),
        offers=to_offers(row.programme_offer_rules, row.offer_rules),
        draw=to_draw(row.draw),
    )


def to_session(row: offering_rows.SessionRow, timezone: str) -> Session:
    return Session(
        number=row.number,
        on=row.on_date,
        starts=row.starts,
        ends=row.ends,
        timezone=timezone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        link=row.link,
        link_label=row.link_label,
        bring=row.bring,
        cancelled=row.cancelled,
        materials=to_readings(row.materials),
        venue=to_venue(row.venue),
        kept_until=row.venue_kept_until,
        changed_at=row.changed_at if row.sequence else None,
    )


def load_offering(tx: Tx, code: str) -> Offering:
    """The offering with this code. Raises KaikuError: UNKNOWN_OFFERING, with the nearest known code."""
    row = offering_rows.get_offering(tx, code)
    if row is None:
        raise unknown_offering(tx, code)
    return to_offering(row, offering_rows.list_sessions_of(tx, row.id))


def current_code(
    tx: Tx, typed: str, now: datetime, purpose: Purpose = Purpose.OTHER, person_id: str | None = None
) -> str:
    """The offering's code for typed text: where several programmes use the code, the current one's. Other
    text is returned unchanged.
    """
    alike = [code for code in offering_rows.list_codes(tx) if plain_code(code) == typed]
    if len(alike) < 2:
        return alike[0] if alike else typed
    mine = set()
    if person_id is not None:
        mine = {row.offering_id for row in enrolment_rows.list_standing_enrolments(tx, person_id)}
    offerings = [load_offering(tx, code) for code in alike]
    return current(
        [Alike(each.code, state_of(each, now), each.starts_at, each.id in mine) for each in offerings],
        purpose,
    )


def load_offering_by_id(tx: Tx, offering_id: int) -> Offering:
    """The offering with this id, which must exist."""
    row = offering_rows.get_offering_by_id(tx, offering_id)
    assert row is not None
    return to_offering(row, offering_rows.list_sessions_of(tx, offering_id))


def is_code(tx: Tx, typed: str) -> bool:
    """Whether an offering has exactly this code."""
    return offering_rows.get_offering(tx, typed) is not None


def unknown_offering(tx: Tx, code: str) -> KaikuError:
    codes = offering_rows.list_codes(tx)
    return KaikuError(Refusal.UNKNOWN_OFFERING, code=code, nearest=nearest(code, codes), codes=codes)


def state_of(offering: Offering, now: datetime) -> SignUpState:
    coming = offering.standing_sessions
    return sign_up_state(
        cancelled=offering.cancelled,
        opens_on=offering.opens_on,
        closes_on=offering.closes_on,
        first_starts_at=offering.starts_at,
        last_ends_at=max(session.ends_at for session in coming) if coming else None,
        timezone=offering.timezone,
        now=now,
    )


def list_states(tx: Tx, now: datetime) -> dict[int, SignUpState]:
    """Whether each offering may be joined, by id in the order of the plan. Reads only dates: the rest is read
    for the offerings that are shown.
    """
    return {
        row.id: sign_up_state(
            cancelled=row.is_called_off,
            opens_on=row.opens_on,
            closes_on=row.closes_on,
            first_starts_at=row.first_starts_at,
            last_ends_at=row.last_ends_at,
            timezone=row.timezone,
            now=now,
        )
        for row in offering_rows.list_dates(tx)
    }


def standing_of(
    tx: Tx,
    offering: Offering,
    enrolment: enrolment_rows.EnrolmentRow,
    held: Mapping[str, int] | None = None,
) -> Standing:
    """The standing of an enrolment: the place on the waiting list and the reason are derived, never stored.

    ``held`` is the result of ``count_held_by_agency`` if the caller has it already.
    """
    if enrolment.status == Status.OFFERED:
        offer = offer_rows.get_standing_offer(tx, enrolment.id)
        assert offer is not None, "an offered seat has its offer"
        return replace(in_line(offering, enrolment, {}, 0), offer_id=offer.id, until=offer.until)
    if enrolment.status != Status.WAITING:
        standing = in_line(offering, enrolment, {}, 0)
        if offering.draw is None:
            return standing
        return with_choice(tx, standing, offering.id, enrolment.person_id)
    if held is None:
        held = enrolment_rows.count_held_by_agency(tx, offering.id)
    place = waiting_list.count_waiting(tx, offering.id, up_to=enrolment)
    standing = in_line(offering, enrolment, held, place)
    if offering.draw is not None and waiting_list.has_another_seat(tx, enrolment.id):
        return replace(standing, reason=WaitingReason.HAS_ANOTHER)
    return standing


def in_line(
    offering: Offering, enrolment: enrolment_rows.EnrolmentRow, held: Mapping[str, int], place: int
) -> Standing:
    """The standing of an enrolment with this place on the waiting list, if it waits."""
    waits = enrolment.status == Status.WAITING
    return Standing(
        enrolment_id=enrolment.id,
        status=Status(enrolment.status),
        position=place if waits else None,
        reason=reason_to_wait(offering.limits, held, enrolment.agency) if waits else None,
        agency_seats=offering.limits.for_agency(enrolment.agency),
    )


def list_current(tx: Tx, person: Person, now: datetime, at_most: int | None = None) -> tuple[list[Card], int]:
    """The first offerings that are not over, and how many more there are."""
    ids = [each for each, state in list_states(tx, now).items() if state is not SignUpState.PAST]
    return list_cards(tx, person, now, ids[:at_most]), len(ids) - len(ids[:at_most])


def list_own(tx: Tx, person_id: str) -> set[int]:
    """The ids of offerings that a person has signed up to, or has a preference for in a draw."""
    signed_up = enrolment_rows.list_standing_enrolments(tx, person_id)
    ranked = draw_rows.list_preferences_of(tx, person_id)
    return {row.offering_id for row in signed_up} | {row.offering_id for row in ranked}


def list_cards(tx: Tx, person: Person, now: datetime, among: Collection[int]) -> list[Card]:
    """These offerings, each with seats left and the person's own standing, in the order of the plan."""
    if not among:
        return []
    ranked = {row.offering_id for row in draw_rows.list_preferences_of(tx, person.id)}
    wanted = frozenset(among)
    rows = offering_rows.list_offerings(tx, ranked | wanted)  # each choice counts the others
    sessions = offering_rows.list_session_rows(tx, [row.id for row in rows])
    found = {row.id: to_offering(row, sessions[row.id]) for row in rows}
    undrawn = list_undrawn(tx, found.values())
    in_draw = standings_in_draw(tx, undrawn, person) if undrawn else {}
    counts = offering_rows.count_held_and_waiting(tx, wanted)
    mine = {row.offering_id: row for row in enrolment_rows.list_standing_enrolments(tx, person.id)}
    absent = _absent(tx, person.id) if mine else {}
    wished = wish_rows.list_wished_by(tx, person.id)
    cards = []
    for offering in found.values():
        if offering.id not in wanted:
            continue
        state = state_of(offering, now)
        enrolment = mine.get(offering.id)
        held, waiting = counts.get(offering.id, (0, 0))
        cards.append(
            Card(
                offering=offering,
                state=state,
                seats_left=max(offering.limits.capacity - held, 0),
                waiting=waiting,
                mine=(
                    standing_of(tx, offering, enrolment)
                    if enrolment is not None
                    else in_draw.get(offering.id)
                ),
                wished=offering.id in wished,
                undrawn=offering.id in undrawn,
                absent=absent.get(offering.id, frozenset()),
            )
        )
    return cards


def _absent(tx: Tx, person_id: str) -> dict[int, frozenset[int]]:
    """By offering id, the numbers of the sessions that this person can't come to."""
    found: dict[int, frozenset[int]] = {}
    for row in absence_rows.list_absences_of(tx, person_id):
        if row.absent:
            found[row.offering_id] = found.get(row.offering_id, frozenset()) | {row.number}
    return found


def load_card(tx: Tx, person: Person, code: str, now: datetime) -> Card:
    """One offering for a person about to join, with the sessions that overlap with theirs. Raises KaikuError:
    UNKNOWN_OFFERING.
    """
    offering = load_offering(tx, code)
    held, waiting = offering_rows.count_held_and_waiting(tx, [offering.id]).get(offering.id, (0, 0))
    standing_rows = enrolment_rows.list_standing_enrolments(tx, person.id)
    mine = next((row for row in standing_rows if row.offering_id == offering.id), None)
    other_ids = [row.offering_id for row in standing_rows if row.offering_id != offering.id]
    would_wait = None
    if person.agency is not None:
        taken = enrolment_rows.count_held_by_agency(tx, offering.id)
        would_wait = reason_to_wait(offering.limits, taken, seat_key(person.agency, person.agency_name))
    drawn_with = load_drawn_with(tx, offering)
    in_draw = standings_in_draw(tx, {each.id: each for each in drawn_with}, person) if drawn_with else {}
    preferred = sorted(
        (each for each in drawn_with if each.id in in_draw), key=lambda each: in_draw[each.id].choice or 0
    )
    return Card(
        offering=offering,
        state=state_of(offering, now),
        seats_left=max(offering.limits.capacity - held, 0),
        waiting=waiting,
        mine=standing_of(tx, offering, mine) if mine is not None else in_draw.get(offering.id),
        undrawn=bool(drawn_with),
        drawn_with=drawn_with,
        preferred=[each.code for each in preferred],
        would_wait=would_wait,
        wished=offering.id in wish_rows.list_wished_by(tx, person.id),
        absent=_absent(tx, person.id).get(offering.id, frozenset()) if mine is not None else frozenset(),
        overlaps=_overlaps(tx, offering, other_ids) if other_ids else (),
    )


def overlaps_of(tx: Tx, offering: Offering, person_id: str) -> list[tuple[Session, Offering, Session]]:
    """Where this offering's sessions overlap with those of others in which the person has a seat or waits."""
    standing_rows = enrolment_rows.list_standing_enrolments(tx, person_id)
    other_ids = [row.offering_id for row in standing_rows if row.offering_id != offering.id]
    return _overlaps(tx, offering, other_ids) if other_ids else []


def _overlaps(
    tx: Tx, offering: Offering, other_ids: Sequence[int]
) -> list[tuple[Session, Offering, Session]]:
    sessions = offering_rows.list_session_rows(tx, other_ids)
    others = [to_offering(row, sessions[row.id]) for row in offering_rows.list_offerings(tx, other_ids)]
    return overlapping(
        offering.standing_sessions,
        [(other, session) for other in others for session in other.standing_sessions],
    )


def load_all_offerings(tx: Tx) -> list[Offering]:
    """Every offering, in the order of the plan."""
    return list(load_offerings(tx).values())


def load_offerings(tx: Tx, ids: Collection[int] | None = None) -> dict[int, Offering]:
    """These offerings (None: all) by id, in the order of the plan."""
    rows = offering_rows.list_offerings(tx, ids)
    sessions = offering_rows.list_session_rows(tx, [row.id for row in rows])
    return {row.id: to_offering(row, sessions[row.id]) for row in rows}


def list_undrawn(tx: Tx, offerings: Iterable[Offering]) -> dict[int, Offering]:
    """Those of these offerings whose seats are still to be drawn, by id."""
    drawn = [each for each in offerings if each.draw is not None and not each.cancelled]
    if not drawn:
        return {}
    known = draw_rows.list_draws(tx, [each.id for each in drawn])
    return {each.id: each for each in drawn if each.id not in known or known[each.id].drawn_at is None}


def load_drawn_with(tx: Tx, offering: Offering) -> list[Offering]:
    """The offerings still to be drawn together with this one, including itself, by id; none if its seats are
    not drawn, or have been.
    """
    if not list_undrawn(tx, [offering]):
        return []
    others = [each for each in load_all_offerings(tx) if share_a_draw(each, offering)]
    return sorted(list_undrawn(tx, others).values(), key=lambda each: each.id)


def standings_in_draw(tx: Tx, undrawn: Mapping[int, Offering], person: Person) -> dict[int, Standing]:
    """By offering id, a person's standing in the coming draws."""
    mine = [row for row in draw_rows.list_preferences_of(tx, person.id) if row.offering_id in undrawn]
    agency = seat_key(person.agency or "", person.agency_name)
    found = {}
    for row in mine:
        offering = undrawn[row.offering_id]
        together = sum(share_a_draw(undrawn[other.offering_id], offering) for other in mine)
        seats = offering.limits.for_agency(agency)
        found[offering.id] = Standing(0, Status.IN_DRAW, None, None, seats, choice=row.rank, choices=together)
    return found


def with_choice(tx: Tx, standing: Standing, offering_id: int, person_id: str) -> Standing:
    """The standing with the rank of the choice that the draw gave the person."""
    drawn = draw_rows.get_draw(tx, offering_id)
    if drawn is None or drawn.drawn_with is None:
        return standing
    together = {row.offering_id for row in draw_rows.list_drawn_with(tx, drawn.drawn_with)}
    mine = [row for row in draw_rows.list_preferences_of(tx, person_id) if row.offering_id in together]
    choice = next((row.rank for row in mine if row.offering_id == offering_id), None)
    return replace(standing, choice=choice, choices=len(mine))
