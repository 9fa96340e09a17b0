"""What people agree on is wall time; instants follow from it, also when clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendars.wall_time import STAND_IN, exists, known_timezones, local, to_instant, zone_of

HELSINKI = "Europe/Helsinki"
SPRING, AUTUMN = date(2019, 3, 31), date(2019, 10, 27)


def test_nine_oclock_stays_nine_oclock_over_the_clock_change() -> None:
    before, after = SPRING - timedelta(days=1), SPRING
    assert to_instant(before, time(9), HELSINKI) == datetime(2019, 3, 30, 7, tzinfo=UTC)
    assert to_instant(after, time(9), HELSINKI) == datetime(2019, 3, 31, 6, tzinfo=UTC)
    assert local(to_instant(after, time(9), HELSINKI), HELSINKI).time() == time(9)


@pytest.mark.parametrize("unknown", ["Europe/Nowhere", "", "Europe", "../etc/passwd", "Europe/\x00", "/etc"])
def test_for_a_zone_that_this_machine_does_not_know_another_stands_in(
    unknown: str, caplog: pytest.LogCaptureFixture
) -> None:
    zone_of.cache_clear()
    assert to_instant(AUTUMN, time(9), unknown) == to_instant(AUTUMN, time(9), STAND_IN)
    assert zone_of(unknown).key == STAND_IN
    assert [each.levelname for each in caplog.records] == ["ERROR"], "once"


@pytest.mark.parametrize(
    ("on", "at", "there"),
    [
        (SPRING, time(2, 59), True),
        (SPRING, time(3), False),
        (SPRING, time(3, 59), False),
        (SPRING, time(4), True),
        (AUTUMN, time(3, 30), True),
    ],
)
def test_a_time_that_the_spring_change_skips_does_not_exist(on: date, at: time, there: bool) -> None:
    assert exists(on, at, HELSINKI) is there


def test_a_time_that_comes_twice_means_the_first_and_one_that_is_skipped_the_hour_after() -> None:
    assert to_instant(AUTUMN, time(3, 30), HELSINKI) == datetime(2019, 10, 27, 0, 30, tzinfo=UTC)
    assert local(to_instant(SPRING, time(3, 30), HELSINKI), HELSINKI).time() == time(4, 30)


days = st.dates(date(2019, 1, 1), date(2020, 12, 31)) | st.sampled_from([SPRING, AUTUMN])


@given(days, st.times(), st.sampled_from(sorted(known_timezones())))
def test_every_wall_time_that_exists_is_the_wall_time_of_its_instant(on: date, at: time, zone: str) -> None:
    instant = to_instant(on, at, zone)
    wall = local(instant, zone)
    assert instant.tzinfo is UTC
    assert ((wall.date(), wall.time()) == (on, at)) is exists(on, at, zone)
