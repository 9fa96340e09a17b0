"""A participant's year: the next session, what they have to answer, their offerings, the open and the
completed ones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter

from msgspec import Struct

from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.language import Texts
from bot.domain.offerings.offering import Card, Offering, Session


class Coming(Struct, frozen=True):
    """A session of a person with a seat that is ahead or in progress."""

    offering: Offering
    session: Session
    absent: bool = False  # they said that they can't come to it


class Asked(Struct, frozen=True):
    """A prompt that was sent to the person and that they have not answered."""

    offering: Offering
    prompt_id: int
    question: Texts


class Year(Struct, frozen=True):
    """A participant's year at ``now``; in each part the nearest comes first."""

    now: datetime
    coming: Sequence[Coming] = ()
    asked: Sequence[Asked] = ()
    mine: Sequence[Card] = ()
    open: Sequence[Card] = ()
    completed: Sequence[Card] = ()
    offered: Sequence[Card] = ()


def coming_sessions(cards: Iterable[Card], now: datetime) -> list[Coming]:
    """The sessions ahead in the offerings in which somebody holds a seat, the nearest first."""
    coming = [
        Coming(card.offering, session, session.number in card.absent)
        for card in cards
        if card.mine is not None and card.mine.status is Status.SEATED and not card.offering.cancelled
        for session in card.offering.standing_sessions
        if session.ends_at > now
    ]
    return sorted(coming, key=lambda each: (each.session.starts_at, each.offering.code))


def offered_seats(cards: Iterable[Card]) -> list[Card]:
    """The offerings in which a seat is offered to somebody, by deadline."""
    offered = [
        (card.mine.until, card) for card in cards if card.mine is not None and card.mine.until is not None
    ]
    return [card for _, card in sorted(offered, key=itemgetter(0))]


def sort_cards(cards: Sequence[Card], now: datetime) -> tuple[list[Card], list[Card], list[Card]]:
    """The person's own offerings that are not over, those open to them, and those they completed.

    A cancelled one stays among their own until its last day has passed, so that they can read why.
    """
    mine, can_join, completed = [], [], []
    for card in cards:
        if card.mine is None:
            if card.state in {SignUpState.OPEN, SignUpState.NOT_YET}:
                can_join.append(card)
        elif card.state is SignUpState.PAST:
            if card.mine.status is Status.SEATED:
                completed.append(card)
        elif card.state is not SignUpState.CANCELLED or _is_ahead(card.offering, now):
            mine.append(card)
    can_join.sort(key=lambda card: card.state is not SignUpState.OPEN)  # those that open later come last
    mine.sort(key=lambda card: (_next_start(card.offering, now), card.offering.code))
    return mine, can_join, completed


def _is_ahead(offering: Offering, now: datetime) -> bool:
    return not offering.sessions or any(each.ends_at > now for each in offering.sessions)


def _next_start(offering: Offering, now: datetime) -> datetime:
    session = offering.next_session(now)
    return session.starts_at if session else now
