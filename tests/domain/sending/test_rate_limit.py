"""How much may go now: a rate with a burst, a pause that Slack asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sending.rate_limit import LONGEST_WAIT, RateLimit, TokenBucket, bounded_wait

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
LIMIT = RateLimit(per_second=5, burst=20)


def test_it_grows_back_with_time_and_never_over_the_burst() -> None:
    empty = TokenBucket(0, NOW)
    assert empty.refilled(LIMIT, NOW + timedelta(seconds=1)).available(NOW) == 5
    assert empty.refilled(LIMIT, NOW + timedelta(hours=1)).available(NOW) == 20


def test_nothing_goes_before_the_pause_is_over() -> None:
    paused = TokenBucket(20, NOW, not_before=NOW + timedelta(seconds=30))
    assert paused.available(NOW + timedelta(seconds=29)) == 0
    assert paused.available(NOW + timedelta(seconds=30)) == 20


def test_clocks_that_differ_a_little_take_nothing_away_and_give_nothing_twice() -> None:
    behind = TokenBucket(7, NOW).refilled(LIMIT, NOW - timedelta(seconds=2))
    assert behind.tokens == 7
    assert behind.refilled(LIMIT, NOW).tokens == 7


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)])
def test_an_instant_from_a_clock_that_ran_ahead_becomes_now(ahead: timedelta) -> None:
    noted = TokenBucket(0, NOW + ahead).refilled(LIMIT, NOW)
    assert noted.at == NOW
    assert noted.refilled(LIMIT, NOW + timedelta(seconds=2)).tokens == 10


def test_a_pause_longer_than_any_that_is_asked_for_is_none() -> None:
    asked = TokenBucket(5, NOW, NOW + LONGEST_WAIT).refilled(LIMIT, NOW)
    assert asked.available(NOW) == 0
    ahead = TokenBucket(5, NOW, NOW + timedelta(days=11)).refilled(LIMIT, NOW)
    assert ahead.available(NOW) == 5


@pytest.mark.parametrize("said", [0, -1, "0", "1e20", "inf", "nan", "soon", None, [], 10**400, 1_000_000])
def test_a_retry_after_is_between_a_second_and_the_longest_wait(said: object) -> None:
    assert 1 <= bounded_wait(said) <= LONGEST_WAIT.total_seconds()


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 30)), max_size=40))
def test_in_any_stretch_no_more_goes_than_the_burst_and_what_grew(steps: list[tuple[float, int]]) -> None:
    left, at, gone = TokenBucket(LIMIT.burst, NOW), NOW, 0
    for seconds, wanted in steps:
        at += timedelta(seconds=seconds)
        left = left.refilled(LIMIT, at)
        now = min(wanted, left.available(at))
        left = TokenBucket(left.tokens - now, left.at)
        gone += now
    assert gone <= LIMIT.burst + LIMIT.per_second * (at - NOW).total_seconds() + 1e-6
