"""Keeps posts in channels up to date: which edits and posts follow from a change, and recording
the outcome."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import TypeAlias

from bot.domain.announcements import (
    APART,
    CHANNEL_CLOSED,
    MESSAGE_GONE,
    PostReason,
    PostState,
    next_month,
    next_turn,
    three_weeks_left,
)
from bot.domain.calendars.wall_time import to_instant
from bot.domain.deliveries import DeliveryKind, PostOccurrence
from bot.domain.offerings.offering import Offering
from bot.domain.sending.outcomes import Refused, Sent, Unknown
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import Settled
from bot.services.deliveries.rendered import STANDS_ALREADY, Edit, OutgoingMessage, Skipped
from bot.services.offerings.catalogue import load_all_offerings, load_offering_by_id
from storage import announcements as announcement_rows
from storage import deliveries as delivery_rows
from storage import people as person_rows
from storage.announcements import FOLLOWED, AnnouncementRow, FollowedPost, PostRow
from storage.transaction import Tx

GATHERING = timedelta(seconds=4)
"""Changes within this time become one edit: many sign-ups must not use up Slack's rate limit."""

AnyPost: TypeAlias = PostRow | FollowedPost

NOT_TRUE_YET = Skipped("not_true_yet")
"""More seats are left than count as the last, or none are. The post is planned again when seats change."""


def seats_changed(tx: Tx, offering_ids: Collection[int], now: datetime) -> None:
    """Plan an edit of the posts that show these offerings' seats. The caller holds their locks."""
    for post in announcement_rows.list_following(tx, offering_ids):
        if post.state in FOLLOWED:
            _owe_edit(tx, post, now)
        elif post.offering_id is not None:
            offering = load_offering_by_id(tx, post.offering_id)
            plan_last_seats(tx, post, offering, announcement_rows.get_first_at(tx, post.id), now)


def plan_changed(tx: Tx, offering_ids: Collection[int], now: datetime) -> None:
    """Plan edits after a change of the plan: of posts about these offerings, and of posts that list them
    among others.
    """
    seats_changed(tx, offering_ids, now)
    for post, first_at in announcement_rows.list_three_weeks_left(tx, offering_ids):
        assert post.offering_id is not None
        plan_three_weeks_left(tx, post, load_offering_by_id(tx, post.offering_id), first_at, now)
    for each in announcement_rows.list_about_cancelled(tx):
        _owe_edit(tx, each, now)


def announcement_changed(tx: Tx, announcement_id: int, now: datetime) -> None:
    """Plan edits after an announcement's sentence changed or it was withdrawn."""
    for post in announcement_rows.list_posts(tx, announcement_id):
        if post.state in FOLLOWED:
            _owe_edit(tx, post, now)


def plan_post(tx: Tx, post: PostRow, offering: Offering | None, first_at: datetime, now: datetime) -> None:
    """Plan a post for a channel: the first at the time its author chose, later ones when their condition
    holds.
    """
    match PostReason(post.reason):
        case PostReason.LAST_SEATS if offering is not None:
            plan_last_seats(tx, post, offering, first_at, now)
        case PostReason.THREE_WEEKS_LEFT if offering is not None:
            plan_three_weeks_left(tx, post, offering, first_at, now)
        case _:
            _owe_post(tx, post, first_at, now)


def look_soon(tx: Tx, post: PostRow, now: datetime) -> None:
    """Make a planned post due now. If it was withdrawn it is skipped; if an earlier attempt reached Slack, it
    is found there and edited.
    """
    _owe_post(tx, post, now, now)


def plan_last_seats(tx: Tx, post: AnyPost, offering: Offering, first_at: datetime, now: datetime) -> None:
    """Plan the post about the last seats for the next working hour if few are left then, and not within a
    week of the first post."""
    earliest = max(now + GATHERING, first_at + APART)
    _owe_post(tx, post, WORK_CALENDAR.next_working_moment(earliest, offering.timezone), now)


def plan_three_weeks_left(
    tx: Tx, post: AnyPost, offering: Offering, first_at: datetime, now: datetime
) -> None:
    """Plan the post "three weeks left" if there is still time for it, and not within a week of the first
    post."""
    found = three_weeks_left(offering, WORK_CALENDAR)
    if found is None or found[1] <= now or found[0] < first_at + APART:
        delivery_rows.cancel_planned(
            tx, kind=DeliveryKind.ANNOUNCEMENT, recipient=post.channel, subject=post.subject,
            occurrence=str(post.id), reason="no_longer_due",
        )  # fmt: skip
        return
    delivery_rows.renew_delivery(
        tx, kind=DeliveryKind.ANNOUNCEMENT, recipient=post.channel, subject=post.subject,
        occurrence=str(post.id), now=now, due_at=max(found[0], now),
    )  # fmt: skip


