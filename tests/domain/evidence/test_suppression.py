"""Suppression, attacked: with linear programming, by readers who know one group's members."""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.evidence.suppression import (
    EVERYBODY,
    NO_PAST,
    Cell,
    Earlier,
    Part,
    Past,
    Sum,
    Why,
    bounds,
    withhold,
)
from tests.support.attack import Told, exposed, exposed_changes, highest


def a_cell(key: str, number: int, *, of: str | None = None, **own: int) -> Cell:
    parts = {code: Part(each, each) for code, each in own.items() if each}
    return Cell(key, number, number, parts, of)


Somebody = tuple[frozenset[str], str, str]
"""Somebody's offerings, role and language."""

CODES = ("a-1", "a-2", "a-3", "a-4")
ROLE_NAMES, LANGUAGE_NAMES = ("expert", "manager", "other"), ("fi", "sv", "en")


def somebody() -> st.SearchStrategy[Somebody]:
    return st.tuples(
        st.frozensets(st.sampled_from(CODES), min_size=1, max_size=2),
        st.sampled_from(["expert", "expert", "manager", "other"]),
        st.sampled_from(["fi", "fi", "fi", "sv", "en"]),
    )


def table_of(people: Sequence[Somebody], tellers: int = 0) -> tuple[list[Cell], list[Sum]]:
    """People by two features, seats by offering: as a report has them. The first few have told their case."""
    known = people[:tellers]

    def cell(key: str, where: Sequence[Somebody], of: str | None = None) -> Cell:
        own = {}
        for reader in (EVERYBODY, *CODES):
            n = sum(reader in each[0] or each in known for each in where)
            if n:
                own[reader] = Part(n, n)
        return Cell(key, len(where), len(where), own, of)

    cells = [cell("people", people)]
    sums = []
    for n, names in ((1, ROLE_NAMES), (2, LANGUAGE_NAMES)):
        parts = [cell(f"{n}/{name}", [each for each in people if each[n] == name]) for name in names]
        cells += parts
        sums.append(Sum("people", tuple(each.key for each in parts)))
    seats = [(each, code) for each in people for code in sorted(each[0])]
    cells.append(cell("seats", [each for each, _ in seats]))
    by_code = [cell(f"seats/{code}", [each for each, of in seats if of == code], of=code) for code in CODES]
    cells += by_code
    sums.append(Sum("seats", tuple(each.key for each in by_code)))
    return cells, sums


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Cell], list[Sum]]:
    return table_of(draw(st.lists(somebody(), max_size=45)), draw(st.integers(0, 3)))


@st.composite
def years(draw: st.DrawFn) -> list[tuple[list[Cell], list[Sum]]]:
    """The same programme, counted three times: some have joined and some have left in between."""
    people = draw(st.lists(somebody(), min_size=8, max_size=16)) * draw(st.integers(3, 6))
    found = []
    for tellers in (0, 0, draw(st.integers(0, 3))):
        found.append(table_of(people, tellers))
        left = draw(st.integers(0, 3))
        people = [*people[: len(people) - left], *draw(st.lists(somebody(), max_size=9))]
    return found


def told_in_turn(year: Sequence[tuple[list[Cell], list[Sum]]], *, with_past: bool = True) -> list[Told]:
    told: list[Told] = []
    for cells, sums in year:
        published = [
            {
                each.key: Earlier(each.number, {of: part.number for of, part in each.own.items()})
                for each in one.cells
                if each.key not in one.withheld
            }
            for one in told
        ]
        past = Past(frozenset(key for one in told for key in one.withheld), published)
        told.append(Told(cells, sums, withhold(cells, sums, past if with_past else NO_PAST)))
    return told


@settings(max_examples=40, deadline=None)
@given(tables())
def test_nobody_computes_a_number_under_five_with_all_equations_at_once(
    table: tuple[list[Cell], list[Sum]],
) -> None:
    """A participant, and facilitators with their rosters; all of them know who has told a case."""
    told = Told(*table, withhold(*table))
    for reader in (None, "a-1", "a-2"):
        assert list(exposed(told, reader)) == []


@settings(max_examples=20, deadline=None)
@given(years())
def test_nobody_computes_a_change_of_fewer_than_five_from_a_years_reports_together(
    year: list[tuple[list[Cell], list[Sum]]],
) -> None:
    reports = told_in_turn(year)
    for reader in (None, "a-1"):
        for n, later in enumerate(reports):
            assert list(exposed(later, reader)) == []
            for earlier in reports[:n]:
                assert list(exposed_changes(earlier, later, reader)) == []


def test_without_the_years_earlier_reports_the_attacker_sees_one_more_person() -> None:
    """The control: each report alone is safe, and their difference is one expert."""
    people: list[Somebody] = [
        (frozenset({code}), role, language)
        for code in CODES
        for role in ROLE_NAMES
        for language in LANGUAGE_NAMES
    ] * 3
    more = [*people, (frozenset({"a-2"}), "expert", "fi")]
    then, now = told_in_turn([table_of(people), table_of(more)], with_past=False)
    assert list(exposed(then, None)) == list(exposed(now, None)) == []
    assert "1/expert" in list(exposed_changes(then, now, None))
    then, now = told_in_turn([table_of(people), table_of(more)])
    assert list(exposed_changes(then, now, None)) == []


@settings(max_examples=40, deadline=None)
@given(tables())
def test_bounds_step_by_step_are_those_of_all_equations_at_once(
    table: tuple[list[Cell], list[Sum]],
) -> None:
    cells, sums = table
    withheld = frozenset(withhold(cells, sums))
    found = bounds(cells, sums, withheld)
    unknown = [each.key for each in cells if each.key in withheld]
    number = {each.key: each.beside(None).number for each in cells}
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
    assert list(exposed(Told(ROLES, BY_ROLE, only_primary), None)) == ["other"]
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
        assert list(exposed(Told(cells, sums, found), reader)) == []
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
