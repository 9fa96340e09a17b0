"""Queries about announcements and their posts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, func, insert, literal_column, or_, select

from storage.offerings.catalogue import is_called_off
from storage.statements import execute, fetch
from storage.tables import Announcement, AnnouncementClick, AnnouncementPost, Offering
from storage.transaction import Tx

FOLLOWED = ("standing", "unreachable")
"""States of posts that are in Slack, as far as known, and must be kept up to date."""


class FollowedPost(NamedTuple):
    """The columns of a post that are needed to plan something for it."""

    id: int
    channel: str
    subject: str
    reason: str
    state: str
    offering_id: int | None  # of a digest: none


_is_followed = AnnouncementPost.state.in_([literal_column(f"'{state}'") for state in FOLLOWED])
_waits_for_seats = (AnnouncementPost.state == "planned") & (AnnouncementPost.reason == "last_seats")
_followed = select(*(getattr(AnnouncementPost, name) for name in FollowedPost._fields))
_is_digest = AnnouncementPost.reason == "digest"
_about_them = AnnouncementPost.offering_id.in_(bindparam("ids", expanding=True))
_list_following = _followed.where(
    or_(and_(_about_them, or_(_is_followed, _waits_for_seats)), and_(_is_digest, _is_followed))
).order_by(AnnouncementPost.id)
_list_of_cancelled = (
    _followed.join(Offering, Offering.id == AnnouncementPost.offering_id)
    .where(is_called_off, _is_followed)
    .order_by(AnnouncementPost.id)
)


def list_following(tx: Tx, offering_ids: Collection[int]) -> Sequence[FollowedPost]:
    """Posts that may show these offerings' seats and must be kept up to date, and those that wait for their
    last seats.

    Always in the same order: the caller locks rows that other transactions may want.
    """
    return fetch(tx, _list_following, FollowedPost, ids=list(offering_ids))


def list_about_cancelled(tx: Tx) -> Sequence[FollowedPost]:
    """Standing posts about cancelled offerings, which name other offerings."""
    return fetch(tx, _list_of_cancelled, FollowedPost)


def list_announced(tx: Tx, offering_ids: Collection[int]) -> set[int]:
    """Those of these offerings that have ever been announced."""
    return set(
        tx.scalars(
            select(AnnouncementPost.offering_id)
            .where(AnnouncementPost.offering_id.in_(offering_ids))
            .distinct()
        )
    )


def add_announcement(tx: Tx, values: Mapping[str, Any]) -> Announcement:
    announcement = Announcement(**values)
    tx.add(announcement)
    tx.flush()
    return announcement


def delete_old_drafts(tx: Tx, author: str, before: datetime) -> None:
    """Delete drafts of this author from before that time that were never published."""
    tx.execute(
        delete(Announcement).where(
            Announcement.author == author, Announcement.state == "draft", Announcement.made_at < before
        )
    )


def get_announcement(tx: Tx, announcement_id: int, *, lock: bool = False) -> Announcement | None:
    """``lock``: locked until the commit."""
    return tx.get(Announcement, announcement_id, with_for_update=lock or None)


def find_by_form(tx: Tx, author: str, form_key: str) -> int | None:
    """The id of the announcement that came from this form."""
    mine = select(Announcement.id).where(Announcement.author == author, Announcement.form_key == form_key)
    return tx.scalar(mine)


def list_drafts(tx: Tx, author: str) -> Sequence[Announcement]:
    """This person's drafts, newest first."""
    mine = select(Announcement).where(Announcement.author == author, Announcement.state == "draft")
    return tx.scalars(mine.order_by(Announcement.id.desc())).all()


def delete_draft(tx: Tx, author: str, announcement_id: int) -> None:
    """Delete this person's draft; nothing else, and nothing if it is gone already."""
    tx.execute(
        delete(Announcement).where(
            Announcement.id == announcement_id,
            Announcement.author == author,
            Announcement.state == "draft",
        )
    )


def list_published(tx: Tx) -> Sequence[Announcement]:
    """Published announcements, also withdrawn ones, newest first."""
    query = select(Announcement).where(Announcement.state != "draft").order_by(Announcement.id.desc())
    return tx.scalars(query).all()


def add_post(tx: Tx, values: Mapping[str, Any]) -> AnnouncementPost:
    post = AnnouncementPost(**values)
    tx.add(post)
    tx.flush()
    return post


def get_post(tx: Tx, post_id: int) -> AnnouncementPost | None:
    return tx.get(AnnouncementPost, post_id)


def find_post(tx: Tx, channel: str, subject: str, reason: str) -> AnnouncementPost | None:
    """The one post of this subject that this channel may have for this reason."""
    return tx.scalars(
        select(AnnouncementPost).where(
            AnnouncementPost.channel == channel,
            AnnouncementPost.subject == subject,
            AnnouncementPost.reason == reason,
        )
    ).one_or_none()


def list_posts(tx: Tx, announcement_id: int) -> Sequence[AnnouncementPost]:
    query = select(AnnouncementPost).where(AnnouncementPost.announcement_id == announcement_id)
    return tx.scalars(query.order_by(AnnouncementPost.id)).all()


def list_planned_posts(tx: Tx, offering_ids: Collection[int]) -> Sequence[AnnouncementPost]:
    """Posts about these offerings that are still to come."""
    return tx.scalars(
        select(AnnouncementPost)
        .where(AnnouncementPost.offering_id.in_(offering_ids), AnnouncementPost.state == "planned")
        .order_by(AnnouncementPost.id)
    ).all()


def delete_post(tx: Tx, post: AnnouncementPost) -> None:
    tx.delete(post)
    tx.flush()


def add_click(tx: Tx, post_id: int, what: str, now: datetime) -> None:
    execute(tx, insert(AnnouncementClick), post_id=post_id, what=what, at=now)


def count_clicks(tx: Tx, post_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """The number of clicks under each of these posts, by what was clicked."""
    rows = tx.execute(
        select(AnnouncementClick.post_id, AnnouncementClick.what, func.count())
        .where(AnnouncementClick.post_id.in_(post_ids))
        .group_by(AnnouncementClick.post_id, AnnouncementClick.what)
    )
    counts: dict[int, dict[str, int]] = {}
    for post_id, what, number in rows:
        counts.setdefault(post_id, {})[what] = number
    return counts


def subject_of(code: str | None, month: date | None) -> str:
    """The subject of a post: an offering's code, or ``digest:2019-03``."""
    return code if code is not None else f"digest:{month:%Y-%m}"
