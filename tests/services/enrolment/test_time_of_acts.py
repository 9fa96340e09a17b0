"""Whoever waits for an offering's lock acts when the lock is theirs, and is recorded so. Each rule has a
control that takes the time before the lock, and shows that the records would then tell of too many seats."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from bot.clock import Now
from bot.domain.people.person import Defaults, Person, Profile
from bot.services.enrolment.join import enrol
from bot.services.enrolment.leave import remove_everywhere, withdraw
from bot.services.enrolment.lock import lock_line
from bot.services.people.profiles import refresh_profile
from bot.services.plan.apply import apply_plan
from storage import tables
from storage.engine import Store
from storage.transaction import Tx
from tests.conftest import FakeClock
from tests.support.enrolling import add_people
from tests.support.plans import AT_ONCE, a_plan, an_offering

CODE = "dialogue-1"
DEFAULTS = Defaults("fi", "Europe/Helsinki")
Act = Callable[[Tx, Now], object]


def person(name: str, agency: str = "vero") -> Person:
    return Person(name, name, "fi", "Europe/Helsinki", agency=agency, role="expert")


@pytest.fixture
def full(store: Store, clock: FakeClock) -> Store:
    """One seat, of UA; UC waits, and may not be seated for now."""
    plan = a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=()), offers=AT_ONCE)
    with store.transaction() as tx:
        apply_plan(tx, plan, clock.now())
        add_people(tx, dict.fromkeys(("UA", "UB", "UC"), "vero"))
        deactivate(tx, "UC")
        for name in ("UA", "UC"):
            enrol(tx, person(name), CODE, clock.now())
    return store


def deactivate(tx: Tx, name: str, *, is_back: bool = False) -> None:
    tx.execute(update(tables.Person).where(tables.Person.c.id == name).values(deactivated=not is_back))


def join(tx: Tx, now: Now) -> None:
    enrol(tx, person("UB"), CODE, now)


def come_back(tx: Tx, now: Now) -> None:
    """UC's account is reactivated: the free seat is theirs."""
    refresh_profile(tx, Profile("UC", "UC", "fi", "Europe/Helsinki", is_guest=False), now)


def apply_more_seats(tx: Tx, now: Now) -> None:
    deactivate(tx, "UC", is_back=True)
    apply_plan(
        tx,
        a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=(("tulli", 1),)), offers=AT_ONCE),
        now,
    )


def act_behind(store: Store, clock: FakeClock, waiting: Act, now: Callable[[], Now]) -> None:
    """``waiting`` begins while the lock is held; a minute later who holds it gives up the seat."""
    begun = threading.Event()

    def wait_and_act() -> None:
        at = now()
        begun.set()
        with store.transaction() as tx:
            waiting(tx, at)

    with store.transaction() as tx:
        lock_line(tx, CODE)
        thread = threading.Thread(target=wait_and_act)
        thread.start()
        assert begun.wait(20)
        clock.advance(minutes=1)
        withdraw(tx, person("UA"), CODE, clock.now)
    thread.join(20)
    assert not thread.is_alive()


def most_seated_at_once(store: Store) -> int:
    """By the records."""
    with store.read_transaction() as tx:
        rows = tx.execute(
            select(
                tables.Enrolment.c.seated_at, tables.Enrolment.c.status, tables.Enrolment.c.changed_at
            ).where(tables.Enrolment.c.seated_at.is_not(None))
        ).all()
    turns: list[tuple[object, int]] = []
    for row in rows:
        turns.append((row.seated_at, 1))
        if row.status != "seated":
            turns.append((row.changed_at, -1))
    most = now_seated = 0
    for _, change in sorted(turns, key=lambda turn: (turn[0], turn[1])):  # type: ignore[arg-type,return-value]
        now_seated += change
        most = max(most, now_seated)
    return most


acts = pytest.mark.parametrize("waiting", [join, come_back, apply_more_seats])


@acts
def test_by_the_records_never_more_are_seated_than_there_are_places(
    full: Store, clock: FakeClock, waiting: Act
) -> None:
    act_behind(full, clock, waiting, lambda: clock.now)
    assert most_seated_at_once(full) == 1
    with full.read_transaction() as tx:
        assert sum(each == "seated" for each in tx.scalars(select(tables.Enrolment.c.status))) == 1


@acts
def test_with_the_time_taken_before_the_lock_the_records_tell_of_one_too_many(
    full: Store, clock: FakeClock, waiting: Act
) -> None:
    act_behind(full, clock, waiting, clock.now)
    assert most_seated_at_once(full) == 2, "the control must be seen, or the test above shows nothing"


def gone(tx: Tx, now: Now) -> None:
    remove_everywhere(tx, "UA", now)


def leave(tx: Tx, now: Now) -> None:
    withdraw(tx, person("UA"), CODE, now)


@pytest.mark.parametrize("waiting", [leave, gone])
def test_a_seat_that_is_given_up_behind_a_lock_is_given_up_when_the_lock_is_theirs(
    full: Store, clock: FakeClock, waiting: Act
) -> None:
    begun = threading.Event()

    def wait_and_act() -> None:
        begun.set()
        with full.transaction() as tx:
            waiting(tx, clock.now)

    with full.transaction() as tx:
        lock_line(tx, CODE)
        thread = threading.Thread(target=wait_and_act)
        thread.start()
        assert begun.wait(20)
        clock.advance(minutes=1)
        held_until = clock.now()
    thread.join(20)
    with full.read_transaction() as tx:
        changed = tx.scalars(
            select(tables.Enrolment.c.changed_at).where(tables.Enrolment.c.person_id == "UA")
        ).one()
    assert changed >= held_until
