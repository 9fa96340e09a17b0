"""A group's own channel: the form, its state, and the message that welcomes its members."""

from collections.abc import Sequence

from bot.domain.group_channels import ChannelState
from bot.domain.offerings.offering import Offering
from bot.i18n import Words
from bot.views import ids
from bot.views.bilingual import Both
from bot.views.blocks import (
    Block,
    Message,
    Option,
    View,
    actions,
    button,
    context,
    mention,
    modal,
    private_channel_input,
    radio_input,
    section,
    sections,
)
from bot.views.offerings.wording import title_of

MAKE, ADOPT = "make", "adopt"
TROUBLES = ("missing_scope", "restricted_action", "name_taken")
"""Problems that an administrator of Slack can solve, each with its own sentence; other codes share one."""

MOST_NAMED = 10


def channels_off(offering: Offering, words: Words) -> View:
    """How to get channels where the operator has not turned them on."""
    lines = [f"*{title_of(offering, words)}*", words("channel.off")]
    return modal(words("channel.title"), sections(lines), close=words("form.close"))


def channel_form(offering: Offering, name: str, wanted: int, words: Words) -> View:
    """The choice between a new and an existing channel, and whom Kaiku adds."""
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*\n{words.many('channel.adds', wanted)}"),
        context(words("channel.rule")),
        radio_input(
            ids.CHANNEL_HOW,
            words("channel.how"),
            [
                Option(MAKE, words("channel.make", name=f"#{name}")),
                Option(ADOPT, words("channel.adopt")),
            ],
            chosen=MAKE,
        ),
        private_channel_input(ids.GROUP_CHANNEL, words("channel.which"), hint=words("channel.which_hint")),
    ]
    return modal(
        words("channel.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("channel.submit"),
        callback_id=ids.CHANNEL_FORM,
        private_metadata=offering.code,
    )


def channel_status(
    offering: Offering,
    state: ChannelState,
    channel: str | None,
    trouble: str | None,
    added: int,
    refused: Sequence[str],
    words: Words,
) -> View:
    """The state of the channel, its problems, and the button to end it."""
    shown = f"<#{channel}>" if channel is not None else ""
    lines = [f"*{title_of(offering, words)}*", words(f"channel.state_{state}", channel=shown)]
    if state is ChannelState.KEPT:
        lines.append(words.many("channel.added", added))
    if trouble in TROUBLES:
        lines.append(words(f"channel.trouble_{trouble}"))
    elif trouble is not None and state is not ChannelState.LOST:
        lines.append(words("channel.trouble"))
    if refused:
        who = words.all_of(mention(each) for each in refused[:MOST_NAMED])
        lines.append(words.many("channel.refused", len(refused), who=who))
    return modal(
        words("channel.title"),
        [
            *sections(lines),
            context(words("channel.rule")),
            actions(button(words("channel.let_go"), ids.LET_CHANNEL_GO, offering.code, style="danger")),
            context(words("channel.let_go_note")),
        ],
        close=words("form.close"),
    )


def let_go(offering: Offering, words: Words) -> View:
    lines = [f"*{title_of(offering, words)}*", words("channel.is_let_go")]
    return modal(words("channel.title"), sections(lines), close=words("form.close"))


def welcome_message(offering: Offering, both: Both) -> Message:
    """Says whose channel it is, who leads, and what Kaiku does there and does not."""
    leads = ", ".join(mention(each) for each in offering.facilitators)
    lines = [words("channel.welcome", title=title_of(offering, words)) for words in both]
    if leads:
        lines.append(f"{both.short('channel.leads')}: {leads}")
    lines += both.lines("channel.welcome_rule")
    return Message("\n".join(lines), sections(lines))
