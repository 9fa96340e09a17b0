"""The month view: one message to each coordinator on the first working day of a month."""

from datetime import date, datetime

from msgspec import Struct

from bot.domain.calendars.wall_time import known_or, local, to_instant
from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.evidence.month import Counted, MonthLine, is_time, month_of
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Deferred, OutgoingMessage, Rendered, Skipped
from bot.services.offerings.catalogue import list_undrawn, load_all_offerings, state_of
from bot.views.evidence import month as view
from storage import deliveries as delivery_rows
from storage import people as person_rows
from storage import roles as role_rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


class MonthToTell(Struct, frozen=True):
    """A coordinator who gets the month view today, and until when it is useful."""

    person_id: str
    day: date
    helps_until: datetime


def months_to_tell(tx: Tx, now: datetime) -> list[MonthToTell]:
    found = []
    for coordinator in role_rows.list_coordinators(tx):
        row = person_rows.get_person(tx, coordinator.person_id)
        zone = known_or(row.timezone if row is not None else None, "Europe/Helsinki")
        is_gone = row is not None and row.deactivated
        if not is_gone and is_time(now, zone, WORK_CALENDAR, SEAT_NEWS_HOURS):
            day = local(now, zone).date()
            ends = to_instant(day, SEAT_NEWS_HOURS.closes, zone)
            found.append(MonthToTell(coordinator.person_id, day, ends))
    return found


def plan_months(tx: Tx, now: datetime) -> None:
    """Plan today's month views; one a month each."""
    for each in months_to_tell(tx, now):
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.MONTH_VIEW,
            recipient=each.person_id,
            subject="",
            occurrence=f"{each.day:%Y-%m}",
            due_at=now,
            expires_at=each.helps_until,
            now=now,
        )


def load_month(tx: Tx, now: datetime) -> list[MonthLine]:
    """Every offering that is not over, in its current state."""
    counts = offering_rows.count_held_and_waiting(tx)
    offerings = load_all_offerings(tx)
    undrawn = list_undrawn(tx, offerings)
    counted = []
    for offering in offerings:
        state = state_of(offering, now)
        taken, waiting = counts.get(offering.id, (0, 0))
        is_late = state is SignUpState.CLOSED and offering.id in undrawn
        counted.append(Counted(offering, state, taken, waiting, is_late))
    return month_of(counted, now)


def _month(tx: Tx, due: ToPerson) -> Rendered:
    if not due.person.is_coordinator:
        return Skipped("no_longer_coordinator")
    until = WORK_CALENDAR.next_working_moment(due.now, due.person.timezone, SEAT_NEWS_HOURS)
    if until > due.now:
        return Deferred(until, "office_hours")
    lines = load_month(tx, due.now)
    if not lines:
        return Skipped("nothing_runs")
    return OutgoingMessage(view.month(lines, due.words))


def declare() -> list[MessageKind]:
    return [
        MessageKind(
            DeliveryKind.MONTH_VIEW,
            Method.POST,
            urgency=9,
            about="nothing; to coordinators, on the first working day of each month",
            helps_until="the end of that day",
            to_person=_month,
            at_most_once=True,
            office_hours=True,
        )
    ]
