"""What may be said of answers without anybody being known by it who did not want to be."""

import pytest

from bot.domain.prompts.prompt import DEFAULT_RULES, PromptRules
from bot.domain.reflections import Figures, figures_of, may_share_unnamed, may_show_unnamed


def test_nothing_is_shared_without_name_before_five_have_shared() -> None:
    assert not may_share_unnamed(4, DEFAULT_RULES, is_so_already=False)
    assert may_share_unnamed(5, DEFAULT_RULES, is_so_already=False)
    assert may_share_unnamed(0, DEFAULT_RULES, is_so_already=True)


@pytest.mark.parametrize(("shared", "could_be", "shown"), [(4, 20, False), (5, 5, True), (6, 4, False)])
def test_without_name_is_shown_where_it_could_be_any_of_five(
    shared: int, could_be: int, *, shown: bool
) -> None:
    assert may_show_unnamed(shared, could_be, DEFAULT_RULES) is shown


def test_there_are_no_figures_of_fewer_than_five() -> None:
    assert figures_of({"private": 4}, DEFAULT_RULES) is None
    assert figures_of({"private": 2, "facilitators": 1, "group": 1}, DEFAULT_RULES) is None
    assert figures_of({"private": 3, "facilitators": 2}, DEFAULT_RULES) == Figures(5, 2)
    assert figures_of({"private": 5}, PromptRules(unnamed_from=6)) is None


@pytest.mark.parametrize("without_name", [0, 1])
def test_where_nearly_all_who_answered_are_known_it_is_not_said_that_the_others_were_silent(
    without_name: int,
) -> None:
    """ "Answered 5" beside five names would say of everybody else that they did not."""
    found = figures_of({"facilitators": 5, "private": without_name}, DEFAULT_RULES)
    assert found == Figures(5, 5, at_least=True), "the same for none and for one, or they could be told apart"


def test_two_answers_without_a_name_leave_it_open_whose_they_are() -> None:
    assert figures_of({"facilitators": 5, "private": 1, "group": 1}, DEFAULT_RULES) == Figures(7, 6)
