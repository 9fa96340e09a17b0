"""What rendering a delivery gives: something to send, something to wait for, or nothing any more."""

from dataclasses import dataclass
from datetime import datetime

from bot.views.blocks import Message, View


@dataclass(frozen=True, slots=True)
class Skipped:
    """There is nothing left to say; ``reason`` is kept with the cancelled delivery."""

    reason: str


STANDS_ALREADY = Skipped("stands_already")
"""What is to be said is known to stand there."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """It may not leave now; it is due again at ``until``."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PostText:
    """What a post in a channel says now, by name, and what is known to stand there; ``version`` is the
    timetable that it tells when it is new."""

    says: str
    stands: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to post. Once it is sent, the enrolment's person has been told this timetable version."""

    message: Message
    enrolment_id: int | None = None
    tells_version: int | None = None
    post: PostText | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A message that was sent earlier, as it should read now."""

    channel: str
    ts: str
    message: Message
    post: PostText | None = None


@dataclass(frozen=True, slots=True)
class HomeView:
    view: View


Rendered = OutgoingMessage | Edit | HomeView | Deferred | Skipped
