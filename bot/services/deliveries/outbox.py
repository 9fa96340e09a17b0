"""What Kaiku owes people: planned in the transaction that causes it, sent by ``bot.services.sending``."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.deliveries import DeliveryKind, Occurrence
from storage import deliveries as delivery_rows
from storage import people as person_rows
from storage.transaction import Tx

FRESH_IN_LINE = 10
"""So many in front of a waiting list see at once that their place has moved."""

EDITABLE = (DeliveryKind.CONFIRMATION, DeliveryKind.PROMOTION)
"""Messages about an enrolment that stay in the conversation and must stay true."""


def plan_confirmation(tx: Tx, person_id: str, code: str, enrolment_id: int, now: datetime) -> None:
    """Owe a person the words on what their sign-up gave them."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.CONFIRMATION,
        recipient=person_id,
        subject=code,
        occurrence=str(enrolment_id),
        due_at=now,
        now=now,
    )


def owes_confirmation(tx: Tx, enrolment_id: int) -> bool:
    """Whether the words on this sign-up are still to be sent."""
    return delivery_rows.is_open(tx, DeliveryKind.CONFIRMATION, str(enrolment_id))


def plan_promotion(
    tx: Tx, person_id: str, code: str, enrolment_id: int, due_at: datetime, now: datetime
) -> None:
    """Owe a person the news that a freed seat is theirs, at ``due_at``."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.PROMOTION,
        recipient=person_id,
        subject=code,
        occurrence=str(enrolment_id),
        due_at=due_at,
        now=now,
    )


def plan_seat_hold(tx: Tx, person_id: str, until: datetime, now: datetime) -> None:
    """Hold the seats of a deactivated account until then; nothing is said to anybody."""
    delivery_rows.renew_delivery(
        tx, kind=DeliveryKind.SEAT_HOLD, recipient=person_id, subject="", occurrence="", now=now, due_at=until
    )


def end_seat_hold(tx: Tx, person_id: str) -> None:
    """They are back: their seats are theirs."""
    delivery_rows.cancel_planned(
        tx, kind=DeliveryKind.SEAT_HOLD, recipient=person_id, subject="", reason="came_back"
    )


def plan_seat_lost(tx: Tx, person_id: str, code: str, enrolment_id: int, now: datetime) -> None:
    """Owe somebody who is back the news that their seat or place in line is gone; once."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.SEAT_LOST,
        recipient=person_id,
        subject=code,
        occurrence=str(enrolment_id),
        due_at=now,
        now=now,
    )


def plan_change(
    tx: Tx, person_id: str, code: str, enrolment_id: int, version: int, due_at: datetime, now: datetime
) -> None:
    """Owe a person what changed in the sessions, once things have settled at ``due_at``."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.CHANGE,
        recipient=person_id,
        subject=code,
        occurrence=str(Occurrence(enrolment_id, version)),
        due_at=due_at,
        now=now,
    )


def plan_edits(tx: Tx, enrolment_id: int, now: datetime) -> None:
    """Owe an edit of what was said earlier about this enrolment: it has become untrue."""
    for sent in delivery_rows.list_sent_about(tx, kinds=EDITABLE, occurrences=[str(enrolment_id)]):
        delivery_rows.renew_delivery(
            tx, kind=DeliveryKind.EDIT, recipient=sent.recipient, subject=str(sent.id), occurrence="", now=now
        )


def plan_undelivered(tx: Tx, facilitators: Iterable[str], delivery_id: int, now: datetime) -> None:
    """Owe the facilitators the news that somebody could not be told."""
    for user_id in facilitators:
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.UNDELIVERED,
            recipient=user_id,
            subject=str(delivery_id),
            occurrence="",
            due_at=now,
            now=now,
        )


def plan_home(tx: Tx, person_ids: Iterable[str], now: datetime) -> None:
    """Owe these people a fresh App Home, as far as they have ever opened it."""
    for person_id in person_rows.list_home_openers(tx, list(person_ids)):
        delivery_rows.renew_delivery(
            tx, kind=DeliveryKind.HOME, recipient=person_id, subject="", occurrence="", now=now
        )


def plan_home_of_waiting(tx: Tx, offering_id: int, now: datetime) -> None:
    """Owe those in front of this waiting list a fresh App Home: their places have moved.

    Slack takes about 100 views a minute, and a line of hundreds would hold up everybody's for each seat that
    is freed. Who is further back sees their place when they open App Home, which is then made anew.
    """
    for person_id in person_rows.list_waiting_home_openers(tx, offering_id, FRESH_IN_LINE):
        delivery_rows.renew_delivery(
            tx, kind=DeliveryKind.HOME, recipient=person_id, subject="", occurrence="", now=now
        )
