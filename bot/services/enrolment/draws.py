"""Draws: which offerings are drawn together, the seed, and the proposal, which is derived whenever it is
read.

Nothing of a proposal is stored. Until a facilitator confirms it, people may leave, accounts may be
deactivated and agencies corrected: a facilitator confirms exactly the outcome that they saw, or is shown the
new one.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta

from msgspec import Struct, field, to_builtins

from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import known_or, to_instant
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.enrolment.allocation import Allocation, Applicant, Room, allocate
from bot.domain.enrolment.seats import SeatLimits
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, is_address
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS, seat_news_at
from bot.domain.people.agencies import seat_key
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.offerings.catalogue import (
    list_undrawn,
    load_all_offerings,
    load_drawn_with,
    load_offering,
    load_offering_by_id,
    load_offerings,
    state_of,
)
from bot.services.offerings.timetable import GATHERING
from storage import deliveries as delivery_rows
from storage import draws as draw_rows
from storage import enrolment as enrolment_rows
from storage import people as person_rows
from storage import turns as turn_rows
from storage.draws import DrawRow
from storage.isolation import isolate_each
from storage.offerings import catalogue as offering_rows
from storage.people import PersonRow
from storage.transaction import Tx

SEED_BYTES = 16
UNFIXED = ""
"""Placeholder for the seed of a draw whose sign-up has not begun: it shows the rule, and nobody takes part
yet.
"""


class DrawGroup(Struct, frozen=True):
    """Offerings that are drawn together, by id. ``drawn_at``: when a facilitator confirmed, None before."""

    offerings: Sequence[Offering]
    seed: str
    fixed_at: datetime | None
    drawn_at: datetime | None = None
    rows: Mapping[int, DrawRow] = field(default_factory=dict)

    @property
    def leader(self) -> Offering:
        """The offering whose seed is used, and that messages about the draw are about."""
        return self.offerings[0]

    @property
    def ids(self) -> list[int]:
        return [each.id for each in self.offerings]

    @property
    def seats_each(self) -> int:
        """The most seats that one person gets."""
        drawn = next((row.seats_each for row in self.rows.values() if row.seats_each is not None), None)
        if drawn is not None:
            return drawn
        return self.leader.draw.seats_each if self.leader.draw is not None else 1

    @property
    def facilitators(self) -> list[str]:
        """The facilitators with known accounts."""
        named = (user for each in self.offerings for user in each.facilitators)
        return list(dict.fromkeys(user for user in named if not is_address(user)))

    @property
    def ends_at(self) -> datetime:
        """The end of sign-up: the plan gives every draw a last day."""
        assert self.leader.closes_on is not None
        return to_instant(self.leader.closes_on + timedelta(days=1), time(0), self.leader.timezone)


class Proposal(Struct, frozen=True):
    """A draw and its outcome. ``reproduced``: whether it equals the confirmed outcome; None before that."""

    group: DrawGroup
    applicants: Mapping[str, Applicant]
    allocation: Allocation
    people: Mapping[str, PersonRow]
    reproduced: bool | None = None

    @property
    def digest(self) -> str:
        return self.allocation.digest

    @property
    def unplaced(self) -> list[str]:
        """The people who get no seat anywhere."""
        seated = {name for names in self.allocation.seated.values() for name in names}
        return [name for name in self.applicants if name not in seated]

    def choice_of(self, person_id: str, offering_id: int) -> int:
        """The rank of an offering among a person's choices, from 1."""
        return list(self.applicants[person_id].choices).index(offering_id) + 1


def find_group(tx: Tx, code: str) -> DrawGroup:
    """The draw of an offering. Raises KaikuError: UNKNOWN_OFFERING, NOT_DRAWN."""
    offering = load_offering(tx, code)
    row = draw_rows.get_draw(tx, offering.id)
    if row is not None and row.drawn_with is not None:
        rows = {each.offering_id: each for each in draw_rows.list_drawn_with(tx, row.drawn_with)}
        offerings = [load_offering_by_id(tx, each) for each in rows]
        leader = rows[row.drawn_with]
        return DrawGroup(offerings, leader.seed, leader.fixed_at, row.drawn_at, rows)
    return _undrawn_group(tx, load_drawn_with(tx, offering), offering)


