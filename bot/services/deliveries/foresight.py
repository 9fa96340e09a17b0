"""Foresees the messages of a change: the change is made, the messages it plans are rendered as they will be
when due, and it is rolled back (docs/decisions/0030).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final, TypeVar

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.people.person import Defaults, Person
from bot.i18n import words_for
from bot.services.deliveries.declaration import MessageKinds, ToPerson
from bot.services.deliveries.recipients import find_people
from bot.services.deliveries.rendered import OutgoingMessage
from bot.views.foreseen import Foreseen
from storage import deliveries as delivery_rows
from storage.deliveries import DeliveryRow
from storage.transaction import Tx

T = TypeVar("T")

ABOUT_SEATS: Final = (
    DeliveryKind.REMOVED,
    DeliveryKind.MOVED,
    DeliveryKind.INVITATION,
    DeliveryKind.PROMOTION,
    DeliveryKind.OFFER,
    DeliveryKind.CONFIRMATION,
    DeliveryKind.NOT_SELECTED,
    DeliveryKind.SIGN_UP_OPEN,
    DeliveryKind.TURN_OPEN,
    DeliveryKind.DRAW_PROPOSED,
)
"""The kinds of messages about a seat, in the order in which a preview shows them."""


def foresee(
    tx: Tx,
    change: Callable[[Tx], T],
    codes: Collection[str],
    kinds: MessageKinds,
    defaults: Defaults,
    now: datetime,
    *,
    written: Collection[str] = (),
    is_shown: Callable[[DeliveryKind, Person], bool] = lambda _kind, _person: True,
) -> tuple[T, list[Foreseen]]:
    """The result of the change, and the messages about seats in these offerings that it plans or moves.
    ``written``: the languages in which part of the first message is written. Raises what the change raises.
    """
    before = delivery_rows.list_planned_times(tx, ABOUT_SEATS, codes)
    dry_run = tx.begin_nested()
    try:
        outcome = change(tx)
        about = delivery_rows.list_about(tx, kinds=ABOUT_SEATS, subjects=codes, recipients=None)
        planned = [
            each
            for each in about
            if each.state == DeliveryState.PLANNED and each.due_at != before.get(each.id)
        ]
        planned.sort(key=lambda each: (ABOUT_SEATS.index(DeliveryKind(each.kind)), each.id))
        people = find_people(tx, [each.recipient for each in planned], defaults)
        found: list[Foreseen] = []
        for delivery, person in zip(planned, people, strict=True):
            if person is None or person.deactivated or not is_shown(DeliveryKind(delivery.kind), person):
                continue
            others = [] if found else [each for each in written if each != person.language]
            found += _rendered(tx, delivery, person, [person.language, *others], kinds, now)
        return outcome, found
    finally:
        dry_run.rollback()


def _rendered(
    tx: Tx,
    delivery: DeliveryRow,
    person: Person,
    languages: Sequence[str],
    kinds: MessageKinds,
    now: datetime,
) -> list[Foreseen]:
    """The message as it will be sent when it is due; empty if it will not be. The first of the languages is
    the person's own.
    """
    declared, at = kinds.get(delivery.kind), max(delivery.due_at, now)
    assert declared is not None
    assert declared.to_person is not None, "people hear of seats, not channels"
    found = []
    for language in languages:
        words = words_for(language, person.timezone, at)
        rendered = declared.to_person(tx, ToPerson(delivery, person, words, at))
        if isinstance(rendered, OutgoingMessage):
            reader = person if language == person.language else None
            found.append(Foreseen(declared.kind, language, reader, rendered.message))
    return found
