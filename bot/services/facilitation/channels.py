"""A group's own channel: a facilitator's acts on it, and the steps that bring it into step.

The role is checked in every function that a facilitator calls; a refusal is logged.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.announcements import Channel
from bot.domain.deliveries import DeliveryKind
from bot.domain.errors import KaikuError, Refusal
from bot.domain.group_channels import (
    ADDED_BY_KAIKU,
    LOST,
    MOST_NAMES,
    NEEDS_ADMIN,
    TRY_AGAIN,
    TRY_PERSON_AGAIN,
    ChannelState,
    MemberState,
    Steps,
    channel_name,
    steps_to,
)
from bot.domain.offerings.offering import Offering, is_address
from bot.domain.sending.rate_limit import backoff
from bot.services.acts import note_act
from bot.services.offerings.catalogue import load_offering_by_id
from bot.services.offerings.facilitators import Actor, load_facilitated
from storage import channels as rows
from storage import deliveries as delivery_rows
from storage.isolation import isolated
from storage.transaction import Tx

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)
"""Longer than one round of calls takes, however slow Slack is."""

STAYS_FOR: Final = timedelta(days=14)
"""How long after its last session a group's channel is kept in step."""


class ChannelStatus(Struct, frozen=True):
    """A group's channel as its desk shows it; ``state`` is None while there is none. ``wanted``: how many
    people belong there; ``added``: how many of them Kaiku added; ``refused``: the people Slack refused to
    invite.
    """

    offering: Offering
    state: ChannelState | None
    channel: str | None
    name: str
    trouble: str | None
    wanted: int
    added: int
    refused: tuple[str, ...]


class Work(Struct, frozen=True):
    """What is to be done for one channel. ``known`` are the people with a row as its members."""

    offering_id: int
    channel: str | None
    name: str
    maybe_made: bool
    steps: Steps
    known: Mapping[str, MemberState]


def load_channel(tx: Tx, actor: Actor, code: str) -> ChannelStatus:
    """The state of the group's channel. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK."""
    return _status(tx, load_facilitated(tx, actor, code, "channel_open"))


def make_channel(tx: Tx, actor: Actor, code: str, now: datetime) -> ChannelStatus:
    """Have a private channel created. Idempotent. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK."""
    offering = load_facilitated(tx, actor, code, "channel_make")
    if rows.get_channel(tx, offering.id) is None:
        author = actor.person.id
        rows.add_channel(tx, offering_id=offering.id, state=ChannelState.WANTED, author=author, made_at=now)
        note_act(tx, ActKind.CHANNEL_KEPT, actor=author, offering=code, now=now)
    return _status(tx, offering)


def adopt_channel(
    tx: Tx, actor: Actor, code: str, channel: Channel, members: Collection[str], now: datetime
) -> ChannelStatus:
    """Use an existing channel: a private one with Kaiku and this facilitator as members.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, CHANNEL_UNFIT, CHANNEL_TAKEN.
    """
    offering = load_facilitated(tx, actor, code, "channel_adopt")
    is_fit = channel.is_private and channel.is_member and not channel.is_archived
    if not is_fit or actor.person.id not in members:
        raise actor.refused(KaikuError(Refusal.CHANNEL_UNFIT), "channel_adopt", channel.id)
    other = rows.find_by_slack_id(tx, channel.id)
    if other is not None and other != offering.id:
        raise actor.refused(KaikuError(Refusal.CHANNEL_TAKEN), "channel_adopt", channel.id)
    before = rows.get_channel(tx, offering.id, lock=True)
    if before is None:
        author = actor.person.id
        rows.add_channel(
            tx,
            offering_id=offering.id,
            state=ChannelState.KEPT,
            channel=channel.id,
            author=author,
            made_at=now,
        )
        _plan_welcome(tx, offering, channel.id, now)
        note_act(tx, ActKind.CHANNEL_KEPT, actor=author, offering=code, now=now)
    return _status(tx, offering)


def let_go(tx: Tx, actor: Actor, code: str, now: datetime) -> ChannelStatus:
    """Stop keeping the channel in step; in Slack it stays as it is, with all its members. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK.
    """
    offering = load_facilitated(tx, actor, code, "channel_let_go")
    if rows.get_channel(tx, offering.id, lock=True) is not None:
        rows.delete_channel(tx, offering.id)
        note_act(tx, ActKind.CHANNEL_LET_GO, actor=actor.person.id, offering=code, now=now)
    return _status(tx, offering)


def _status(tx: Tx, offering: Offering) -> ChannelStatus:
    row, known = rows.get_channel(tx, offering.id), rows.list_members(tx, offering.id)
    return ChannelStatus(
        offering,
        ChannelState(row.state) if row is not None else None,
        row.channel if row is not None else None,
        channel_name(offering.code, row.attempt if row is not None else 1),
        row.trouble if row is not None else None,
        len(_wanted(tx, offering)),
        sum(state in ADDED_BY_KAIKU for state in known.values()),
        tuple(each for each, state in known.items() if state is MemberState.REFUSED),
    )