def _undrawn_group(tx: Tx, offerings: Sequence[Offering], about: Offering) -> DrawGroup:
    if not offerings:
        raise KaikuError(Refusal.NOT_DRAWN, offering=about)
    rows = draw_rows.list_draws(tx, [each.id for each in offerings])
    leader = rows.get(offerings[0].id)
    seed, fixed_at = (leader.seed, leader.fixed_at) if leader is not None else (UNFIXED, None)
    return DrawGroup(offerings, seed, fixed_at, None, rows)


def lock_group(tx: Tx, code: str) -> DrawGroup:
    """The draw of an offering, with every offering of it locked, in order of id as everywhere. Raises
    KaikuError: UNKNOWN_OFFERING, NOT_DRAWN.
    """
    locked = set(find_group(tx, code).ids)
    for offering_id in sorted(locked):
        offering_rows.lock_offering_by_id(tx, offering_id)
    group = find_group(tx, code)  # read again under the locks
    if not locked.issuperset(group.ids):  # a plan was applied meanwhile, and it is drawn with others now
        raise KaikuError(Refusal.STORE_UNAVAILABLE)
    return group


def fix_seed(tx: Tx, offering: Offering, now: datetime) -> None:
    """Fix the seed of an offering once sign-up is open: from then on it never changes."""
    if draw_rows.fix_seed(tx, offering.id, secrets.token_hex(SEED_BYTES), now):
        note_act(tx, ActKind.SEED_FIXED, now=now, offering=offering.code)


def load_proposal(tx: Tx, code: str) -> Proposal:
    """The outcome of a draw, from its seed and the current data; of a confirmed one, from the stored data
    that it was drawn by.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_DRAWN.
    """
    return propose(tx, find_group(tx, code))


def propose(tx: Tx, group: DrawGroup) -> Proposal:
    rooms = [room_of(tx, group, each) for each in group.offerings]
    applicants = _drawn_applicants(tx, group) if group.drawn_at else _applicants(tx, group)
    allocation = allocate(rooms, applicants, group.seed, seats_each=group.seats_each)
    results = {row.result for row in group.rows.values() if row.drawn_at is not None}
    return Proposal(
        group,
        {each.person_id: each for each in applicants},
        allocation,
        {row.id: row for row in person_rows.list_people(tx, [each.person_id for each in applicants])},
        results == {allocation.digest} if group.drawn_at else None,
    )


def room_of(tx: Tx, group: DrawGroup, offering: Offering) -> Room:
    """An offering's limits for the draw: the current ones, or those that it was drawn by."""
    row = group.rows.get(offering.id)
    if row is not None and row.room is not None:
        limits = SeatLimits(row.room["capacity"], row.room["per_agency"], row.room["of_agency"])
        return Room(offering.id, limits, row.room["held"], row.room["balance_roles"])
    held = enrolment_rows.count_held_by_agency(tx, offering.id)
    balance_roles = offering.draw is not None and offering.draw.balance_roles
    return Room(offering.id, offering.limits, held, balance_roles)


def stored_room(room: Room) -> dict[str, object]:
    """The limits that an offering was drawn by, as JSON."""
    return {**to_builtins(room.limits), "held": dict(room.held), "balance_roles": room.balance_roles}


def _applicants(tx: Tx, group: DrawGroup) -> list[Applicant]:
    """The current participants, without people already enrolled in the offering."""
    waited = {row.person_id for row in turn_rows.list_turns_in(tx, [group.leader.strand_id])}
    enrolled = {
        (each, row.person_id) for each in group.ids for row in enrolment_rows.list_standing_in(tx, each)
    }
    choices: dict[str, list[int]] = {}
    people = {}
    for row in draw_rows.list_wishers(tx, group.ids):
        if (row.offering_id, row.person_id) not in enrolled:
            choices.setdefault(row.person_id, []).append(row.offering_id)
            people[row.person_id] = row
    return [
        Applicant(
            person_id,
            seat_key(row.agency or "", row.agency_name),
            row.role or "",
            tuple(choices[person_id]),
            person_id in waited,
        )
        for person_id, row in people.items()
    ]


