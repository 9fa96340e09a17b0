"""Two programmes that use the same code, one after the other."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.codes import Alike, Purpose, current, free_code, plain_code
from bot.domain.plan.model import Plan, SignUpWindow
from bot.services.enrolment.year import load_year
from bot.services.offerings.catalogue import current_code, list_current, load_offering
from bot.services.plan.apply import PlanConflictError, apply_plan, diff_plan, stored_plan
from bot.views.home import home
from bot.views.offerings.catalogue import offering_list
from bot.views.year import mine_message
from sandbox import text_of
from storage.engine import Store
from tests.support.enrolling import NOW, join
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.readers import a_person, words_of
from tests.support.shipped_plan import BOOK

WINDOW = SignUpWindow(date(2019, 1, 1), date(2019, 12, 31))


def plan_of(year: int, code: str = "dialogue-1", title: str = "") -> Plan:
    sessions = (a_session(1, on=date(year, 3, 12)), a_session(2, on=date(year, 5, 14)))
    offering = an_offering(code, sessions=sessions, sign_up=WINDOW, title={"fi": title or code, "sv": code})
    plan = a_plan(offering, code=f"kaiku-{year}")
    return replace(plan, title={"fi": f"Ohjelma {year}", "sv": f"Programmet {year}"})


def apply_both(store: Store) -> None:
    for year in (2019, 2020):
        with store.transaction() as tx:
            apply_plan(tx, plan_of(year), NOW)


def test_a_code_may_be_used_again_once_the_earlier_offering_is_over(store: Store) -> None:
    apply_both(store)
    for year in (2019, 2020):
        with store.read_transaction() as tx:
            assert stored_plan(tx, f"kaiku-{year}") == plan_of(year)
            assert not diff_plan(tx, plan_of(year)).changes
    with store.transaction() as tx:  # each plan goes on changing its own
        apply_plan(tx, plan_of(2020, title="Uusi nimi"), NOW)
    with store.read_transaction() as tx:
        assert load_offering(tx, "dialogue-1").title["fi"] == "dialogue-1"
        assert load_offering(tx, "dialogue-1.2").title["fi"] == "Uusi nimi"


@pytest.mark.parametrize("moved", [date(2019, 5, 14), date(2019, 4, 2)])
def test_a_code_is_not_used_by_two_at_the_same_time(store: Store, moved: date) -> None:
    later = plan_of(2020)
    strand = later.strands[0]
    first, second = strand.offerings[0].sessions
    offering = replace(strand.offerings[0], sessions=(replace(first, on=moved), second))
    overlapping = replace(later, strands=(replace(strand, offerings=(offering,)),))
    with store.transaction() as tx:
        apply_plan(tx, plan_of(2019), NOW)
    with pytest.raises(PlanConflictError), store.transaction() as tx:
        apply_plan(tx, overlapping, NOW)


def test_a_cancelled_offerings_code_is_free_for_another_programme(store: Store) -> None:
    cancelled = plan_of(2019)
    strand = cancelled.strands[0]
    gone = replace(strand, offerings=(replace(strand.offerings[0], cancelled=True),))
    with store.transaction() as tx:
        apply_plan(tx, replace(cancelled, strands=(gone,)), NOW)
        apply_plan(tx, replace(plan_of(2019), code="kaiku-b"), NOW)


def test_a_typed_code_is_that_of_the_current_programme(store: Store) -> None:
    apply_both(store)
    with store.transaction() as tx:
        join(tx, "UAINO", "dialogue-1")
    for on, purpose, person, code in (
        (datetime(2019, 2, 11, tzinfo=UTC), Purpose.JOIN, "UAINO", "dialogue-1"),
        (datetime(2019, 6, 1, tzinfo=UTC), Purpose.JOIN, "UAINO", "dialogue-1.2"),
        (datetime(2019, 2, 11, tzinfo=UTC), Purpose.LEAVE, "UAINO", "dialogue-1"),
        (datetime(2019, 2, 11, tzinfo=UTC), Purpose.OTHER, "UFASI", "dialogue-1"),
        (datetime(2019, 6, 1, tzinfo=UTC), Purpose.OTHER, "UFASI", "dialogue-1.2"),
        (datetime(2021, 6, 1, tzinfo=UTC), Purpose.OTHER, "UFASI", "dialogue-1.2"),
    ):
        with store.read_transaction() as tx:
            assert current_code(tx, "dialogue-1", on, purpose, person) == code
            assert current_code(tx, "dialogue-1.2", on, purpose, person) == "dialogue-1.2"
            assert current_code(tx, "maaliskuu", on, purpose, person) == "maaliskuu"


def test_joining_means_the_one_that_is_open_and_leaving_ones_own() -> None:
    autumn = datetime(2019, 10, 1, tzinfo=UTC)
    old = Alike("dialogue-1", SignUpState.CLOSED, datetime(2019, 3, 1, tzinfo=UTC), is_mine=True)
    new = Alike("dialogue-1.2", SignUpState.OPEN, datetime(2020, 3, 1, tzinfo=UTC))
    assert current([old, new], Purpose.JOIN) == "dialogue-1.2"
    assert current([new, old], Purpose.LEAVE) == "dialogue-1"
    assert current([new, old], Purpose.OTHER) == "dialogue-1"
    ours = replace(new, is_mine=True)
    over = replace(old, state=SignUpState.PAST, starts_at=autumn)
    assert current([over, ours], Purpose.LEAVE) == "dialogue-1.2"


def test_a_code_that_would_be_too_long_with_its_number_is_not_given() -> None:
    assert free_code("a", {"a", "a.2"}) == "a.3"
    assert free_code("a" * 39, {"a" * 39}) is None
    assert plain_code("dialogue-1.2") == "dialogue-1"


def test_programmes_are_listed_under_their_own_headings(store: Store) -> None:
    apply_both(store)
    with store.transaction() as tx:
        join(tx, "UAINO", "dialogue-1")
        join(tx, "UAINO", "dialogue-1.2")
    aino, words = a_person(), words_of("fi")
    with store.read_transaction() as tx:
        (cards, _), year = list_current(tx, aino, NOW), load_year(tx, aino, NOW)
    messages = (offering_list(cards, words), mine_message(year, words))
    for message in messages:
        for shown in (message.text, text_of({"blocks": list(message.blocks)})):
            assert shown.index("Ohjelma 2019") < shown.index("Ohjelma 2020")
    assert "Ohjelma 2020" in text_of(home(year, aino, BOOK, words))


def test_one_programme_alone_needs_no_heading(store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, plan_of(2019), NOW)
    with store.read_transaction() as tx:
        cards, _ = list_current(tx, a_person(), NOW)
    assert "Ohjelma 2019" not in offering_list(cards, words_of("fi")).text