def note_outcome(tx: Tx, settled: Settled) -> None:
    """Record the outcome of a post or an edit. Only what was certainly sent is recorded as the
    post's text."""
    outcome, rendered, now = settled.outcome, settled.rendered, settled.now
    kind = DeliveryKind(settled.delivery.kind)
    text = rendered.post if isinstance(rendered, OutgoingMessage | Edit) else None
    post = announcement_rows.get_post(tx, PostOccurrence.parse(settled.delivery.occurrence).post_id)
    if post is None:
        return
    match outcome:
        case Sent() if kind is DeliveryKind.ANNOUNCEMENT:
            announcement_rows.mark_posted(
                tx,
                post.id,
                outcome.ts,
                now,
                version=text.version if text is not None else None,
                stands=text.says if text is not None and settled.is_sure else None,
            )
            _owe_edit(tx, post, now)  # changes made while it was being posted
            _owe_next_turn(tx, post, now)
        case Sent():
            announcement_rows.mark_edited(tx, post.id, text.says if text is not None else None)
            _owe_next_turn(tx, post, now)
        case Skipped() if kind is DeliveryKind.POST_EDIT:
            if outcome == STANDS_ALREADY:
                _owe_next_turn(tx, post, now)
        case Skipped(reason) if outcome != NOT_TRUE_YET and post.state == PostState.PLANNED:
            announcement_rows.mark_trouble(tx, post.id, PostState.SKIPPED, reason)
            if post.reason in {PostReason.ANNOUNCE, PostReason.DIGEST} and reason != "withdrawn":
                _tell_author(tx, post, now)
        case Refused(reason):
            _note_refusal(tx, kind, post, reason, now)
        case Unknown(reason) if kind is DeliveryKind.ANNOUNCEMENT and reason.startswith("history"):
            announcement_rows.mark_trouble(tx, post.id, PostState.FAILED, "unknown")
            _tell_author(tx, post, now)


def _note_refusal(tx: Tx, kind: DeliveryKind, post: PostRow, reason: str, now: datetime) -> None:
    if kind is DeliveryKind.ANNOUNCEMENT:
        state = PostState.FAILED
    elif reason == MESSAGE_GONE:
        state = PostState.GONE
    elif reason in CHANNEL_CLOSED:
        state = PostState.UNREACHABLE
    else:
        return  # a programming error: the delivery shows as failed, and the next change tries again
    announcement_rows.mark_trouble(tx, post.id, state, reason[:80])
    _tell_author(tx, post, now)


def _tell_author(tx: Tx, post: PostRow, now: datetime) -> None:
    """Tell the author once; if the author's account is gone, tell the offering's facilitators."""
    announcement = announcement_rows.get_announcement(tx, post.announcement_id)
    assert announcement is not None
    author = person_rows.get_person(tx, announcement.author)
    told = [announcement.author]
    if (author is None or author.deactivated) and announcement.offering_id is not None:
        told = [
            each for each in load_offering_by_id(tx, announcement.offering_id).facilitators if "@" not in each
        ]
    for user_id in told:
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.POST_TROUBLE,
            recipient=user_id,
            subject=str(post.id),
            occurrence="",
            due_at=now,
            now=now,
        )


def _owe_edit(tx: Tx, post: AnyPost, now: datetime) -> None:
    delivery_rows.owe_soon(
        tx,
        kind=DeliveryKind.POST_EDIT,
        recipient=post.channel,
        subject=post.subject,
        occurrence=str(post.id),
        due_at=now + GATHERING,
        now=now,
    )


def _owe_post(tx: Tx, post: AnyPost, at: datetime, now: datetime) -> None:
    delivery_rows.owe_soon(
        tx,
        kind=DeliveryKind.ANNOUNCEMENT,
        recipient=post.channel,
        subject=post.subject,
        occurrence=str(post.id),
        due_at=at,
        now=now,
    )


def _owe_next_turn(tx: Tx, post: PostRow, now: datetime) -> None:
    """Plan an edit for when the passing of time makes the post outdated."""
    announcement = announcement_rows.get_announcement(tx, post.announcement_id)
    assert announcement is not None
    offerings, end = _named_in(tx, announcement)
    turns = [next_turn(each, now) for each in offerings]
    turns.append(end if end is not None and end > now else None)
    due_at = min((turn for turn in turns if turn is not None), default=None)
    if due_at is not None:
        delivery_rows.renew_delivery(
            tx,
            kind=DeliveryKind.POST_EDIT,
            recipient=post.channel,
            subject=post.subject,
            occurrence=str(PostOccurrence(post.id, by_clock=True)),
            now=now,
            due_at=due_at,
        )


def _named_in(tx: Tx, announcement: AnnouncementRow) -> tuple[Sequence[Offering], datetime | None]:
    """The offerings that the announcement's posts may list, and the end of a digest's month."""
    if announcement.offering_id is not None:
        offering = load_offering_by_id(tx, announcement.offering_id)
        return (load_all_offerings(tx) if offering.cancelled else [offering]), None
    assert announcement.month is not None
    every = load_all_offerings(tx)
    zone = every[0].timezone if every else "UTC"
    return every, to_instant(next_month(announcement.month), time(0), zone)
