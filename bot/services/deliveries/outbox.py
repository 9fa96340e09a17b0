"""Plans messages in the transaction that causes them; ``bot.services.sending`` sends them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from bot.domain.deliveries import DeliveryKind, DeliveryState, Occurrence
from storage import deliveries as delivery_rows
from storage import group as group_rows
from storage import offers as offer_rows
from storage import people as person_rows
from storage.transaction import Tx

FRESH_IN_LINE = 10
"""How many people at the head of a waiting list see a new place in App Home at once."""

EDITABLE = (DeliveryKind.CONFIRMATION, DeliveryKind.PROMOTION, DeliveryKind.OFFER)
"""Messages about an enrolment that are kept up to date in the conversation."""


def plan_confirmations(
    tx: Tx, code: str, added: Iterable[tuple[str, int]], now: datetime, due_at: datetime | None = None
) -> None:
    """Plan the confirmations of these sign-ups (person and enrolment): now, or for ``due_at``."""
    rows = [
        {
            "kind": DeliveryKind.CONFIRMATION,
            "recipient": person_id,
            "subject": code,
            "occurrence": str(enrolment_id),
            "due_at": due_at or now,
            "expires_at": None,
        }
        for person_id, enrolment_id in added
    ]
    delivery_rows.add_deliveries(tx, rows, now)


def owes_confirmation(tx: Tx, enrolment_id: int) -> bool:
    """Whether the confirmation of this sign-up is still to be sent."""
    return delivery_rows.is_open(tx, DeliveryKind.CONFIRMATION, str(enrolment_id))


def plan_promotion(
    tx: Tx, person_id: str, code: str, enrolment_id: int, due_at: datetime, now: datetime
) -> None:
    """Plan the message that the person got a freed seat, for ``due_at``."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.PROMOTION,
        recipient=person_id,
        subject=code,
        occurrence=str(enrolment_id),
        due_at=due_at,
        now=now,
    )


def plan_offer(tx: Tx, offer: offer_rows.OfferRow, code: str, now: datetime) -> None:
    """Plan the message with an offer, for when the person is to be told, and the offer's end."""
    about = str(Occurrence(offer.enrolment_id, offer_id=offer.id))
    for kind, due_at in ((DeliveryKind.OFFER, offer.told_at), (DeliveryKind.OFFER_END, offer.until)):
        delivery_rows.add_delivery(
            tx, kind=kind, recipient=offer.person_id, subject=code, occurrence=about, due_at=due_at, now=now
        )


def plan_offer_lapsed(tx: Tx, offer: offer_rows.OfferRow, code: str, due_at: datetime, now: datetime) -> None:
    """Plan the message that an offer has lapsed."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.OFFER_LAPSED,
        recipient=offer.person_id,
        subject=code,
        occurrence=str(Occurrence(offer.enrolment_id, offer_id=offer.id)),
        due_at=due_at,
        now=now,
    )


def plan_seat_hold(tx: Tx, person_id: str, until: datetime, now: datetime) -> None:
    """Hold the seats of a deactivated account until then; nobody is told."""
    delivery_rows.renew_delivery(
        tx, kind=DeliveryKind.SEAT_HOLD, recipient=person_id, subject="", occurrence="", now=now, due_at=until
    )


def plan_line_moves(tx: Tx, person_id: str, code: str, now: datetime) -> None:
    """Plan passing on an offering's free seats: this person on its waiting list may have one again."""
    delivery_rows.renew_delivery(
        tx, kind=DeliveryKind.LINE_MOVES, recipient=person_id, subject=code, occurrence="", now=now
    )


def end_seat_hold(tx: Tx, person_id: str) -> None:
    """Cancel the hold of a reactivated account's seats, which stay the person's."""
    delivery_rows.cancel_planned(
        tx, kind=DeliveryKind.SEAT_HOLD, recipient=person_id, subject="", reason="came_back"
    )


