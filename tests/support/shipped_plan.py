"""The plan of 2019 as it ships, and the same plan with something changed."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from bot.domain.plan.model import Plan, PlannedOffering, PlannedSession
from bot.services.people.agency_book import read_agencies
from bot.services.plan.apply import apply_plan
from bot.services.plan.file import read_plan
from tests.conftest import ROOT

if TYPE_CHECKING:
    from tests.support.running import Running

BOOK = read_agencies()
SHIPPED = read_plan(ROOT / "programmes/2019.yml", BOOK)


def with_session(plan: Plan, code: str, number: int, **changes: Any) -> Plan:
    """The plan with one session changed."""

    def session(each: PlannedSession) -> PlannedSession:
        return replace(each, **changes) if each.number == number else each

    strands = tuple(
        replace(
            strand,
            offerings=tuple(
                replace(offering, sessions=tuple(session(each) for each in offering.sessions))
                if offering.code == code
                else offering
                for offering in strand.offerings
            ),
        )
        for strand in plan.strands
    )
    return replace(plan, strands=strands)


def only(plan: Plan, *codes: str) -> Plan:
    """The plan with these offerings alone: to apply all of them takes many times longer than what most rules
    are about."""
    strands = (
        replace(strand, offerings=tuple(each for each in strand.offerings if each.code in codes))
        for strand in plan.strands
    )
    return replace(plan, strands=tuple(each for each in strands if each.offerings))


async def apply(kaiku: "Running", plan: Plan) -> None:
    await kaiku.store.run(apply_plan, plan, kaiku.clock.now())


def with_offering(plan: Plan, code: str, **changes: Any) -> Plan:
    """The plan with one offering changed."""

    def offering(each: PlannedOffering) -> PlannedOffering:
        return replace(each, **changes) if each.code == code else each

    strands = tuple(replace(s, offerings=tuple(offering(o) for o in s.offerings)) for s in plan.strands)
    return replace(plan, strands=strands)
