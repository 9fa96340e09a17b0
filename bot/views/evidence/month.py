"""The month view in Slack: one page on how the programme stands."""

from collections.abc import Sequence
from typing import Final

from bot.domain.evidence.month import Because, MonthLine, View
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Message, button
from bot.views.look import told
from bot.views.offerings.wording import title_of

MOST: Final = 8
"""Offerings under each heading; the rest is counted."""

_DECIDED: Final = {Because.NO_FACILITATOR, Because.NO_PLACE, Because.NO_DATES, Because.UNDRAWN}
"""Reasons given without how full the offering is."""


def month(lines: Sequence[MonthLine], words: Words) -> Message:
    """Offerings that need attention, then those on track, then those that it is too early to judge."""
    facts = []
    for view in View:
        here = [each for each in lines if each.view is view]
        if here:
            facts.append(f"*{words(f'month.{view}')}*")
            facts += [_line(each, words) for each in here[:MOST]]
        if len(here) > MOST:
            facts.append(words.many("list.more", len(here) - MOST))
    looks = sum(each.view is View.LOOK for each in lines)
    heading = words("month.heading_look", n=looks) if looks else words("month.heading_fine")
    shown = button(words("list.show_all"), ids.SHOW_OFFERINGS)
    return told(heading, facts, small=words("month.cannot"), buttons=[shown])


def _line(line: MonthLine, words: Words) -> str:
    said = [words(f"month.{line.because}")]
    if line.because not in _DECIDED:
        said.insert(0, words("month.taken", taken=line.taken, all=line.offering.limits.capacity))
    if line.waiting is not None:
        said.append(words("month.waiting", n=line.waiting))
    title, when = title_of(line.offering, words), ""
    if line.offering.starts_at is not None and line.because is not Because.RUNS:
        when = " " + words("month.starts", day=words.day(words.here(line.offering.starts_at).date()))
    return f"• {title}{when}: {', '.join(said)}"
