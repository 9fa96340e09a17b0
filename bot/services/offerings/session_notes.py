"""Plans messages to facilitators about each session: the brief before it, attendance after it; and questions
to them and the coordinators about its venue. Derived from sessions and facilitators, like people's reminders;
rendered by ``bot.services.facilitation.messages`` and ``venues``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.deliveries import DeliveryKind, DeliveryState, Subject
from bot.domain.facilitation.session_notes import SessionNote, notes_of, venue_notes_of
from bot.domain.offerings.offering import Offering, Session, is_address
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.offerings.catalogue import load_all_offerings, load_offerings
from storage import deliveries as delivery_rows
from storage import roles as role_rows
from storage.deliveries import DeliveryRow
from storage.isolation import isolate_each
from storage.transaction import Tx

VENUE_KINDS: Final = (DeliveryKind.VENUE_ASKED, DeliveryKind.VENUE_ASKED_LAST)
KINDS: Final = (DeliveryKind.BRIEF, DeliveryKind.ATTENDANCE_DUE, *VENUE_KINDS)


def occurrence_of(session: Session) -> str:
    """The time of a session: one that has moved gets new messages."""
    return f"{session.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"


def venue_occurrence_of(session: Session) -> str:
    """The last day to cancel the venue: a changed day is asked about again."""
    return f"{session.free_until:%Y-%m-%d}"


def replan(tx: Tx, offering_ids: Collection[int], now: datetime) -> None:
    """Bring the unsent messages to these offerings' facilitators up to date; sent ones stay."""
    offerings = load_offerings(tx, offering_ids).values()
    coordinators, stored = _list_coordinators(tx), _list_stored(tx, offerings)
    new = [_replan(tx, each, coordinators, stored[each.code], now) for each in offerings]
    delivery_rows.add_deliveries(tx, [row for rows in new for row in rows], now)


def keep_notes(tx: Tx, now: datetime) -> None:
    """At the start: plan these messages for offerings older than them."""
    going_on = {
        offering.code: offering
        for offering in load_all_offerings(tx)
        if offering.ends_at is not None and offering.ends_at > now
    }
    coordinators, stored = _list_coordinators(tx), _list_stored(tx, going_on.values())

    def keep(offering: Offering) -> None:
        new = _replan(tx, offering, coordinators, stored[offering.code], now)
        delivery_rows.add_deliveries(tx, new, now)

    isolate_each(tx, "notes_not_kept", going_on, keep)


def _list_coordinators(tx: Tx) -> Sequence[str]:
    return [each.person_id for each in role_rows.list_coordinators(tx)]


def _list_stored(tx: Tx, offerings: Collection[Offering]) -> dict[str, list[DeliveryRow]]:
    """What was planned so far, sent or not, by each offering's code."""
    stored: dict[str, list[DeliveryRow]] = {each.code: [] for each in offerings}
    subjects = {
        str(Subject(each.code, session=session.number)): each.code
        for each in offerings
        for session in each.sessions
    }
    if subjects:
        for delivery in delivery_rows.list_about(tx, kinds=KINDS, subjects=subjects, recipients=None):
            stored[subjects[delivery.subject]].append(delivery)
    return stored


def _replan(
    tx: Tx, offering: Offering, coordinators: Sequence[str], stored: Iterable[DeliveryRow], now: datetime
) -> list[dict[str, Any]]:
    """Change what is stored; returns what is to be added."""
    wanted = _wanted(offering, coordinators)
    changed = []
    for delivery in stored:
        row = wanted.pop((delivery.kind, delivery.recipient, delivery.subject, delivery.occurrence), None)
        if row is not None and delivery.state in {DeliveryState.PLANNED, DeliveryState.CANCELLED}:
            if delivery.reason in {None, "no_longer_due"} and not _is_as_planned(delivery, row):
                due = {"due_at": row["due_at"], "expires_at": row["expires_at"]}
                changed.append(delivery._replace(state=DeliveryState.PLANNED, reason=None, **due))
        elif row is None and delivery.state == DeliveryState.PLANNED:
            changed.append(delivery._replace(state=DeliveryState.CANCELLED, reason="no_longer_due"))
        elif row is None and delivery.state == DeliveryState.SENT and _still_asks(delivery, now):
            outbox.plan_edit(tx, delivery.id, delivery.recipient, now)
    delivery_rows.plan_anew(tx, changed)
    # Messages due before they could be planned are not sent late: a plan may hold a whole past year.
    return [each for each in wanted.values() if each["due_at"] > now]


def _is_as_planned(delivery: DeliveryRow, row: Mapping[str, Any]) -> bool:
    times = (row["due_at"], row["expires_at"])
    return delivery.state == DeliveryState.PLANNED and (delivery.due_at, delivery.expires_at) == times


def _still_asks(delivery: DeliveryRow, now: datetime) -> bool:
    """Whether the message asks about a venue, in time to answer."""
    return delivery.kind in VENUE_KINDS and delivery.expires_at is not None and delivery.expires_at > now


def _wanted(
    offering: Offering, coordinators: Sequence[str]
) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    wanted: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    if offering.cancelled:
        return wanted
    leads = [each for each in offering.facilitators if not is_address(each)]

    def want(note: SessionNote, recipients: Iterable[str], occurrence: str) -> None:
        for user_id in recipients:
            key = (note.kind.value, user_id, str(Subject(offering.code, session=note.number)), occurrence)
            wanted[key] = dict(
                zip(("kind", "recipient", "subject", "occurrence"), key, strict=True),
                due_at=note.due_at,
                expires_at=note.expires_at,
            )

    for session in offering.standing_sessions:
        for note in notes_of(session, WORK_CALENDAR):
            want(note, leads, occurrence_of(session))
        for note in venue_notes_of(session, WORK_CALENDAR):
            want(note, dict.fromkeys([*leads, *coordinators]), venue_occurrence_of(session))
    return wanted
