"""A new version of the privacy notice: recorded at the start, and told once to everybody concerned."""

import logging
from datetime import datetime, timedelta

from bot.domain.calendars.working_time import DayWindow
from bot.domain.deliveries import DeliveryKind
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.privacy import PrivacyNotice
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Deferred, OutgoingMessage, Rendered, Skipped
from bot.views.privacy import notice_changed
from storage import deliveries as delivery_rows
from storage import privacy as notice_rows
from storage.transaction import Tx

log = logging.getLogger(__name__)

OFFICE_HOURS: DayWindow = SEAT_NEWS_HOURS
HELPS_FOR = timedelta(days=30)
NEXT_TRY = timedelta(hours=1)


def note_notice(tx: Tx, notice: PrivacyNotice, timezone: str, now: datetime) -> int:
    """Record the notice that Kaiku runs with, and return how many people are to be told of it. Nobody is told
    of the first version, which people read when they join, or of a text corrected under the same number.
    ``timezone`` is for people whose own is not known.
    """
    latest = notice_rows.latest_version(tx)
    if latest is not None and notice.version <= latest.version:
        if notice.version < latest.version:
            log.warning(
                "the privacy notice is version %d, but version %d has been in use",
                notice.version,
                latest.version,
                extra={"action": "privacy_notice_older"},
            )
        elif notice.digest != latest.digest:
            notice_rows.correct_version(tx, notice.version, notice.digest)
        return 0
    if not notice_rows.add_version(tx, notice.version, notice.digest, now) or latest is None:
        return 0
    concerned = notice_rows.list_concerned(tx)
    for person_id, zone in concerned:
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.PRIVACY_CHANGE,
            recipient=person_id,
            subject="",
            occurrence=str(notice.version),
            due_at=WORK_CALENDAR.next_working_moment(now, zone or timezone, OFFICE_HOURS),
            expires_at=now + HELPS_FOR,
            now=now,
        )
    log.info(
        "privacy notice: version %d, %d people are told",
        notice.version,
        len(concerned),
        extra={"action": "privacy_notice_changed"},
    )
    return len(concerned)


def declare(notice: PrivacyNotice) -> list[MessageKind]:
    """The message about a changed notice."""

    def render(tx: Tx, due: ToPerson) -> Rendered:
        version = int(due.delivery.occurrence)
        if version < notice.version:
            return Skipped("newer_version")
        if version > notice.version:  # planned by an instance with the newer file, which will send it
            return Deferred(due.now + NEXT_TRY, "older_notice")
        if not notice_rows.is_concerned(tx, due.person.id):
            return Skipped("no_longer_enrolled")
        until = WORK_CALENDAR.next_working_moment(due.now, due.person.timezone, OFFICE_HOURS)
        if until > due.now:
            return Deferred(until, "office_hours")
        return OutgoingMessage(notice_changed(notice, due.words))

    return [
        MessageKind(
            DeliveryKind.PRIVACY_CHANGE,
            Method.POST,
            urgency=9,
            about="the privacy notice; one for each version",
            helps_until="a newer version, or a month",
            to_person=render,
            office_hours=True,
        )
    ]
