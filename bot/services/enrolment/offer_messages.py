"""Messages about an offered seat: the offer, and that it has lapsed. The end itself is a delivery that sends
nothing.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from bot.domain.deliveries import DeliveryKind, Occurrence
from bot.domain.enrolment.offers import LAPSES_TO_THE_BACK, Outcome
from bot.domain.enrolment.seats import Status
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.sending.outcomes import Sent
from bot.services.calendars.feed import CalendarLinks
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToPerson
from bot.services.deliveries.rendered import Deferred, Edit, OutgoingMessage, Rendered, Skipped
from bot.services.enrolment import offers
from bot.services.enrolment.answer_offer import end_in_time
from bot.services.enrolment.promote import fill_seats
from bot.services.offerings.catalogue import overlaps_of, standing_of
from bot.services.offerings.messages import Enrolled, calendar_file, load_enrolled, note_told
from bot.views import enrolment as view
from bot.views.blocks import Message
from bot.views.offerings import messages as offering_view
from bot.views.offerings.change_messages import called_off
from storage import offers as offer_rows
from storage.offerings import catalogue as offering_rows
from storage.offers import OfferRow
from storage.transaction import Tx

LATE: Final = timedelta(minutes=15)
"""An offer told later than planned by this much gets more time to answer."""

NOT_TOLD_YET: Final = timedelta(hours=1)
"""How long the end of an offer waits for the offer itself to be sent."""


def is_again(tx: Tx, enrolment_id: int) -> bool:
    """Whether the person has let more than one offer lapse, and was sent to the back for it."""
    return offer_rows.count_lapsed(tx, enrolment_id) >= LAPSES_TO_THE_BACK


def _find(tx: Tx, due: ToPerson) -> tuple[Enrolled, OfferRow] | None:
    about = load_enrolled(tx, due.delivery.occurrence)
    offer = offer_rows.get_offer(tx, Occurrence.parse(due.delivery.occurrence).of_offer)
    return (about, offer) if about is not None and offer is not None else None


def _offer(tx: Tx, due: ToPerson) -> Rendered:
    found = _find(tx, due)
    if found is None or found[1].outcome is not None:
        return Skipped("offer_over")
    about, offer = found
    if about.offering.cancelled:
        return Skipped("offering_cancelled")
    at = WORK_CALENDAR.next_working_moment(due.now, due.person.timezone, SEAT_NEWS_HOURS)
    if at > due.now:
        return Deferred(at, "office_hours")
    until = offer.until
    if due.now - offer.told_at > LATE:
        until = max(until, offers.until_when(about.offering, due.now, due.person.timezone) or until)
    if due.now >= until:
        return Skipped("offer_over")
    message = offer_message(tx, due, about, until)
    return OutgoingMessage(message, about.enrolment.id, about.offering.timetable_version, offer_until=until)


def offer_message(tx: Tx, due: ToPerson, about: Enrolled, until: datetime) -> Message:
    """The offer as this person reads it; also for previews."""
    return view.offer(
        about.offering,
        replace(standing_of(tx, about.offering, about.enrolment), until=until),
        overlaps_of(tx, about.offering, due.person.id),
        due.words,
        now=due.now,
        again=offer_rows.count_lapsed(tx, about.enrolment.id) >= LAPSES_TO_THE_BACK - 1,
    )


def _note_offered(tx: Tx, settled: Settled) -> None:
    """Record that the person was told the sessions, and extend the time to answer if they were told late."""
    note_told(tx, settled)
    rendered = settled.rendered
    if not isinstance(settled.outcome, Sent) or not isinstance(rendered, OutgoingMessage):
        return
    if rendered.offer_until is not None:
        offering_rows.lock_offering(tx, settled.delivery.subject)
        offer_id = Occurrence.parse(settled.delivery.occurrence).of_offer
        offer_rows.extend(tx, offer_id, rendered.offer_until)


def _pass_on(tx: Tx, settled: Settled) -> None:
    """Pass on free seats: somebody on the waiting list may have a seat in its draw again."""
    offering = offering_rows.get_offering(tx, settled.delivery.subject)
    if offering is not None:
        fill_seats(tx, offering.id, settled.under_lock)


def _end(tx: Tx, due: ToPerson) -> Rendered:
    found = _find(tx, due)
    if found is None or found[1].outcome is not None:
        return Skipped("answered")
    about, offer = found
    if offers.is_over(tx, about.offering, offer, due.now):
        return Skipped("offer_lapsed")
    if offer.until > due.now:
        return Deferred(offer.until, "offer_stands")
    return Deferred(due.now + NOT_TOLD_YET, "not_told_yet")


def _lapsed(tx: Tx, due: ToPerson) -> Rendered:
    found = _find(tx, due)
    if found is None or found[0].enrolment.status != Status.WAITING:
        return Skipped("no_longer_waiting")
    about, offer = found
    if about.offering.cancelled:
        return Skipped("offering_cancelled")
    at = WORK_CALENDAR.next_working_moment(due.now, due.person.timezone, SEAT_NEWS_HOURS)
    if at > due.now:
        return Deferred(at, "office_hours")
    return OutgoingMessage(_offer_over(tx, due, about, offer))


def _offer_over(tx: Tx, due: ToPerson, about: Enrolled, offer: OfferRow) -> Message:
    standing = standing_of(tx, about.offering, about.enrolment)
    again = is_again(tx, offer.enrolment_id)
    return view.offer_over(about.offering, offer.until, standing, due.words, again=again)


def declare(links: CalendarLinks) -> list[MessageKind]:
    """The offer, which is edited when it was answered or has lapsed; its end; and the message about
    lapsing.
    """

    def as_it_stands(tx: Tx, due: ToPerson) -> Rendered:
        found = _find(tx, due)
        if found is None:
            return Skipped("no_longer_enrolled")
        about, offer = found
        offering, status = about.offering, about.enrolment.status
        if offering.cancelled:
            message = called_off(offering, due.words)
        elif not about.stands:
            message = offering_view.no_longer_enrolled(offering, due.words)
        elif status == Status.SEATED:
            standing, url = standing_of(tx, offering, about.enrolment), calendar_file(tx, links, about)
            message = view.promotion(offering, standing, due.words, now=due.now, calendar_url=url)
        elif offer.outcome is None:
            message = offer_message(tx, due, about, offer.until)
        elif offer.outcome == Outcome.VOID:
            standing = standing_of(tx, offering, about.enrolment)
            message = view.offer_void(offering, standing, due.words, is_guest=due.person.is_guest)
        else:
            message = _offer_over(tx, due, about, offer)
        assert due.delivery.channel is not None
        assert due.delivery.ts is not None
        return Edit(due.delivery.channel, due.delivery.ts, message)

    return [
        MessageKind(
            DeliveryKind.LINE_MOVES,
            Method.POST,
            urgency=8,
            about="an offering of a draw; one for each person; nothing is sent: free seats are passed on",
            helps_until="always",
            to_person=lambda _tx, _due: Skipped("passed_on"),
            after=_pass_on,
            while_paused=True,
        ),
        MessageKind(
            DeliveryKind.OFFER,
            Method.POST,
            urgency=2,
            about="a seat that is offered; once",
            helps_until="the time to answer is over",
            to_person=_offer,
            edit=as_it_stands,
            after=_note_offered,
            office_hours=True,
            tells_facilitators=True,
        ),
        MessageKind(
            DeliveryKind.OFFER_LAPSED,
            Method.POST,
            urgency=5,
            about="a seat that was offered; once",
            helps_until="always",
            to_person=_lapsed,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.OFFER_END,
            Method.POST,
            urgency=8,
            about="a seat that is offered; nothing is sent: what is due is the end of the time to answer",
            helps_until="always",
            to_person=_end,
            after=end_in_time,
            while_paused=True,
        ),
    ]
