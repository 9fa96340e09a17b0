"""Facilitators whom the plan names by e-mail address: they have their role once Slack has told whose account
it is. Addresses are personal data: they stand in the database and in the plan, never in a log."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.domain.offerings.offering import is_address, led_by
from bot.domain.people.person import Account, Profile
from bot.domain.sending.outcomes import NotNow, Refused, Unknown
from bot.services.announcements import posts
from bot.services.deliveries import outbox
from bot.services.offerings import session_notes
from storage.engine import Store
from storage.offerings import facilitators as rows
from storage.transaction import Tx

MISSING_SCOPE: Final = "missing_scope"
LOOK_AGAIN: Final = timedelta(hours=6)
"""How long after an address was not found it is looked up again; usually an event says so before."""


class Directory(Protocol):
    """The interface to Slack, as far as addresses need it."""

    def find_by_address(self, address: str) -> Awaitable[Account | Refused | NotNow | Unknown]: ...


def keep_addresses(tx: Tx, now: datetime) -> None:
    """The plan has changed: remember the addresses that it names, and no others."""
    named = {each.lower() for _, every, _ in rows.list_named(tx) for each in every if is_address(each)}
    rows.keep_addresses(tx, named)
    _give_roles(tx, now)


def note_account(tx: Tx, profile: Profile, now: datetime) -> None:
    """Slack has told of this account: if the plan names its address, the role is theirs."""
    if profile.address is None or profile.deactivated or profile.is_bot:
        return
    if rows.is_of(tx, profile.address, profile.user_id) is False:
        note_looked(tx, profile.address, profile.user_id, now)


def note_looked(tx: Tx, address: str, person_id: str | None, now: datetime) -> None:
    """Whose account this address is; None: nobody's yet."""
    rows.set_looked(tx, address.lower(), person_id, now)
    _give_roles(tx, now)


async def look_up_addresses(store: Store, directory: Directory, now: datetime) -> str | None:
    """Look up the addresses whose accounts are not known. Returns why that can't go on, or None."""
    for address in await store.read(rows.list_unknown, now - LOOK_AGAIN):
        found = await directory.find_by_address(address)
        if not isinstance(found, Account):
            return found.reason
        await store.run(note_looked, address, found.user_id, now)
    return None


def _give_roles(tx: Tx, now: datetime) -> None:
    known = rows.list_known(tx)
    for offering_id, named, before in rows.list_named(tx):
        after = led_by(named, known) if any(map(is_address, named)) else None
        if after == before:
            continue
        rows.set_led_by(tx, offering_id, after)
        posts.plan_changed(tx, [offering_id], now)  # a post names who leads
        session_notes.replan(tx, [offering_id], now)
        outbox.plan_home(tx, sorted(set(after or named) - set(before or named)), now)
