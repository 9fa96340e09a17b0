"""What Kaiku owes people: planned in the transaction that causes it, sent by ``bot.services.sending``."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from storage import deliveries as delivery_rows
from storage import people as person_rows
from storage.transaction import Tx


class DeliveryKind(StrEnum):
    """What Kaiku sends on its own. The subject is an offering's code (of a reminder: code/session), the
    occurrence names the enrolment, unless said otherwise."""

    CONFIRMATION = "confirmation"  # what a sign-up gave
    PROMOTION = "promotion"  # a freed seat is yours
    CHANGE = "change"  # sessions moved or cancelled; occurrence: enrolment:version of the timetable
    DAY_BEFORE = "day_before"  # reminders; occurrence: enrolment@start
    HOUR_BEFORE = "hour_before"
    EDIT = "edit"  # a message sent earlier, brought up to date in place; subject: that delivery's id
    HOME = "home"  # App Home, owed again whenever something of the person's changes
    UNDELIVERED = "undelivered"  # to a facilitator: somebody could not be told; subject: that delivery's id
    PROMPT = "prompt"  # a reflection prompt; subject: code/prompt/id, occurrence empty: nobody gets it twice
    ROUND = "round"  # a prompt put to a channel, which is the recipient; occurrence empty: once
    PROMPT_REMINDER = "prompt_reminder"  # the one reminder of it
    PROMPT_AGAIN = "prompt_again"  # again, because the person asked for it later; occurrence: that time
    PROMPT_FADE = "prompt_fade"  # fewer, or stop? Once; subject: settings
    CLOSING_LETTER = "closing_letter"  # a person's own words, after the last session
    ANNOUNCEMENT = "announcement"  # a post in a channel, which is the recipient; occurrence: the post's id
    POST_EDIT = "post_edit"  # that post brought up to date; occurrence: its id, or id:clock for a known time
    POST_TROUBLE = "post_trouble"  # to its author: a post is not there or can't be kept true; subject: its id


METHODS: dict[str, tuple[DeliveryKind, ...]] = {
    "chat.postMessage": (
        DeliveryKind.HOUR_BEFORE,
        DeliveryKind.PROMOTION,
        DeliveryKind.CONFIRMATION,
        DeliveryKind.CHANGE,
        DeliveryKind.UNDELIVERED,
        DeliveryKind.DAY_BEFORE,
        DeliveryKind.ROUND,
        DeliveryKind.ANNOUNCEMENT,
        DeliveryKind.POST_TROUBLE,
    ),
    "dnd.info": (
        DeliveryKind.PROMPT_AGAIN,
        DeliveryKind.PROMPT,
        DeliveryKind.CLOSING_LETTER,
        DeliveryKind.PROMPT_REMINDER,
        DeliveryKind.PROMPT_FADE,
    ),
    "chat.update": (DeliveryKind.POST_EDIT, DeliveryKind.EDIT),
    "views.publish": (DeliveryKind.HOME,),
}
"""By Slack's method, the kinds that go through it, the most urgent first. What must not disturb asks
``dnd.info`` before it is posted: that is the narrower of the two limits."""

POSTED = (*METHODS["chat.postMessage"], *METHODS["dnd.info"])
"""Kinds that are messages of their own, which can be looked for in the conversation."""

UNDISTURBING = frozenset(METHODS["dnd.info"])
"""Kinds that wait while a person does not want to be disturbed."""

ABOUT_PROMPTS = (*METHODS["dnd.info"],)
"""Kinds that are planned by ``services.prompt_plan``, a person at a time."""

IN_CHANNELS = frozenset({DeliveryKind.ANNOUNCEMENT, DeliveryKind.POST_EDIT})
"""Kinds whose recipient is a channel."""

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


def plan_change(
    tx: Tx, person_id: str, code: str, enrolment_id: int, version: int, due_at: datetime, now: datetime
) -> None:
    """Owe a person what changed in the sessions, once things have settled at ``due_at``."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.CHANGE,
        recipient=person_id,
        subject=code,
        occurrence=f"{enrolment_id}:{version}",
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
