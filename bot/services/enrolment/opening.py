"""Wishes to be told when sign-up opens: the person is told once, in office hours, that it is open or that the
offering is cancelled, and the wish is erased.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from bot.domain.calendars.wall_time import to_instant
from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.person import Person
from bot.domain.sending.outcomes import Sent
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToPerson
from bot.services.deliveries.rendered import Deferred, OutgoingMessage, Rendered, Skipped
from bot.services.enrolment.join import require_open
from bot.services.offerings.catalogue import load_card, load_offering, load_offerings, state_of
from bot.services.offerings.change_messages import tell_called_off
from bot.services.offerings.timetable import GATHERING
from bot.views.offerings import opening as view
from storage import deliveries as delivery_rows
from storage import wishes as wish_rows
from storage.transaction import Tx

_KEEPS_THE_WISH = Skipped("not_open_yet")
"""The opening day is not known yet, or no longer: a change of the plan will plan the message again."""


def wish(tx: Tx, person: Person, code: str, now: datetime) -> Offering:
    """Store that the person wants to be told when sign-up opens. Idempotent. Raises KaikuError:
    UNKNOWN_OFFERING, those of ``require_open`` once sign-up has been open, and of
    ``Person.require_may_join``.
    """
    person.require_may_join()
    offering = load_offering(tx, code)
    if state_of(offering, now) is not SignUpState.NOT_YET:
        require_open(offering, now)
        return offering  # it has just opened: there is nothing to wait for
    wish_rows.add_wish(tx, offering.id, person.id, now)
    _plan(tx, offering, [(person.id, person.timezone)], now)
    outbox.plan_home(tx, [person.id], now)
    return offering


def take_back(tx: Tx, person: Person, code: str, now: datetime) -> Offering:
    """Delete the wish. Raises KaikuError: UNKNOWN_OFFERING."""
    offering = load_offering(tx, code)
    wish_rows.delete_wish(tx, offering.id, person.id)
    delivery_rows.cancel_planned(
        tx, kind=DeliveryKind.SIGN_UP_OPEN, recipient=person.id, subject=code, reason="taken_back"
    )
    outbox.plan_home(tx, [person.id], now)
    return offering


def follow_plan(tx: Tx, offering_ids: Sequence[int], now: datetime) -> None:
    """These offerings have changed: move the messages about their opening to the right day."""
    wishers: dict[int, list[tuple[str, str | None]]] = {}
    for offering_id, person_id, timezone in wish_rows.list_wishers(tx, offering_ids):
        wishers.setdefault(offering_id, []).append((person_id, timezone))
    for offering_id, offering in load_offerings(tx, wishers).items():
        _plan(tx, offering, wishers[offering_id], now)


def _plan(tx: Tx, offering: Offering, wishers: Iterable[tuple[str, str | None]], now: datetime) -> None:
    """Plan the message about opening to these people (each with their zone), or that it never will open, with
    the delay that leaves time for a correction; nothing while the day is not known.
    """
    since = now + GATHERING if offering.cancelled else now
    rows = [
        {
            "kind": DeliveryKind.SIGN_UP_OPEN,
            "recipient": person_id,
            "subject": offering.code,
            "occurrence": "",
            "due_at": due_at,
        }
        for person_id, timezone in wishers
        if (due_at := _told_at(offering, timezone or offering.timezone, since)) is not None
    ]
    delivery_rows.renew_deliveries(tx, rows, now)
    if not rows:
        kind, reason = DeliveryKind.SIGN_UP_OPEN, _KEEPS_THE_WISH.reason
        delivery_rows.cancel_planned(tx, kind=kind, recipient=None, subject=offering.code, reason=reason)


def _told_at(offering: Offering, timezone: str, now: datetime) -> datetime | None:
    """The person's first office hour from the opening on."""
    opens_at = now
    if state_of(offering, now) is SignUpState.NOT_YET:
        if offering.opens_on is None:
            return None
        opens_at = to_instant(offering.opens_on, time(0), offering.timezone)
    return WORK_CALENDAR.next_working_moment(max(opens_at, now), timezone, SEAT_NEWS_HOURS)


def declare() -> list[MessageKind]:
    """The message that sign-up has opened."""

    def render(tx: Tx, due: ToPerson) -> Rendered:  # noqa: PLR0911 - one a rule
        try:
            card = load_card(tx, due.person, due.delivery.subject, due.now)
        except KaikuError:
            return Skipped("offering_gone")
        if card.mine is not None or not card.wished:
            return Skipped("joined_already" if card.mine is not None else "taken_back")
        until = _told_at(card.offering, due.person.timezone, due.now)
        if until is None:
            return _KEEPS_THE_WISH
        if until > due.now:
            return Deferred(until, "office_hours")
        if card.state is SignUpState.CANCELLED:
            return OutgoingMessage(tell_called_off(tx, card.offering, due.words, due.now))
        if card.state is not SignUpState.OPEN:
            return Skipped("sign_up_closed")
        return OutgoingMessage(view.opened(card, due.words))

    return [
        MessageKind(
            DeliveryKind.SIGN_UP_OPEN,
            Method.POST,
            urgency=3,
            about="an offering; once for each wish: sign-up is open, or the offering is cancelled",
            helps_until="sign-up closes",
            to_person=render,
            after=_erase,
            office_hours=True,
        )
    ]


def _erase(tx: Tx, settled: Settled) -> None:
    """Delete the wish of a person who has been told, or can't be told any more."""
    outcome, delivery = settled.outcome, settled.delivery
    if isinstance(outcome, Sent) or (isinstance(outcome, Skipped) and outcome != _KEEPS_THE_WISH):
        try:
            offering = load_offering(tx, delivery.subject)
        except KaikuError:  # deleted, and its wishes with it
            return
        wish_rows.delete_wish(tx, offering.id, delivery.recipient)
