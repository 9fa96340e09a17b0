"""Messages about a facilitator's acts, and the end of the time to undo a removal: a delivery that sends
nothing.
"""

from datetime import datetime

from bot.domain.deliveries import DeliveryKind, Occurrence
from bot.domain.enrolment.seats import Status
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import seat_news_at
from bot.services.calendars.feed import CalendarLinks
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Deferred, Edit, OutgoingMessage, Rendered, Skipped
from bot.services.facilitation.removals import carry_out
from bot.services.offerings.catalogue import load_offering, load_offering_by_id, standing_of
from bot.services.offerings.messages import calendar_file, load_enrolled, note_told
from bot.views.facilitation import group_messages as view
from bot.views.offerings.change_messages import called_off
from storage import acts as act_rows
from storage import group as rows
from storage.transaction import Tx


def _in_office_hours(due: ToPerson, offering: Offering) -> datetime:
    """When the person is told: in office hours, unless the next session comes first."""
    session = offering.next_session(due.now)
    starts_at = session.starts_at if session is not None else None
    return seat_news_at(due.now, starts_at, due.person.timezone, WORK_CALENDAR)


def removed(tx: Tx, due: ToPerson) -> Rendered:
    about = load_enrolled(tx, due.delivery.occurrence)
    if about is None or about.offering.cancelled:
        return Skipped("offering_cancelled")
    offering = about.offering
    if (at := _in_office_hours(due, offering)) > due.now:
        return Deferred(at, "office_hours")
    reason = act_rows.get_reason(tx, Occurrence.parse(due.delivery.occurrence).of_act)
    match about.enrolment.status:
        case Status.REMOVED:
            return OutgoingMessage(view.removed(offering, reason, due.words))
        case Status.WAITING:
            standing = standing_of(tx, offering, about.enrolment)
            return OutgoingMessage(view.put_back(offering, standing, reason, due.words))
        case _:
            return Skipped("no_longer_true")  # they left by themselves, or have a seat again


def invitation(tx: Tx, due: ToPerson) -> Rendered:
    found = rows.get_invitation(tx, int(due.delivery.occurrence))
    if found is None or found.state != "open":
        return Skipped("answered")
    offering = load_offering_by_id(tx, found.offering_id)
    if offering.cancelled or offering.ends_at is None or offering.ends_at <= due.now:
        return Skipped("offering_over")
    if (at := _in_office_hours(due, offering)) > due.now:
        return Deferred(at, "office_hours")
    return OutgoingMessage(view.invitation(offering, found.id, due.words, now=due.now))


def invitation_now(tx: Tx, due: ToPerson) -> Rendered:
    found = rows.get_invitation(tx, int(due.delivery.occurrence))
    if found is None or due.delivery.channel is None or due.delivery.ts is None:
        return Skipped("taken_back")
    offering = load_offering_by_id(tx, found.offering_id)
    if found.state != "open":
        message = view.invitation_over(offering, due.words, accepted=found.state == "accepted")
    elif offering.cancelled:
        message = called_off(offering, due.words)
    else:
        message = view.invitation(offering, found.id, due.words, now=due.now)
    return Edit(due.delivery.channel, due.delivery.ts, message)


def declare(links: CalendarLinks) -> list[MessageKind]:
    """The end of the time to undo, and the messages about being removed, moved and invited."""

    def moved(tx: Tx, due: ToPerson) -> Rendered:
        about = load_enrolled(tx, due.delivery.occurrence)
        if about is None or about.enrolment.status != Status.SEATED:
            return Skipped("no_longer_seated")
        new = about.offering
        if new.cancelled:
            return Skipped("offering_cancelled")
        if (at := _in_office_hours(due, new)) > due.now:
            return Deferred(at, "office_hours")
        message = view.moved(
            load_offering(tx, due.delivery.subject),
            new,
            standing_of(tx, new, about.enrolment),
            act_rows.get_reason(tx, Occurrence.parse(due.delivery.occurrence).of_act),
            due.words,
            now=due.now,
            calendar_url=calendar_file(tx, links, about),
        )
        return OutgoingMessage(message, about.enrolment.id, new.timetable_version)

    return [
        MessageKind(
            DeliveryKind.REMOVAL_END,
            Method.POST,
            urgency=9,
            about="an offering; one for each removal; nothing is sent: what is due is its end",
            helps_until="always",
            to_person=lambda _tx, _due: Skipped("carried_out"),
            after=carry_out,
        ),
        MessageKind(
            DeliveryKind.REMOVED,
            Method.POST,
            urgency=3,
            about="an offering; one for each removal",
            helps_until="always",
            to_person=removed,
            office_hours=True,
            tells_facilitators=True,
        ),
        MessageKind(
            DeliveryKind.MOVED,
            Method.POST,
            urgency=2,
            about="the offering that was left; one for each move",
            helps_until="always",
            to_person=moved,
            after=note_told,
            office_hours=True,
            tells_facilitators=True,
        ),
        MessageKind(
            DeliveryKind.INVITATION,
            Method.POST,
            urgency=5,
            about="an offering; one for each invitation",
            helps_until="the offering ends",
            to_person=invitation,
            edit=invitation_now,
            office_hours=True,
            tells_facilitators=True,
        ),
    ]
