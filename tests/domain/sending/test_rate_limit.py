"""How much may go now: a rate with a burst, a pause that Slack asked for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sending.rate_limit import RateLimit, TokenBucket

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


def test_a_clock_set_back_takes_nothing_away_and_gives_nothing_twice() -> None:
    set_back = TokenBucket(7, NOW).refilled(LIMIT, NOW - timedelta(hours=1))
    assert set_back.tokens == 7
    assert set_back.refilled(LIMIT, NOW).tokens == 7


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
