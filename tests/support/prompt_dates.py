"""Sessions with the default series of prompts, in memory only."""

from datetime import UTC, date, datetime, time

from bot.domain.calendars.wall_time import to_instant
from bot.domain.enrolment.seats import SeatLimits
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.model import OfferingKind
from bot.domain.prompts.dates import date_prompts
from bot.domain.prompts.prompt import DEFAULT_RULES, SERIES, Prompt, Question, Timing
from bot.domain.prompts.timeline import Planned
from bot.services.calendars.holidays import WORK_CALENDAR, holiday_name

CALENDAR = WORK_CALENDAR
ZONE = "Europe/Helsinki"
BEFORE = datetime(2019, 1, 7, tzinfo=UTC)


def session(number: int, on: date, *, cancelled: bool = False) -> Session:
    starts, ends = to_instant(on, time(9), ZONE), to_instant(on, time(12), ZONE)
    return Session(
        number, on, time(9), time(12), ZONE, starts, ends, {}, None, None, None, cancelled=cancelled
    )


def series(sessions: list[Session], offering_id: int = 1) -> list[Prompt]:
    pairs = [(each.number, moment) for each in sessions[:-1] for moment in SERIES]
    return [
        Prompt(
            offering_id * 100 + n,
            offering_id,
            moment,
            [Question({"fi": "?"})],
            Timing(after_session=number),
            series=f"{number}/{moment}",
        )
        for n, (number, moment) in enumerate(pairs)
    ]


def planned(sessions: list[Session], offering_id: int = 1) -> Planned:
    offering = Offering(
        id=offering_id,
        code=f"dialogue-{offering_id}",
        kind=OfferingKind.PROCESS,
        strand_number=2,
        strand_title={"fi": "Dialogi"},
        title={"fi": f"Ryhmä {offering_id}"},
        summary={},
        limits=SeatLimits(20, 4, {}),
        facilitators=(),
        opens_on=None,
        closes_on=None,
        timezone="Europe/Helsinki",
        cancelled=False,
        sessions=sessions,
    )
    dated = date_prompts(series(sessions, offering_id), sessions, DEFAULT_RULES, CALENDAR)
    return Planned(offering, dated, DEFAULT_RULES, CALENDAR, holiday_name)


CALM = [session(1, date(2019, 9, 3)), session(2, date(2019, 10, 1))]
"""Four weeks of autumn with neither a holiday nor an eve."""
