"""What is wrong with the people whom a plan names as facilitators, once Slack has told who they are."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from bot.domain.offerings.offering import is_address
from bot.domain.plan.model import Plan


class PeopleFinding(StrEnum):
    """A finding about a named person; each has a sentence ``plan.people_<code>``."""

    UNKNOWN_USER = "unknown_user"
    DEACTIVATED_USER = "deactivated_user"
    SAME_PERSON_TWICE = "same_person_twice"
    ADDRESS_NOT_FOUND = "address_not_found"
    ADDRESSES_WITHOUT_SCOPE = "addresses_without_scope"
    NOT_LOOKED_UP = "not_looked_up"


class Found(Struct, frozen=True):
    """One finding with its parameters. ``is_wrong``: the plan has to be corrected; other findings may resolve
    themselves."""

    code: PeopleFinding
    params: Mapping[str, Any] = field(default_factory=dict)
    is_wrong: bool = False


class Looked(Struct):
    """Slack's answers: ``users`` has by user id whether the account is active (None: no such account),
    ``accounts`` the user id by address (None: nobody's). ``hindrance`` is why anything in neither was not
    looked up."""

    users: dict[str, bool | None] = field(default_factory=dict)
    accounts: dict[str, str | None] = field(default_factory=dict)
    lacks_scope: bool = False
    hindrance: str | None = None


def named_in(plan: Plan) -> list[str]:
    """Everybody whom the plan names, once: user ids, and addresses in small letters."""
    every = (_plain(each) for offering in plan.offerings for each in offering.facilitators)
    return list(dict.fromkeys(every))


def findings(plan: Plan, looked: Looked) -> list[Found]:
    """The findings on the people whom the plan names, in its order."""
    return list(_findings(plan, looked))


def _findings(plan: Plan, looked: Looked) -> Iterator[Found]:
    if looked.hindrance is not None:
        yield Found(PeopleFinding.NOT_LOOKED_UP, {"reason": looked.hindrance})
    addresses = [each for each in named_in(plan) if is_address(each)]
    if looked.lacks_scope:
        yield Found(PeopleFinding.ADDRESSES_WITHOUT_SCOPE, {"number": len(addresses)})
    for offering in plan.offerings:
        seen: dict[str, str] = {}
        for named in offering.facilitators:
            about = {"offering": offering.code, "named": named}
            who = looked.accounts.get(_plain(named)) or _plain(named)
            if who in seen:
                params = about | {"other": seen[who]}
                yield Found(PeopleFinding.SAME_PERSON_TWICE, params, is_wrong=True)
            seen.setdefault(who, named)
            if is_address(named):
                if looked.accounts.get(_plain(named), "") is None:
                    yield Found(PeopleFinding.ADDRESS_NOT_FOUND, about)
            elif named in looked.users and not looked.users[named]:
                is_unknown = looked.users[named] is None
                code = PeopleFinding.UNKNOWN_USER if is_unknown else PeopleFinding.DEACTIVATED_USER
                yield Found(code, about, is_wrong=True)


def _plain(named: str) -> str:
    return named.lower() if is_address(named) else named
