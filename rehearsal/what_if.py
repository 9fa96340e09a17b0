"""The plan with fewer or drawn seats, so that few imaginary people can show what many would experience."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from bot.domain.plan.model import DrawRules, Plan, PlannedOffering


def with_at_most(plan: Plan, seats: int) -> Plan:
    """Limit the seats of every offering; an agency's share of them stays."""

    def fewer(offering: PlannedOffering) -> PlannedOffering:
        capacity = min(offering.capacity, seats)
        share = max(offering.seats_per_agency * capacity // offering.capacity, 1)
        own = tuple((agency, min(number, capacity)) for agency, number in offering.agency_seats)
        return replace(offering, capacity=capacity, seats_per_agency=share, agency_seats=own)

    return _each(plan, fewer)


def with_draw(plan: Plan, codes: Sequence[str]) -> Plan:
    """Let the seats of these offerings be drawn together, in the sign-up window of the first. Raises KeyError
    for an unknown code."""
    known = {each.code: each for each in plan.offerings}
    window = [known[code].sign_up for code in codes]

    def drawn(offering: PlannedOffering) -> PlannedOffering:
        if offering.code not in codes:
            return offering
        return replace(offering, draw=offering.draw or DrawRules(), sign_up=window[0])

    return _each(plan, drawn)


def _each(plan: Plan, changed: Callable[[PlannedOffering], PlannedOffering]) -> Plan:
    strands = (replace(each, offerings=tuple(map(changed, each.offerings))) for each in plan.strands)
    return replace(plan, strands=tuple(strands))
