"""What narrows the list."""

import pytest

from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.narrowing import Narrowing, narrow, parse_narrowing, with_title_words
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


@pytest.mark.parametrize(
    "typed", ["31.2.", "nyt 31.4", "29.2.2019", "31 april", "2019-02-30", "30. helmikuuta"]
)
def test_a_day_that_there_is_not_is_said_and_finds_not_simply_nothing(typed: str) -> None:
    with pytest.raises(KaikuError) as refused:
        parse_narrowing(typed)
    assert refused.value.code is Refusal.NO_SUCH_DAY
    assert refused.value.params["day"] in typed


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


@pytest.mark.parametrize(
    "typed",
    [
        "2. huhtikuuta",
        "2 4",
        "2/4",
        "02.04",
        "den 2 april",
        "2:a april",
        "april 2nd",
        "2nd of April",
        "2. huhtik",
    ],
)
def test_a_day_may_be_written_in_many_ways(typed: str) -> None:
    assert parse_narrowing(typed) == Narrowing(day=(4, 2))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("2019-04-02", Narrowing(day=(4, 2), year=2019)),
        ("2.4.2019", Narrowing(day=(4, 2), year=2019)),
        ("huhtikuu 2020", Narrowing(month=4, year=2020)),
        ("toukokuulta", Narrowing(month=5)),
        ("syyskusssa", Narrowing(month=9)),
        ("marraskuuun", Narrowing(month=11)),
        ("helimkuussa", Narrowing(month=2)),
        ("i sept", Narrowing(month=9)),
        ("in Febuary", Narrowing(month=2)),
        ("mars", Narrowing(month=3)),
        ("marras", Narrowing(month=11)),
        ("etätapaamiset syksy", Narrowing(remote=True, title=("syksy",))),
        ("in-person now", Narrowing(remote=False, joinable=True)),
        ("markkinat 40", Narrowing(title=("markkinat", "40"))),
        ("elokuvat", Narrowing(title=("elokuvat",))),
        ("99.99", Narrowing(title=("99.99",))),
    ],
)
def test_months_and_ways_may_be_inflected_shortened_or_misspelt(typed: str, wanted: Narrowing) -> None:
    assert parse_narrowing(typed) == wanted


def test_title_words_may_be_begun_and_are_looked_for_in_every_language() -> None:
    card = a_card(1, "Dialogi muutoksessa")
    assert with_title_words([card], ["dial", "muut"]) == [card]
    assert with_title_words([card], ["dialogi", "ennakointi"]) == []


def test_title_words_may_be_inflected_or_misspelt_where_none_fits_as_typed() -> None:
    dialogue, foresight = a_card(1, "Dialogi muutoksessa"), a_card(2, "Ennakointi ajattelutapana")
    for typed in ("dialogiin", "dilaogi", "dialoogi", "muutokseen"):
        assert with_title_words([dialogue, foresight], [typed]) == [dialogue], typed
    for typed in ("enakointi", "ennakoinnin"):
        assert with_title_words([dialogue, foresight], [typed]) == [foresight], typed
    assert with_title_words([dialogue, foresight], ["kahvi"]) == []
