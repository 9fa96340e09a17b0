"""Practical needs for an offering: people tell them when they join, and can change and delete them."""

from collections.abc import Sequence

from bot.domain.facilitation.needs import Need
from bot.domain.offerings.offering import Offering
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, Option, View, button, checkboxes_input, modal, section
from bot.views.offerings.wording import title_of


def needs_input(words: Words, chosen: Sequence[Need] = ()) -> Block:
    """The fixed list of needs as boxes."""
    options = [Option(each.value, words(f"needs.{each}")) for each in Need]
    return checkboxes_input(
        ids.NEEDS, words("needs.label"), options, chosen=[*chosen], hint=words("needs.hint")
    )


def needs_button(offering: Offering, words: Words) -> Block:
    return button(words("needs.change"), ids.CHANGE_NEEDS, offering.code)


def needs_form(offering: Offering, chosen: Sequence[Need], words: Words) -> View:
    return modal(
        words("needs.title"),
        [section(f"*{title_of(offering, words)}*"), needs_input(words, chosen)],
        close=words("form.cancel"),
        submit=words("form.save"),
        callback_id=ids.NEEDS_FORM,
        private_metadata=offering.code,
    )


def needs_saved(offering: Offering, words: Words, *, any_told: bool) -> View:
    saved = words("needs.saved" if any_told else "needs.deleted")
    return modal(
        words("needs.title"),
        [section(f"*{title_of(offering, words)}*\n{saved}")],
        close=words("form.close"),
    )