def _drawn_applicants(tx: Tx, group: DrawGroup) -> list[Applicant]:
    """The participants as they were when drawn. People erased since are missing."""
    found: dict[str, Applicant] = {}
    for row in draw_rows.list_preferences_in(tx, group.ids):
        if row.agency is None:
            continue
        before = found.get(row.person_id)
        choices = (*(before.choices if before is not None else ()), row.offering_id)
        found[row.person_id] = Applicant(row.person_id, row.agency, row.role or "", choices, bool(row.waited))
    return list(found.values())


def note_proposed(tx: Tx, group: DrawGroup, now: datetime) -> None:
    """Record once that a proposal was made."""
    codes = {each.id: each.code for each in group.offerings}
    for offering_id in draw_rows.note_proposed(tx, group.ids, now):
        note_act(tx, ActKind.DRAW_PROPOSED, now=now, offering=codes[offering_id])


def plan_proposal(tx: Tx, group: DrawGroup, now: datetime) -> None:
    """Plan the message to facilitators that a proposal waits, or move it to the current end of sign-up."""
    leader = group.leader
    due_at = WORK_CALENDAR.next_working_moment(group.ends_at, leader.timezone, SEAT_NEWS_HOURS)
    kinds = (DeliveryKind.DRAW_PROPOSED,)
    planned = delivery_rows.list_about(tx, kinds=kinds, subjects=(leader.code,), recipients=None)
    known = {each.recipient: each for each in planned}
    moved = []
    for user_id in group.facilitators:
        before = known.get(user_id)
        if before is not None and before.state == DeliveryState.PLANNED:
            moved += [before._replace(due_at=due_at)] if before.due_at != due_at else []
        elif before is None or group.ends_at > now:
            delivery_rows.renew_delivery(
                tx,
                kind=DeliveryKind.DRAW_PROPOSED,
                recipient=user_id,
                subject=leader.code,
                occurrence="",
                due_at=due_at,
                now=now,
            )
    delivery_rows.plan_anew(tx, moved)


def plan_called_off(tx: Tx, offering_ids: Collection[int], now: datetime) -> None:
    """Plan the message that an offering is cancelled, to people with a preference for it in a coming draw:
    with the delay that leaves time for a correction. People signed up hear it as a change of the sessions.
    """
    known = draw_rows.list_draws(tx, offering_ids)
    for offering in load_offerings(tx, offering_ids).values():
        is_drawn = offering.id in known and known[offering.id].drawn_at is not None
        if offering.cancelled and offering.draw is not None and not is_drawn:
            _plan_called_off(tx, offering, now)


def _plan_called_off(tx: Tx, offering: Offering, now: datetime) -> None:
    first = min((each.starts_at for each in offering.sessions), default=None)
    if first is None or first <= now:
        return
    wishers = {row.person_id for row in draw_rows.list_wishers(tx, [offering.id])}
    rows = [
        {
            "kind": DeliveryKind.DRAW_CALLED_OFF,
            "recipient": each.id,
            "subject": offering.code,
            "occurrence": str(offering.timetable_version),
            "due_at": seat_news_at(
                now + GATHERING, first, known_or(each.timezone, offering.timezone), WORK_CALENDAR
            ),
            "expires_at": first,
        }
        for each in person_rows.list_people(tx, wishers)
    ]
    delivery_rows.add_deliveries(tx, rows, now)


def keep_draws(tx: Tx, now: datetime) -> None:
    """At the start: fix the seeds of offerings that have opened, and update the planned messages about
    proposals.
    """
    undrawn = {each.code: each for each in list_undrawn(tx, load_all_offerings(tx)).values()}
    isolate_each(tx, "draw_not_kept", undrawn, lambda offering: _keep(tx, offering, now))


def replan(tx: Tx, offering_ids: Collection[int], now: datetime) -> None:
    """Fix the seeds and update the messages about proposals for these offerings, which the plan has
    changed.
    """
    for offering in list_undrawn(tx, load_offerings(tx, offering_ids).values()).values():
        _keep(tx, offering, now)


def _keep(tx: Tx, offering: Offering, now: datetime) -> None:
    if state_of(offering, now) in {SignUpState.OPEN, SignUpState.CLOSED}:
        fix_seed(tx, offering, now)
    if draw_rows.list_wishers(tx, [offering.id]):
        plan_proposal(tx, find_group(tx, offering.code), now)
