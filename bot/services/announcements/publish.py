"""Facilitators' acts on announcements: draft, publish, list, edit, withdraw.

The role is checked in every function; a refusal is logged.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.announcements import (
    Announcement,
    AnnouncementState,
    Click,
    Post,
    PostReason,
    PostState,
    month_of,
    opens_in,
)
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering
from bot.services.acts import note_act
from bot.services.announcements import posts
from bot.services.announcements.rendering import PostRenderer
from bot.services.offerings.catalogue import load_all_offerings, load_offering, load_offering_by_id, state_of
from bot.services.offerings.facilitators import Actor
from bot.views.blocks import Message
from storage import announcements as rows
from storage import people as person_rows
from storage.announcements import AnnouncementRow, PostRow
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx

log = logging.getLogger(__name__)

DIGEST = "digest"
DIGEST_WORDS = frozenset({"digest", "kooste", "sammandrag"})
ANNOUNCEABLE = frozenset({SignUpState.OPEN, SignUpState.NOT_YET})
DRAFTS_KEPT = timedelta(days=7)
NEVER_POSTED = frozenset({PostState.SKIPPED, PostState.FAILED})


class Wanted(Struct, frozen=True):
    """A filled-in form: channels with the language that comes first in each, a sentence in two languages,
    later posts, and the time (None: at once)."""

    channels: Mapping[str, str]
    sentence: Texts
    series: Sequence[PostReason]
    at: datetime | None


class Draft(Struct, frozen=True):
    """A draft with its offering; ``previews`` are by the language that comes first."""

    announcement: Announcement
    offering: Offering | None
    previews: Mapping[str, Message]


class AnnouncementStatus(Struct, frozen=True):
    """A published announcement with its offering and its posts."""

    announcement: Announcement
    offering: Offering | None
    posts: Sequence[Post]


class Overview(Struct, frozen=True):
    """What a person may announce, and the announcements they manage."""

    offerings: Sequence[Offering]
    may_digest: bool
    standing: Sequence[AnnouncementStatus]
    drafts: Sequence[AnnouncementStatus] = ()


def list_mine(tx: Tx, actor: Actor, now: datetime) -> Overview:
    """What this person may announce now, and the announcements they manage."""
    every = load_all_offerings(tx)
    led = {offering.id: offering for offering in every if actor.may_facilitate(offering)}
    if not led and actor.person.id not in actor.coordinators:
        raise _refused(KaikuError(Refusal.NOTHING_TO_ANNOUNCE), actor, "list")
    found = []
    for row in rows.list_published(tx):
        if row.offering_id is None or row.offering_id in led:
            found.append(_status(tx, row))
    open_now = [each for each in led.values() if each.sessions and state_of(each, now) in ANNOUNCEABLE]
    drafts = [_status(tx, row) for row in rows.list_drafts(tx, actor.person.id)]
    return Overview(open_now, may_digest=True, standing=found, drafts=drafts)


def load_subject(tx: Tx, actor: Actor, about: str, timezone: str, now: datetime) -> Offering | None:
    """The offering to announce; None for the digest. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ANNOUNCE, ANNOUNCED_TOO_LATE, ANNOUNCED_TOO_EARLY, NOT_YOUR_DIGEST, NOTHING_OPENS."""
    if about in DIGEST_WORDS:
        _require_digest(tx, actor)
        if not any(opens_in(each, month_of(now, timezone)) for each in load_all_offerings(tx)):
            raise KaikuError(Refusal.NOTHING_OPENS)
        return None
    offering = load_offering(tx, about)
    _require_facilitator(offering, actor, "announce")
    if state_of(offering, now) not in ANNOUNCEABLE:
        raise KaikuError(Refusal.ANNOUNCED_TOO_LATE, offering=offering)
    if not offering.sessions:
        raise KaikuError(Refusal.ANNOUNCED_TOO_EARLY, offering=offering)
    return offering


def load_draft(tx: Tx, actor: Actor, draft_id: int) -> Announcement | None:
    """The draft; None if it has been published or deleted."""
    row = rows.get_announcement(tx, draft_id)
    if row is None or row.state != AnnouncementState.DRAFT:
        return None
    _require(tx, row, actor, "draft")
    return _to_announcement(tx, row)


def save_draft(
    tx: Tx,
    actor: Actor,
    about: str,
    wanted: Wanted,
    renderer: PostRenderer,
    now: datetime,
    *,
    draft_id: int | None = None,
    form_key: str | None = None,
) -> Draft:
    """Save the form as a draft and preview it. Submitted again, the form named ``form_key`` changes the draft
    that it made before.

    Raises KaikuError: ALREADY_ANNOUNCED, which names the channel that already has such a post,
    UNKNOWN_OFFERING, NOT_YOURS_TO_ANNOUNCE, ANNOUNCED_TOO_LATE, NOT_YOUR_DIGEST, NOTHING_OPENS.
    """
    zone = renderer.defaults.timezone
    offering = load_subject(tx, actor, about, zone, now)
    month = None if offering is not None else month_of(now, zone)
    _require_new(tx, offering, month, wanted.channels)
    rows.delete_old_drafts(tx, actor.person.id, now - DRAFTS_KEPT)
    values = {
        "offering_id": offering.id if offering is not None else None,
        "month": month,
        "author": actor.person.id,
        "sentence": dict(wanted.sentence),
        "channels": dict(wanted.channels),
        "series": [each.value for each in wanted.series] if offering is not None else [],
        "at": wanted.at,
        "state": AnnouncementState.DRAFT.value,
        "made_at": now,
    }
    if form_key is not None:
        person_rows.lock_person(tx, actor.person.id)  # the same form may be on its way to another instance
        values["form_key"] = form_key
        draft_id = rows.find_by_form(tx, actor.person.id, form_key)
    row = rows.get_announcement(tx, draft_id, lock=True) if draft_id is not None else None
    if row is not None and row.state == AnnouncementState.DRAFT and row.author == actor.person.id:
        row = rows.update_announcement(tx, row.id, **values)
    elif row is not None and form_key is not None:  # it has been published since
        raise KaikuError(Refusal.ANNOUNCEMENT_GONE)
    else:
        row = rows.add_announcement(tx, values)
    languages = sorted(set(wanted.channels.values()))
    previews = {language: renderer.preview(tx, row, language, now) for language in languages}
    return Draft(_to_announcement(tx, row), offering, previews)


def throw_away(tx: Tx, actor: Actor, draft_id: int) -> None:
    """Delete one's own draft. Does nothing if it is gone already."""
    rows.delete_draft(tx, actor.person.id, draft_id)


