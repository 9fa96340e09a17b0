"""What is open to join: the list in a message and the whole list in a modal."""

import re
from collections.abc import Sequence

from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card, by_programme
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    MAX_MODAL_BLOCKS,
    Block,
    Message,
    View,
    actions,
    button,
    context,
    escape,
    header,
    modal,
    naming,
    section,
)
from bot.views.offerings.opening import wish_button
from bot.views.offerings.wording import seats_of, short_standing_of, span_of, title_of, where_of

MOST_BLOCKS = 46
"""Of the 50 that a message takes; the others hold the heading and the link to the rest."""
MOST_IN_A_MESSAGE = 20
"""Longer lists open in a modal: a longer message is hard to read, and Slack takes 50 blocks."""


def offering_list(cards: Sequence[Card], words: Words, *, narrowed: bool = False, more: int = 0) -> Message:
    """The offerings that are not over, by strand, each with a button to join; ``more`` counts the rest."""
    listed = [card for card in cards if card.state is not SignUpState.PAST]
    if not listed:
        if narrowed:
            show = button(words("list.show_all"), ids.SHOW_OFFERINGS)
            return Message(words("list.none_fits"), [section(words("list.none_fits"), show)])
        return Message(words("list.empty"), [section(words("list.empty"))])
    shown = listed[:MOST_IN_A_MESSAGE]
    while len(catalogue_blocks(shown, words)) > MOST_BLOCKS:  # many programmes: each has a heading
        shown = shown[:-1]
    intro = words("list.fits") if narrowed else words("list.intro")
    blocks = [section(intro), *catalogue_blocks(shown, words)]
    lines = [intro]
    for programme, cards_of in by_programme(shown):
        lines += [*([escape(words.pick(programme))] if programme else [])]
        lines += [_summary(card, words) for card in cards_of]
    if more := more + len(listed) - len(shown):
        rest = words.many("list.more", more)
        blocks += [context(rest), actions(button(words("list.show_all"), ids.SHOW_OFFERINGS))]
        lines.append(rest)
    return Message("\n".join(lines), blocks)


def offering_list_modal(cards: Sequence[Card], words: Words) -> View:
    """The whole list; offerings beyond a modal's 100 blocks are counted, with the command that shows them."""
    listed = [card for card in cards if card.state is not SignUpState.PAST]
    blocks = catalogue_blocks(listed, words) or [section(words("list.empty"))]
    if len(blocks) > MAX_MODAL_BLOCKS:
        blocks = [*blocks[: MAX_MODAL_BLOCKS - 1], context(words("list.rest_by_command"))]
    return modal(words("list.title"), blocks, close=words("form.close"))


def catalogue_blocks(cards: Sequence[Card], words: Words) -> list[Block]:
    """A heading for each strand, then its offerings; of several programmes a heading for each of those."""
    blocks: list[Block] = []
    for programme, cards_of in by_programme(cards):
        if programme is not None:
            blocks.append(header(words.pick(programme)))
        strand = None
        for card in cards_of:
            offering = card.offering
            if (offering.strand_number, offering.strand_title) != strand:
                strand = (offering.strand_number, offering.strand_title)
                blocks.append(header(f"{offering.strand_number}. {words.pick(offering.strand_title)}"))
            blocks.append(_offering_block(card, words))
    return blocks


def open_blocks(card: Card, words: Words) -> list[Block]:
    """The open offerings, for a first look: title, dates, seats and purpose; Details and Join."""
    offering = card.offering
    name = words.pick(offering.title)
    facts = " · ".join((span_of(offering, words), _status(card, words)))
    lines = [f"*{title_of(offering, words)}*", facts, escape(first_sentence(words.pick(offering.summary)))]
    details = naming(button(words("offering.details"), ids.OFFERING_DETAILS, offering.code), name)
    join = _button(card, words)
    if card.state is SignUpState.OPEN and join is not None:
        join |= {"style": "primary"}
    buttons = [details] if join is None else [join, details]
    return [section("\n".join(lines)), actions(*buttons)]


def _offering_block(card: Card, words: Words) -> Block:
    offering = card.offering
    lines = [
        f"*{title_of(offering, words)}*  `{offering.code}`",
        _facts(card, words),
        _status(card, words),
    ]
    return section("\n".join(lines), _button(card, words))


def _button(card: Card, words: Words) -> Block | None:
    code = card.offering.code
    name = words.pick(card.offering.title)
    if card.mine is not None:
        return naming(button(words("mine.open"), ids.OPEN_MINE, code), name)
    if card.state is SignUpState.NOT_YET:
        return wish_button(card.offering, words, wished=card.wished)
    if card.state is not SignUpState.OPEN:
        return None
    key = "offering.join" if card.seats_left else "offering.join_line"
    return naming(button(words(key), ids.JOIN_OFFERING, code), name)


def first_sentence(text: str) -> str:
    """The whole first sentence of a text."""
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]


def _facts(card: Card, words: Words) -> str:
    offering = card.offering
    facts = [words(f"kind.{offering.kind}"), span_of(offering, words), where_of(offering, words)]
    return " · ".join(fact for fact in facts if fact)


def _status(card: Card, words: Words) -> str:
    seats = seats_of(card, words)
    if card.mine is None:
        return seats
    if card.mine.status is Status.OFFERED:
        return words("list.mine_offered", standing=short_standing_of(card.mine, words), seats=seats)
    if card.mine.status is Status.IN_DRAW:
        return words("list.mine_in_draw", seats=seats)
    key = "list.mine_seated" if card.mine.status is Status.SEATED else "list.mine_waiting"
    return words(key, seats=seats, position=card.mine.position)


def _summary(card: Card, words: Words) -> str:
    return words(
        "list.line",
        title=title_of(card.offering, words),
        code=escape(card.offering.code),
        facts=_facts(card, words),
        status=_status(card, words),
    )
