"""People as Kaiku knows them, and who may join."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.errors import KaikuError, Refusal

MAX_NAME = 200
"""Characters of a name that are kept; Slack allows 80."""


class Role(StrEnum):
    """What a person does at their agency; asked at the first join, for the mix of groups."""

    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    OTHER = "other"


class AwayStatus(Struct, frozen=True):
    """A Slack status that says its owner is away; ``until`` if it expires."""

    until: datetime | None


class Profile(Struct, frozen=True):
    """What Slack tells about an account. ``language`` and ``timezone`` are None where it does not say;
    ``is_guest`` is None as long as Kaiku does not know its own workspace, and so can't tell members from
    guests."""

    user_id: str
    name: str
    language: str | None
    timezone: str | None
    is_guest: bool | None = False
    is_bot: bool = False
    deactivated: bool = False
    away: AwayStatus | None = None
    address: str | None = None
    """Their e-mail address in small letters, where Slack lets Kaiku read it; personal data."""

    def __repr__(self) -> str:
        return f"Profile({self.user_id})"  # an address or a name must not reach a log


class Account(Struct, frozen=True):
    """The account with an e-mail address; None if no active account has it."""

    user_id: str | None


class Person(Struct, frozen=True):
    """A Slack user whom Kaiku has met.

    ``agency`` and ``role`` are None until the first join. ``is_verified``: Slack has said what kind of
    account this is. ``has_home``: the person has opened App Home, which is kept up to date from then on.
    """

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
    hears_daily: bool = True
    """Whether the person, as a facilitator, wants the daily line."""
    wants_link: bool = False
    """Whether they want the link of a remote session ten minutes before it."""
    is_coordinator: bool = False

    @property
    def is_introduced(self) -> bool:
        return self.agency is not None and self.role is not None

    @property
    def may_take_part(self) -> bool:
        """Whether this account may hold a seat, and so get a group's prompts and shared answers."""
        return not (self.deactivated or self.is_bot or self.is_guest)

    @property
    def may_join(self) -> bool:
        """Whether ``require_may_join`` does not raise."""
        return self.is_verified and self.may_take_part

    def require_may_join(self) -> None:
        """Raises KaikuError if the account can't hold a seat: SLACK_UNAVAILABLE, DEACTIVATED, BOT_ACCOUNT,
        GUEST."""
        if not self.is_verified:
            raise KaikuError(Refusal.SLACK_UNAVAILABLE)
        if self.is_bot:
            raise KaikuError(Refusal.BOT_ACCOUNT)
        if self.deactivated:
            raise KaikuError(Refusal.DEACTIVATED)
        if self.is_guest:
            raise KaikuError(Refusal.GUEST)


class Defaults(Struct, frozen=True):
    """A person's language and time zone until Slack or the person sets others."""

    language: str
    timezone: str
    seat_hold_days: int = 1
    """Working days that the seats of a deactivated account are held."""
