"""Messages about an offering's sessions: reminders, and to facilitators who could not be told."""

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from bot.domain.deliveries import DeliveryKind, DeliveryState, Occurrence, Subject
from bot.domain.enrolment.seats import Status
from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.reminders import ReminderKind
from bot.domain.people.agencies import AgencyBook
from bot.domain.sending.outcomes import Sent
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToPerson
from bot.services.deliveries.rendered import OutgoingMessage, Rendered, Skipped
from bot.services.offerings.catalogue import load_offering, load_offering_by_id
from bot.services.offerings.roster import call_each, roster_of
from bot.views.offerings import messages as view
from storage import absence as absence_rows
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage.deliveries import DeliveryRow
from storage.enrolment import EnrolmentRow
from storage.offerings import timetables as timetable_rows
from storage.transaction import Tx

REMINDERS: Final = tuple(ReminderKind)
MOST_TOGETHER: Final = 8
"""Reminders in one message, which has at most 50 blocks."""

TAKES_TO_POST: Final = timedelta(seconds=10)
"""The time between rendering and Slack's time stamp. At worst somebody is told the same change twice."""

STANDING: Final = {Status.SEATED, Status.WAITING, Status.OFFERED}


class Enrolled(Struct, frozen=True):
    """An enrolment that a message is about, with its offering."""

    offering: Offering
    enrolment: EnrolmentRow

    @property
    def stands(self) -> bool:
        return Status(self.enrolment.status) in STANDING


def load_enrolled(tx: Tx, occurrence: str) -> Enrolled | None:
    """The enrolment that a delivery is about, by its occurrence; None if it has been erased."""
    enrolment = enrolment_rows.get_enrolment(tx, Occurrence.parse(occurrence).enrolment_id)
    if enrolment is None:
        return None
    return Enrolled(load_offering_by_id(tx, enrolment.offering_id), enrolment)


def calendar_file(tx: Tx, links: CalendarLinks, about: Enrolled) -> str | None:
    """The address of the calendar file, for people with a seat; the link was created when they signed up."""
    if about.enrolment.status != Status.SEATED:
        return None
    return links.file(links.tokens.find(tx, about.enrolment.person_id), about.offering.code)


def version_told(tx: Tx, settled: Settled) -> int | None:
    """Record that the person was told the sessions as rendered, and return that version. After a crash the
    message found in Slack may be older than the one rendered now: it told the sessions as of its posting. If
    they have changed since, the person is told the rest.
    """
    if not isinstance(settled.outcome, Sent):
        return None
    if not settled.is_sure and settled.outcome.ts:
        return _note_found(tx, settled, datetime.fromtimestamp(float(settled.outcome.ts), UTC))
    rendered = settled.rendered
    if not isinstance(rendered, OutgoingMessage):
        return None
    if rendered.enrolment_id is not None and rendered.tells_version is not None:
        enrolment_rows.set_told(tx, [rendered.enrolment_id], rendered.tells_version)
    return rendered.tells_version


def note_told(tx: Tx, settled: Settled) -> None:
    version_told(tx, settled)


def _note_found(tx: Tx, settled: Settled, posted_at: datetime) -> int | None:
    about = load_enrolled(tx, settled.delivery.occurrence)
    if about is None or not about.stands:
        return None
    planned_for = Occurrence.parse(settled.delivery.occurrence).version or 1
    found = timetable_rows.version_at(tx, about.offering.id, posted_at - TAKES_TO_POST)
    version, newest = max(found, planned_for), about.offering.timetable_version
    enrolment_rows.set_told(tx, [about.enrolment.id], version)
    if version < newest:
        delivery_rows.renew_delivery(
            tx,
            kind=DeliveryKind.CHANGE,
            recipient=about.enrolment.person_id,
            subject=about.offering.code,
            occurrence=str(Occurrence(about.enrolment.id, newest)),
            now=settled.now,
        )
    return version


