"""Suppression, attacked: with linear programming, by readers who know one group's members."""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.evidence.suppression import (
    Cell,
    Earlier,
    Part,
    Past,
    Sum,
    Why,
    bounds,
    withhold,
)
from tests.support.attack import exposed, highest


def a_cell(key: str, number: int, *, of: str | None = None, **own: int) -> Cell:
    parts = {code: Part(each, each) for code, each in own.items() if each}
    return Cell(key, number, number, parts, of)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Cell], list[Sum]]:
    """People by two features, seats by offering: as a report has them; at most two each."""
    codes = ["a-1", "a-2", "a-3", "a-4"][: draw(st.integers(1, 4))]
    people = draw(
        st.lists(
            st.tuples(
                st.sets(st.sampled_from(codes), min_size=1, max_size=2),
                st.sampled_from(["expert", "expert", "manager", "other"]),
                st.sampled_from(["fi", "fi", "fi", "sv", "en"]),
            ),
            max_size=45,
        )
    )

    def cell(key: str, where: Sequence[set[str]], of: str | None = None) -> Cell:
        return a_cell(key, len(where), of=of, **{code: sum(code in each for each in where) for code in codes})

    cells = [cell("people", [each for each, _, _ in people])]
    sums = []
    for n, names in ((1, ("expert", "manager", "other")), (2, ("fi", "sv", "en"))):
        parts = [cell(f"{n}/{name}", [each[0] for each in people if each[n] == name]) for name in names]
        cells += parts
        sums.append(Sum("people", tuple(each.key for each in parts)))
    by_code = {code: sum(code in each for each, _, _ in people) for code in codes}
    cells.append(a_cell("seats", sum(by_code.values()), **by_code))
    cells += [a_cell(f"seats/{code}", n, of=code, **{code: n}) for code, n in by_code.items()]
    sums.append(Sum("seats", tuple(f"seats/{code}" for code in codes)))
    cells.append(a_cell("more", sum(len(each) - 1 for each, _, _ in people)))
    sums.append(Sum("seats", ("people", "more")))
    return cells, sums


@settings(max_examples=60, deadline=None)
@given(tables())
def test_nobody_computes_a_number_under_five_with_all_equations_at_once(
    table: tuple[list[Cell], list[Sum]],
) -> None:
    cells, sums = table
    withheld = withhold(cells, sums)
    for reader in (None, "a-1", "a-2"):
        assert list(exposed(cells, sums, withheld, reader)) == []


@settings(max_examples=60, deadline=None)
@given(tables())
def test_bounds_step_by_step_are_those_of_all_equations_at_once(
    table: tuple[list[Cell], list[Sum]],
) -> None:
    cells, sums = table
    withheld = frozenset(withhold(cells, sums))
    found = bounds(cells, sums, withheld)
    unknown = [each.key for each in cells if each.key in withheld]
    number = {each.key: each.number for each in cells}
    rows, right = [], []
    for one in sums:
        signs = {one.total: -1} | dict.fromkeys(one.parts, 1)
        rows.append([signs.get(key, 0) for key in unknown])
        right.append(-sum(sign * number[key] for key, sign in signs.items() if key not in unknown))
    for n, key in enumerate(unknown):
        high = highest([int(m == n) for m in range(len(unknown))], rows, right)
        assert found[key][1] == (float("inf") if high is None else high)


ROLES = [a_cell("people", 27), a_cell("expert", 14), a_cell("manager", 10), a_cell("other", 3)]
BY_ROLE = [Sum("people", ("expert", "manager", "other"))]


def test_without_secondary_suppression_the_attacker_computes_the_number() -> None:
    """The control: hiding only what is under five hides nothing."""
    only_primary = frozenset({"other"})
    assert list(exposed(ROLES, BY_ROLE, only_primary, None)) == ["other"]
    assert bounds(ROLES, BY_ROLE, only_primary)["other"] == (3, 3)


def test_the_smallest_other_number_is_withheld_with_one_under_five() -> None:
    assert withhold(ROLES, BY_ROLE) == {"other": Why.FEW, "manager": Why.SUBTRACTION}


def test_a_number_is_withheld_where_few_are_left_beside_one_groups_members() -> None:
    """Seven managers, four of them in my group: the other three could be recognised."""
    cells = [a_cell("people", 40, a=20), a_cell("expert", 33, a=16), a_cell("manager", 7, a=4)]
    found = withhold(cells, [Sum("people", ("expert", "manager"))])
    assert found["manager"] == Why.MEMBERS
    assert len(found) == 2


def test_a_facilitator_can_not_subtract_their_group_from_two_withheld_ones() -> None:
    """Two groups of three and eight are withheld: who leads the one would compute the other."""
    groups = {"a": 3, "b": 8, "c": 20, "d": 20}
    cells = [a_cell("seats", 51, **groups)]
    cells += [a_cell(f"seats/{code}", n, of=code, **{code: n}) for code, n in groups.items()]
    sums = [Sum("seats", tuple(f"seats/{code}" for code in groups))]
    found = withhold(cells, sums)
    for reader in groups:
        assert list(exposed(cells, sums, found, reader)) == []
    assert "seats/a" in found
    assert len(found) >= 3


def of_then(*cells: Cell) -> Past:
    return Past(
        frozenset(),
        [
            {
                each.key: Earlier(each.number, {code: p.number for code, p in each.own.items()})
                for each in cells
            }
        ],
    )


def test_what_was_withheld_once_stays_withheld_in_the_years_later_reports() -> None:
    now = [a_cell("people", 40), a_cell("expert", 22), a_cell("manager", 10), a_cell("other", 8)]
    assert withhold(now, BY_ROLE) == {}
    past = Past(frozenset({"other", "manager"}))
    assert withhold(now, BY_ROLE, past) == {"other": Why.EARLIER, "manager": Why.EARLIER}


def test_a_number_that_has_changed_by_fewer_than_five_is_withheld_in_the_later_report() -> None:
    now = [a_cell("people", 40), a_cell("expert", 17), a_cell("manager", 13), a_cell("other", 10)]
    then = of_then(a_cell("people", 30), a_cell("expert", 15), a_cell("manager", 8), a_cell("other", 7))
    assert withhold(now, BY_ROLE, then) == {"expert": Why.CHANGE, "other": Why.CHANGE}


def test_the_rest_of_a_total_is_not_seen_to_change_by_fewer_than_five_either() -> None:
    """The withheld two rise together by one: the total that tells it is withheld."""
    now = [a_cell("people", 46), a_cell("expert", 20), a_cell("manager", 16), a_cell("other", 10)]
    then = of_then(a_cell("people", 40), a_cell("expert", 15))
    past = Past(frozenset({"manager", "other"}), then.published)
    assert withhold(now, BY_ROLE, past)["people"] == Why.SUBTRACTION


def test_the_attacker_of_these_tests_finds_the_bounds_of_a_known_table() -> None:
    """x + y = 7, y + z = 4: x is between 3 and 7."""
    rows, right = [[1, 1, 0], [0, 1, 1]], [7, 4]
    assert highest([1, 0, 0], rows, right) == Fraction(7)
    assert highest([-1, 0, 0], rows, right) == Fraction(-3)
    assert highest([1, 0, 0], [[0, 1, 1]], [4]) is None
