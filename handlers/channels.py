"""A group's own channel: create or adopt one, see its state, stop managing it."""

from bot.domain.announcements import Channel
from bot.domain.errors import KaikuError, Refusal
from bot.services.facilitation import channels
from bot.services.facilitation.channels import ChannelStatus
from bot.slack.client import SlackUnavailableError
from bot.views import ids
from bot.views.blocks import View
from bot.views.facilitation import channels as view
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Show


async def open_channel(request: Request) -> Answer:
    """Show the channel, or the form for one; ``value`` is the offering's code."""
    kaiku = request.kaiku
    found: ChannelStatus = await kaiku.store.read(channels.load_channel, request.actor, request.value)
    if found.state is not None:
        return Open(_status(found, request))
    if not kaiku.keeps_channels:
        return Open(view.channels_off(found.offering, request.words))
    return Open(view.channel_form(found.offering, found.name, found.wanted, request.words))


async def keep_channel(request: Request) -> Answer:
    """Create a channel, or adopt the chosen one."""
    kaiku, code, now = request.kaiku, request.value, request.kaiku.clock.now()
    await kaiku.store.read(channels.load_channel, request.actor, code)  # the role first
    if not kaiku.keeps_channels:
        raise KaikuError(Refusal.CHANNELS_OFF)
    if request.fields.get(ids.CHANNEL_HOW) != view.ADOPT:
        made = await kaiku.store.run(channels.make_channel, request.actor, code, now)
        return Show(_status(made, request))
    chosen = request.fields.get(ids.GROUP_CHANNEL)
    if not chosen:
        return FieldErrors({ids.GROUP_CHANNEL: request.words("channel.which_missing")})
    channel, members = await _look_at(request, chosen)
    try:
        adopted = await kaiku.store.run(channels.adopt_channel, request.actor, code, channel, members, now)
    except KaikuError as error:
        if error.code not in {Refusal.CHANNEL_UNFIT, Refusal.CHANNEL_TAKEN}:
            raise
        return FieldErrors({ids.GROUP_CHANNEL: request.words(f"refusal.{error.code}")})
    return Show(_status(adopted, request))


async def _look_at(request: Request, chosen: str) -> tuple[Channel, frozenset[str]]:
    """The channel and its members; none where Kaiku is not a member."""
    slack = request.kaiku.slack
    channel = await slack.fetch_channel(chosen)
    if not channel.is_member:
        return channel, frozenset()
    try:
        return channel, await slack.fetch_members(chosen)
    except SlackUnavailableError as error:
        if error.reason == "channel_not_found":
            return channel, frozenset()
        raise


async def let_go(request: Request) -> Answer:
    """Stop managing the channel."""
    kaiku = request.kaiku
    done = await kaiku.store.run(channels.let_go, request.actor, request.value, kaiku.clock.now())
    return Renew(view.let_go(done.offering, request.words))


def _status(found: ChannelStatus, request: Request) -> View:
    assert found.state is not None
    return view.channel_status(
        found.offering,
        found.state,
        found.channel,
        found.trouble,
        found.added,
        found.refused,
        request.words,
    )
