"""Sessions as the rules see them, for tests."""

from datetime import date, time

from bot.domain.calendars.wall_time import to_instant
from bot.domain.language import Texts
from bot.domain.offerings.offering import Session

HELSINKI = "Europe/Helsinki"


def a_session(
    on: date,
    starts: time = time(9),
    ends: time = time(15),
    *,
    number: int = 1,
    timezone: str = HELSINKI,
    place: Texts | None = None,
    link: str | None = None,
    link_label: str | None = None,
    bring: Texts | None = None,
    cancelled: bool = False,
) -> Session:
    """A session as the store gives it, its instants derived from its wall time."""
    return Session(
        number=number,
        on=on,
        starts=starts,
        ends=ends,
        timezone=timezone,
        starts_at=to_instant(on, starts, timezone),
        ends_at=to_instant(on, ends, timezone),
        place=place,
        link=link,
        link_label=link_label,
        bring=bring,
        cancelled=cancelled,
    )
