"""The cards that prepare a person for their own 360 feedback and development discussion, by dates that they
name themselves. A card asks for no answer; it counts for the same limit as prompts."""

from collections.abc import Collection, Iterator
from datetime import date, time
from enum import StrEnum
from typing import Final, Self

from msgspec import Struct

from bot.domain.calendars.wall_time import to_instant
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.prompts.dates import DatedPrompt, back_to_prompt_day
from bot.domain.prompts.prompt import Moment, Prompt, PromptRules, Timing

DAYS_BEFORE: Final = 3
DAYS_AFTER: Final = 2
"""Working days: time to ask the right people, and to let a discussion sink in."""

FARTHEST_DAYS: Final = 400
"""How far ahead a date may be: both come once a year."""


class Card(StrEnum):
    """A card by its place on the track, in order."""

    BEFORE_ASKING = "before_asking"
    ON_RECEIVING = "on_receiving"
    BEFORE_DISCUSSION = "before_discussion"
    AFTER_DISCUSSION = "after_discussion"


class Preparation(Struct, frozen=True):
    """The dates that a person named; each may be missing. Nobody else sees them."""

    asking_on: date | None = None
    receiving_on: date | None = None
    discussion_on: date | None = None

    def day_of(self, card: Card) -> date | None:
        """The date that the card belongs to."""
        match card:
            case Card.BEFORE_ASKING:
                return self.asking_on
            case Card.ON_RECEIVING:
                return self.receiving_on
            case _:
                return self.discussion_on

    def too_far(self, today: date) -> list[str]:
        """The names of the dates that are too far ahead to be right."""
        return [
            name
            for name in self.__struct_fields__
            if (day := getattr(self, name)) is not None and (day - today).days > FARTHEST_DAYS
        ]

    def __bool__(self) -> bool:
        return any((self.asking_on, self.receiving_on, self.discussion_on))


class CardRef(Struct, frozen=True):
    """One card for one date, as a delivery's subject: ``before_asking@2019-05-02``. With another date it is
    another card."""

    card: Card
    on: date

    def __str__(self) -> str:
        return f"{self.card}@{self.on.isoformat()}"

    @classmethod
    def parse(cls, stored: str) -> Self:
        """Parse the stored form. Raises ValueError for anything that ``str`` does not produce."""
        card, _, on = stored.partition("@")
        return cls(Card(card), date.fromisoformat(on))


def card_day(card: Card, on: date, rules: PromptRules, calendar: WorkCalendar) -> date:
    """The day on which a card is due for the date ``on``."""
    match card:
        case Card.ON_RECEIVING:
            return back_to_prompt_day(on, rules)
        case Card.AFTER_DISCUSSION:
            return calendar.add_working_days(on, DAYS_AFTER)
        case _:
            return back_to_prompt_day(calendar.add_working_days(on, -DAYS_BEFORE), rules)


def date_cards(
    preparation: Preparation,
    offering_id: int,
    sent: Collection[str],
    today: date,
    timezone: str,
    rules: PromptRules,
    calendar: WorkCalendar,
) -> Iterator[tuple[CardRef, DatedPrompt]]:
    """The cards that are still to be sent, each as a prompt with its day, so that they find their place among
    the person's prompts. ``sent`` are the subjects of those that were; ``today`` is in the person's zone.

    One that prepares for a date that is still ahead comes today rather than not at all.
    """
    for number, card in enumerate(Card, start=1):
        on = preparation.day_of(card)
        if on is None or str(ref := CardRef(card, on)) in sent:
            continue
        is_ahead = card is not Card.AFTER_DISCUSSION and today < on
        day = card_day(card, on, rules, calendar)
        prompt = Prompt(-number, offering_id, Moment.ANY, (), Timing(), has_reminder=False)
        until = to_instant(on, time(), timezone) if card in _PREPARES else None
        yield ref, DatedPrompt(prompt, max(day, today) if is_ahead else day, until=until)


_PREPARES: Final = (Card.BEFORE_ASKING, Card.BEFORE_DISCUSSION)
