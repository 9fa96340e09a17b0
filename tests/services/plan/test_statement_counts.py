"""What is asked of the database does not grow with the number of people, nor with the number of offerings."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from bot.domain.deliveries import DeliveryState
from bot.domain.people.person import Person
from bot.domain.plan.model import Plan
from bot.services.enrolment.year import load_year
from bot.services.facilitation.desk import find_facilitated
from bot.services.offerings.catalogue import list_current
from bot.services.offerings.facilitators import Actor
from bot.services.plan.apply import apply_plan
from storage import tables
from storage.engine import Store
from storage.transaction import Tx
from tests.support.enrolling import NOW, join
from tests.support.plans import a_plan, a_remote_session, a_session, an_offering
from tests.support.statements import heard

FEW, MANY = 3, 12


def plan_of(size: int, first: time = time(9)) -> Plan:
    """So many offerings, of codes that no other size has; the first begins at that time."""
    here, later = (a_session(1), a_remote_session(2)), (a_session(1, starts=first), a_remote_session(2))
    room: dict[str, Any] = {"capacity": 2, "seats_per_agency": 2, "facilitators": ("UFASI", f"UF{size}")}
    offerings = [an_offering(f"s{size}-{n}", sessions=here if n else later, **room) for n in range(size)]
    return a_plan(*offerings, code=f"of-{size}")


@pytest.fixture
def crowded(store: Store) -> Store:
    """Of each size as many people in the first offering, most of whom wait; all were told, and open Home."""
    with store.transaction() as tx:
        for size in (FEW, MANY):
            apply_plan(tx, plan_of(size), NOW)
            for number in range(size):
                join(tx, f"U{size}P{number:02}", f"s{size}-0")
        tx.execute(update(tables.Person).values(home_opened=True))
        sent = {"state": DeliveryState.SENT, "sent_at": NOW, "channel": "D1", "ts": "1.1"}
        tx.execute(update(tables.Delivery).where(tables.Delivery.c.kind == "confirmation").values(sent))
    return store


def counted(store: Store, act: Callable[[Tx, int], object]) -> tuple[int, int]:
    """How many statements an act runs where there are few, and where there are many; without those that add
    offerings and sessions, which SQLite gives their ids one by one."""
    found = []
    for size in (FEW, MANY):
        with store.transaction() as tx, heard(store.engine) as seen:
            act(tx, size)
        found.append(
            sum(not each.startswith(("INSERT INTO offering", "INSERT INTO session")) for each in seen)
        )
    return found[0], found[1]


def test_a_new_plan_takes_as_many_statements_for_many_offerings_as_for_few(store: Store) -> None:
    few, many = counted(store, lambda tx, size: apply_plan(tx, plan_of(size), NOW))
    assert few == many


def test_a_moved_session_takes_as_many_statements_for_many_people_as_for_few(crowded: Store) -> None:
    few, many = counted(crowded, lambda tx, size: apply_plan(tx, plan_of(size, time(10)), NOW))
    assert few == many
    few, many = counted(crowded, lambda tx, size: apply_plan(tx, plan_of(size, time(8)), NOW))
    assert few == many, "also where reminders and news are planned already"


def test_a_persons_year_and_the_list_take_as_many_statements_however_many_there_are(crowded: Store) -> None:
    def look(tx: Tx, size: int) -> None:
        person = Person(f"U{size}P00", "Aino", "fi", "Europe/Helsinki", agency="vero", role="expert")
        assert len(load_year(tx, person, NOW, most_open=6).mine) == 1
        assert list_current(tx, person, NOW, at_most=20)[0]
        leader = replace(person, id=f"UF{size}")
        assert len(find_facilitated(tx, Actor(leader, frozenset()), NOW)) == size

    few, many = counted(crowded, look)
    assert few == many


def test_the_year_names_the_first_that_are_open_and_the_list_counts_the_rest(crowded: Store) -> None:
    aino = Person(f"U{MANY}P00", "Aino", "fi", "Europe/Helsinki", agency="vero", role="expert")
    with crowded.transaction() as tx:
        year, (cards, more) = load_year(tx, aino, NOW, most_open=4), list_current(tx, aino, NOW, at_most=5)
    codes = [card.offering.code for card in year.open]
    assert codes == [f"s{FEW}-0", f"s{FEW}-1", f"s{FEW}-2", f"s{MANY}-1"], "not what is theirs"
    assert ([card.offering.code for card in cards][3:], more) == ([f"s{MANY}-0", f"s{MANY}-1"], 10)
