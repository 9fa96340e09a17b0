"""Messages to people who waited in vain: the group started without them; sign-up opens and they keep
a turn.
"""

from collections.abc import Sequence

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState, sign_up_opens_at
from bot.domain.offerings.offering import Card, Offering
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.person import Person
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Deferred, OutgoingMessage, Rendered, Skipped
from bot.services.enrolment.turns import told_at
from bot.services.offerings.catalogue import list_cards, list_states, load_card
from bot.services.offerings.messages import load_enrolled
from bot.views import turns as view
from storage import deliveries as delivery_rows
from storage import turns as turn_rows
from storage.transaction import Tx


def list_open_instead(tx: Tx, person: Person, due: ToPerson, offering: Offering) -> Sequence[Card]:
    """What the person could join now, of the same strand first."""
    states = list_states(tx, due.now)
    is_open = [each for each, state in states.items() if state is SignUpState.OPEN]
    can_join = [
        card
        for card in list_cards(tx, person, due.now, is_open)
        if card.mine is None and card.offering.id != offering.id
    ]
    return sorted(can_join, key=lambda card: card.offering.strand_id != offering.strand_id)


def started_without(tx: Tx, due: ToPerson) -> Rendered:
    about = load_enrolled(tx, due.delivery.occurrence)
    if about is None or about.enrolment.status != Status.WAITING:
        return Skipped("no_longer_waiting")
    offering = about.offering
    at = told_at(offering, due.person.timezone, due.now)
    if offering.cancelled or at is None:
        return Skipped("offering_cancelled")
    if at > due.now:
        return Deferred(at, "office_hours")
    keeps = turn_rows.get_turn(tx, due.person.id, offering.strand_id) is not None
    instead = list_open_instead(tx, due.person, due, offering)
    return OutgoingMessage(view.started_without(offering, instead, due.words, keeps_turn=keeps))


def turn_open(tx: Tx, due: ToPerson) -> Rendered:  # noqa: PLR0911 - one a rule
    card = load_card(tx, due.person, due.delivery.subject, due.now)
    offering = card.offering
    if turn_rows.get_turn(tx, due.person.id, offering.strand_id) is None:
        return Skipped("turn_gone")
    if card.mine is not None:
        return Skipped("enrolled_already")
    if _told_by_wish(tx, due):
        return Skipped("told_by_wish")
    opens_at = sign_up_opens_at(offering.opens_on, offering.timezone)
    if card.state is SignUpState.NOT_YET and opens_at is not None:
        at = WORK_CALENDAR.next_working_moment(opens_at, due.person.timezone, SEAT_NEWS_HOURS)
        return Deferred(at, "not_open_yet")
    if card.state is not SignUpState.OPEN:
        return Skipped("not_open")
    at = WORK_CALENDAR.next_working_moment(due.now, due.person.timezone, SEAT_NEWS_HOURS)
    if at > due.now:
        return Deferred(at, "office_hours")
    return OutgoingMessage(view.turn_open(card, due.words))


def _told_by_wish(tx: Tx, due: ToPerson) -> bool:
    """Whether the person also asked to be told when this opens: they are told once."""
    kinds, subjects = (DeliveryKind.SIGN_UP_OPEN,), (due.delivery.subject,)
    found = delivery_rows.list_about(tx, kinds=kinds, subjects=subjects, recipients=(due.person.id,))
    return any(each.state != DeliveryState.CANCELLED for each in found)


def declare() -> list[MessageKind]:
    """Both kinds, once each."""
    return [
        MessageKind(
            DeliveryKind.STARTED_WITHOUT,
            Method.POST,
            urgency=5,
            about="an offering; one for each enrolment that waited in vain",
            helps_until="two weeks",
            to_person=started_without,
            office_hours=True,
        ),
        MessageKind(
            DeliveryKind.TURN_OPEN,
            Method.POST,
            urgency=4,
            about="an offering that opens for sign-up; once",
            helps_until="the waiting list closes",
            to_person=turn_open,
            office_hours=True,
        ),
    ]
