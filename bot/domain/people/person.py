"""People as Kaiku knows them, and who may join."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.errors import KaikuError, Refusal


class Role(StrEnum):
    """What a person does at their agency; asked at the first join, for the mix of groups."""

    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AwayStatus:
    """A Slack status that says its owner is away; ``until`` where it ends by itself."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack tells about an account. ``language`` and ``timezone`` are None where it does not say."""

    user_id: str
    name: str
    language: str | None
    timezone: str | None
    is_guest: bool = False
    is_bot: bool = False
    deactivated: bool = False
    away: AwayStatus | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user Kaiku has met. ``agency`` and ``role`` are None until they first join;
    ``is_verified`` once Slack has said what kind of account this is; ``has_home`` once they have opened
    App Home, which is kept fresh from then on."""

    id: str
    name: str
    language: str
    timezone: str
    agency: str | None = None
    agency_name: str | None = None
    role: str | None = None
    is_guest: bool = False
    is_bot: bool = False
    deactivated: bool = False
    is_verified: bool = True
    has_home: bool = False

    @property
    def is_introduced(self) -> bool:
        return self.agency is not None and self.role is not None

    def require_may_join(self) -> None:
        """Raise KaikuError when this account can't hold a seat."""
        if not self.is_verified:
            raise KaikuError(Refusal.SLACK_UNAVAILABLE)
        if self.is_bot:
            raise KaikuError(Refusal.BOT_ACCOUNT)
        if self.deactivated:
            raise KaikuError(Refusal.DEACTIVATED)
        if self.is_guest:
            raise KaikuError(Refusal.GUEST)


AWAY_EMOJI = frozenset({":palm_tree:", ":face_with_thermometer:", ":desert_island:"})
AWAY_WORDS = (
    "loma",
    "poissa",
    "sairaana",
    "semester",
    "ledig",
    "frånvarande",
    "sjuk",
    "out of office",
    "ooo",
    "vacation",
    "on leave",
    "out sick",
)
"""Slack's own suggestions ("Vacationing", "Out sick") and what people write in the three languages."""


NEVER = 32_503_680_000
"""The year 3000, in seconds since 1970: a status that expires later does not."""


def away_status(text: str, emoji: str, expires: int) -> AwayStatus | None:
    """Whether a Slack status says that its owner is away; ``expires`` in seconds since 1970, 0: never."""
    written = text.casefold()
    says_so = any(re.search(rf"\b{re.escape(word)}", written) for word in AWAY_WORDS)
    if emoji not in AWAY_EMOJI and not says_so:
        return None
    return AwayStatus(datetime.fromtimestamp(expires, UTC) if 0 < expires < NEVER else None)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a person until Slack or they themselves say otherwise."""

    language: str
    timezone: str
