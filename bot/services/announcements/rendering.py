"""Renders a post from the current data."""

import hashlib
import json
from datetime import date, datetime
from typing import Self

from msgspec import Struct

from bot.domain.announcements import (
    SERIES,
    AnnouncementState,
    Face,
    Opening,
    PostReason,
    PostState,
    Told,
    ToldOfMonth,
    are_last_seats,
    face_of,
    month_of,
    opens_in,
    three_weeks_left,
)
from bot.domain.deliveries import DeliveryKind, PostOccurrence
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Defaults
from bot.i18n import words_for
from bot.services.announcements import posts
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, ToChannel, ToPerson
from bot.services.deliveries.rendered import Deferred, Edit, OutgoingMessage, PostText, Rendered, Skipped
from bot.services.offerings import timetable
from bot.services.offerings.catalogue import load_all_offerings, load_offering_by_id, state_of
from bot.views.announcements import posts as view
from bot.views.bilingual import Both
from bot.views.blocks import Message
from storage import announcements as announcement_rows
from storage.announcements import FOLLOWED, AnnouncementRow, PostRow
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx

MOST_INSTEAD = 3


class _Place(Struct, frozen=True):
    """What differs between the posts of one announcement; a post not stored yet has no id."""

    language: str
    reason: PostReason = PostReason.ANNOUNCE
    version: int | None = None
    post_id: int = 0

    @classmethod
    def of(cls, post: PostRow) -> Self:
        return cls(post.language, PostReason(post.reason), post.version, post.id)


class PostRenderer(Struct, frozen=True):
    """Renders announcements for channels."""

    defaults: Defaults

    def render(self, tx: Tx, due: ToChannel) -> Rendered:
        """The text of the post or of its edit, or the reason for skipping it."""
        delivery, now = due.delivery, due.now
        post = announcement_rows.get_post(tx, PostOccurrence.parse(delivery.occurrence).post_id)
        if post is None:
            return Skipped("gone")
        announcement = announcement_rows.get_announcement(tx, post.announcement_id)
        assert announcement is not None
        if delivery.kind == DeliveryKind.ANNOUNCEMENT:
            return self._new(tx, announcement, post, now)
        if post.state not in FOLLOWED or post.ts is None:
            return Skipped(f"post_{post.state}")
        message = self.message(tx, announcement, post, now)
        return Edit(post.channel, post.ts, message, PostText(_name_of(message), post.stands))

    def _new(self, tx: Tx, announcement: AnnouncementRow, post: PostRow, now: datetime) -> Rendered:
        if post.state != PostState.PLANNED:
            return Skipped("posted_already")
        if announcement.state == AnnouncementState.WITHDRAWN:
            return Skipped("withdrawn")
        offering = self._offering_of(tx, announcement)
        untrue = _why_untrue(tx, offering, PostReason(post.reason), now) if offering is not None else None
        if offering is None and self._month(tx, announcement, now).is_over:
            untrue = Skipped("month_over")
        if untrue is not None:
            return untrue
        if offering is not None and post.reason in SERIES:
            opens_at = WORK_CALENDAR.next_working_moment(now, offering.timezone)
            if opens_at > now:  # the delivery was due earlier, but Kaiku was not running
                return Deferred(opens_at, "quiet_time")
        version = offering.timetable_version if offering is not None else None
        message = self.message(tx, announcement, post, now)
        return OutgoingMessage(message, post=PostText(_name_of(message), version=version))

    def message(self, tx: Tx, announcement: AnnouncementRow, post: PostRow, now: datetime) -> Message:
        """The post as it should read at ``now``."""
        if announcement.state == AnnouncementState.WITHDRAWN:
            offering = self._offering_of(tx, announcement)
            return view.withdrawn(offering.title if offering is not None else None, self.both(post.language))
        return self._render(tx, announcement, _Place.of(post), now)

    def trouble(self, tx: Tx, due: ToPerson) -> Rendered:
        """Tell the author of a post that it was not posted or can't be updated."""
        post = announcement_rows.get_post(tx, int(due.delivery.subject))
        if post is None or post.trouble is None:
            return Skipped("mended_meanwhile")
        announcement = announcement_rows.get_announcement(tx, post.announcement_id)
        assert announcement is not None
        offering = self._offering_of(tx, announcement)
        title = offering.title if offering is not None else None
        return OutgoingMessage(
            view.trouble(title, post.channel, PostState(post.state), post.trouble, due.words)
        )

    def preview(self, tx: Tx, announcement: AnnouncementRow, language: str, now: datetime) -> Message:
        """The post as a channel of that language will show it: with the seats left now, and sign-up as at
        posting.
        """
        return self._render(tx, announcement, _Place(language), max(announcement.at or now, now))

    def _render(self, tx: Tx, announcement: AnnouncementRow, place: _Place, now: datetime) -> Message:
        """Render previews and posts alike."""
        both, offering = self.both(place.language), self._offering_of(tx, announcement)
        if offering is None:
            return view.digest(self._month(tx, announcement, now), both, place.post_id)
        told = tell(tx, offering, place.reason, announcement.sentence, place.version, now)
        return view.announcement(told, both, place.post_id)

    def both(self, language: str) -> Both:
        """The texts of two languages, this one first."""
        other = "sv" if language == "fi" else "fi"
        zone = self.defaults.timezone
        return Both(words_for(language, zone), words_for(other, zone))

    def _offering_of(self, tx: Tx, announcement: AnnouncementRow) -> Offering | None:
        if announcement.offering_id is None:
            return None
        return load_offering_by_id(tx, announcement.offering_id)

    def _month(self, tx: Tx, announcement: AnnouncementRow, now: datetime) -> ToldOfMonth:
        assert announcement.month is not None
        return tell_month(tx, announcement.sentence, announcement.month, self.defaults.timezone, now)


