"""What venues cost: of sessions that are held, by strand, and never a way to a number that is withheld."""

from datetime import date

from msgspec.structs import replace

from bot.domain.evidence.costs import costs_of, current_costs
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.model import Venue
from tests.support.offerings import OFFERING
from tests.support.sessions import a_session
from tests.support.time_passing import helsinki


def session(number: int, price: int | None, **facts: object) -> Session:
    venue = Venue(price) if price is not None else None
    found = a_session(date(2019, 4, number), number=number, place={"fi": "Sali"})
    return replace(found, venue=venue, **facts)  # type: ignore[arg-type]


def offering(code: str, *sessions: Session, strand: int = 2, cancelled: bool = False) -> Offering:
    return replace(OFFERING, code=code, strand_number=strand, sessions=sessions, cancelled=cancelled)


ONE = offering("one", session(1, 900), session(2, 0), session(3, None), session(4, 400, cancelled=True))
TWO = offering("two", session(1, 300))
REMOTE = offering("far", session(1, None, place=None, link="https://a.example"), strand=3)
CALLED_OFF = offering("off", session(1, 700), strand=4, cancelled=True)


def test_costs_are_those_of_the_sessions_that_are_held_in_a_place_with_a_price() -> None:
    [found] = costs_of([ONE, TWO, REMOTE, CALLED_OFF])
    assert (found.number, found.price, len(found.sessions), found.unknown) == (2, 1200, 3, 1)
    assert found.for_each_session == 400
    assert found.for_each({"one": 10, "two": 20}.get) == 1200 / (10 + 10 + 20)


def test_a_cost_for_each_person_is_withheld_with_their_number() -> None:
    [found] = costs_of([ONE, TWO])
    assert [each.for_each({"one": 10}.get) for each in found.sessions] == [90, 0, None]
    assert found.for_each({"one": 10}.get) is None, "with the price it would tell how many are in two"
    assert found.for_each({"one": 0, "two": 0}.get) is None


def test_a_programme_that_is_over_has_no_current_costs() -> None:
    assert current_costs([ONE], helsinki(2019, 4, 2, 12))
    assert not current_costs([ONE], helsinki(2019, 4, 4, 12))
    assert not current_costs([offering("free", session(20, None))], helsinki(2019, 4, 2, 12))
