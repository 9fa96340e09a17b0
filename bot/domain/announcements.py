"""Announcements: what a post says, why it is posted, and when its text changes by itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.calendars.working_time import WORKING_HOURS, WorkCalendar
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering, Session

POST_LANGUAGES: Final = ("fi", "sv")
"""Every post is in both; a channel says which comes first."""

SENTENCE_LENGTH: Final = 3000
THREE_WEEKS: Final = timedelta(days=21)
APART: Final = timedelta(days=7)
"""The least time between the first post of an announcement and a later one."""

STAYS_TRUE_DAYS: Final = 2
"""Working days that "three weeks left" may be posted late."""


class PostReason(StrEnum):
    """Why a post is made. A channel gets at most one post about the same subject for the same reason."""

    ANNOUNCE = "announce"
    THREE_WEEKS_LEFT = "three_weeks_left"
    LAST_SEATS = "last_seats"
    DIGEST = "digest"


SERIES: Final = (PostReason.THREE_WEEKS_LEFT, PostReason.LAST_SEATS)
"""Later posts that a facilitator may ask for."""


class AnnouncementState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class PostState(StrEnum):
    """State of a post. ``gone``: somebody deleted it. ``unreachable``: Kaiku has no access to its channel.
    ``skipped``: it would not have been true. ``failed``: it was not posted, or that is not known."""

    PLANNED = "planned"
    STANDING = "standing"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"
    FAILED = "failed"


class Click(StrEnum):
    """What is counted when people click under a post."""

    JOIN = "join"
    DETAILS = "details"
    JOINED = "joined"


class Face(StrEnum):
    """What a post says about its offering at a given time."""

    OPEN = "open"
    FULL = "full"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    OVER = "over"


MESSAGE_GONE: Final = "message_not_found"
CHANNEL_CLOSED: Final = frozenset(
    {
        "is_archived",
        "is_inactive",
        "not_in_channel",
        "channel_not_found",
        "restricted_action",
        "cant_update_message",
        "edit_window_closed",
    }
)
"""Slack's error codes after which a post can't be updated until somebody restores access to the channel."""


class Channel(Struct, frozen=True):
    """A channel as Slack shows it to Kaiku; ``people`` counts its members without Kaiku. ``name`` is None if
    Kaiku may not see the channel."""

    id: str
    is_member: bool
    name: str = ""
    is_archived: bool = False
    people: int = 0
    is_private: bool = False


class Announcement(Struct, frozen=True):
    """What a facilitator announces: one offering (``code``), or what opens in a ``month`` (its first day).
    ``channels`` maps each channel to the language that comes first there."""

    id: int
    code: str | None
    month: date | None
    author: str
    sentence: Texts
    channels: Mapping[str, str]
    series: Sequence[PostReason]
    at: datetime | None
    state: AnnouncementState


class Post(Struct, frozen=True):
    """An announcement in one channel, with the number of clicks under it."""

    id: int
    channel: str
    language: str
    reason: PostReason
    state: PostState
    posted_at: datetime | None
    trouble: str | None
    clicks: Mapping[Click, int]


def face_of(state: SignUpState, seats_left: int) -> Face:
    """What a post says about an offering in this state."""
    match state:
        case SignUpState.OPEN:
            return Face.OPEN if seats_left > 0 else Face.FULL
        case SignUpState.NOT_YET:
            return Face.NOT_YET
        case SignUpState.CLOSED:
            return Face.CLOSED
        case SignUpState.CANCELLED:
            return Face.CANCELLED
        case SignUpState.PAST:
            return Face.OVER


def are_last_seats(seats_left: int, capacity: int) -> bool:
    """A tenth of the seats, or three, are the last seats; seats of an offering that nobody joined are not."""
    return 0 < seats_left <= max(3, capacity // 10) and seats_left < capacity


def three_weeks_left(offering: Offering, calendar: WorkCalendar) -> tuple[datetime, datetime] | None:
    """The earliest and latest time for posting "three weeks left to sign up": the morning of the working day
    three weeks before the last day, and two working days after that. None without a last day."""
    last = last_day(offering)
    if last is None:
        return None
    day = calendar.working_day_from(last - THREE_WEEKS)
    until = calendar.add_working_days(day, STAYS_TRUE_DAYS)
    zone = offering.timezone
    return to_instant(day, WORKING_HOURS.opens, zone), to_instant(until, WORKING_HOURS.closes, zone)


def last_day(offering: Offering) -> date | None:
    """The last day of sign-up."""
    if offering.closes_on is not None:
        return offering.closes_on
    return offering.standing_sessions[0].on if offering.standing_sessions else None


def next_turn(offering: Offering, now: datetime) -> datetime | None:
    """When a post about this offering next becomes untrue without anybody acting: sign-up opens or closes, or
    the last session ends."""
    return min((turn for turn in _turns(offering) if turn > now), default=None)


def _turns(offering: Offering) -> Iterator[datetime]:
    zone, coming = offering.timezone, offering.standing_sessions
    if offering.opens_on is not None:
        yield to_instant(offering.opens_on, time(0), zone)
    if offering.closes_on is not None:
        yield to_instant(offering.closes_on + timedelta(days=1), time(0), zone)
    elif coming:
        yield coming[0].starts_at
    if coming:
        yield max(session.ends_at for session in coming)


def month_of(now: datetime, timezone: str) -> date:
    """The first day of the current month."""
    return local(now, timezone).date().replace(day=1)


def next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def opens_in(offering: Offering, month: date) -> bool:
    """Whether sign-up opens in that month."""
    return offering.opens_on is not None and offering.opens_on.replace(day=1) == month


class Told(Struct, frozen=True):
    """The content of a post about an offering. ``told`` are the sessions as the post first gave them;
    ``instead`` are open offerings to join in place of a cancelled one."""

    offering: Offering
    face: Face
    seats_left: int
    reason: PostReason
    sentence: Texts
    told: Sequence[Session] = ()
    instead: Sequence[Offering] = ()


class Opening(Struct, frozen=True):
    """One offering in a digest."""

    offering: Offering
    face: Face
    seats_left: int


class ToldOfMonth(Struct, frozen=True):
    """The content of a digest; ``is_over`` once its month has ended."""

    month: date
    sentence: Texts
    openings: Sequence[Opening]
    is_over: bool
