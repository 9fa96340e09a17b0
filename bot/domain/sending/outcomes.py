"""The possible outcomes of one attempt to send."""

from dataclasses import dataclass

CRASHED = "internal_error"
"""The reason of a delivery that is set aside because an exception was raised for it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack accepted it. ``channel`` and ``ts`` identify the message; empty for App Home."""

    channel: str = ""
    ts: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack refused it for good: another attempt would get the same answer. ``reason`` is Slack's code."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """Nothing was sent; try again after so many seconds (None: at any time). ``looking``: what Slack put off
    was the look for an earlier attempt, not the sending."""

    reason: str
    retry_after: float | None = None
    looking: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Slack's answer did not arrive: the message may have been sent or not."""

    reason: str


Outcome = Sent | Refused | NotNow | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """An earlier attempt did arrive; this is its message."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class NotThere:
    """The conversation's history was read and contains no earlier attempt."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The history could not be read; ``final`` when asking again would not help (a missing scope)."""

    reason: str
    retry_after: float | None = None
    final: bool = False


Trace = Found | NotThere | CannotTell
