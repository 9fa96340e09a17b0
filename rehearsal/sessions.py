"""The sessions of a year: as planned, and as changed in its course."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.plan.model import Plan
from rehearsal.days import previous_working_day
from rehearsal.promises import Attendance, Known
from rehearsal.record import Moment, moment_of
from rehearsal.year import Lived


def _plans(lived: Lived) -> Iterator[Plan]:
    yield lived.plan
    yield from (change.plan for change in lived.changes if change.plan is not None)
    yield lived.final


def attendances(lived: Lived) -> list[Attendance]:
    """The people with a seat in each session, and when its reminders began; only for seats kept to the
    end."""
    zone = ZoneInfo(lived.final.timezone)
    offerings = {each.code: each for each in lived.final.offerings if not each.cancelled}
    found = []
    for seat in lived.seats:
        if seat.status != "seated" or seat.offering not in offerings or seat.person in lived.gone:
            continue
        for session in offerings[seat.offering].sessions:
            starts_at = datetime.combine(session.on, session.starts, zone)
            told_from = datetime.combine(previous_working_day(session.on), time(8, 59), zone)
            since = seat.seated_at or seat.changed_at
            if not session.cancelled and since < told_from and starts_at <= lived.ended:
                found.append(Attendance(seat.person, seat.offering, session.number, told_from, starts_at))
    return found


def coming(lived: Lived) -> list[Attendance]:
    """The attendances without people who said that they can't come: they are not reminded."""
    return [
        each for each in attendances(lived) if (each.person, each.offering, each.session) not in lived.absent
    ]


TOLD_WITHIN: Final = timedelta(hours=1)
"""A change is told at any hour, ten minutes later, so that further changes can be told with it."""


def known_sessions(lived: Lived) -> Iterator[Known]:
    """What everybody with a seat has to know of each session soon after each change and at its start: its
    time, or that it is cancelled."""
    ever = _moments(lived)
    final = {(each.code, one.number): one for each in lived.final.offerings for one in each.sessions}
    for each in attendances(lived):
        about = each.offering, each.session
        moment = moment_of(final[about].on, final[about].starts)
        yield Known(each.person, *about, moment, frozenset(ever[about]), each.starts_at)
    for change in lived.changes:
        about = change.offering, change.session
        then = moment_of(change.to, final[about].starts) if change.to is not None else None
        for seat in lived.seats:
            had_it = seat.status == "seated" and seat.seated_at is not None and seat.seated_at < change.at
            if seat.offering == change.offering and had_it and seat.person not in lived.gone:
                yield Known(seat.person, *about, then, frozenset(ever[about]), change.at + TOLD_WITHIN)


def _moments(lived: Lived) -> dict[tuple[str, int], set[Moment]]:
    """All times that each session had in the course of the year."""
    found: dict[tuple[str, int], set[Moment]] = defaultdict(set)
    for offering in chain.from_iterable(plan.offerings for plan in _plans(lived)):
        for each in offering.sessions:
            found[offering.code, each.number].add(moment_of(each.on, each.starts))
    return found


def beginnings(lived: Lived) -> dict[str, list[datetime]]:
    """The starts of each offering's sessions, including those before a change, which earlier messages were
    about."""
    zone = ZoneInfo(lived.plan.timezone)
    found: dict[str, list[datetime]] = defaultdict(list)
    for offering in chain.from_iterable(plan.offerings for plan in _plans(lived)):
        for each in offering.sessions:
            if not each.cancelled:
                found[offering.code].append(datetime.combine(each.on, each.starts, zone))
    return found
