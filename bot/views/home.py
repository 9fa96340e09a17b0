"""App Home: the person's offerings, what is open to join, and their settings."""

from collections.abc import Sequence

from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, divider, header, section
from bot.views.calendars import calendar_button
from bot.views.enrolment import leave_button, mine_text
from bot.views.offerings.catalogue import catalogue_blocks
from bot.views.people import settings_lines

MOST_BLOCKS = 90
"""Of Slack's 100 blocks; a button opens the whole list in a modal."""

MOST_OF_MINE = 40
"""The nearest sessions come first; somebody with more offerings sees how many are left out."""


def home(
    mine: Sequence[Card],
    cards: Sequence[Card],
    person: Person,
    book: AgencyBook,
    words: Words,
    *,
    with_calendar: bool = False,
) -> View:
    blocks: list[Block] = [header(words("home.mine"))]
    if not mine:
        blocks.append(section(words("mine.empty")))
    for card in mine[:MOST_OF_MINE]:
        blocks.append(section(mine_text(card, person, book, words), leave_button(card.offering, words)))
    if len(mine) > MOST_OF_MINE:
        blocks.append(context(words.many("list.more", len(mine) - MOST_OF_MINE)))
    if mine and with_calendar:
        blocks.append(actions(calendar_button(words)))
    blocks += [divider(), header(words("home.open"))]
    joinable = [
        card for card in cards if card.mine is None and card.state in {SignUpState.OPEN, SignUpState.NOT_YET}
    ]
    catalogue = catalogue_blocks(joinable, words) or [section(words("list.empty"))]
    if any(person.id in card.offering.facilitators for card in cards):
        lead = [header(words("home.lead")), actions(button(words("desk.title"), ids.OPEN_DESK))]
        blocks = [*lead, divider(), *blocks]
    room = MOST_BLOCKS - len(blocks)
    blocks += catalogue[:room]
    if len(catalogue) > room:
        blocks.append(actions(button(words("list.show_all"), ids.SHOW_OFFERINGS)))
    blocks += [
        divider(),
        header(words("home.settings")),
        section(settings_lines(person, book, words), button(words("settings.change"), ids.OPEN_SETTINGS)),
        context(words("home.footer")),
    ]
    return {"type": "home", "blocks": blocks}
