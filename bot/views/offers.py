"""The buttons under an offered seat, and the offers among the things a person has to answer."""

from collections.abc import Sequence

from bot.domain.carried.offerings import OfferRef
from bot.domain.offerings.offering import Card, Offering, Standing
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, actions, button, naming, plain, section
from bot.views.offerings.wording import short_standing_of, title_of


def offer_buttons(offering: Offering, standing: Standing, words: Words) -> list[Block]:
    """Accept and Decline; empty unless a seat is offered. Declining leaves the waiting list, so Slack asks
    for confirmation."""
    if standing.offer_id is None:
        return []
    ref, title = str(OfferRef(standing.offer_id, offering.code)), words.pick(offering.title)
    no = words("offer.decline")
    accept = button(words("offer.accept"), ids.ACCEPT_OFFER, ref)
    decline = button(no, ids.DECLINE_OFFER, ref) | {
        "confirm": {
            "title": plain(no),
            "text": plain(words("offer.decline_means")),
            "confirm": plain(no),
            "deny": plain(words("form.cancel")),
        }
    }
    return [naming(accept, title), naming(decline, title)]


def offered_blocks(cards: Sequence[Card], words: Words) -> list[Block]:
    """The seats that are offered to the reader, each with its buttons."""
    blocks: list[Block] = []
    for card in cards:
        assert card.mine is not None
        accept, decline = offer_buttons(card.offering, card.mine, words)
        blocks += [
            section("\n".join(offered_lines(card, words))),
            actions({"style": "primary"} | accept, decline),
        ]
    return blocks


def offered_lines(card: Card, words: Words) -> list[str]:
    assert card.mine is not None
    return [f"*{title_of(card.offering, words)}*", short_standing_of(card.mine, words)]
