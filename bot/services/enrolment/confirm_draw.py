"""Confirming a draw: a facilitator has seen the proposal, and everybody gets their seat or their place on the
waiting list.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import known_or
from bot.domain.carried.offerings import ProposalRef
from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.draw_review import DrawReview, DrawSummary, ReviewState
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import seat_news_at
from bot.domain.people.person import Defaults, Person
from bot.services.acts import note_act, note_acts
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.deliveries.declaration import MessageKinds
from bot.services.deliveries.foresight import foresee
from bot.services.enrolment import draws
from bot.services.enrolment.draws import DrawGroup, Proposal
from bot.services.enrolment.follow import follow_draw
from bot.services.enrolment.turns import plan_started_without
from bot.services.offerings.facilitators import Actor
from bot.views.foreseen import Foreseen
from storage import deliveries as delivery_rows
from storage import draws as draw_rows
from storage import enrolment as enrolment_rows
from storage import turns as turn_rows
from storage.enrolment import EnrolmentRow
from storage.transaction import Tx


class Review(Struct, frozen=True):
    """A proposal as a facilitator sees it, and the people in it."""

    proposal: Proposal
    state: ReviewState

    @property
    def shown(self) -> DrawReview:
        proposal, group = self.proposal, self.proposal.group
        return DrawReview(
            group.offerings,
            proposal.allocation,
            proposal.applicants,
            group.seed,
            self.state,
            group.drawn_at,
        )


def _state_of(group: DrawGroup, now: datetime) -> ReviewState:
    if group.drawn_at is not None:
        return ReviewState.KNOWN
    return ReviewState.EARLY if group.ends_at > now else ReviewState.READY


def summarise(tx: Tx, offering: Offering, now: datetime) -> DrawSummary | None:
    """An offering's draw in one line; None where seats are not drawn."""
    if offering.draw is None or offering.cancelled:
        return None
    group = draws.find_group(tx, offering.code)
    people = {row.person_id for row in draw_rows.list_wishers(tx, group.ids)}
    return DrawSummary(len(people), group.ends_at, group.drawn_at, _state_of(group, now))


def review(tx: Tx, actor: Actor, code: str, now: datetime) -> Review:
    """The proposal, for a facilitator of one of its offerings; before sign-up has ended, what the outcome
    would be now. Raises KaikuError: UNKNOWN_OFFERING, NOT_DRAWN, NOT_YOURS_TO_ASK.
    """
    group = require_draw(draws.find_group(tx, code), actor, "draw_review")
    return Review(draws.propose(tx, group), _state_of(group, now))


def require_draw(group: DrawGroup, actor: Actor, act: str) -> DrawGroup:
    """Return the draw if this person may act for one of its offerings. Raises KaikuError:
    NOT_YOURS_TO_ASK."""
    if not any(actor.may_facilitate(each) for each in group.offerings):
        refusal = KaikuError(Refusal.NOT_YOURS_TO_ASK, offering=group.leader)
        raise actor.refused(refusal, act, group.leader.code)
    return group


def confirm(tx: Tx, actor: Actor, code: str, digest: str, now: Now) -> Review:
    """Give the seats as proposed; ``digest`` identifies the outcome that the facilitator saw.

    If somebody has left meanwhile the outcome differs: nothing is done, and the facilitator is shown the new
    one. Idempotent. Raises KaikuError: UNKNOWN_OFFERING, NOT_DRAWN, NOT_YOURS_TO_ASK, STILL_OPEN.
    """
    group = require_draw(draws.lock_group(tx, code), actor, "draw_confirm")
    at = read(now)
    proposal = draws.propose(tx, group)
    if group.drawn_at is not None:
        return Review(proposal, ReviewState.KNOWN)
    if group.ends_at > at:
        raise KaikuError(Refusal.STILL_OPEN, offering=group.leader)
    if proposal.digest != digest:
        return Review(proposal, ReviewState.CHANGED)
    draws.note_proposed(tx, group, at)
    for offering in group.offerings:
        _seat_as_drawn(tx, proposal, offering, actor, at)
    unplaced = [
        {
            "kind": DeliveryKind.NOT_SELECTED,
            "recipient": person_id,
            "subject": group.leader.code,
            "occurrence": "",
            "due_at": _told_at(proposal, person_id, group.leader, at),
            "expires_at": None,
        }
        for person_id in proposal.unplaced
    ]
    delivery_rows.add_deliveries(tx, unplaced, at)
    draw_rows.keep_drawn_by(
        tx,
        {
            (offering_id, each.person_id): (each.agency, each.role, each.waited)
            for each in proposal.applicants.values()
            for offering_id in each.choices
        },
    )
    outbox.plan_home(tx, proposal.applicants, at)
    return Review(draws.load_proposal(tx, code), ReviewState.CONFIRMED)


