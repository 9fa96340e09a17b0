"""The results of rendering a delivery: a message, a later time, or nothing to send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.views.blocks import Message, View


@dataclass(frozen=True, slots=True)
class Skipped:
    """There is nothing to say any more; ``reason`` is stored with the cancelled delivery."""

    reason: str


STANDS_ALREADY = Skipped("stands_already")
"""The post already says what it should."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """The message may not be sent now; it is due again at ``until``."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PostText:
    """The current text of a post, identified by ``name``, and the name of the text known to be in Slack.
    ``version`` is the timetable that a new post shows."""

    says: str
    stands: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to post. Once it is sent, the person of the enrolment has been told this
    timetable version."""

    message: Message
    enrolment_id: int | None = None
    tells_version: int | None = None
    post: PostText | None = None
    offer_until: datetime | None = None
    """Of an offer that was told later than planned: until when it may be answered instead."""
    tells_too: Sequence[int] = ()
    """Ids of other deliveries that this message tells as well."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The current text of a message that was sent earlier."""

    channel: str
    ts: str
    message: Message
    post: PostText | None = None


@dataclass(frozen=True, slots=True)
class HomeView:
    view: View


@dataclass(frozen=True, slots=True)
class Clearing:
    """Nothing to say: Kaiku's own messages in this conversation, up to ``until``, are to be deleted."""

    channel: str
    until: datetime


Rendered = OutgoingMessage | Edit | HomeView | Clearing | Deferred | Skipped
