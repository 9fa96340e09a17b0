"""Queries about announcements and their posts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from storage.offerings.catalogue import is_called_off
from storage.statements import execute, fetch, fetch_one, literals
from storage.tables import Announcement, AnnouncementClick, AnnouncementPost, Offering
from storage.transaction import Tx

FOLLOWED = ("standing", "unreachable")
"""States of posts that are in Slack, as far as known, and must be kept up to date."""


class AnnouncementRow(NamedTuple):
    """See ``storage.tables.Announcement``."""

    id: int
    offering_id: int | None
    month: date | None
    author: str
    sentence: dict[str, str]
    channels: dict[str, str]
    series: list[str]
    at: datetime | None
    state: str


class PostRow(NamedTuple):
    """See ``storage.tables.AnnouncementPost``."""

    id: int
    announcement_id: int
    offering_id: int | None
    subject: str
    channel: str
    language: str
    reason: str
    state: str
    ts: str | None
    version: int | None
    stands: str | None
    posted_at: datetime | None
    trouble: str | None


class FollowedPost(NamedTuple):
    """The columns of a post that are needed to plan something for it."""

    id: int
    channel: str
    subject: str
    reason: str
    state: str
    offering_id: int | None  # of a digest: none


_is_followed = AnnouncementPost.c.state.in_(literals(FOLLOWED))
_waits_for_seats = (AnnouncementPost.c.state == "planned") & (AnnouncementPost.c.reason == "last_seats")
_followed = select(*AnnouncementPost.c[FollowedPost._fields])
_is_digest = AnnouncementPost.c.reason == "digest"
_about_them = AnnouncementPost.c.offering_id.in_(bindparam("ids", expanding=True))
_list_following = _followed.where(
    or_(and_(_about_them, or_(_is_followed, _waits_for_seats)), and_(_is_digest, _is_followed))
).order_by(AnnouncementPost.c.id)
_list_of_cancelled = (
    _followed.join(Offering, Offering.c.id == AnnouncementPost.c.offering_id)
    .where(is_called_off, _is_followed)
    .order_by(AnnouncementPost.c.id)
)
_list_announced = select(AnnouncementPost.c.offering_id).where(_about_them).distinct()
_announcement_columns = Announcement.c[AnnouncementRow._fields]
_announcements = select(*_announcement_columns)
_get_announcement = _announcements.where(Announcement.c.id == bindparam("id"))
_get_announcement_locked = _get_announcement.with_for_update()
_find_by_form = select(Announcement.c.id).where(
    Announcement.c.author == bindparam("author"), Announcement.c.form_key == bindparam("form_key")
)
_is_draft_of = and_(Announcement.c.author == bindparam("author"), Announcement.c.state == "draft")
_list_drafts = _announcements.where(_is_draft_of).order_by(Announcement.c.id.desc())
_list_published = _announcements.where(Announcement.c.state != "draft").order_by(Announcement.c.id.desc())
_delete_draft = delete(Announcement).where(Announcement.c.id == bindparam("id"), _is_draft_of)
_delete_old_drafts = delete(Announcement).where(_is_draft_of, Announcement.c.made_at < bindparam("before"))
_post_columns = AnnouncementPost.c[PostRow._fields]
_posts = select(*_post_columns)
_get_post = _posts.where(AnnouncementPost.c.id == bindparam("id"))
_find_post = _posts.where(
    AnnouncementPost.c.channel == bindparam("channel"),
    AnnouncementPost.c.subject == bindparam("subject"),
    AnnouncementPost.c.reason == bindparam("reason"),
)
_list_posts = _posts.where(AnnouncementPost.c.announcement_id == bindparam("announcement_id")).order_by(
    AnnouncementPost.c.id
)
_first_at = func.coalesce(Announcement.c.at, Announcement.c.made_at)
_get_first_at = (
    select(_first_at)
    .join(AnnouncementPost, AnnouncementPost.c.announcement_id == Announcement.c.id)
    .where(AnnouncementPost.c.id == bindparam("id"))
)
_list_three_weeks_left = (
    _followed.add_columns(_first_at)
    .join(Announcement, Announcement.c.id == AnnouncementPost.c.announcement_id)
    .where(
        _about_them, AnnouncementPost.c.state == "planned", AnnouncementPost.c.reason == "three_weeks_left"
    )
    .order_by(AnnouncementPost.c.id)
)
_update_post = update(AnnouncementPost).where(AnnouncementPost.c.id == bindparam("which"))
_mark_posted = _update_post.values(
    state="standing",
    ts=bindparam("sent_as"),
    posted_at=bindparam("now"),
    version=bindparam("told"),
    stands=bindparam("says"),
)
_mark_edited = _update_post.values(state="standing", trouble=None, stands=bindparam("says"))
_mark_trouble = _update_post.values(state=bindparam("becomes"), trouble=bindparam("why"))
_delete_post = delete(AnnouncementPost).where(AnnouncementPost.c.id == bindparam("id"))
_count_clicks = (
    select(AnnouncementClick.c.post_id, AnnouncementClick.c.what, func.count())
    .where(AnnouncementClick.c.post_id.in_(bindparam("ids", expanding=True)))
    .group_by(AnnouncementClick.c.post_id, AnnouncementClick.c.what)
)
_add_click = insert(AnnouncementClick)


def list_following(tx: Tx, offering_ids: Collection[int]) -> Sequence[FollowedPost]:
    """Posts that may show these offerings' seats and must be kept up to date, and those still waiting for the
    last seats. Always in the same order, because the caller locks rows that other transactions may want.
    """
    return fetch(tx, _list_following, FollowedPost, ids=list(offering_ids))


def list_about_cancelled(tx: Tx) -> Sequence[FollowedPost]:
    """Standing posts about cancelled offerings, which name other offerings."""
    return fetch(tx, _list_of_cancelled, FollowedPost)


def list_announced(tx: Tx, offering_ids: Collection[int]) -> set[int]:
    """Those of these offerings that have ever been announced."""
    return set(fetch(tx, _list_announced, int, ids=list(offering_ids)))


def add_announcement(tx: Tx, values: Mapping[str, Any]) -> AnnouncementRow:
    new = insert(Announcement).values(values).returning(*_announcement_columns)
    return AnnouncementRow(*execute(tx, new).one())


def update_announcement(
    tx: Tx,
    announcement_id: int,
    **values: Any,  # noqa: ANN401 - the table's columns
) -> AnnouncementRow:
    """Set these columns and return the announcement as it is now."""
    changed = update(Announcement).where(Announcement.c.id == announcement_id).values(**values)
    return AnnouncementRow(*execute(tx, changed.returning(*_announcement_columns)).one())


def delete_old_drafts(tx: Tx, author: str, before: datetime) -> None:
    """Delete the author's unpublished drafts made before that time."""
    execute(tx, _delete_old_drafts, author=author, before=before)


