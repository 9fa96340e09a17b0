"""Preparation cards: the form with the person's own dates, and each card as it is read."""

from collections.abc import Mapping, Sequence

from bot.domain.language import Texts
from bot.domain.prompts.preparation import Card, CardRef, Preparation
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    date_input,
    escape,
    header,
    modal,
    section,
    sections,
)
from bot.views.look import body, told


def preparation_entry(words: Words) -> list[Block]:
    """The purpose of the cards and the button to them, for the view of one's own offering."""
    text = words("preparation.entry")
    return [section(text, button(words("preparation.open"), ids.OPEN_PREPARATION))]


def preparation_form(dates: Preparation, cards: Mapping[Card, Sequence[Texts]], words: Words) -> View:
    """The dates, each of them optional, and below them the cards to read at once."""
    inputs = [
        (ids.ASKING_ON, "asking_on", dates.asking_on),
        (ids.RECEIVING_ON, "receiving_on", dates.receiving_on),
        (ids.DISCUSSION_ON, "discussion_on", dates.discussion_on),
    ]
    blocks: list[Block] = [section(words("preparation.intro"))]
    for name, key, chosen in inputs:
        day = chosen.isoformat() if chosen is not None else None
        blocks.append(date_input(name, words(f"preparation.{key}"), chosen=day))
    blocks.append(context(words("preparation.private")))
    if cards:
        blocks.append(header(words("preparation.cards")))
    for card, thoughts in cards.items():
        blocks += sections([f"*{words(f'preparation.{card}')}*", *_lines(thoughts, words)])
    return modal(
        words("preparation.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("form.save"),
        callback_id=ids.PREPARATION_FORM,
    )


def preparation_saved(dates: Preparation, words: Words, *, stopped: bool = False) -> View:
    """When each card comes; none does without dates, or if the person has ``stopped`` the prompts."""
    if not dates:
        blocks = body(words("preparation.stopped"), [words("preparation.stopped_then")])
        return modal(words("preparation.title"), blocks, close=words("form.close"))
    lines = [
        words("preparation.comes", card=words(f"preparation.{card}"), when=words.day(on))
        for card in Card
        if (on := dates.day_of(card)) is not None
    ]
    then = words("preparation.but_stopped" if stopped else "preparation.then")
    facts = [*(f"• {each}" for each in lines), then]
    return modal(
        words("preparation.title"),
        body(words("preparation.saved"), facts, small=words("preparation.private")),
        close=words("form.close"),
    )


def card_message(ref: CardRef, thoughts: Sequence[Texts], words: Words) -> Message:
    """A card as its reader gets it; it has nothing to answer."""
    facts = [words("preparation.why", when=words.day(ref.on)), *_lines(thoughts, words)]
    message = told(
        words(f"preparation.{ref.card}"),
        facts,
        small=words("preparation.footer"),
    )
    return Message(
        message.text,
        [*message.blocks, actions(button(words("preparation.change"), ids.OPEN_PREPARATION))],
    )


def _lines(thoughts: Sequence[Texts], words: Words) -> list[str]:
    return [f"• {escape(words.pick(each))}" for each in thoughts]
