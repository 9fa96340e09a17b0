"""Finland's days off, from the ``holidays`` library (imported late: it is large and seldom needed)."""

from datetime import date
from functools import cache

from bot.domain.working_time import WorkCalendar

YEARS_AHEAD = 2


@cache
def work_calendar(year: int) -> WorkCalendar:
    """Finland's working days from the year before ``year`` to ``YEARS_AHEAD`` years after it.

    The library counts Midsummer Eve and Christmas Eve in, as people do. New Year's Eve stays a
    working day.
    """
    import holidays  # noqa: PLC0415

    found = holidays.country_holidays("FI", years=range(year - 1, year + YEARS_AHEAD + 1))
    days: frozenset[date] = frozenset(found)
    return WorkCalendar(days)
