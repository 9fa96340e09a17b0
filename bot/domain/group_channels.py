"""A group's own channel: its members, and what Slack's refusals mean for it."""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

MOST_AT_ONCE: Final = 8
"""People who are invited or removed in one round: Slack takes about fifty such calls a minute."""

LONGEST_NAME: Final = 80
MOST_NAMES: Final = 9
TRY_AGAIN: Final = timedelta(hours=1)
"""After a refusal that only an administrator of Slack can end."""

TRY_PERSON_AGAIN: Final = timedelta(days=1)
"""After Slack let nobody invite a person: their account, or the channel's rules, may have changed."""


class ChannelState(StrEnum):
    """``wanted``: to be created. ``kept``: its members are those of the group. ``lost``: archived, or Kaiku
    is no longer in it."""

    WANTED = "wanted"
    KEPT = "kept"
    LOST = "lost"


class MemberState(StrEnum):
    """``adding``: Kaiku is inviting them, or was when it stopped. ``there``: they came without Kaiku.
    ``refused``: Slack lets nobody invite them for now."""

    ADDING = "adding"
    ADDED = "added"
    THERE = "there"
    REFUSED = "refused"


ADDED_BY_KAIKU: Final = frozenset({MemberState.ADDING, MemberState.ADDED})

LOST: Final = frozenset({"channel_not_found", "is_archived", "not_in_channel"})
"""Codes of a call that names no person: the channel is not Kaiku's to keep any more."""

NEEDS_ADMIN: Final = frozenset(
    {"missing_scope", "restricted_action", "no_permission", "not_allowed_token_type"}
)
"""Codes that an administrator can end."""

IS_THERE: Final = "already_in_channel"
IS_NOT_THERE: Final = frozenset({"not_in_channel", "user_not_found", "cant_kick_self"})
NAME_TAKEN: Final = "name_taken"


class Steps(Struct, frozen=True):
    """The steps that make a channel's members those of the group: whom to invite, whom to remove, and whose
    rows to forget because they joined by themselves or never came."""

    invite: tuple[str, ...]
    remove: tuple[str, ...]
    forget: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.invite or self.remove or self.forget)


def steps_to(wanted: Collection[str], known: Mapping[str, MemberState], again: Collection[str] = ()) -> Steps:
    """People whom Kaiku has added once are not invited again, because they may have left by themselves. Kaiku
    removes only people whom it added. ``again``: people whom Slack refused so long ago that they are invited
    once more."""
    invite = [
        each for each in wanted if each in again or known.get(each, MemberState.ADDING) is MemberState.ADDING
    ]
    gone = [each for each in known if each not in wanted]
    remove = [each for each in gone if known[each] in ADDED_BY_KAIKU]
    return Steps(tuple(invite), tuple(remove), tuple(each for each in gone if each not in remove))


def channel_name(code: str, attempt: int) -> str:
    """A name that Slack accepts: ``kaiku-dialogue-2``; if that is taken, ``kaiku-dialogue-2-2``."""
    suffix = "" if attempt <= 1 else f"-{attempt}"
    plain = re.sub(r"[^a-z0-9_-]+", "-", f"kaiku-{code}".lower())
    return plain[: LONGEST_NAME - len(suffix)] + suffix
