"""What is next and what is whose, in a participant's year."""

from datetime import timedelta

from msgspec.structs import replace

from bot.domain.enrolment.seats import Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.enrolment.year import coming_sessions, sort_cards
from bot.domain.offerings.offering import Card, Standing
from tests.support.readers import NOW, an_offering

SEATED = Standing(1, Status.SEATED, None, None, 4)
WAITING = Standing(2, Status.WAITING, 3, WaitingReason.GROUP_FULL, 4)


def a_card(n: int, mine: Standing | None = SEATED, state: SignUpState = SignUpState.OPEN) -> Card:
    return Card(offering=an_offering(n), state=state, seats_left=1, waiting=0, mine=mine)


def test_the_nearest_session_of_all_my_seats_comes_first_and_a_cancelled_one_never() -> None:
    found = coming_sessions([a_card(2), a_card(1)], NOW)
    assert [(each.offering.id, each.session.number) for each in found] == [(1, 1), (2, 1), (1, 3), (2, 3)]


def test_a_session_stays_next_until_it_ends() -> None:
    first = an_offering(1).sessions[0]
    during, after = first.ends_at - timedelta(minutes=1), first.ends_at
    assert coming_sessions([a_card(1)], during)[0].session.number == 1
    assert coming_sessions([a_card(1)], after)[0].session.number == 3


def test_without_a_seat_or_after_a_cancellation_nothing_is_next() -> None:
    called_off = replace(a_card(1), offering=replace(an_offering(1), cancelled=True))
    assert coming_sessions([a_card(1, WAITING), a_card(1, None), called_off], NOW) == []


def test_what_is_over_is_completed_for_who_had_a_seat_and_gone_for_who_waited() -> None:
    past = SignUpState.PAST
    mine, can_join, completed = sort_cards([a_card(1, SEATED, past), a_card(2, WAITING, past)], NOW)
    assert (mine, can_join) == ([], [])
    assert [card.offering.id for card in completed] == [1]


def test_what_was_cancelled_stays_mine_until_its_last_day_has_passed() -> None:
    card = a_card(1, SEATED, SignUpState.CANCELLED)
    last = card.offering.sessions[-1].ends_at
    assert sort_cards([card], last - timedelta(minutes=1))[0] == [card]
    assert sort_cards([card], last) == ([], [], [])


def test_only_what_can_be_joined_now_or_later_is_offered() -> None:
    cards = [a_card(n, None, state) for n, state in enumerate(SignUpState, start=1)]
    assert {card.state for card in sort_cards(cards, NOW)[1]} == {SignUpState.OPEN, SignUpState.NOT_YET}
