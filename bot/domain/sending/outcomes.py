"""The possible outcomes of one attempt to send."""

from msgspec import Struct

CRASHED = "internal_error"
"""The reason of a delivery that is set aside because an exception was raised for it."""


class Sent(Struct, frozen=True):
    """Slack accepted it. ``channel`` and ``ts`` identify the message; empty for App Home."""

    channel: str = ""
    ts: str = ""


class Refused(Struct, frozen=True):
    """Slack refused it for good: another attempt would get the same answer. ``reason`` is Slack's code."""

    reason: str


class NotNow(Struct, frozen=True):
    """Nothing was sent; try again after so many seconds (None: at any time). ``looking``: Slack put off the
    search for an earlier attempt, not the sending."""

    reason: str
    retry_after: float | None = None
    looking: bool = False


class Unknown(Struct, frozen=True):
    """Slack's answer did not arrive: the message may have been sent or not."""

    reason: str


Outcome = Sent | Refused | NotNow | Unknown


class Found(Struct, frozen=True):
    """An earlier attempt did arrive; this is its message."""

    channel: str
    ts: str


class NotThere(Struct, frozen=True):
    """The conversation's history was read and contains no earlier attempt."""


class CannotTell(Struct, frozen=True):
    """The history could not be read; ``final`` when asking again would not help (a missing scope)."""

    reason: str
    retry_after: float | None = None
    final: bool = False


Trace = Found | NotThere | CannotTell