def preview(
    tx: Tx, actor: Actor, ref: ProposalRef, kinds: MessageKinds, defaults: Defaults, now: Now
) -> tuple[Review, list[Foreseen]]:
    """The messages that confirming would send: the first of each kind and language, or all to one reader;
    none for an outcome that has changed or been confirmed.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_DRAWN, NOT_YOURS_TO_ASK, STILL_OPEN.
    """
    shown: set[tuple[DeliveryKind, str]] = set()

    def is_shown(kind: DeliveryKind, person: Person) -> bool:
        if ref.reader is not None:
            return person.id == ref.reader
        is_first = (kind, person.language) not in shown
        shown.add((kind, person.language))
        return is_first

    codes = [each.code for each in draws.find_group(tx, ref.code).offerings]
    at = read(now)
    return foresee(
        tx,
        lambda tx: confirm(tx, actor, ref.code, ref.digest, at),
        codes,
        kinds,
        defaults,
        at,
        is_shown=is_shown,
    )


def _seat_as_drawn(tx: Tx, proposal: Proposal, offering: Offering, actor: Actor, now: datetime) -> None:
    """Give one offering's seats, and order its waiting list as drawn."""
    group = proposal.group
    room = draws.stored_room(draws.room_of(tx, group, offering))
    seated = _enrol(tx, proposal, offering, proposal.allocation.seated[offering.id], Status.SEATED, now)
    in_line = [each.person_id for each in proposal.allocation.waiting[offering.id]]
    waiting = _enrol(tx, proposal, offering, in_line, Status.WAITING, now)
    told = [(each, _told_at(proposal, each.person_id, offering, now)) for each in seated]
    enrolment_rows.set_all_told_at(tx, {enrolment.id: told_at for enrolment, told_at in told})
    with_seat = [each.person_id for each in seated]
    turn_rows.delete_turns(tx, with_seat, offering.strand_id)  # these seats use up the kept turns
    note_acts(tx, ActKind.SEATED, with_seat, actor=actor.person.id, offering=offering.code, now=now)
    note_act(tx, ActKind.DRAW_CONFIRMED, now=now, actor=actor.person.id, offering=offering.code)
    draw_rows.fix_seed(tx, offering.id, group.seed, now)  # an offering that nobody chose has no seed yet
    draw_rows.confirm(
        tx,
        offering.id,
        leader=group.leader.id,
        seats_each=group.seats_each,
        room=room,
        result=proposal.digest,
        now=now,
    )
    follow_draw(tx, offering, told, now)
    plan_started_without(tx, offering, waiting, now)


def _enrol(
    tx: Tx, proposal: Proposal, offering: Offering, people: Iterable[str], status: Status, now: datetime
) -> list[EnrolmentRow]:
    agencies = {each: proposal.applicants[each].agency for each in people}
    return enrolment_rows.add_enrolments(tx, offering.id, agencies, status, offering.timetable_version, now)


def _told_at(proposal: Proposal, person_id: str, offering: Offering, now: datetime) -> datetime:
    """When a person is told: in their office hours, in time for the first session."""
    timezone = known_or(proposal.people[person_id].timezone, offering.timezone)
    return seat_news_at(now, offering.starts_at, timezone, WORK_CALENDAR)
