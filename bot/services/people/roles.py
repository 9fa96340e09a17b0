"""Roles that change in Slack: coordinators named by coordinators, facilitators of an offering.

Changes made in Slack are stored apart from the plan file and merged with it (docs/decisions/0019).
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import known_or
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, is_address
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.person import Person
from bot.domain.roles import CoordinatorRole, FacilitatorsChanged, SendingPause, change_in_facilitators
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.offerings import session_notes
from bot.services.offerings.catalogue import load_all_offerings, load_offering, state_of
from bot.services.offerings.facilitators import Actor, require_facilitator
from bot.services.people import addresses
from storage import people as person_rows
from storage import roles as rows
from storage.offerings import catalogue as offering_rows
from storage.sending import pause as pause_rows
from storage.transaction import Tx, wake_sender

OVER = frozenset({SignUpState.PAST, SignUpState.CANCELLED})


def require_coordinator(actor: Actor, act: str) -> None:
    """Raise KaikuError unless the actor is a coordinator: NOT_COORDINATOR."""
    if not actor.is_coordinator:
        raise actor.refused(KaikuError(Refusal.NOT_COORDINATOR), act)


# -- coordinators -----------------------------------------------------------------------------------------


def list_coordinators(tx: Tx) -> list[CoordinatorRole]:
    return [CoordinatorRole(*row) for row in rows.list_coordinators(tx)]


def load_coordinators(tx: Tx, actor: Actor) -> list[CoordinatorRole]:
    """The coordinators, for those who may change them. Raises KaikuError: NOT_COORDINATOR."""
    require_coordinator(actor, "coordinators")
    return list_coordinators(tx)


def change_coordinators(
    tx: Tx, actor: Actor, shown: Sequence[str], wanted: Sequence[str], now: datetime
) -> list[CoordinatorRole]:
    """Name the people ``wanted`` that the form did not show, and remove the shown ones that are not wanted.
    Those from the settings stay.

    Raises KaikuError: NOT_COORDINATOR, ROLE_NOT_POSSIBLE.
    """
    require_coordinator(actor, "coordinators_change")
    by = actor.person.id
    added = [each for each in wanted if each not in shown]
    _require_able(tx, added)
    for person_id in added:
        if rows.add_coordinator(tx, person_id, now):
            note_act(tx, ActKind.NAMED_COORDINATOR, actor=by, person=person_id, now=now)
    fixed = {each.person_id for each in rows.list_coordinators(tx) if each.from_settings}
    for person_id in shown:
        if person_id not in wanted and person_id not in fixed and rows.delete_coordinator(tx, person_id):
            note_act(tx, ActKind.REMOVED_COORDINATOR, actor=by, person=person_id, now=now)
    outbox.plan_home(tx, [*shown, *wanted], now)
    session_notes.keep_notes(tx, now)
    return list_coordinators(tx)


# -- facilitators of an offering --------------------------------------------------------------------------


def change_facilitators(
    tx: Tx, actor: Actor, code: str, shown: Sequence[str], wanted: Sequence[str], now: datetime
) -> FacilitatorsChanged:
    """Add and remove facilitators of an offering, whatever its plan says; new ones are told.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, ROLE_NOT_POSSIBLE, LAST_FACILITATOR.
    """
    offering_rows.lock_offering(tx, code)
    offering = require_facilitator(load_offering(tx, code), actor, "facilitators_change")
    closed = {each for each in offering.facilitators if _is_closed(tx, each)}
    added, removed = change_in_facilitators(offering.facilitators, shown, wanted, closed)
    _require_able(tx, added)
    before = addresses.facilitators_now(tx)
    in_plan = addresses.planned_facilitators(tx, offering.id)
    for person_id in (*added, *removed):
        is_added = person_id in added
        if (person_id in in_plan) is is_added:
            rows.delete_change(tx, offering.id, person_id)  # the plan's list applies again
        else:
            rows.set_change(tx, offering.id, person_id, now, is_added=is_added)
        kind = ActKind.ADDED_FACILITATOR if is_added else ActKind.REMOVED_FACILITATOR
        note_act(tx, kind, actor=actor.person.id, person=person_id, offering=code, now=now)
    if added or removed:
        addresses.give_roles(tx, before, now)
    return FacilitatorsChanged(load_offering(tx, code), added, removed)


def facilitates_any(tx: Tx, person_id: str) -> bool:
    return any(person_id in led for led in addresses.facilitators_now(tx).values())


def _require_able(tx: Tx, person_ids: Sequence[str]) -> None:
    """Raise KaikuError for a guest, a bot, or an account that is unknown or deactivated:
    ROLE_NOT_POSSIBLE.
    """
    for person_id in person_ids:
        row = person_rows.get_person(tx, person_id)
        if row is None or row.is_guest or row.is_bot or row.deactivated:
            raise KaikuError(Refusal.ROLE_NOT_POSSIBLE, name=row.name if row is not None else person_id)
        if row.timezone is None:  # Slack has not said yet what kind of account it is
            raise KaikuError(Refusal.SLACK_UNAVAILABLE)


def _is_active(tx: Tx, facilitator: str) -> bool:
    """Whether this is the user id, not an address, of an account that is not closed."""
    return not is_address(facilitator) and not _is_closed(tx, facilitator)


def _is_closed(tx: Tx, person_id: str) -> bool:
    row = person_rows.get_person(tx, person_id)
    return row is not None and row.deactivated


def without_facilitator(tx: Tx, person_id: str, now: datetime) -> list[Offering]:
    """The offerings that this person was the last active facilitator of."""
    return [
        offering
        for offering in load_all_offerings(tx)
        if person_id in offering.facilitators
        and state_of(offering, now) not in OVER
        and not any(_is_active(tx, each) for each in offering.facilitators if each != person_id)
    ]


def follow_closed_account(tx: Tx, person_id: str, now: datetime) -> None:
    """The account was deactivated: tell coordinators of offerings that nobody facilitates now."""
    for offering in without_facilitator(tx, person_id, now):
        for coordinator in rows.list_coordinators(tx):
            row = person_rows.get_person(tx, coordinator.person_id)
            zone = known_or(row.timezone if row is not None else None, offering.timezone)
            due_at = WORK_CALENDAR.next_working_moment(now, zone, SEAT_NEWS_HOURS)
            outbox.plan_no_facilitator(tx, coordinator.person_id, offering.code, person_id, due_at, now)


# -- the pause of all sending -----------------------------------------------------------------------------


def load_pause(tx: Tx) -> SendingPause | None:
    found = pause_rows.get_pause(tx)
    return SendingPause(found.reason, found.since) if found is not None else None


def pause_sending(tx: Tx, actor: Actor, reason: str, now: datetime) -> SendingPause:
    """Pause everything that Kaiku sends by itself. Idempotent. Raises KaikuError: NOT_COORDINATOR."""
    require_coordinator(actor, "pause_sending")
    if pause_rows.add_pause(tx, reason, now):
        _note_pause(tx, ActKind.PAUSED_SENDING, actor.person, {actor.person.language: reason}, now)
    found = load_pause(tx)
    assert found is not None
    return found


def resume_sending(tx: Tx, actor: Actor, now: datetime) -> None:
    """Resume sending what is still useful. Raises KaikuError: NOT_COORDINATOR."""
    require_coordinator(actor, "resume_sending")
    if pause_rows.delete_pause(tx):
        _note_pause(tx, ActKind.RESUMED_SENDING, actor.person, None, now)
        wake_sender(tx)


def _note_pause(tx: Tx, kind: ActKind, by: Person, reason: dict[str, str] | None, now: datetime) -> None:
    note_act(tx, kind, actor=by.id, reason=reason, now=now)
    outbox.plan_home(tx, [each.person_id for each in rows.list_coordinators(tx)], now)
