"""When people work: days without holidays, hours on the wall. Which days are holidays is given."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.wall_time import local, to_instant

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off. ``holidays`` are public holidays and the eves that nobody works: Midsummer Eve and
    Christmas Eve are not public holidays by law, and are days off all the same."""

    holidays: Collection[date]

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.holidays

    def working_day_before(self, day: date) -> date:
        """The last working day before ``day``."""
        before = day - timedelta(days=1)
        while not self.is_working_day(before):
            before -= timedelta(days=1)
        return before

    def working_day_from(self, day: date) -> date:
        """``day`` itself if people work then, else the next day they do."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, number: int) -> date:
        """The ``number``-th working day after ``day`` (before it, when negative)."""
        step = timedelta(days=1 if number > 0 else -1)
        left = abs(number)
        while left:
            day += step
            if self.is_working_day(day):
                left -= 1
        return day


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From ``opens`` to before ``closes``, wall time, on working days."""

    opens: time = time(9)
    closes: time = time(15)

    def next_moment(self, instant: datetime, timezone: str, calendar: WorkCalendar) -> datetime:
        """``instant`` if people in ``timezone`` work then, else the next opening; aware UTC."""
        here = local(instant, timezone)
        day = calendar.working_day_from(here.date())
        if day == here.date() and self.opens <= here.time() < self.closes:
            return instant
        if day == here.date() and here.time() >= self.closes:
            day = calendar.working_day_from(day + timedelta(days=1))
        return to_instant(day, self.opens, timezone)
