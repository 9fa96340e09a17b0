"""The last seat, clicked by two at once: one gets it. Each test has a control with the lock taken away,
which must oversell: it shows that the pause opens the gap and that the count can see what falls in."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bot.domain.people.person import Defaults, Person
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment.join import enrol
from bot.services.enrolment.leave import withdraw
from bot.services.plan.apply import apply_plan
from storage import enrolment as enrolment_rows
from storage import tables
from storage.engine import Store
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx
from tests.support.enrolling import add_people
from tests.support.racing import PAUSE_SECONDS, at_once, without_the_lock
from tests.support.shipped_plan import SHIPPED

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
CODE = "coaching-1"
DEFAULTS = Defaults("fi", "Europe/Helsinki")


@pytest.fixture
def last_seat(store: Store) -> Store:
    """One seat, and people who want it."""
    with store.transaction() as tx:
        apply_plan(tx, SHIPPED, NOW)
        tx.execute(update(tables.Offering).where(tables.Offering.c.code == CODE).values(capacity=1))
        add_people(tx, {"UA": "vero", "UB": "tulli", "UC": "thl"})
    return store


def person(tx: Tx, name: str) -> Person:
    found = find_person(tx, name, DEFAULTS)
    assert found is not None
    return found


@pytest.fixture
def gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """After seats are counted each transaction waits until the other has counted too, or gives up waiting."""
    both = threading.Barrier(2)

    def paused_after(count: Callable[[Tx, int], object]) -> Callable[[Tx, int], object]:
        def counted_then_paused(tx: Tx, offering_id: int) -> object:
            found = count(tx, offering_id)
            with suppress(threading.BrokenBarrierError):  # alone in the gap: the lock holds the other back
                both.wait(timeout=PAUSE_SECONDS)
            return found

        return counted_then_paused

    for name in ("count_held_by_agency", "count_standing"):
        monkeypatch.setattr(enrolment_rows, name, paused_after(getattr(enrolment_rows, name)))


def seated(store: Store) -> int:
    with store.read_transaction() as tx:
        statuses = tx.scalars(select(tables.Enrolment.c.status))
        return sum(status == "seated" for status in statuses)


def joining(name: str) -> Callable[[Tx], object]:
    return lambda tx: enrol(tx, person(tx, name), CODE, NOW)


def test_the_last_seat_clicked_by_two_at_once_goes_to_one(last_seat: Store, gap: None) -> None:
    assert at_once(last_seat, last_seat.transaction, joining("UA"), joining("UB")) == []
    assert seated(last_seat) == 1


def test_without_the_lock_the_last_seat_is_sold_twice(
    last_seat: Store, gap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offering_rows, "lock_offering", offering_rows.get_offering)
    begin = lambda: without_the_lock(last_seat)  # noqa: E731
    assert at_once(last_seat, begin, joining("UA"), joining("UB")) == []
    assert seated(last_seat) == 2, "the control must oversell, or the race test shows nothing"


def test_a_seat_freed_while_somebody_joins_is_filled_once(last_seat: Store, gap: None) -> None:
    with last_seat.transaction() as tx:
        offering_id = enrol(tx, person(tx, "UA"), CODE, NOW).offering.id
    with last_seat.transaction() as tx:
        enrol(tx, person(tx, "UB"), CODE, NOW)

    leave: Callable[[Tx], object] = lambda tx: withdraw(tx, person(tx, "UA"), CODE, NOW)  # noqa: E731
    assert at_once(last_seat, last_seat.transaction, leave, joining("UC")) == []

    assert seated(last_seat) == 0
    with last_seat.read_transaction() as tx:
        first = enrolment_rows.get_standing_enrolment(tx, offering_id, "UB")
        assert first is not None
        assert first.status == "offered", "who waited first is not overtaken"


def test_the_same_person_twice_at_once_is_one_enrolment(last_seat: Store, gap: None) -> None:
    assert at_once(last_seat, last_seat.transaction, joining("UA"), joining("UA")) == []
    with last_seat.read_transaction() as tx:
        assert len(tx.scalars(select(tables.Enrolment.c.id)).all()) == 1
