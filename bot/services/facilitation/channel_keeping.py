"""Keeps groups' channels in step with their groups: creates them, invites people, removes those Kaiku added.

Each round takes one channel at a time and stores what it is about to do before it calls Slack, so that a
killed process leaves nobody in a channel without a record.
"""

from collections.abc import Awaitable
from typing import Protocol

from bot.clock import Clock
from bot.domain.group_channels import (
    IS_NOT_THERE,
    IS_THERE,
    LOST,
    MOST_AT_ONCE,
    NAME_TAKEN,
    NEEDS_ADMIN,
    MemberState,
)
from bot.domain.sending.outcomes import NotNow, Outcome, Refused, Sent, Unknown
from bot.domain.sending.refusals import is_of_us
from bot.services.facilitation import channels
from bot.services.facilitation.channels import Work
from storage.engine import Store, StoreUnavailableError
from storage.isolation import note_fault


class ChannelHost(Protocol):
    """The interface to Slack, as far as channels need it."""

    def create_channel(self, name: str) -> Awaitable[Outcome]: ...

    def find_private_channel(self, name: str) -> Awaitable[str | Refused | NotNow | Unknown | None]: ...

    def list_members(self, channel: str) -> Awaitable[frozenset[str] | Refused | NotNow | Unknown]: ...

    def invite(self, channel: str, user_id: str) -> Awaitable[Outcome]: ...

    def kick(self, channel: str, user_id: str) -> Awaitable[Outcome]: ...


class HinderedError(Exception):
    """A call of Slack failed, and further calls of this channel's round would fail, too."""

    def __init__(self, outcome: Refused | NotNow | Unknown) -> None:
        super().__init__(outcome.reason)
        self.reason = outcome.reason
        self.retry_after = outcome.retry_after if isinstance(outcome, NotNow) else None


async def keep_channels(store: Store, host: ChannelHost, clock: Clock) -> None:
    """One round over the channels that are out of step. Raises StoreUnavailableError."""
    for offering_id in await store.read(channels.list_due, clock.now()):
        try:
            work = await store.run(channels.take, offering_id, clock.now())
            if work is not None:
                await _keep(store, host, clock, work)
        except StoreUnavailableError:
            raise
        except HinderedError as error:
            noted = (offering_id, error.reason, error.retry_after, clock.now())
            await store.run(channels.note_hindered, *noted)
            if error.retry_after is not None or is_of_us(error.reason):
                return  # Slack wants a pause, or refuses us
        except Exception:
            # One channel's fault must not hold up the others.
            note_fault("channel_crashed", offering=offering_id)
            await store.run(channels.note_hindered, offering_id, "internal_error", None, clock.now())


async def _keep(store: Store, host: ChannelHost, clock: Clock, work: Work) -> None:
    channel = work.channel or await _make(store, host, clock, work)
    if channel is None:
        return
    members = await host.list_members(channel)
    if not isinstance(members, frozenset):
        raise HinderedError(members)
    await _invite(store, host, clock, work, channel, members)
    await _remove(store, host, work, channel, members)
    await store.run(channels.release, work.offering_id, None, None)


async def _make(store: Store, host: ChannelHost, clock: Clock, work: Work) -> str | None:
    """Create the channel, or find the one that an earlier attempt created; None if its name is taken."""
    if work.maybe_made:
        found = await host.find_private_channel(work.name)
        if isinstance(found, str):
            await store.run(channels.note_made, work.offering_id, found, clock.now())
            return found
        if found is not None:
            raise HinderedError(found)
    await store.run(channels.note_making, work.offering_id)
    match await host.create_channel(work.name):
        case Sent(channel):
            await store.run(channels.note_made, work.offering_id, channel, clock.now())
            return channel
        case Refused(code) if code == NAME_TAKEN:
            await store.run(channels.note_name_taken, work.offering_id, clock.now())
            return None
        case outcome:
            raise HinderedError(outcome)


async def _invite(
    store: Store, host: ChannelHost, clock: Clock, work: Work, channel: str, members: frozenset[str]
) -> None:
    about, now = work.offering_id, clock.now()
    invite = work.steps.invite
    there = {
        # People whom Kaiku was inviting when it stopped count as added by it; others joined without it.
        each: _how_joined(work, each)
        for each in invite
        if each in members
    }
    await store.run(channels.note_members, about, there, now)
    for person in [each for each in invite if each not in members][:MOST_AT_ONCE]:
        await store.run(channels.note_members, about, {person: MemberState.ADDING}, now)
        match await host.invite(channel, person):
            case Sent():
                await store.run(channels.note_members, about, {person: MemberState.ADDED}, now)
            case Refused(code) if code == IS_THERE:  # they have just joined without Kaiku
                await store.run(channels.note_members, about, {person: _how_joined(work, person)}, now)
            case Refused(code) as refused:
                if code in LOST | NEEDS_ADMIN or is_of_us(code):
                    await _note_not_added(store, work, person)
                    raise HinderedError(refused)
                await store.run(channels.note_members, about, {person: MemberState.REFUSED}, now, code)
            case NotNow() as not_now:
                await _note_not_added(store, work, person)
                raise HinderedError(not_now)
            case unknown:  # they may be in the channel now: their row stays "adding"
                raise HinderedError(unknown)


def _how_joined(work: Work, person: str) -> MemberState:
    """How a person in the channel came there, if Kaiku has not invited them in this round."""
    was_being_added = work.known.get(person) is MemberState.ADDING
    return MemberState.ADDED if was_being_added else MemberState.THERE


async def _note_not_added(store: Store, work: Work, person: str) -> None:
    """Record that Kaiku has certainly not added this person."""
    if work.known.get(person) is not MemberState.ADDING:
        await store.run(channels.forget_members, work.offering_id, [person])


async def _remove(store: Store, host: ChannelHost, work: Work, channel: str, members: frozenset[str]) -> None:
    gone = [each for each in work.steps.remove if each not in members]
    await store.run(channels.forget_members, work.offering_id, [*work.steps.forget, *gone])
    for person in [each for each in work.steps.remove if each in members][:MOST_AT_ONCE]:
        match await host.kick(channel, person):
            case Sent():
                pass
            case Refused(code) if code in IS_NOT_THERE:
                pass
            case outcome:
                raise HinderedError(outcome)
        await store.run(channels.forget_members, work.offering_id, [person])
