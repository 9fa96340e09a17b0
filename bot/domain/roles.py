"""Who is a coordinator, what somebody may change of an offering's facilitators, and the pause of sending."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, is_address


class CoordinatorRole(Struct, frozen=True):
    """A coordinator. Those from the settings can't be removed in Slack."""

    user_id: str
    from_settings: bool


class SendingPause(Struct, frozen=True):
    """Since when Kaiku sends nothing by itself, and why, in a coordinator's words."""

    reason: str
    since: datetime


class FacilitatorsChanged(Struct, frozen=True):
    """The facilitators of an offering after a change, and who is new and who left."""

    offering: Offering
    added: Sequence[str]
    removed: Sequence[str]


def change_in_facilitators(
    current: Sequence[str], shown: Collection[str], wanted: Collection[str], closed: Collection[str]
) -> tuple[list[str], list[str]]:
    """The facilitators added and removed by a form that showed ``shown`` and came back with ``wanted``;
    changes made by others meanwhile stay.

    ``closed`` are deactivated accounts. Raises KaikuError: LAST_FACILITATOR, if nobody with an active account
    would be left.
    """
    added = [each for each in wanted if each not in shown and each not in current]
    removed = [each for each in shown if each not in wanted and each in current]
    left = [each for each in (*current, *added) if each not in removed and not is_address(each)]
    if removed and not any(each not in closed for each in left):
        raise KaikuError(Refusal.LAST_FACILITATOR)
    return added, removed