def publish(tx: Tx, actor: Actor, draft_id: int, now: Now) -> AnnouncementStatus:
    """Plan the posts of a draft. Idempotent. Raises KaikuError: ANNOUNCEMENT_GONE, ALREADY_ANNOUNCED,
    ANNOUNCED_TOO_LATE, NOT_YOURS_TO_ANNOUNCE, NOT_YOUR_DIGEST."""
    row = rows.get_announcement(tx, draft_id, lock=True)
    if row is None:
        raise _refused(KaikuError(Refusal.ANNOUNCEMENT_GONE), actor, "publish", draft_id)
    offering = _require(tx, row, actor, "publish")
    if row.state == AnnouncementState.WITHDRAWN:
        raise KaikuError(Refusal.ANNOUNCEMENT_GONE)
    if row.state == AnnouncementState.PUBLISHED:
        return _status(tx, row)
    if offering is not None:
        offering_rows.lock_offering_by_id(tx, offering.id)
    now = read(now)
    if offering is not None and state_of(offering, now) not in ANNOUNCEABLE:
        raise KaikuError(Refusal.ANNOUNCED_TOO_LATE, offering=offering)
    _require_new(tx, offering, row.month, row.channels)
    first_at = max(row.at or now, now)
    row = rows.update_announcement(tx, row.id, state=AnnouncementState.PUBLISHED, at=first_at)
    reasons = [
        PostReason.ANNOUNCE if offering is not None else PostReason.DIGEST,
        *map(PostReason, row.series),
    ]
    subject = rows.subject_of(offering.code if offering is not None else None, row.month)
    for channel, language in row.channels.items():
        for reason in reasons:
            post = _new_post(tx, row, subject, channel, reason, language=language)
            if post is not None:
                posts.plan_post(tx, post, offering, first_at, now)
    log.info(
        "announcement %s published",
        row.id,
        extra={"action": "announcement_published", "user": actor.person.id},
    )
    _note_in_log(tx, ActKind.POSTED_ANNOUNCEMENT, actor, row, now)
    return _status(tx, row)


