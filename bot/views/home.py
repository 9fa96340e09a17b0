"""App Home: the next session, what to answer, own offerings, open and completed ones, settings."""

from collections.abc import Sequence

from bot.domain.enrolment.year import Year
from bot.domain.evidence.costs import StrandCost
from bot.domain.facilitation.group import Group
from bot.domain.offerings.offering import by_programme
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.domain.roles import SendingPause
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, divider, header, section
from bot.views.calendars import calendar_button
from bot.views.facilitation.group import home_blocks
from bot.views.offerings.catalogue import open_blocks
from bot.views.offers import offered_blocks
from bot.views.people import settings_lines
from bot.views.roles import coordinators_blocks
from bot.views.year import MOST_COMPLETED, asked_blocks, completed_blocks, mine_row, next_blocks

MOST_OF_MINE = 40
"""Of Slack's 100 blocks. The nearest come first; the rest is counted."""

MOST_OPEN = 6
"""Enough offerings to show what there is; the whole list is one click away."""


def home(
    year: Year,
    person: Person,
    book: AgencyBook,
    words: Words,
    *,
    with_calendar: bool = False,
    groups: Sequence[Group] = (),
    pause: SendingPause | None = None,
    costs: Sequence[StrandCost] = (),
) -> View:
    """App Home in the order in which it is needed. ``groups`` are those that the person facilitates;
    ``pause`` and ``costs``, what venues cost, are shown to coordinators."""
    blocks: list[Block] = []
    if year.coming:
        blocks += [header(words("home.next")), *next_blocks(year, words)]
    if year.offered or year.asked:
        blocks.append(header(words("home.waits")))
        blocks += offered_blocks(year.offered, words) + asked_blocks(year.asked, words)
    blocks.append(header(words("home.mine")))
    if not year.mine:
        blocks.append(section(words("mine.empty")))
    for programme, cards in by_programme(year.mine[:MOST_OF_MINE]):
        blocks += [header(words.pick(programme))] if programme else []
        blocks += [mine_row(card, year.now, words) for card in cards]
    if len(year.mine) > MOST_OF_MINE:
        blocks.append(context(words.many("list.more", len(year.mine) - MOST_OF_MINE)))
    if year.mine and with_calendar:
        blocks.append(actions(calendar_button(words)))
    if groups:
        blocks += [header(words("home.lead")), *home_blocks(groups, words)]
    if person.is_coordinator:
        blocks += coordinators_blocks(pause, costs, words)
    blocks += [divider(), header(words("home.open"))]
    for programme, cards in by_programme(year.open[:MOST_OPEN]):
        blocks += [header(words.pick(programme))] if programme else []
        for card in cards:
            blocks += open_blocks(card, words)
    if not year.open:
        blocks.append(section(words("list.empty")))
    blocks.append(actions(button(words("list.show_all"), ids.SHOW_OFFERINGS)))
    if year.completed:
        blocks.append(header(words("home.completed")))
        blocks += completed_blocks(year.completed, words, MOST_COMPLETED)
    blocks += [
        divider(),
        header(words("home.settings")),
        section(settings_lines(person, book, words), button(words("settings.change"), ids.OPEN_SETTINGS)),
        context(words("home.footer")),
    ]
    return {"type": "home", "blocks": blocks}
