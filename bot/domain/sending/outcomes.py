"""What can come of one attempt to send: values, because each is expected."""

from dataclasses import dataclass

CRASHED = "internal_error"
"""The reason of a delivery that is set aside because dealing with it raised."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack took it. ``channel`` and ``ts`` name the message; empty for an App Home."""

    channel: str = ""
    ts: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack said no for good: trying again would get the same answer. ``reason`` is Slack's code."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """Nothing was sent; try again after this many seconds (None: whenever it suits)."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Slack's answer never came: it may have been sent or not."""

    reason: str


Outcome = Sent | Refused | NotNow | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """An earlier attempt did arrive: here is its message."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class NotThere:
    """The conversation's history was read, and no attempt is in it."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The history could not be read; ``final`` when asking again would not help (a missing scope)."""

    reason: str
    retry_after: float | None = None
    final: bool = False


Trace = Found | NotThere | CannotTell
