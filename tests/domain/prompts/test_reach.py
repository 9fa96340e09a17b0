"""Whom a facilitator's prompt reaches, as numbers."""

from datetime import UTC, datetime

import pytest

from bot.domain.prompts.dates import DatedPrompt, Reason
from bot.domain.prompts.prompt import Moment, Prompt, Question, Timing
from bot.domain.prompts.reach import NotReached, reach_of, who_would_not_understand
from bot.domain.prompts.schedule import ScheduledPrompt

DATED = DatedPrompt(Prompt(1, 1, Moment.ANY, [Question({"fi": "?"})], Timing()), None)
NINE, TEN = datetime(2019, 3, 19, 7, tzinfo=UTC), datetime(2019, 3, 19, 8, tzinfo=UTC)


def test_it_reaches_those_who_have_a_time_from_the_first_to_the_last() -> None:
    reach = reach_of(
        [
            ScheduledPrompt(DATED, TEN),
            ScheduledPrompt(DATED, NINE),
            ScheduledPrompt(DATED, None, dropped=Reason.PAUSED),
        ]
    )
    assert (reach.people, reach.first, reach.last) == (2, NINE, TEN)


def test_nobody_at_all_has_neither_a_first_nor_a_last() -> None:
    assert reach_of([]).first is None


@pytest.mark.parametrize("reason", [Reason.PAUSED, Reason.AWAY, Reason.STOPPED, Reason.FEWER])
def test_a_persons_own_choices_are_counted_together_and_not_told_apart(reason: Reason) -> None:
    assert reach_of([ScheduledPrompt(DATED, None, dropped=reason)]).skipped == {NotReached.PEACE: 1}


def test_the_weekly_limit_and_the_audience_are_counted_apart() -> None:
    asks = [
        ScheduledPrompt(DATED, None, dropped=each) for each in (Reason.WEEKLY_CAP, Reason.NOT_IN_AUDIENCE)
    ]
    assert reach_of([*asks, asks[0]]).skipped == {NotReached.WEEKLY_CAP: 2, NotReached.AUDIENCE: 1}


def test_whatever_else_keeps_it_from_somebody_is_that_it_would_be_too_late() -> None:
    assert reach_of([ScheduledPrompt(DATED, None, dropped=Reason.PAST)]).skipped == {NotReached.TOO_LATE: 1}


def test_readers_of_a_language_that_is_not_written_would_not_understand() -> None:
    assert who_would_not_understand({"fi": "?"}, {"fi": 3, "sv": 2, "en": 0}) == {"sv": 2}