def load_published(tx: Tx, actor: Actor, announcement_id: int, act: str) -> AnnouncementStatus:
    """A published announcement, if this person may do ``act`` (edit or withdraw). Raises KaikuError:
    ANNOUNCEMENT_GONE, NOT_YOURS_TO_ANNOUNCE, NOT_YOUR_DIGEST."""
    return _status(tx, _load(tx, actor, announcement_id, act, lock=False))


def edit_sentence(
    tx: Tx, actor: Actor, announcement_id: int, sentence: Texts, now: datetime
) -> AnnouncementStatus:
    """Change the sentence in every channel. Raises KaikuError: ANNOUNCEMENT_GONE, NOT_YOURS_TO_ANNOUNCE,
    NOT_YOUR_DIGEST."""
    row = _load(tx, actor, announcement_id, "edit", lock=True)
    if dict(sentence) != dict(row.sentence):
        row = rows.update_announcement(tx, row.id, sentence=dict(sentence))
        posts.announcement_changed(tx, row.id, now)
        _note_in_log(tx, ActKind.CHANGED_ANNOUNCEMENT, actor, row, now)
    return _status(tx, row)


def withdraw(tx: Tx, actor: Actor, announcement_id: int, now: datetime) -> AnnouncementStatus:
    """Withdraw an announcement from every channel; posts still planned are skipped. Raises KaikuError:
    ANNOUNCEMENT_GONE, NOT_YOURS_TO_ANNOUNCE, NOT_YOUR_DIGEST."""
    row = _load(tx, actor, announcement_id, "withdraw", lock=True)
    row = rows.update_announcement(tx, row.id, state=AnnouncementState.WITHDRAWN)
    for post in rows.list_posts(tx, row.id):
        if post.state == PostState.PLANNED:
            posts.look_soon(tx, post, now)
    posts.announcement_changed(tx, row.id, now)
    log.info(
        "announcement %s withdrawn",
        row.id,
        extra={"action": "announcement_withdrawn", "user": actor.person.id},
    )
    _note_in_log(tx, ActKind.WITHDREW_ANNOUNCEMENT, actor, row, now)
    return _status(tx, row)


# -- what anybody may do under a post -------------------------------------------------------------------


def count_click(tx: Tx, post_id: int, what: Click, now: datetime) -> None:
    """Count a click under a post or a sign-up from it, never who it was. An unknown post (a forged payload)
    is ignored."""
    if rows.get_post(tx, post_id) is not None:
        rows.add_click(tx, post_id, what, now)


# -- inside -----------------------------------------------------------------------------------------------


def _new_post(
    tx: Tx, row: AnnouncementRow, subject: str, channel: str, reason: PostReason, *, language: str
) -> PostRow | None:
    """Add a planned post; None if the channel already has one for this reason from an earlier
    announcement."""
    there = rows.find_post(tx, channel, subject, reason)
    if there is not None:
        if there.state not in NEVER_POSTED:
            return None
        rows.delete_post(tx, there.id)
    values = {
        "announcement_id": row.id,
        "offering_id": row.offering_id,
        "subject": subject,
        "channel": channel,
        "language": language,
        "reason": reason.value,
        "state": PostState.PLANNED.value,
    }
    return rows.add_post(tx, values)


