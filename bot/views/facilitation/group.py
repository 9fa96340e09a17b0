"""What a facilitator can do for the group as a whole: the buttons, for every desk that shows them."""

from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, actions, button


def group_buttons(code: str, words: Words) -> Block:
    """Write to the group, fetch its list, its channel; the value of each is the offering's code."""
    return actions(
        button(words("letter.write"), ids.WRITE_LETTER, code),
        button(words("roster.get"), ids.EXPORT_ROSTER, code),
        button(words("channel.open"), ids.OPEN_CHANNEL, code),
    )
