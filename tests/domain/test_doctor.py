"""What the doctor makes of what it sees."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.doctor import (
    Finding,
    Level,
    Sign,
    judge_backup,
    judge_clock,
    judge_deliveries,
    judge_holidays,
    judge_keys,
    judge_scopes,
    judge_space,
    judge_tzdata,
    worst,
)

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)


def test_the_worst_finding_counts() -> None:
    fine, warning, broken = Finding(Sign.ZONES_FINE), Finding(Sign.FAILED), Finding(Sign.LATE)
    assert worst([]) is worst([fine, Finding(Sign.SOCKET_OFF)]) is Level.FINE
    assert worst([fine, warning]) is Level.WARNING
    assert worst([warning, broken, fine]) is Level.BROKEN


@pytest.mark.parametrize(
    ("seconds", "sign"),
    [(29, Sign.CLOCK_FINE), (30, Sign.CLOCK_OFF), (299, Sign.CLOCK_OFF), (300, Sign.CLOCK_WRONG)],
)
def test_a_clock_is_wrong_once_slacks_signatures_would_be_refused(seconds: int, sign: Sign) -> None:
    for off in (seconds, -seconds):
        assert judge_clock(NOW, NOW + timedelta(seconds=off)) == Finding(sign, {"n": seconds})
    assert judge_clock(NOW, None).sign is Sign.CLOCK_UNKNOWN


def test_each_lacking_scope_is_told_and_an_optional_one_is_only_a_warning() -> None:
    found = list(judge_scopes(["a", "b", "c"], ["c"], {"a", "more"}))
    assert found == [
        Finding(Sign.SCOPE_LACKING, {"scope": "b"}),
        Finding(Sign.SCOPE_LEFT_OUT, {"scope": "c"}),
    ]
    assert [each.level for each in found] == [Level.BROKEN, Level.WARNING]
    assert list(judge_scopes(["a"], [], ["a"])) == [Finding(Sign.SCOPES_FINE, {"n": 1})]
    assert list(judge_scopes(["a"], [], None)) == [Finding(Sign.SCOPES_UNKNOWN)]


@pytest.mark.parametrize(
    ("hours", "sign"),
    [(47, Sign.BACKUP_FINE), (48, Sign.BACKUP_OLD), (167, Sign.BACKUP_OLD), (168, Sign.BACKUP_TOO_OLD)],
)
def test_a_backup_is_expected_every_other_day_and_needed_every_week(hours: int, sign: Sign) -> None:
    assert judge_backup(NOW - timedelta(hours=hours), NOW) == Finding(sign, {"n": hours})


def test_a_disk_needs_room_for_the_database_twice_more() -> None:
    signs = [judge_space(free * 1_000_000, 50_000_000).sign for free in (99, 100, 199, 200)]
    assert signs == [Sign.SPACE_GONE, Sign.SPACE_LOW, Sign.SPACE_LOW, Sign.SPACE_FINE]


def test_what_is_late_failed_unknown_paused_or_set_aside_is_each_told() -> None:
    minutes = timedelta(minutes=1)
    calm = {
        "late_after": 15 * minutes,
        "failed": 0,
        "unknown": 0,
        "pauses": (),
        "is_paused": False,
        "set_aside": 0,
    }
    assert [each.sign for each in judge_deliveries(behind=15 * minutes, **calm)] == [Sign.DELIVERIES_FINE]  # type: ignore[arg-type]
    found = judge_deliveries(
        behind=16 * minutes,
        late_after=15 * minutes,
        failed=2,
        unknown=3,
        pauses={"b", "a"},
        is_paused=True,
        set_aside=4,
    )
    assert list(found) == [
        Finding(Sign.LATE, {"n": 16}),
        Finding(Sign.FAILED, {"n": 2}),
        Finding(Sign.OUTCOME_UNKNOWN, {"n": 3}),
        Finding(Sign.SET_ASIDE, {"n": 4}),
        Finding(Sign.SENDING_PAUSED),
        Finding(Sign.PAUSED, {"methods": "a, b"}),
    ]


def test_keys_that_do_not_open_or_wait_for_rotation_are_told() -> None:
    assert list(judge_keys(current=2, previous=0, closed=0)) == [Finding(Sign.KEYS_FINE, {"n": 2})]
    assert [each.sign for each in judge_keys(current=2, previous=1, closed=1)] == [
        Sign.KEYS_CLOSED,
        Sign.KEYS_PREVIOUS,
    ]


def test_holidays_must_be_known_in_every_year_up_to_the_last_session() -> None:
    today = NOW.date()
    assert judge_holidays(None, [], today).sign is Sign.NO_PLAN
    assert judge_holidays(date(2021, 1, 1), [2019, 2021], today).params == {"year": "2020"}
    assert judge_holidays(date(2020, 1, 1), [2019, 2020], today).sign is Sign.HOLIDAYS_FINE
    assert judge_holidays(date(2018, 1, 1), [2018], today).sign is Sign.HOLIDAYS_FINE


def test_tzdata_of_the_year_before_last_is_old() -> None:
    signs = [judge_tzdata(version, NOW.date()).sign for version in ("2018e", "2017c", None, "?")]
    assert signs == [Sign.TZDATA_FINE, Sign.TZDATA_OLD, Sign.TZDATA_UNKNOWN, Sign.TZDATA_UNKNOWN]
