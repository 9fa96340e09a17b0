"""Imaginary people, the same for a seed; and as far as can be, the same beside another plan."""

from msgspec.structs import replace

from bot.domain.plan.model import Plan
from rehearsal.people import Deed, cast, plan_changes, script
from tests.support.shipped_plan import BOOK, SHIPPED

PEOPLE = cast(BOOK, 200, 7)


def joined(plan: Plan) -> dict[str, set[str]]:
    """Who signs up, by offering."""
    found: dict[str, set[str]] = {offering.code: set() for offering in plan.offerings}
    for act in script(plan, PEOPLE, 7):
        if act.deed is Deed.JOIN:
            found[act.value].add(act.who)
    return found


def without(code: str) -> Plan:
    strands = tuple(
        replace(strand, offerings=tuple(each for each in strand.offerings if each.code != code))
        for strand in SHIPPED.strands
    )
    return replace(SHIPPED, strands=strands)


def test_the_same_seed_is_the_same_people_who_do_the_same() -> None:
    assert script(SHIPPED, PEOPLE, 7) == script(SHIPPED, PEOPLE, 7)
    assert plan_changes(SHIPPED, 7) == plan_changes(SHIPPED, 7)
    assert script(SHIPPED, PEOPLE, 8) != script(SHIPPED, PEOPLE, 7)


def test_removing_an_offering_does_not_change_who_wants_another() -> None:
    before, after = joined(SHIPPED), joined(without("coaching-2"))
    assert before["coaching-2"]
    for code, people in after.items():
        assert before[code] <= people, "some may come who would rather have gone to coaching-2"
    newcomers = set().union(*(people - before[code] for code, people in after.items()))
    assert newcomers <= before["coaching-2"]


def test_with_an_offering_gone_the_others_keep_their_changes_in_the_year() -> None:
    before, after = plan_changes(SHIPPED, 7), plan_changes(without("foresight-1"), 7)
    assert before
    told = [(each.offering, each.session, each.at, each.to) for each in before]
    assert [(each.offering, each.session, each.at, each.to) for each in after] == told
