"""Working days and working hours. Holidays are passed in as a value; days follow wall time.

A *working day* is a day on which a message about a session or a seat may be sent: Monday to Friday, no public
holiday, no eve that is a day off. A *quiet day* is a day on which nobody gets a prompt: it includes the eves
of all holidays, July, and the weeks around Christmas.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.calendars.wall_time import local, to_instant

_DAY = timedelta(days=1)
_SATURDAY = 5
_JULY = 7
_CHRISTMAS_QUIET_FROM: Final = (12, 23)
_CHRISTMAS_QUIET_TO: Final = (1, 6)


class DayWindow(Struct, frozen=True):
    """Hours of a day in wall time, both ends included. Raises ValueError when they are out of order."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError(f"a window opens before it closes: {self.opens} - {self.closes}")


WORKING_HOURS: Final = DayWindow(time(9), time(15))


class QuietSeason(StrEnum):
    """A part of the year in which nobody gets a prompt."""

    JULY = "july"
    TURN_OF_YEAR = "turn_of_year"  # 23 December to 6 January


def quiet_season(day: date) -> QuietSeason | None:
    """The quiet season that ``day`` is in, if any."""
    if day.month == _JULY:
        return QuietSeason.JULY
    monthday = (day.month, day.day)
    if monthday >= _CHRISTMAS_QUIET_FROM or monthday <= _CHRISTMAS_QUIET_TO:
        return QuietSeason.TURN_OF_YEAR
    return None


class DaysOff(Struct, frozen=True):
    """The public holidays of one year, and the eves that are days off. No day is in both sets."""

    public_holidays: frozenset[date]
    eves: frozenset[date]


class WorkCalendar(Struct, frozen=True):
    """Working days and working hours. ``days_off_in`` returns the days off of a year."""

    days_off_in: Callable[[int], DaysOff]

    def is_public_holiday(self, day: date) -> bool:
        return day in self.days_off_in(day.year).public_holidays

    def is_eve_off(self, day: date) -> bool:
        return day in self.days_off_in(day.year).eves

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and not (self.is_public_holiday(day) or self.is_eve_off(day))

    def is_quiet_day(self, day: date) -> bool:
        """Whether no prompts are sent: public holidays, the days before them, July, and 23 December to 6
        January."""
        return (
            quiet_season(day) is not None
            or self.is_public_holiday(day)
            or self.is_eve_off(day)
            or self.is_public_holiday(day + _DAY)
        )

    def next_working_day(self, day: date) -> date:
        """The first working day after ``day``."""
        return self._seek(day + _DAY, _DAY)

    def previous_working_day(self, day: date) -> date:
        """The last working day before ``day``."""
        return self._seek(day - _DAY, -_DAY)

    def working_day_from(self, day: date) -> date:
        """``day`` if it is a working day, else the next one."""
        return self._seek(day, _DAY)

    def add_working_days(self, day: date, number: int) -> date:
        """The ``number``-th working day after ``day``; before it, if negative. 0 is ``working_day_from``."""
        if number == 0:
            return self.working_day_from(day)
        step = self.next_working_day if number > 0 else self.previous_working_day
        for _ in range(abs(number)):
            day = step(day)
        return day

    def is_working_moment(self, instant: datetime, timezone: str, window: DayWindow = WORKING_HOURS) -> bool:
        """Whether ``instant`` is within ``window`` of a working day on the clocks of ``timezone``."""
        day = local(instant, timezone).date()
        opens_at, closes_at = _hours_of(day, timezone, window)
        return opens_at <= instant <= closes_at and self.is_working_day(day)

    def next_working_moment(
        self, instant: datetime, timezone: str, window: DayWindow = WORKING_HOURS
    ) -> datetime:
        """``instant`` if it is a working moment, else when the window next opens, in UTC."""
        day = self.working_day_from(local(instant, timezone).date())
        opens_at, closes_at = _hours_of(day, timezone, window)
        if instant > closes_at:
            opens_at, _ = _hours_of(self.next_working_day(day), timezone, window)
        return max(instant.astimezone(UTC), opens_at)

    def last_working_moment(
        self, instant: datetime, timezone: str, window: DayWindow = WORKING_HOURS
    ) -> datetime:
        """``instant`` if it is a working moment, else when the window last closed, in UTC."""
        day = local(instant, timezone).date()
        opens_at, closes_at = _hours_of(day, timezone, window)
        if not self.is_working_day(day) or instant < opens_at:
            _, closes_at = _hours_of(self.previous_working_day(day), timezone, window)
        return min(instant.astimezone(UTC), closes_at)

    def add_working_time(
        self, instant: datetime, duration: timedelta, timezone: str, window: DayWindow = WORKING_HOURS
    ) -> datetime:
        """The instant, in UTC, at which ``duration`` of the window's time has passed since ``instant``."""
        at = self.next_working_moment(instant, timezone, window)
        while True:
            day = local(at, timezone).date()
            _, closes_at = _hours_of(day, timezone, window)
            if duration <= closes_at - at:
                return at + duration
            duration -= closes_at - at
            at, _ = _hours_of(self.next_working_day(day), timezone, window)

    def working_time_between(
        self, start: datetime, end: datetime, timezone: str, window: DayWindow = WORKING_HOURS
    ) -> timedelta:
        """How much of the window's time lies between two instants; none if they are out of order."""
        total = timedelta()
        at = self.next_working_moment(start, timezone, window)
        while at < end:
            day = local(at, timezone).date()
            _, closes_at = _hours_of(day, timezone, window)
            total += min(closes_at, end) - at
            at, _ = _hours_of(self.next_working_day(day), timezone, window)
        return total

    def _seek(self, day: date, step: timedelta) -> date:
        while not self.is_working_day(day):
            day += step
        return day


def _hours_of(day: date, timezone: str, window: DayWindow) -> tuple[datetime, datetime]:
    """When ``window`` opens and closes on ``day``, in UTC. If a clock change skips the whole window, both are
    the same."""
    opens_at = to_instant(day, window.opens, timezone)
    return opens_at, max(opens_at, to_instant(day, window.closes, timezone))
