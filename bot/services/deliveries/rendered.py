"""The results of rendering a delivery: a message, a later time, or nothing to send."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.views.blocks import Message, View


class Skipped(Struct, frozen=True):
    """Nothing is sent; ``reason`` is stored with the cancelled delivery."""

    reason: str


STANDS_ALREADY = Skipped("stands_already")
"""The post is up to date."""


class Deferred(Struct, frozen=True):
    """The message may not be sent now; it is due again at ``until``."""

    until: datetime
    reason: str


class PostText(Struct, frozen=True):
    """The current text of a post, identified by ``name``, and the name of the text known to be in Slack.
    ``version`` is the timetable that a new post shows.
    """

    says: str
    stands: str | None = None
    version: int | None = None


class OutgoingMessage(Struct, frozen=True):
    """A message to post. Once it is sent, the person of the enrolment has been told this
    timetable version."""

    message: Message
    enrolment_id: int | None = None
    tells_version: int | None = None
    post: PostText | None = None
    offer_until: datetime | None = None
    """For an offer told later than planned: the new time until which it may be answered."""
    tells_too: Sequence[int] = ()
    """Ids of other deliveries that this message covers."""


class Edit(Struct, frozen=True):
    """The current text of a message that was sent earlier."""

    channel: str
    ts: str
    message: Message
    post: PostText | None = None


class HomeView(Struct, frozen=True):
    view: View


class Clearing(Struct, frozen=True):
    """Nothing is sent: Kaiku's own messages in this conversation, up to ``until``, are deleted."""

    channel: str
    until: datetime


Rendered = OutgoingMessage | Edit | HomeView | Clearing | Deferred | Skipped
