"""A time that a session may move to."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.offerings.time_poll import Candidate

HELSINKI = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("on", "ends_at"),
    [
        (date(2019, 3, 14), datetime(2019, 3, 14, 23, tzinfo=UTC)),
        (date(2019, 3, 30), datetime(2019, 3, 30, 23, tzinfo=UTC)),  # the clocks change three hours later
        (date(2019, 3, 31), datetime(2019, 3, 31, 22, tzinfo=UTC)),
    ],
)
def test_a_time_that_ends_after_midnight_ends_on_the_next_day(on: date, ends_at: datetime) -> None:
    late = Candidate(on, time(22), time(1))
    assert late.ends_at(HELSINKI) == ends_at
    assert late.ends_at(HELSINKI) - late.starts_at(HELSINKI) == timedelta(hours=3)
