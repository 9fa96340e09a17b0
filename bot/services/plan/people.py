"""Asks Slack about the people whom a plan names as facilitators."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Protocol, TypeVar

from bot.domain.offerings.offering import is_address
from bot.domain.people.person import Account, Profile
from bot.domain.plan.model import Plan
from bot.domain.plan.people import Looked, named_in
from bot.domain.sending.outcomes import NotNow, Refused, Unknown
from bot.services.people.addresses import MISSING_SCOPE, note_looked
from storage.transaction import Tx

T = TypeVar("T")

TRIES: Final = 3
LONGEST_WAIT: Final = 60.0


class Directory(Protocol):
    """The interface to Slack, as far as these questions need it."""

    def find_by_address(self, address: str) -> Awaitable[Account | Refused | NotNow | Unknown]: ...

    def find_profile(self, user_id: str) -> Awaitable[Profile | Refused | NotNow | Unknown]: ...


async def look_at_people(plan: Plan, directory: Directory) -> Looked:
    """Ask about everybody whom the plan names, until Slack stops answering."""
    looked = Looked()
    for named in named_in(plan):
        if is_address(named) and looked.lacks_scope:
            continue
        found = await _ask(directory, named)
        match found:
            case Account(user_id):
                looked.accounts[named] = user_id
            case Profile():
                looked.users[named] = not found.deactivated
            case Refused("user_not_found" | "user_not_visible"):
                looked.users[named] = None
            case Refused(reason) if reason == MISSING_SCOPE and is_address(named):
                looked.lacks_scope = True
            case _:
                looked.hindrance = found.reason
                break
    return looked


async def _ask(directory: Directory, named: str) -> Account | Profile | Refused | NotNow | Unknown:
    if is_address(named):
        return await _with_retries(lambda: directory.find_by_address(named))
    return await _with_retries(lambda: directory.find_profile(named))


async def _with_retries(
    ask: Callable[[], Awaitable[T | NotNow]],
) -> T | NotNow:
    """Repeat the request while Slack answers that requests come too fast."""
    found = await ask()
    for _ in range(TRIES - 1):
        if not isinstance(found, NotNow) or found.retry_after is None:
            break
        await asyncio.sleep(min(found.retry_after, LONGEST_WAIT))
        found = await ask()
    return found


def keep_looked(tx: Tx, looked: Looked, now: datetime) -> None:
    """Store the accounts found for addresses: their owners have the role at once."""
    for address, user_id in looked.accounts.items():
        note_looked(tx, address, user_id, now)
