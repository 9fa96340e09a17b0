"""Messages to facilitators about their role, once, and about their groups, at most once a day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from msgspec import Struct

from bot.domain.calendars.wall_time import known_or, local, to_instant
from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.person import Person
from bot.domain.sending.outcomes import Sent
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToPerson
from bot.services.deliveries.rendered import Deferred, OutgoingMessage, Rendered, Skipped
from bot.services.offerings.catalogue import load_all_offerings, load_offering, state_of
from bot.services.people.roles import without_facilitator
from bot.views.facilitation import news as view
from storage import deliveries as delivery_rows
from storage import facilitation as rows
from storage import people as person_rows
from storage import roles as role_rows
from storage.isolation import isolate_each
from storage.transaction import Tx

MORNING: Final = time(9)
"""A day's message covers changes since the morning of the working day before."""
OVER = frozenset({SignUpState.PAST, SignUpState.CANCELLED})


class DayToTell(Struct, frozen=True):
    """A facilitator who is to be told what changed until this morning, and until when that is useful."""

    person_id: str
    day: date
    helps_until: datetime


def span_of_day(day: date, timezone: str) -> tuple[datetime, datetime]:
    """The time that this working day's message covers: from the last working morning to this one."""
    before = WORK_CALENDAR.add_working_days(day, -1)
    return to_instant(before, MORNING, timezone), to_instant(day, MORNING, timezone)


def days_to_tell(tx: Tx, now: datetime) -> list[DayToTell]:
    """The facilitators to be told of their groups today: it is their office hours, something changed, they
    want it.
    """
    led: dict[str, set[int]] = {}
    offerings = {each.code: each for each in load_all_offerings(tx)}
    states = isolate_each(tx, "day_not_told", offerings, lambda each: (each, state_of(each, now)))
    for offering, state in states:
        if state not in OVER:
            for each in offering.facilitators:
                led.setdefault(each, set()).add(offering.id)
    changes: dict[tuple[datetime, datetime], Mapping[int, rows.DayRow]] = {}
    found = []
    for row in person_rows.list_people(tx, led):
        zone = known_or(row.timezone, "Europe/Helsinki")
        if row.deactivated or not row.daily_line:
            continue
        if not WORK_CALENDAR.is_working_moment(now, zone, SEAT_NEWS_HOURS):
            continue
        day = local(now, zone).date()
        span = span_of_day(day, zone)
        if span not in changes:
            changes[span] = rows.count_changes(tx, *span)
        if not led[row.id].isdisjoint(changes[span]):
            until = to_instant(WORK_CALENDAR.add_working_days(day, 1), MORNING, zone)
            found.append(DayToTell(row.id, day, until))
    return found


def plan_days(tx: Tx, now: datetime) -> None:
    """Plan today's messages, one each."""
    for each in days_to_tell(tx, now):
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.FACILITATORS_DAY,
            recipient=each.person_id,
            subject="",
            occurrence=each.day.isoformat(),
            due_at=now,
            expires_at=each.helps_until,
            now=now,
        )


def _led_now(tx: Tx, person: Person, codes: Sequence[str], now: datetime) -> list[Offering]:
    """Those of these offerings that the person still facilitates and that are not over."""
    found = []
    for code in codes:
        try:
            offering = load_offering(tx, code)
        except KaikuError:  # the plan has dropped the offering
            continue
        if person.id in offering.facilitators and state_of(offering, now) not in OVER:
            found.append(offering)
    return found


def wait_for_office_hours(due: ToPerson) -> Deferred | None:
    """Until when a message waits for the person's office hours; None: it is within them."""
    until = WORK_CALENDAR.next_working_moment(due.now, due.person.timezone, SEAT_NEWS_HOURS)
    return Deferred(until, "office_hours") if until > due.now else None


def _now_facilitates(tx: Tx, due: ToPerson) -> Rendered:
    if (waits := wait_for_office_hours(due)) is not None:
        return waits
    others = role_rows.list_others(tx, due.delivery)
    led = _led_now(tx, due.person, [due.delivery.subject, *others], due.now)
    if not led or led[0].code != due.delivery.subject:
        return Skipped("no_longer_facilitates")
    told = tuple(others[each.code] for each in led if each.code in others)
    return OutgoingMessage(view.now_facilitates(led, due.words), tells_too=told)


def _note_together(tx: Tx, settled: Settled) -> None:
    if isinstance(settled.outcome, Sent) and isinstance(settled.rendered, OutgoingMessage):
        delivery_rows.note_sent_with(tx, settled.rendered.tells_too, settled.delivery)


def _no_facilitator(tx: Tx, due: ToPerson) -> Rendered:
    if (waits := wait_for_office_hours(due)) is not None:
        return waits
    whose = due.delivery.occurrence
    row = person_rows.get_person(tx, whose)
    if row is not None and not row.deactivated:
        return Skipped("came_back")
    found = [each for each in without_facilitator(tx, whose, due.now) if each.code == due.delivery.subject]
    if not found:
        return Skipped("has_facilitator")
    if not due.person.is_coordinator:
        return Skipped("no_longer_coordinator")
    return OutgoingMessage(view.no_facilitator(found[0], row.name if row is not None else whose, due.words))


def _day(tx: Tx, due: ToPerson) -> Rendered:
    if not due.person.hears_daily:
        return Skipped("turned_off")
    if (waits := wait_for_office_hours(due)) is not None:
        return waits
    span = span_of_day(date.fromisoformat(due.delivery.occurrence), due.person.timezone)
    changes = rows.count_changes(tx, *span)
    led = [
        (offering, changes[offering.id])
        for offering in load_all_offerings(tx)
        if due.person.id in offering.facilitators
        and offering.id in changes
        and state_of(offering, due.now) not in OVER
    ]
    if not led:
        return Skipped("nothing_changed")
    return OutgoingMessage(view.day(led, due.words))


def declare() -> list[MessageKind]:
    return [
        MessageKind(
            DeliveryKind.NOW_FACILITATES,
            Method.POST,
            urgency=8,
            about="an offering; once, several in one message",
            helps_until="the offering ends",
            to_person=_now_facilitates,
            after=_note_together,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.NO_FACILITATOR,
            Method.POST,
            urgency=6,
            about="an offering; one for each closed account of its last facilitator",
            helps_until="somebody facilitates it",
            to_person=_no_facilitator,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.FACILITATORS_DAY,
            Method.POST,
            urgency=9,
            about="nothing; at most one for each working day, only if something changed",
            helps_until="the next working morning",
            to_person=_day,
            at_most_once=True,
            office_hours=True,
        ),
    ]
