"""What Kaiku owes people: planned in the transaction that causes it, sent by ``bot.services.sending``."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from storage import deliveries as delivery_rows
from storage import people as person_rows


class DeliveryKind(StrEnum):
    """``confirmation`` and ``promotion`` are messages about one enrolment (the occurrence);
    ``home`` is a person's App Home, owed again whenever something of theirs changes."""

    CONFIRMATION = "confirmation"
    PROMOTION = "promotion"
    HOME = "home"


def plan_confirmation(tx: Session, person_id: str, code: str, enrolment_id: int, now: datetime) -> None:
    """Owe a person the words on what their sign-up gave them."""
    _plan(tx, DeliveryKind.CONFIRMATION, person_id, code=code, enrolment_id=enrolment_id, now=now)


def plan_promotion(tx: Session, person_id: str, code: str, enrolment_id: int, now: datetime) -> None:
    """Owe a person the news that a freed seat is theirs."""
    _plan(tx, DeliveryKind.PROMOTION, person_id, code=code, enrolment_id=enrolment_id, now=now)


def plan_home(tx: Session, person_ids: Iterable[str], now: datetime) -> None:
    """Owe these people a fresh App Home, as far as they have ever opened it."""
    for person_id in person_rows.list_home_openers(tx, list(person_ids)):
        delivery_rows.renew_delivery(
            tx, kind=DeliveryKind.HOME, recipient=person_id, subject="", occurrence="", now=now
        )


def plan_home_of_waiting(tx: Session, offering_id: int, now: datetime) -> None:
    """Owe everyone in this waiting list a fresh App Home: their places have moved."""
    for person_id in person_rows.list_waiting_home_openers(tx, offering_id):
        delivery_rows.renew_delivery(
            tx, kind=DeliveryKind.HOME, recipient=person_id, subject="", occurrence="", now=now
        )


def _plan(
    tx: Session, kind: DeliveryKind, person_id: str, *, code: str, enrolment_id: int, now: datetime
) -> None:
    delivery_rows.add_delivery(
        tx,
        kind=kind,
        recipient=person_id,
        subject=code,
        occurrence=str(enrolment_id),
        due_at=now,
        now=now,
    )
