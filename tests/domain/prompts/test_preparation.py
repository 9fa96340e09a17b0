"""Preparation cards: their days by the dates that a person names, and their place among the prompts."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from bot.domain.calendars.wall_time import local
from bot.domain.prompts.dates import Reason, date_prompts
from bot.domain.prompts.preparation import Card, CardRef, Preparation, date_cards
from bot.domain.prompts.prompt import DEFAULT_RULES, Frequency
from bot.domain.prompts.schedule import Participation, Recipient, ScheduledPrompt, schedule
from tests.support.prompt_dates import CALENDAR, ZONE, series, session

EARLY = datetime(2019, 9, 2, 6, tzinfo=UTC)
DATES = Preparation(date(2019, 9, 19), date(2019, 10, 11), date(2019, 10, 23))
FOUR = {
    Card.BEFORE_ASKING: date(2019, 9, 12),  # three working days before would be Monday: Thursday
    Card.ON_RECEIVING: date(2019, 10, 10),  # a Friday: the Thursday before it
    Card.BEFORE_DISCUSSION: date(2019, 10, 17),
    Card.AFTER_DISCUSSION: date(2019, 10, 29),  # a Friday: the next Tuesday
}


def placed(
    dates: Preparation = DATES,
    *,
    now: datetime = EARLY,
    sent: tuple[str, ...] = (),
    also_sent: tuple[datetime, ...] = (),
    sessions: tuple[date, ...] = (),
    frequency: Frequency = Frequency.ALL,
) -> dict[Card, date | Reason | None]:
    """When each card comes, or why it does not."""
    today = local(now, ZONE).date()
    cards = list(date_cards(dates, 1, sent, today, ZONE, DEFAULT_RULES, CALENDAR))
    meetings = [session(n, on) for n, on in enumerate(sessions, start=1)]
    prompts = date_prompts(series(meetings), meetings, DEFAULT_RULES, CALENDAR)
    found = schedule(
        [*prompts, *(dated for _, dated in cards)],
        {1: Participation(EARLY)},
        Recipient(ZONE, frequency=frequency),
        {},
        DEFAULT_RULES,
        CALENDAR,
        now,
        also_sent=also_sent,
    )
    by_id = {ask.dated.prompt.id: ask for ask in found}
    return {ref.card: _day(by_id[dated.prompt.id]) for ref, dated in cards}


def _day(ask: ScheduledPrompt) -> date | Reason | None:
    assert ask.remind_at is None  # what asks nothing is not reminded of
    return local(ask.due_at, ZONE).date() if ask.due_at is not None else ask.dropped


def test_each_card_comes_around_its_date_on_a_day_for_prompts() -> None:
    assert placed() == FOUR
    assert placed(Preparation(receiving_on=DATES.receiving_on)) == {Card.ON_RECEIVING: date(2019, 10, 10)}


def test_a_card_is_sent_once_for_a_date_and_again_for_another() -> None:
    sent = (str(CardRef(Card.BEFORE_DISCUSSION, date(2019, 10, 23))),)
    assert Card.BEFORE_DISCUSSION not in placed(sent=sent)
    moved = Preparation(discussion_on=date(2019, 11, 20))
    assert placed(moved, sent=sent)[Card.BEFORE_DISCUSSION] == date(2019, 11, 14)


def test_a_date_that_is_near_brings_its_card_today_and_one_that_is_past_no_card() -> None:
    now = datetime(2019, 10, 22, 6, tzinfo=UTC)
    assert placed(now=now) == {
        Card.BEFORE_ASKING: Reason.PAST,
        Card.ON_RECEIVING: Reason.PAST,
        Card.BEFORE_DISCUSSION: date(2019, 10, 22),
        Card.AFTER_DISCUSSION: date(2019, 10, 29),
    }


def test_nobody_gets_a_card_and_a_prompt_within_a_week() -> None:
    # A midpoint on 17 September, a look ahead on the 26th and a plan on 3 October are already there.
    meetings = (date(2019, 9, 3), date(2019, 10, 1), date(2019, 10, 29))
    with_prompts = placed(sessions=meetings)
    assert with_prompts != FOUR
    days = [day for day in with_prompts.values() if isinstance(day, date)]
    assert min((b - a).days for a, b in pairwise(days)) >= 7
    late = datetime(2019, 10, 16, 8, tzinfo=UTC)
    now = datetime(2019, 10, 17, 5, tzinfo=UTC)
    assert placed(now=now, also_sent=(late,))[Card.BEFORE_DISCUSSION] is Reason.WEEKLY_CAP


def test_who_stopped_the_prompts_gets_no_cards_and_fewer_lie_two_weeks_apart() -> None:
    assert set(placed(frequency=Frequency.STOPPED).values()) == {Reason.STOPPED}
    fewer = placed(frequency=Frequency.FEWER)
    days = sorted(day for day in fewer.values() if isinstance(day, date))
    assert min((b - a).days for a, b in pairwise(days)) >= 14


def test_a_card_is_named_by_its_date_and_nothing_else_is_read_as_one() -> None:
    ref = CardRef(Card.ON_RECEIVING, date(2019, 10, 10))
    assert CardRef.parse(str(ref)) == ref
    for wrong in ("on_receiving", "on_receiving@soon", "other@2019-10-10"):
        with pytest.raises(ValueError, match=r".+"):
            CardRef.parse(wrong)


def test_a_date_more_than_a_year_ahead_is_a_slip_of_the_pen() -> None:
    assert Preparation(discussion_on=date(2021, 10, 23)).too_far(date(2019, 9, 2)) == ["discussion_on"]
    assert DATES.too_far(date(2019, 9, 2)) == []