def _require_new(tx: Tx, offering: Offering | None, month: date | None, channels: Mapping[str, str]) -> None:
    """Raise KaikuError if a channel already has such a post for the same reason: ALREADY_ANNOUNCED."""
    subject = rows.subject_of(offering.code if offering is not None else None, month)
    reason = PostReason.ANNOUNCE if offering is not None else PostReason.DIGEST
    for channel in channels:
        there = rows.find_post(tx, channel, subject, reason)
        if there is not None and there.state not in NEVER_POSTED:
            raise KaikuError(Refusal.ALREADY_ANNOUNCED, channel=channel)


def _load(tx: Tx, actor: Actor, announcement_id: int, act: str, *, lock: bool) -> AnnouncementRow:
    row = rows.get_announcement(tx, announcement_id, lock=lock)
    if row is None:
        raise _refused(KaikuError(Refusal.ANNOUNCEMENT_GONE), actor, act, announcement_id)
    _require(tx, row, actor, act)
    if row.state != AnnouncementState.PUBLISHED:
        raise KaikuError(Refusal.ANNOUNCEMENT_GONE)
    return row


def _require(tx: Tx, row: AnnouncementRow, actor: Actor, act: str) -> Offering | None:
    """The offering of the announcement, if this person may act for it. Raises KaikuError:
    NOT_YOURS_TO_ANNOUNCE, NOT_YOUR_DIGEST."""
    if row.offering_id is None:
        _require_digest(tx, actor)
        return None
    offering = load_offering_by_id(tx, row.offering_id)
    _require_facilitator(offering, actor, act)
    return offering


def _require_facilitator(offering: Offering, actor: Actor, act: str) -> None:
    if not actor.may_facilitate(offering):
        raise _refused(
            KaikuError(Refusal.NOT_YOURS_TO_ANNOUNCE, offering=offering), actor, act, offering.code
        )


def _require_digest(tx: Tx, actor: Actor) -> None:
    if actor.person.id in actor.coordinators:
        return
    if not any(actor.may_facilitate(offering) for offering in load_all_offerings(tx)):
        raise _refused(KaikuError(Refusal.NOT_YOUR_DIGEST), actor, DIGEST)


def _refused(error: KaikuError, actor: Actor, act: str, about: object = "") -> KaikuError:
    return actor.refused(error, f"announcement_{act}", about)


def _note_in_log(tx: Tx, kind: ActKind, actor: Actor, row: AnnouncementRow, now: datetime) -> None:
    code = load_offering_by_id(tx, row.offering_id).code if row.offering_id is not None else None
    note_act(tx, kind, actor=actor.person.id, offering=code, now=now)


def _status(tx: Tx, row: AnnouncementRow) -> AnnouncementStatus:
    found = rows.list_posts(tx, row.id)
    counts = rows.count_clicks(tx, [post.id for post in found])
    offering = load_offering_by_id(tx, row.offering_id) if row.offering_id is not None else None
    return AnnouncementStatus(
        _to_announcement(tx, row),
        offering,
        [
            Post(
                post.id,
                post.channel,
                post.language,
                PostReason(post.reason),
                PostState(post.state),
                post.posted_at,
                post.trouble,
                {click: counts.get(post.id, {}).get(click, 0) for click in Click},
            )
            for post in found
        ],
    )


def _to_announcement(tx: Tx, row: AnnouncementRow) -> Announcement:
    code = load_offering_by_id(tx, row.offering_id).code if row.offering_id is not None else None
    return Announcement(
        row.id,
        code,
        row.month,
        row.author,
        row.sentence,
        row.channels,
        [PostReason(each) for each in row.series],
        row.at,
        AnnouncementState(row.state),
    )