def tell(
    tx: Tx, offering: Offering, reason: PostReason, sentence: Texts, version: int | None, now: datetime
) -> Told:
    """The content of a post about an offering now. ``version`` is the timetable that the post
    first showed."""
    seats_left = _seats_left(tx, offering)
    face = face_of(state_of(offering, now), seats_left)
    told = timetable.told_sessions(tx, offering.id, version, offering.timezone) if version is not None else ()
    instead = _open_alternatives(tx, offering, now) if face is Face.CANCELLED else ()
    return Told(offering, face, seats_left, reason, sentence, told, instead)


def tell_month(tx: Tx, sentence: Texts, month: date, timezone: str, now: datetime) -> ToldOfMonth:
    """The offerings that open in that month, each with its current state."""
    openings = []
    for offering in load_all_offerings(tx):
        if opens_in(offering, month):
            seats_left = _seats_left(tx, offering)
            openings.append(Opening(offering, face_of(state_of(offering, now), seats_left), seats_left))
    return ToldOfMonth(month, sentence, openings, is_over=month_of(now, timezone) > month)


def _seats_left(tx: Tx, offering: Offering) -> int:
    held, _ = offering_rows.count_held_and_waiting(tx, [offering.id]).get(offering.id, (0, 0))
    return max(offering.limits.capacity - held, 0)


def _open_alternatives(tx: Tx, cancelled: Offering, now: datetime) -> list[Offering]:
    """Open offerings to list in a cancelled one's post, those of its own strand first; none once it would be
    over.
    """
    if all(session.ends_at <= now for session in cancelled.sessions):
        return []
    found = [
        each
        for each in load_all_offerings(tx)
        if each.id != cancelled.id and state_of(each, now) is SignUpState.OPEN
    ]
    found.sort(key=lambda each: each.strand_number != cancelled.strand_number)
    return found[:MOST_INSTEAD]


def _why_untrue(tx: Tx, offering: Offering, reason: PostReason, now: datetime) -> Skipped | None:
    """The reason for skipping a post that would be wrong now; None if there is none."""
    state = state_of(offering, now)
    if state not in {SignUpState.OPEN, SignUpState.NOT_YET}:
        return Skipped(f"sign_up_{state}")
    match reason:
        case PostReason.LAST_SEATS:
            few = are_last_seats(_seats_left(tx, offering), offering.limits.capacity)
            return None if state is SignUpState.OPEN and few else posts.NOT_TRUE_YET
        case PostReason.THREE_WEEKS_LEFT:
            found = three_weeks_left(offering, WORK_CALENDAR)
            if found is None or not found[0] <= now <= found[1] or _seats_left(tx, offering) == 0:
                return Skipped("no_longer_true")
    return None


def _name_of(message: Message) -> str:
    """A digest that identifies a message's content."""
    written = json.dumps([message.text, list(message.blocks)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def declare(defaults: Defaults) -> list[MessageKind]:
    """Posts, their edits, and the message to the author about a post that failed."""
    renderer = PostRenderer(defaults)
    return [
        MessageKind(
            DeliveryKind.ANNOUNCEMENT,
            Method.POST,
            urgency=8,
            about="an offering, or a digest's month; one for each post",
            helps_until="it is no longer true",
            to_channel=renderer.render,
            after=posts.note_outcome,
            at_most_once=True,
        ),
        MessageKind(
            DeliveryKind.POST_EDIT,
            Method.UPDATE,
            urgency=1,
            about="the same; one for each post, and one for when it becomes untrue by itself",
            helps_until="always",
            to_channel=renderer.render,
            after=posts.note_outcome,
        ),
        MessageKind(
            DeliveryKind.POST_TROUBLE,
            Method.POST,
            urgency=9,
            about="the id of the post",
            helps_until="always",
            to_person=renderer.trouble,
        ),
    ]
