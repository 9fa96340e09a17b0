"""The bot token of an app whose tokens are renewed (Slack's token rotation): it ends after 12 hours.

A refresh token is good for one renewal, and its answer holds the next one. Source:
docs.slack.dev/authentication/using-token-rotation.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

RENEW_BEFORE = timedelta(hours=2)
"""Before its end a token is renewed; slack_sdk's own rotator does it as early."""

LEASE = timedelta(minutes=1)
"""How long one instance may take for a renewal while the others wait."""


@dataclass(frozen=True, slots=True)
class BotToken:
    """A bot token, the refresh token that renews it, and when it ends (aware UTC)."""

    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    ends_at: datetime

    def is_to_be_renewed(self, now: datetime) -> bool:
        return now >= self.ends_at - RENEW_BEFORE


def is_leased(leased_until: datetime | None, now: datetime) -> bool:
    """Whether an instance is renewing the token now. A lease noted by a clock that ran ahead does not
    count."""
    return leased_until is not None and now < leased_until <= now + LEASE
