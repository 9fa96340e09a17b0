"""Messages about changed sessions: the change, the reminder to acknowledge it, and the one to
facilitators.
"""

from datetime import datetime

from bot.domain.deliveries import DeliveryKind, Occurrence, Subject
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.session_changes import compare_sessions
from bot.i18n import Words
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToPerson
from bot.services.deliveries.rendered import OutgoingMessage, Rendered, Skipped
from bot.services.offerings import acknowledging, timetable
from bot.services.offerings.catalogue import load_all_offerings, load_offering, state_of
from bot.services.offerings.messages import Enrolled, calendar_file, load_enrolled, version_told
from bot.views.blocks import Message
from bot.views.offerings import change_messages as view
from storage import absence as absence_rows
from storage import deliveries as delivery_rows
from storage import offers as offer_rows
from storage.enrolment import EnrolmentRow
from storage.offerings import notices as notice_rows
from storage.offerings import timetables as timetable_rows
from storage.transaction import Tx


def declare(links: CalendarLinks) -> list[MessageKind]:
    """The message about changed sessions, its reminder, and the one to facilitators."""

    def change(tx: Tx, due: ToPerson) -> Rendered:
        about = load_enrolled(tx, due.delivery.occurrence)
        if about is None or not about.stands:
            return Skipped("no_longer_enrolled")
        url = calendar_file(tx, links, about)
        return change_message(tx, about, due.words, due.now, calendar_url=url)

    return [
        MessageKind(
            DeliveryKind.CHANGE,
            Method.POST,
            urgency=4,
            about="an offering; one for each enrolment and version of the timetable",
            helps_until="always",
            to_person=change,
            after=note_change_told,
            tells_facilitators=True,
        ),
        MessageKind(
            DeliveryKind.CHANGE_REMINDER,
            Method.POST,
            urgency=6,
            about="a session; one for each enrolment and version of the timetable",
            helps_until="the session begins",
            to_person=change_reminder,
            at_most_once=True,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.CHANGED_BY_OTHERS,
            Method.POST,
            urgency=6,
            about="an offering; one for each version of the timetable before others changed it",
            helps_until="always",
            to_person=changed_by_others,
        ),
    ]


def _offer_will_say(tx: Tx, enrolment: EnrolmentRow) -> bool:
    """Whether an unsent offer will tell the sessions as they are then."""
    offer = offer_rows.get_standing_offer(tx, enrolment.id)
    if offer is None:
        return False
    return delivery_rows.is_open(tx, DeliveryKind.OFFER, str(Occurrence(enrolment.id, offer_id=offer.id)))


def change_message(
    tx: Tx, about: Enrolled, words: Words, now: datetime, *, calendar_url: str | None = None
) -> OutgoingMessage | Skipped:
    """What has changed for this person since they were last told, or why there is nothing to tell; also for
    previews.
    """
    offering, enrolment = about.offering, about.enrolment
    if not offering.cancelled and delivery_rows.is_open(tx, DeliveryKind.PROMOTION, str(enrolment.id)):
        return Skipped("promotion_will_say")  # the promotion tells the sessions as they are now
    if not offering.cancelled and _offer_will_say(tx, enrolment):
        return Skipped("offer_will_say")
    if enrolment.told_version >= offering.timetable_version:
        return Skipped("already_told")
    seated = enrolment.status == Status.SEATED
    told = timetable.told_sessions(tx, offering.id, enrolment.told_version, offering.timezone)
    changes = compare_sessions(
        told, offering.effective_sessions, now, language=words.language, sees_link=seated
    )
    if not changes:
        return Skipped("nothing_changed_for_them")
    message = view.changed(
        offering,
        changes,
        words,
        now=now,
        with_link=seated,
        calendar_url=calendar_url,
        reasons=timetable_rows.list_reasons(tx, offering.id, enrolment.told_version),
        instead=list_open_elsewhere(tx, offering, now) if offering.cancelled else (),
        is_offered=enrolment.status == Status.OFFERED,
        asks_anew=list_asked_anew(tx, offering.id, enrolment.person_id) if seated else frozenset(),
    )
    return OutgoingMessage(message, enrolment.id, offering.timetable_version)


def list_asked_anew(tx: Tx, offering_id: int, person_id: str) -> frozenset[int]:
    """The sessions that this person could not come to at their former time."""
    return frozenset(
        row.number
        for row in absence_rows.list_absences_of(tx, person_id)
        if row.offering_id == offering_id and row.said_for is not None and not row.absent
    )


def list_open_elsewhere(tx: Tx, offering: Offering, now: datetime) -> list[Offering]:
    """What somebody can sign up to instead of a cancelled offering: its strand first, the next to start
    first.
    """
    found = [
        each
        for each in load_all_offerings(tx)
        if each.id != offering.id and state_of(each, now) is SignUpState.OPEN and each.starts_at is not None
    ]
    return sorted(found, key=lambda each: (each.strand_id != offering.strand_id, each.starts_at, each.code))


def tell_called_off(tx: Tx, offering: Offering, words: Words, now: datetime) -> Message:
    """That the offering is cancelled, and why, for somebody who only has a wish or preference for it."""
    reasons = timetable_rows.list_reasons(tx, offering.id, offering.timetable_version - 1)
    return view.called_off(offering, words, reasons, list_open_elsewhere(tx, offering, now))


def note_change_told(tx: Tx, settled: Settled) -> None:
    """Record what the person has been told, so that they can acknowledge it, and plan the reminder."""
    about = load_enrolled(tx, settled.delivery.occurrence)
    version = version_told(tx, settled)
    if about is not None and version is not None and about.enrolment.status == Status.SEATED:
        acknowledging.note_sent(tx, about.offering, about.enrolment, version, settled.now)


def change_reminder(tx: Tx, due: ToPerson) -> Rendered:
    about = load_enrolled(tx, due.delivery.occurrence)
    if about is None or about.enrolment.status != Status.SEATED:
        return Skipped("no_longer_seated")
    notice = notice_rows.get_notice(tx, about.enrolment.id)
    version = Occurrence.parse(due.delivery.occurrence).version
    if notice is None or notice.version != version or notice.acknowledged_at is not None:
        return Skipped("acknowledged")
    number = Subject.parse(due.delivery.subject).session
    session = next((each for each in about.offering.standing_sessions if each.number == number), None)
    if session is None or about.offering.cancelled:
        return Skipped("session_cancelled")
    if absence_rows.is_absent(tx, about.offering.id, session.number, due.person.id):
        return Skipped("absent")
    return OutgoingMessage(
        view.change_reminder(about.offering, session, notice.version, due.words, now=due.now)
    )


def changed_by_others(tx: Tx, due: ToPerson) -> Rendered:
    """To a facilitator: what others changed in the sessions."""
    offering = load_offering(tx, due.delivery.subject)
    if due.person.id not in offering.facilitators:
        return Skipped("facilitates_no_more")
    since = int(due.delivery.occurrence)
    told = timetable.told_sessions(tx, offering.id, since, offering.timezone)
    changes = compare_sessions(
        told, offering.effective_sessions, due.now, language=due.words.language, sees_link=True
    )
    if not changes:
        return Skipped("nothing_changed_for_them")
    reasons = timetable_rows.list_reasons(tx, offering.id, since)
    return OutgoingMessage(view.changed_by_others(offering, changes, due.words, reasons=reasons))