def get_announcement(tx: Tx, announcement_id: int, *, lock: bool = False) -> AnnouncementRow | None:
    """The announcement; with ``lock``, locked until the commit."""
    get = _get_announcement_locked if lock else _get_announcement
    return fetch_one(tx, get, AnnouncementRow, id=announcement_id)


def find_by_form(tx: Tx, author: str, form_key: str) -> int | None:
    """The id of the announcement that came from this form."""
    return fetch_one(tx, _find_by_form, int, author=author, form_key=form_key)


def list_drafts(tx: Tx, author: str) -> Sequence[AnnouncementRow]:
    """This person's drafts, newest first."""
    return fetch(tx, _list_drafts, AnnouncementRow, author=author)


def delete_draft(tx: Tx, author: str, announcement_id: int) -> None:
    """Delete this person's draft. Does nothing if it is gone already."""
    execute(tx, _delete_draft, author=author, id=announcement_id)


def list_published(tx: Tx) -> Sequence[AnnouncementRow]:
    """Published announcements, including withdrawn ones, newest first."""
    return fetch(tx, _list_published, AnnouncementRow)


def add_post(tx: Tx, values: Mapping[str, Any]) -> PostRow:
    new = insert(AnnouncementPost).values(values).returning(*_post_columns)
    return PostRow(*execute(tx, new).one())


def get_post(tx: Tx, post_id: int) -> PostRow | None:
    return fetch_one(tx, _get_post, PostRow, id=post_id)


def find_post(tx: Tx, channel: str, subject: str, reason: str) -> PostRow | None:
    """The one post of this subject that this channel may have for this reason."""
    return fetch_one(tx, _find_post, PostRow, channel=channel, subject=subject, reason=reason)


def list_posts(tx: Tx, announcement_id: int) -> Sequence[PostRow]:
    return fetch(tx, _list_posts, PostRow, announcement_id=announcement_id)


def list_three_weeks_left(tx: Tx, offering_ids: Collection[int]) -> list[tuple[FollowedPost, datetime]]:
    """Planned "three weeks left" posts about these offerings, each with the time of its announcement's first
    posts.
    """
    rows = execute(tx, _list_three_weeks_left, ids=list(offering_ids))
    return [(FollowedPost(*post), first_at) for *post, first_at in rows]


def get_first_at(tx: Tx, post_id: int) -> datetime:
    """The time of the first posts of this post's announcement."""
    first_at: datetime = execute(tx, _get_first_at, id=post_id).scalar_one()
    return first_at


def mark_posted(
    tx: Tx, post_id: int, ts: str, now: datetime, *, version: int | None, stands: str | None
) -> None:
    """Record that the post is in Slack."""
    execute(tx, _mark_posted, which=post_id, sent_as=ts, now=now, told=version, says=stands)


def mark_edited(tx: Tx, post_id: int, stands: str | None) -> None:
    """Record that the post in Slack is up to date."""
    execute(tx, _mark_edited, which=post_id, says=stands)


def mark_trouble(tx: Tx, post_id: int, state: str, trouble: str) -> None:
    """Record that the post is not in Slack, or can't be kept up to date there."""
    execute(tx, _mark_trouble, which=post_id, becomes=state, why=trouble)


def delete_post(tx: Tx, post_id: int) -> None:
    execute(tx, _delete_post, id=post_id)


def add_click(tx: Tx, post_id: int, what: str, now: datetime) -> None:
    execute(tx, _add_click, post_id=post_id, what=what, at=now)


def count_clicks(tx: Tx, post_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """The number of clicks under each of these posts, by what was clicked."""
    counts: dict[int, dict[str, int]] = {}
    for post_id, what, number in execute(tx, _count_clicks, ids=list(post_ids)):
        counts.setdefault(post_id, {})[what] = number
    return counts


def subject_of(code: str | None, month: date | None) -> str:
    """The subject of a post: an offering's code, or ``digest:2019-03``."""
    return code if code is not None else f"digest:{month:%Y-%m}"