def plan_seat_lost(tx: Tx, person_id: str, code: str, enrolment_id: int, now: datetime) -> None:
    """Plan one message to a reactivated account: their seat or place on the waiting list is gone."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.SEAT_LOST,
        recipient=person_id,
        subject=code,
        occurrence=str(enrolment_id),
        due_at=now,
        now=now,
    )


def plan_changes(
    tx: Tx, code: str, version: int, told: Iterable[tuple[str, int, datetime]], now: datetime
) -> None:
    """Plan the message about changed sessions to these people, each with their enrolment and due time;
    further changes until then are in it.
    """
    rows = [
        {
            "kind": DeliveryKind.CHANGE,
            "recipient": person_id,
            "subject": code,
            "occurrence": str(Occurrence(enrolment_id, version)),
            "due_at": due_at,
            "expires_at": None,
        }
        for person_id, enrolment_id, due_at in told
    ]
    delivery_rows.add_deliveries(tx, rows, now)


def plan_changed_by_others(
    tx: Tx, person_id: str, code: str, since: int, due_at: datetime, now: datetime
) -> None:
    """Plan the message that others changed the sessions of this facilitator's offering since that version. A
    message already planned covers later changes, too.
    """
    kinds = (DeliveryKind.CHANGED_BY_OTHERS,)
    found = delivery_rows.list_about(tx, kinds=kinds, subjects=(code,), recipients=(person_id,))
    if all(each.state != DeliveryState.PLANNED for each in found):
        delivery_rows.add_delivery(
            tx,
            kind=kinds[0],
            recipient=person_id,
            subject=code,
            occurrence=str(since),
            due_at=due_at,
            now=now,
        )


def plan_change_reminder(
    tx: Tx,
    person_id: str,
    subject: str,
    occurrence: str,
    due_at: datetime,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Plan the one reminder to acknowledge a change."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.CHANGE_REMINDER,
        recipient=person_id,
        subject=subject,
        occurrence=occurrence,
        due_at=due_at,
        now=now,
        expires_at=expires_at,
    )


def plan_edits(tx: Tx, enrolment_ids: Collection[int], now: datetime) -> None:
    """Plan edits of earlier messages about these enrolments, which are out of date."""
    about = [str(each) for each in enrolment_ids]
    about += [
        str(Occurrence(each.enrolment_id, offer_id=each.id))
        for each in offer_rows.list_offers_of(tx, enrolment_ids)
    ]
    sent = delivery_rows.list_sent_about(tx, kinds=EDITABLE, occurrences=about)
    rows = [_again(DeliveryKind.EDIT, each.recipient, str(each.id), now) for each in sent]
    delivery_rows.renew_deliveries(tx, rows, now)


def _again(kind: DeliveryKind, recipient: str, subject: str, due_at: datetime) -> dict[str, Any]:
    return {"kind": kind, "recipient": recipient, "subject": subject, "occurrence": "", "due_at": due_at}


def plan_edit(tx: Tx, sent_id: int, recipient: str, now: datetime) -> None:
    """Plan an edit of this sent message."""
    delivery_rows.renew_deliveries(tx, [_again(DeliveryKind.EDIT, recipient, str(sent_id), now)], now)


def plan_edits_of_invitations(tx: Tx, offering_ids: Collection[int], now: datetime) -> None:
    """Plan edits of the unanswered invitations to these offerings: they show when it meets, or that it is
    cancelled.
    """
    about = [str(each) for each in group_rows.list_open_invitation_ids(tx, offering_ids)]
    if not about:
        return
    for sent in delivery_rows.list_sent_about(tx, kinds=(DeliveryKind.INVITATION,), occurrences=about):
        plan_edit(tx, sent.id, sent.recipient, now)


def plan_edit_of(tx: Tx, kind: DeliveryKind, person_id: str, subject: str, now: datetime) -> None:
    """Plan an edit of a message sent to this person, whose content has changed."""
    found = delivery_rows.list_about(tx, kinds=(kind,), subjects=(subject,), recipients=(person_id,))
    for sent in found:
        if sent.ts is not None:
            delivery_rows.renew_delivery(
                tx, kind=DeliveryKind.EDIT, recipient=person_id, subject=str(sent.id), occurrence="", now=now
            )


def plan_certificate_asked(
    tx: Tx, facilitators: Iterable[str], code: str, occurrence: str, now: datetime
) -> None:
    """Plan a message to the facilitators that somebody waits for a certificate."""
    for user_id in facilitators:
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.CERTIFICATE_ASKED,
            recipient=user_id,
            subject=code,
            occurrence=occurrence,
            due_at=now,
            now=now,
        )


def plan_undelivered(tx: Tx, facilitators: Iterable[str], delivery_id: int, now: datetime) -> None:
    """Plan a message to the facilitators that somebody could not be told."""
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


def plan_now_facilitates(tx: Tx, told: Iterable[tuple[str, str, datetime]], now: datetime) -> None:
    """Plan the message that a person facilitates an offering (by code), each with its due time; once for each
    offering.
    """
    rows = [
        _again(DeliveryKind.NOW_FACILITATES, person_id, code, due_at) | {"expires_at": None}
        for person_id, code, due_at in told
    ]
    delivery_rows.add_deliveries(tx, rows, now)


def plan_no_facilitator(
    tx: Tx, coordinator: str, code: str, whose: str, due_at: datetime, now: datetime
) -> None:
    """Plan a message to a coordinator that nobody facilitates an offering since this account was closed;
    once."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.NO_FACILITATOR,
        recipient=coordinator,
        subject=code,
        occurrence=whose,
        due_at=due_at,
        now=now,
    )


def plan_home(tx: Tx, person_ids: Iterable[str], now: datetime) -> None:
    """Plan a new App Home for those of these people who have ever opened it."""
    openers = person_rows.list_home_openers(tx, list(person_ids))
    _renew_homes(tx, openers, now)


def _renew_homes(tx: Tx, openers: Iterable[str], now: datetime) -> None:
    delivery_rows.renew_deliveries(tx, [_again(DeliveryKind.HOME, each, "", now) for each in openers], now)


def plan_home_of_group(tx: Tx, offering_ids: Collection[int], now: datetime) -> None:
    """Plan a new App Home for everybody who has a seat or a place in line in these offerings."""
    _renew_homes(tx, person_rows.list_standing_home_openers(tx, offering_ids), now)


def plan_home_of_waiting(tx: Tx, offering_id: int, now: datetime) -> None:
    """Plan a new App Home for the people at the head of this waiting list, whose places have changed.

    Slack accepts about 100 views a minute, and hundreds of waiting people would delay everybody's view with
    each freed seat. The others see their place when they open App Home, which is then rendered again.
    """
    openers = person_rows.list_waiting_home_openers(tx, offering_id, FRESH_IN_LINE)
    _renew_homes(tx, openers, now)
