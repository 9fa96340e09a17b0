"""Messages about a person's own enrolment: the confirmation, and the promotion to a freed seat."""

from datetime import datetime

from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.seats import Status
from bot.domain.offerings.reminders import seat_news_at
from bot.domain.people.agencies import AgencyBook
from bot.services.calendars.feed import CalendarLinks
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToPerson
from bot.services.deliveries.rendered import Deferred, Edit, OutgoingMessage, Rendered, Skipped
from bot.services.enrolment.leave import remove_everywhere
from bot.services.offerings.catalogue import standing_of
from bot.services.offerings.messages import Enrolled, calendar_file, load_enrolled, note_told
from bot.views import enrolment as view
from bot.views.blocks import Message
from bot.views.offerings import messages as offering_view
from bot.views.offerings.change_messages import called_off
from storage import deliveries as delivery_rows
from storage.transaction import Tx


def end_hold(tx: Tx, settled: Settled) -> None:
    """Apply the end of the hold: if the account is still deactivated, its seats go to the next people
    waiting.
    """
    if settled.outcome == Skipped("person_deactivated"):
        remove_everywhere(tx, settled.delivery.recipient, settled.under_lock)


def where_they_are(tx: Tx, due: ToPerson, about: Enrolled) -> datetime:
    """When the news of a freed seat is told, by the office hours of the person's current zone, which may
    differ from the zone when it was planned.
    """
    enrolled = str(about.enrolment.id)
    if not delivery_rows.list_sent_about(tx, kinds=(DeliveryKind.CONFIRMATION,), occurrences=(enrolled,)):
        return due.now  # they signed up a moment ago and expect an answer, whatever the hour
    coming = (each.starts_at for each in about.offering.standing_sessions if each.starts_at > due.now)
    return seat_news_at(due.now, next(coming, None), due.person.timezone, WORK_CALENDAR)


def declare(book: AgencyBook, links: CalendarLinks) -> list[MessageKind]:
    """Confirmation and promotion, which are both edited when they are out of date."""

    def standing(tx: Tx, due: ToPerson, about: Enrolled) -> Message:
        now_stands = standing_of(tx, about.offering, about.enrolment)
        url = calendar_file(tx, links, about)
        if due.delivery.kind == DeliveryKind.PROMOTION and now_stands.status is Status.SEATED:
            return view.promotion(about.offering, now_stands, due.words, now=due.now, calendar_url=url)
        return view.confirmation(
            about.offering, now_stands, due.person, book, due.words, now=due.now, calendar_url=url
        )

    def first_said(tx: Tx, due: ToPerson) -> Rendered:
        about = load_enrolled(tx, due.delivery.occurrence)
        if about is None or not about.stands:
            return Skipped("no_longer_enrolled")
        if about.offering.cancelled:
            return Skipped("offering_cancelled")
        if due.delivery.kind == DeliveryKind.CONFIRMATION and delivery_rows.is_open(
            tx, DeliveryKind.PROMOTION, due.delivery.occurrence
        ):
            return Skipped("promoted_meanwhile")  # the promotion tells more
        if (
            due.delivery.kind == DeliveryKind.PROMOTION
            and (until := where_they_are(tx, due, about)) > due.now
        ):
            return Deferred(until, "office_hours")
        message = standing(tx, due, about)
        return OutgoingMessage(message, about.enrolment.id, about.offering.timetable_version)

    def as_it_stands(tx: Tx, due: ToPerson) -> Rendered:
        about = load_enrolled(tx, due.delivery.occurrence)
        if about is None:
            return Skipped("no_longer_enrolled")
        if about.offering.cancelled:
            message = called_off(about.offering, due.words)
        elif about.stands:
            message = standing(tx, due, about)
        else:
            message = offering_view.no_longer_enrolled(about.offering, due.words)
        assert due.delivery.channel is not None
        assert due.delivery.ts is not None
        return Edit(due.delivery.channel, due.delivery.ts, message)

    def lost(tx: Tx, due: ToPerson) -> Rendered:
        about = load_enrolled(tx, due.delivery.occurrence)
        if about is None or about.enrolment.status != Status.REMOVED:
            return Skipped("no_longer_true")
        ends_at = max((each.ends_at for each in about.offering.standing_sessions), default=due.now)
        if about.offering.cancelled or ends_at <= due.now:
            return Skipped("offering_over")
        return OutgoingMessage(view.seat_lost(about.offering, due.words))

    return [
        MessageKind(
            DeliveryKind.SEAT_HOLD,
            Method.POST,
            urgency=9,
            about="a deactivated account; nothing is sent: what is due is the end of the hold",
            helps_until="always",
            to_person=lambda _tx, _due: Skipped("came_back"),
            after=end_hold,
            while_paused=True,
        ),
        MessageKind(
            DeliveryKind.SEAT_LOST,
            Method.POST,
            urgency=5,
            about="an offering; one for each enrolment",
            helps_until="the offering ends",
            to_person=lost,
        ),
        MessageKind(
            DeliveryKind.PROMOTION,
            Method.POST,
            urgency=2,
            about="an offering; one for each enrolment",
            helps_until="always",
            to_person=first_said,
            edit=as_it_stands,
            after=note_told,
            office_hours=True,
            tells_facilitators=True,
        ),
        MessageKind(
            DeliveryKind.CONFIRMATION,
            Method.POST,
            urgency=3,
            about="an offering; one for each enrolment",
            helps_until="always",
            to_person=first_said,
            edit=as_it_stands,
            after=note_told,
            tells_facilitators=True,
            while_paused=True,
        ),
    ]