def declare(book: AgencyBook) -> list[MessageKind]:
    """The reminders, and the message to facilitators about a failure."""

    def undelivered(tx: Tx, due: ToPerson) -> Rendered:
        failed = delivery_rows.get_delivery(tx, int(due.delivery.subject))
        if failed is None or failed.state != DeliveryState.FAILED:
            return Skipped("delivered_after_all")
        offering = load_offering(tx, Subject.parse(failed.subject).code)
        if failed.kind == DeliveryKind.ROUND:
            message = view.round_failed(offering, failed.recipient, failed.reason or "", due.words)
        else:
            called = call_each(roster_of(tx, offering), book, due.words.language)
            name = called.get(failed.recipient, failed.recipient)
            message = view.undelivered(offering, name, failed.reason or "", due.words)
        return OutgoingMessage(message)

    return [
        MessageKind(
            DeliveryKind.HOUR_BEFORE,
            Method.POST,
            urgency=1,
            about="a session; one for each enrolment and time of it",
            helps_until="the session begins",
            to_person=reminder,
            after=note_told_together,
            tells_facilitators=True,
        ),
        MessageKind(
            DeliveryKind.LINK_BEFORE,
            Method.POST,
            urgency=1,
            about="a remote session; one for each enrolment and time of it",
            helps_until="five minutes after the session begins",
            to_person=reminder,
            after=note_told_together,
            at_most_once=True,
        ),
        MessageKind(
            DeliveryKind.UNDELIVERED,
            Method.POST,
            urgency=5,
            about="the id of the delivery that failed",
            helps_until="always",
            to_person=undelivered,
        ),
        MessageKind(
            DeliveryKind.DAY_BEFORE,
            Method.POST,
            urgency=6,
            about="a session; one for each enrolment and time of it",
            helps_until="the session begins",
            to_person=reminder,
            after=note_told_together,
            at_most_once=True,
            office_hours=True,
        ),
    ]


def reminder(tx: Tx, due: ToPerson) -> Rendered:
    """The reminder, merged with this person's others that are due at the same minute."""
    mine = _reminded(tx, due.delivery)
    if isinstance(mine, Skipped):
        return mine
    planned = delivery_rows.list_planned_for(tx, due.person.id, REMINDERS, due.delivery.due_at, due.now)
    others = {each.id: _reminded(tx, each) for each in planned if each.id != due.delivery.id}
    told = {key: each for key, each in others.items() if not isinstance(each, Skipped)}
    together = dict(list(told.items())[: MOST_TOGETHER - 1])
    every = sorted([mine, *together.values()], key=lambda each: each.session.starts_at)
    message = view.in_one_message(
        [view.reminder(each.offering, each.session, each.kind, due.words, now=due.now) for each in every]
    )
    return OutgoingMessage(message, tells_too=tuple(together))


class _Reminded(Struct, frozen=True):
    offering: Offering
    session: Session
    kind: ReminderKind


def _reminded(tx: Tx, delivery: DeliveryRow) -> _Reminded | Skipped:
    """What the delivery reminds of, or why it is skipped."""
    about = load_enrolled(tx, delivery.occurrence)
    if about is None or about.enrolment.status != Status.SEATED:
        return Skipped("no_longer_seated")
    number = Subject.parse(delivery.subject).session
    session = next((each for each in about.offering.standing_sessions if each.number == number), None)
    if session is None or about.offering.cancelled:
        return Skipped("session_cancelled")
    if str(Occurrence(about.enrolment.id, starts_at=session.starts_at)) != delivery.occurrence:
        return Skipped("session_moved")
    if absence_rows.is_absent(tx, about.offering.id, session.number, about.enrolment.person_id):
        return Skipped("absent")
    if delivery.kind == DeliveryKind.LINK_BEFORE and not session.is_remote:
        return Skipped("has_no_link")
    return _Reminded(about.offering, session, ReminderKind(delivery.kind))


def note_told_together(tx: Tx, settled: Settled) -> None:
    """Skip the reminders of other sessions that this one covered."""
    if isinstance(settled.outcome, Sent) and isinstance(settled.rendered, OutgoingMessage):
        delivery_rows.note_sent_with(tx, settled.rendered.tells_too, settled.delivery)
