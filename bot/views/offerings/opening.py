"""Being told when sign-up opens: the wish, its undo, and the news."""

from bot.domain.offerings.offering import Card, Offering
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, Message, View, button, escape, modal, naming
from bot.views.look import body, told
from bot.views.offerings.wording import seats_of, span_of, title_of


def wish_button(offering: Offering, words: Words, *, wished: bool) -> Block:
    """The button to be told when sign-up opens, or its undo."""
    key, act = ("opening.undo", ids.TAKE_WISH_BACK) if wished else ("opening.wish", ids.WISH_OPENING)
    title = words.pick(offering.title)
    return naming(button(words(key), act, offering.code), title)


def not_open_yet(card: Card, words: Words) -> Message:
    """For a person who wants to join too early: when sign-up opens, and the button to be told."""
    offering = card.offering
    facts = [f"*{title_of(offering, words)}*", *([words("opening.wished")] if card.wished else [])]
    return told(seats_of(card, words), facts, buttons=[wish_button(offering, words, wished=card.wished)])


def wish_noted(card: Card, words: Words) -> View:
    """Confirms the wish or its undo, with the button for the opposite."""
    offering = card.offering
    facts = [f"*{title_of(offering, words)}*", seats_of(card, words)]
    facts.append(words("opening.means" if card.wished else "opening.undone_means"))
    heading = words("opening.wished" if card.wished else "opening.undone")
    buttons = [wish_button(offering, words, wished=card.wished)]
    return modal(words("opening.title"), body(heading, facts, buttons=buttons), close=words("form.close"))


def opened(card: Card, words: Words) -> Message:
    """Sign-up has opened: dates, seats, purpose; Join and Details."""
    offering = card.offering
    facts = [
        f"*{title_of(offering, words)}*",
        f"{span_of(offering, words)} · {seats_of(card, words)}",
        escape(words.pick(offering.summary)),
    ]
    join = button(words("offering.join" if card.seats_left else "offering.join_line"), ids.JOIN_OFFERING)
    details = button(words("offering.details"), ids.OFFERING_DETAILS)
    buttons = [each | {"value": offering.code} for each in (join, details)]
    return told(words("opening.opened"), facts, small=words("opening.only_once"), buttons=buttons)
