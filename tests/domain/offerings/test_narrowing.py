"""What narrows the list."""

import pytest

from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.narrowing import Narrowing, has_title_words, narrow, parse_narrowing
from tests.support.readers import a_card


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("huhtikuu", Narrowing(month=4)),
        ("huhtikuussa", Narrowing(month=4)),
        ("april", Narrowing(month=4)),
        ("maj", Narrowing(month=5)),
        ("2.4.", Narrowing(day=(4, 2))),
        ("2.4", Narrowing(day=(4, 2))),
        ("etänä", Narrowing(remote=True)),
        ("på distans", Narrowing(remote=True)),
        ("paikan päällä", Narrowing(remote=False)),
        ("på plats", Narrowing(remote=False)),
        ("nyt etänä maaliskuu", Narrowing(month=3, remote=True, joinable=True)),
        ("dialogi", Narrowing(title=("dialogi",))),
        ("elokuvat", Narrowing(title=("elokuvat",))),
    ],
)
def test_months_days_and_ways_to_meet_are_understood_and_the_rest_is_the_title(
    typed: str, wanted: Narrowing
) -> None:
    assert parse_narrowing(typed) == wanted


def test_the_list_is_narrowed_by_all_that_was_asked_for() -> None:
    live = a_card(1, state=SignUpState.OPEN, mine=None)
    remote = a_card(2, remote=True, state=SignUpState.OPEN, mine=None)
    closed = a_card(3, remote=True, state=SignUpState.CLOSED, mine=None)
    cards = [live, remote, closed]
    assert narrow(cards, Narrowing(remote=True)) == [remote, closed]
    assert narrow(cards, Narrowing(remote=True, joinable=True)) == [remote]
    assert narrow(cards, Narrowing(day=(3, 4))) == cards
    assert narrow(cards, Narrowing(day=(3, 11))) == [], "a cancelled session is on no day"
    assert narrow(cards, Narrowing(month=12)) == []


def test_title_words_may_be_begun_and_are_looked_for_in_every_language() -> None:
    card = a_card(1, "Dialogi muutoksessa")
    assert has_title_words(card, ["dial", "muut"])
    assert not has_title_words(card, ["dialogi", "ennakointi"])
