"""For people who waited in vain: offerings open instead, and keeping a turn for the strand's next round."""

from collections.abc import Sequence
from typing import Final

from bot.domain.offerings.offering import Card, Offering
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    View,
    button,
    context,
    escape,
    header,
    modal,
    naming,
    section,
    sections,
)
from bot.views.look import body, button_row, row, told
from bot.views.offerings.wording import seats_of, span_of, title_of

MOST_INSTEAD: Final = 2
"""Each has a button, and a message has three."""


def started_without(
    offering: Offering, instead: Sequence[Card], words: Words, *, keeps_turn: bool
) -> Message:
    """The group has begun without the reader: offerings open instead, and the button to keep a turn."""
    heading = words("turn.no_seat")
    facts = [words("turn.started", title=title_of(offering, words))]
    facts.append(_strand(offering, words, "turn.is_kept" if keeps_turn else "turn.offer"))
    blocks: list[Block] = [header(heading), *sections(facts)]
    lines = [escape(heading), *facts]
    shown = instead[:MOST_INSTEAD]
    if shown:
        blocks.append(section(f"*{words('turn.instead')}*"))
        lines.append(words("turn.instead"))
    for card in shown:
        about = [f"*{title_of(card.offering, words)}*", _facts(card, words)]
        blocks.append(row(about, _join(card, words)))
        lines += about
    if len(instead) > len(shown):
        more = words.many("list.more", len(instead) - len(shown))
        blocks.append(context(more))
        lines.append(more)
    buttons = [] if keeps_turn else [button(words("turn.keep"), ids.KEEP_TURN, offering.code)]
    if len(shown) < MOST_INSTEAD:
        buttons.append(button(words("list.show_all"), ids.SHOW_OFFERINGS))
    if buttons:
        blocks.append(button_row(buttons))
    return Message("\n".join(lines), blocks)


def turn_open(card: Card, words: Words) -> Message:
    """Sign-up has opened, and the reader, who kept a turn, is first in line."""
    offering = card.offering
    details = button(words("offering.details"), ids.OFFERING_DETAILS, offering.code)
    return told(
        words("turn.open"),
        [f"*{title_of(offering, words)}*", _facts(card, words), words("turn.means")],
        buttons=[_join(card, words), details, _give_up(offering, words)],
    )


def kept(offering: Offering, words: Words) -> View:
    """The turn is kept: what that means, and the button to give it up."""
    show = button(words("list.show_all"), ids.SHOW_OFFERINGS)
    return _answer("turn.kept", offering, words, [words("turn.means")], [show, _give_up(offering, words)])


def given_up(offering: Offering, words: Words) -> View:
    """The turn is given up."""
    show = button(words("list.show_all"), ids.SHOW_OFFERINGS)
    return _answer("turn.given_up", offering, words, [], [show])


def _answer(key: str, offering: Offering, words: Words, facts: list[str], buttons: list[Block]) -> View:
    about = _strand(offering, words, "turn.strand")
    blocks = body(words(key), [about, *facts], buttons=buttons)
    return modal(words("turn.title"), blocks, close=words("form.close"))


def _give_up(offering: Offering, words: Words) -> Block:
    return button(words("turn.give_up"), ids.GIVE_UP_TURN, offering.code)


def _strand(offering: Offering, words: Words, key: str) -> str:
    return words(key, strand=escape(words.pick(offering.strand_title)))


def _facts(card: Card, words: Words) -> str:
    return " · ".join((span_of(card.offering, words), seats_of(card, words)))


def _join(card: Card, words: Words) -> Block:
    key = "offering.join" if card.seats_left else "offering.join_line"
    return naming(button(words(key), ids.JOIN_OFFERING, card.offering.code), words.pick(card.offering.title))