# -- bringing it into step: ``channel_keeping`` calls these between its calls of Slack --------------------


def list_due(tx: Tx, now: datetime) -> list[int]:
    """The offerings whose channel is to be created, or is out of step."""
    found = []
    for row in rows.list_kept(tx, now):
        is_due = True  # also one that raises here: ``take`` raises again, and the channel is set aside
        with isolated(tx, "channel_not_looked_at", offering=row.offering_id):
            offering = load_offering_by_id(tx, row.offering_id)
            is_due = row.state == ChannelState.WANTED or bool(_steps(tx, offering, now))
        if is_due:
            found.append(row.offering_id)
    return found


def take(tx: Tx, offering_id: int, now: datetime) -> Work | None:
    """Take the channel for this process and return what is to be done; None if another process has it."""
    row = rows.get_channel(tx, offering_id)
    if row is None or not rows.lease_channel(tx, offering_id, now, now + LEASE):
        return None
    offering = load_offering_by_id(tx, offering_id)
    return Work(
        offering_id,
        row.channel,
        channel_name(offering.code, row.attempt),
        row.maybe_made,
        _steps(tx, offering, now),
        rows.list_members(tx, offering_id),
    )


def _steps(tx: Tx, offering: Offering, now: datetime) -> Steps:
    """The steps to take; none for a group that was cancelled or has ended: its channel stays as it is."""
    ends_at = offering.ends_at
    if offering.cancelled or (ends_at is not None and ends_at + STAYS_FOR < now):
        return Steps((), (), ())
    again = rows.list_refused(tx, offering.id, now - TRY_PERSON_AGAIN)
    return steps_to(_wanted(tx, offering), rows.list_members(tx, offering.id), again)


def _wanted(tx: Tx, offering: Offering) -> list[str]:
    """The people with a seat, and the facilitators."""
    leads = [each for each in offering.facilitators if not is_address(each)]
    gone = rows.list_deactivated(tx, leads)
    found = [*(each for each in leads if each not in gone), *rows.list_seated_accounts(tx, offering.id)]
    return list(dict.fromkeys(found))


def note_made(tx: Tx, offering_id: int, channel: str, now: datetime) -> None:
    """Record that Slack has created the channel."""
    rows.update_channel(
        tx, offering_id, state=ChannelState.KEPT, channel=channel, maybe_made=False, trouble=None
    )
    _plan_welcome(tx, load_offering_by_id(tx, offering_id), channel, now)
    log.info("channel made", extra={"action": "channel_made", "offering": offering_id})


def note_name_taken(tx: Tx, offering_id: int, now: datetime) -> None:
    """Try the next name; after the last, pause for an hour, with the reason."""
    row = rows.get_channel(tx, offering_id, lock=True)
    if row is not None and row.attempt >= MOST_NAMES:
        release(tx, offering_id, "name_taken", now + TRY_AGAIN)
    elif row is not None:
        rows.update_channel(tx, offering_id, attempt=row.attempt + 1, maybe_made=False)
        release(tx, offering_id, None, None)


def note_making(tx: Tx, offering_id: int) -> None:
    """Record the call before it is made: if it ends without an answer, the channel may exist."""
    rows.update_channel(tx, offering_id, maybe_made=True)


def note_members(
    tx: Tx, offering_id: int, states: Mapping[str, MemberState], now: datetime, reason: str | None = None
) -> None:
    if rows.get_channel(tx, offering_id) is not None:  # a facilitator has let go of it meanwhile
        rows.set_members(tx, offering_id, states, now, reason)


def forget_members(tx: Tx, offering_id: int, person_ids: Collection[str]) -> None:
    rows.delete_members(tx, offering_id, person_ids)


def release(tx: Tx, offering_id: int, trouble: str | None, retry_at: datetime | None) -> None:
    rows.update_channel(tx, offering_id, leased_until=None, trouble=trouble, retry_at=retry_at)


def note_hindered(tx: Tx, offering_id: int, code: str, retry_after: float | None, now: datetime) -> None:
    """Record Slack's refusal: the channel is lost, an administrator has to act, or it is tried again
    later.
    """
    if code in LOST:
        rows.update_channel(tx, offering_id, state=ChannelState.LOST)
    pause = TRY_AGAIN if code in NEEDS_ADMIN else timedelta(seconds=retry_after or backoff(5).total_seconds())
    release(tx, offering_id, code if code in LOST | NEEDS_ADMIN else None, now + pause)
    log.warning("channel not kept: %s", code, extra={"action": "channel_not_kept", "offering": offering_id})


def _plan_welcome(tx: Tx, offering: Offering, channel: str, now: datetime) -> None:
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.CHANNEL_WELCOME,
        recipient=channel,
        subject=offering.code,
        occurrence="",
        due_at=now,
        now=now,
    )
