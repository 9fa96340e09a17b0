"""Who facilitates what: the plan's facilitators, by e-mail address too once Slack has told whose account that
is, and changes made in Slack.

Addresses are personal data: they are in the database and in the plan, never in a log.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.domain.calendars.wall_time import known_or
from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import is_address, led_by
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.person import Account, Profile
from bot.domain.sending.outcomes import NotNow, Refused, Unknown
from bot.domain.sending.refusals import is_of_us
from bot.services.announcements import posts
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.offerings import session_notes
from bot.services.offerings.catalogue import load_offerings, state_of
from storage import people as person_rows
from storage import roles as role_rows
from storage.engine import Store, StoreUnavailableError
from storage.isolation import note_fault
from storage.offerings import facilitators as rows
from storage.transaction import Tx

Led = Mapping[int, Sequence[str]]
"""Facilitators by offering id."""
Meet = Callable[[Profile], Awaitable[object]]

GATHERED_FOR: Final = timedelta(minutes=10)
"""How long the message about a new role waits for other new roles of the same person."""
OF_ROLES: Final = (
    DeliveryKind.NOW_FACILITATES,
    DeliveryKind.NO_FACILITATOR,
    DeliveryKind.VENUE_ASKED,
    DeliveryKind.VENUE_ASKED_LAST,
    DeliveryKind.DRAW_PROPOSED,
    DeliveryKind.BRIEF,
    DeliveryKind.ATTENDANCE_DUE,
    DeliveryKind.CHANGED_BY_OTHERS,
    DeliveryKind.CERTIFICATE_ASKED,
    DeliveryKind.POST_TROUBLE,
    DeliveryKind.UNDELIVERED,
)
"""Messages about a person's role, sent whether or not they have ever used Kaiku."""

MISSING_SCOPE: Final = "missing_scope"
LOOK_AGAIN: Final = timedelta(hours=6)
"""When an address without an account is looked up again; usually an event tells of the account before."""


class Directory(Protocol):
    """The interface to Slack, as far as addresses need it."""

    def find_by_address(self, address: str) -> Awaitable[Account | Refused | NotNow | Unknown]: ...


def keep_addresses(tx: Tx, now: datetime, before: Led | None = None) -> None:
    """The plan has changed: store the addresses that it names, and no others. ``before`` is who facilitated
    what until then; new facilitators are told.
    """
    before = facilitators_now(tx) if before is None else before
    named = {each.lower() for _, every, _ in rows.list_named(tx) for each in every if is_address(each)}
    rows.keep_addresses(tx, named)
    give_roles(tx, before, now)


def facilitators_now(tx: Tx) -> Led:
    """The current facilitators of each offering."""
    return {offering_id: led_by or named for offering_id, named, led_by in rows.list_named(tx)}


def planned_facilitators(tx: Tx, offering_id: int) -> list[str]:
    """An offering's facilitators by the plan alone."""
    known = rows.list_known(tx)
    return next(led_by(named, known) for each, named, _ in rows.list_named(tx) if each == offering_id)


def note_account(tx: Tx, profile: Profile, now: datetime) -> None:
    """Slack has told of this account: if the plan names its address, it gets the role."""
    if profile.address is None or profile.deactivated or profile.is_bot:
        return
    if rows.is_of(tx, profile.address, profile.user_id) is False:
        note_looked(tx, profile.address, profile.user_id, now)


def note_looked(tx: Tx, address: str, person_id: str | None, now: datetime) -> None:
    """Record whose account this address is; None: nobody's yet."""
    before = facilitators_now(tx)
    rows.set_looked(tx, address.lower(), person_id, now)
    give_roles(tx, before, now)


async def look_up_addresses(store: Store, directory: Directory, now: datetime) -> str | None:
    """Look up the addresses whose accounts are not known. Returns why that can't continue, or None."""
    for address in await store.read(rows.list_unknown, now - LOOK_AGAIN, now):
        found = await directory.find_by_address(address)
        if isinstance(found, Account):
            await store.run(note_looked, address, found.user_id, now)
        elif isinstance(found, Refused) and not is_of_us(found.reason):
            await store.run(
                note_looked, address, None, now
            )  # the error is about this address, which may be found later
        else:
            return found.reason
    return None


def give_roles(tx: Tx, led: Led, now: datetime) -> None:
    """Merge the plan's facilitators, the known addresses and Slack's changes, and tell those who are new
    since ``led``.
    """
    known, changes = rows.list_known(tx), role_rows.list_changes(tx)
    changed: dict[int, list[str] | None] = {}
    new: dict[int, list[str]] = {}
    for offering_id, named, before in rows.list_named(tx):
        mine = _without_obsolete(tx, offering_id, led_by(named, known), changes.get(offering_id, {}))
        after = led_by(named, known, mine) if mine or any(map(is_address, named)) else None
        if after != before:
            changed[offering_id] = after
        since = led.get(offering_id, [])
        if found := [each for each in after or named if each not in since and not is_address(each)]:
            new[offering_id] = found
    if changed:
        rows.set_led_by(tx, changed)
        posts.plan_changed(tx, changed, now)  # a post names who leads
        session_notes.replan(tx, changed, now)
    if new:
        _tell_new(tx, new, now)


def _without_obsolete(
    tx: Tx, offering_id: int, planned: Collection[str], changes: Mapping[str, bool]
) -> dict[str, bool]:
    """Slack's changes without removals of people whom the plan has dropped itself: naming them again
    reinstates them.
    """
    kept = {each: is_added for each, is_added in changes.items() if is_added or each in planned}
    for each in changes.keys() - kept.keys():
        role_rows.delete_change(tx, offering_id, each)
    return kept


def _tell_new(tx: Tx, new: Led, now: datetime) -> None:
    """Tell new facilitators of offerings that are not over; after a short delay, so that several offerings
    make one message.
    """
    everybody = {person_id for each in new.values() for person_id in each}
    outbox.plan_home(tx, sorted(everybody), now)
    zones = {row.id: row.timezone for row in person_rows.list_people(tx, everybody)}
    told = []
    for offering in load_offerings(tx, new).values():
        if state_of(offering, now) in {SignUpState.PAST, SignUpState.CANCELLED}:
            continue
        for person_id in new[offering.id]:
            zone = known_or(zones.get(person_id), offering.timezone)
            due_at = WORK_CALENDAR.next_working_moment(now + GATHERED_FOR, zone, SEAT_NEWS_HOURS)
            told.append((person_id, offering.code, due_at))
    outbox.plan_now_facilitates(tx, told, now)


async def meet_unmet(
    store: Store, fetch: Callable[[str], Awaitable[Profile | Refused | NotNow | Unknown]], meet: Meet
) -> str | None:
    """Fetch the profiles of people owed a message because of their role who have never used Kaiku, so that it
    is in their language. Returns why that can't continue, or None.
    """
    for person_id in await store.read(role_rows.list_unmet, OF_ROLES):
        found = await fetch(person_id)
        if isinstance(found, Profile):
            try:
                await meet(found)
            except StoreUnavailableError:
                raise
            except Exception:
                note_fault("not_met", person=person_id)
        elif not isinstance(found, Refused):
            return found.reason
    return None
