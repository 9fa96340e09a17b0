"""The costs of venues by the plan: of sessions that take place and have a venue with a known price."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering, Session

Seats = Callable[[str], int | None]
"""How many seats of an offering are taken, by its code; None where that number is withheld."""


class SessionCost(Struct, frozen=True):
    offering: Offering
    session: Session
    price: int

    def for_each(self, seats: Seats) -> float | None:
        """The costs for each person with a seat; withheld together with the number of seats, which it would
        reveal."""
        people = seats(self.offering.code)
        return self.price / people if people else None


class StrandCost(Struct, frozen=True):
    """The costs of a strand; ``unknown`` are its live sessions whose venue has no known price."""

    number: int
    title: Texts
    sessions: Sequence[SessionCost]
    unknown: int

    @property
    def price(self) -> int:
        return sum(each.price for each in self.sessions)

    @property
    def for_each_session(self) -> float | None:
        return self.price / len(self.sessions) if self.sessions else None

    def for_each(self, seats: Seats) -> float | None:
        """The costs for each person and session; None if the number of seats in one of the strand's offerings
        is withheld."""
        people = 0
        for each in self.sessions:
            taken = seats(each.offering.code)
            if taken is None:
                return None
            people += taken
        return self.price / people if people else None


def costs_of(offerings: Iterable[Offering]) -> list[StrandCost]:
    """By strand, in the order of the plan; strands whose sessions are all remote are left out."""
    found: dict[tuple[str, int], StrandCost] = {}
    for offering in offerings:
        live = [each for each in offering.standing_sessions if not each.is_remote and not offering.cancelled]
        if not live:
            continue
        key = offering.programme_code, offering.strand_number
        before = found.get(key, StrandCost(offering.strand_number, offering.strand_title, (), 0))
        known = [SessionCost(offering, each, each.venue.price) for each in live if each.venue is not None]
        found[key] = StrandCost(
            before.number,
            before.title,
            [*before.sessions, *known],
            before.unknown + len(live) - len(known),
        )
    return list(found.values())


def current_costs(offerings: Sequence[Offering], now: datetime) -> list[StrandCost]:
    """The costs of programmes that are not over and have a known price."""
    current = {each.programme_code for each in offerings if each.ends_at is not None and each.ends_at > now}
    return [each for each in costs_of(o for o in offerings if o.programme_code in current) if each.sessions]
