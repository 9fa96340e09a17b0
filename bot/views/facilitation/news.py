"""What facilitators hear of their role and of their groups."""

from collections.abc import Sequence
from typing import Final, Protocol

from bot.domain.offerings.offering import Offering
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Message, button, escape
from bot.views.look import told
from bot.views.offerings.wording import title_of

MOST: Final = 20
"""Offerings that a message names; the rest is counted."""


class Changes(Protocol):
    """The numbers of changes in an offering."""

    @property
    def joined(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def absent(self) -> int: ...
    @property
    def lapsed(self) -> int: ...


def now_facilitates(offerings: Sequence[Offering], words: Words) -> Message:
    """The reader has become a facilitator of these offerings."""
    facts = [f"• *{title_of(each, words)}*" for each in offerings[:MOST]]
    if len(offerings) > MOST:
        facts.append(words.many("list.more", len(offerings) - MOST))
    facts.append(words("news.facilitates_means"))
    desk = button(words("desk.open"), ids.OPEN_DESK, offerings[0].code if len(offerings) == 1 else None)
    return told(
        words.many("news.facilitates", len(offerings)),
        facts,
        small=words("news.facilitates_wrong"),
        buttons=[desk],
    )


def no_facilitator(offering: Offering, name: str, words: Words) -> Message:
    """To a coordinator: the account of the only facilitator is closed."""
    facts = [
        f"*{title_of(offering, words)}*",
        words("news.account_closed", name=escape(name)),
        words("news.name_another"),
    ]
    act = button(words("facilitators.change"), ids.OPEN_FACILITATORS, offering.code)
    return told(words("news.no_facilitator"), facts, buttons=[act])


def day(led: Sequence[tuple[Offering, Changes]], words: Words) -> Message:
    """What changed since the last working morning, by offering."""
    facts = []
    for offering, changes in led[:MOST]:
        counts = {each: getattr(changes, each) for each in ("joined", "left", "absent", "lapsed")}
        said = " · ".join(words(f"news.{what}", n=n) for what, n in counts.items() if n)
        facts.append(f"*{title_of(offering, words)}*: {said}")
    if len(led) > MOST:
        facts.append(words.many("list.more", len(led) - MOST))
    return told(
        words("news.day"),
        facts,
        small=words("news.day_off"),
        buttons=[
            button(words("desk.open"), ids.OPEN_DESK, led[0][0].code if len(led) == 1 else None),
            button(words("settings.change"), ids.OPEN_SETTINGS),
        ],
    )
