"""Two at the same act at once: one does it. Each race has a control with the lock taken away, which must go
wrong: it shows that the pause opens the gap."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import pytest
from sqlalchemy import create_engine

from bot.domain.enrolment.seats import Status
from bot.domain.facilitation.group import Becomes
from bot.services.enrolment import leave as leaving
from bot.services.facilitation import removals, seat_acts
from storage import enrolment as enrolment_rows
from storage.engine import Store
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx
from tests.support.groups import (
    CODE,
    FANNI,
    KALLE,
    NOW,
    actor,
    acts,
    deliveries,
    group,
    join,
    let_time_pass,
    met,
    set_limits,
    status_of,
)

PAUSE_SECONDS = 0.5
Begin = Callable[[], AbstractContextManager[Tx]]


@pytest.fixture
def one_free(planned_url: str) -> Iterator[tuple[Store, list[int]]]:
    """UA has a seat, one is free, and UB and UC wait for it."""
    store = Store(planned_url)
    with store.transaction() as tx:
        set_limits(tx, 1)
        enrolments = [join(tx, name, f"agency-{name.lower()}") for name in ("UA", "UB", "UC")]
        set_limits(tx, 2)
        for who in (FANNI, KALLE):
            actor(tx, who)
    yield store, enrolments
    store.close()


@pytest.fixture
def gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a group is looked at each transaction waits until the other has looked too, or gives up."""
    both = threading.Barrier(2)

    def paused(found: Callable[..., object]) -> Callable[..., object]:
        def look(*args: object) -> object:
            seen = found(*args)
            with suppress(threading.BrokenBarrierError):
                both.wait(timeout=PAUSE_SECONDS)
            return seen

        return look

    for module in (removals, seat_acts):
        monkeypatch.setattr(module, "group_of", paused(module.group_of))
    monkeypatch.setattr(leaving, "require_not_over", paused(leaving.require_not_over))


def at_once(begin: Begin, *to_do: Callable[[Tx], object]) -> list[BaseException]:
    errors: list[BaseException] = []

    def run(act: Callable[[Tx], object]) -> None:
        try:
            with begin() as tx:
                act(tx)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in to_do]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return errors


def without_the_lock(store: Store, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Transactions of a careless program: on SQLite each statement on its own, on PostgreSQL no row lock."""
    monkeypatch.setattr(offering_rows, "lock_offering", offering_rows.get_offering)

    @contextmanager
    def begin() -> Iterator[Tx]:
        url = store.url
        careless = create_engine(url, isolation_level="AUTOCOMMIT") if store.is_sqlite else store.engine
        with Tx(careless) as tx:
            yield tx
            tx.commit()
        if careless is not store.engine:
            careless.dispose()

    return begin


def seating(enrolment_id: int, who: str) -> Callable[[Tx], object]:
    return lambda tx: seat_acts.give_seat(tx, actor(tx, who), CODE, enrolment_id, NOW)


def removing(enrolment_id: int, who: str) -> Callable[[Tx], object]:
    return lambda tx: removals.remove(tx, actor(tx, who), CODE, enrolment_id, Becomes.REMOVED, {}, NOW)


def seated(store: Store) -> int:
    with store.transaction() as tx:
        return len(group(tx).of(Status.SEATED))


def test_the_last_seat_given_by_two_facilitators_at_once_goes_to_one(
    one_free: tuple[Store, list[int]], gap: None
) -> None:
    store, (_, second, third) = one_free
    errors = at_once(store.transaction, seating(second, FANNI), seating(third, KALLE))
    assert [str(each) for each in errors] == ["group_is_full"]
    assert seated(store) == 2


def test_without_the_lock_two_facilitators_give_the_last_seat_twice(
    one_free: tuple[Store, list[int]], gap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, (_, second, third) = one_free
    begin = without_the_lock(store, monkeypatch)
    assert at_once(begin, seating(second, FANNI), seating(third, KALLE)) == []
    assert seated(store) == 3, "the control must oversell, or the race test shows nothing"


def test_two_facilitators_who_remove_the_same_person_at_once_remove_once(
    one_free: tuple[Store, list[int]], gap: None
) -> None:
    store, (first, *_) = one_free
    assert at_once(store.transaction, removing(first, FANNI), removing(first, KALLE)) == []
    assert len(deliveries(store, "removal_end")) == 1
    assert [each[0] for each in acts(store)].count("removed") == 1


def carrying_out(tx: Tx) -> None:
    let_time_pass(tx, NOW.replace(hour=9))


def leaving_oneself(tx: Tx) -> object:
    return leaving.withdraw(tx, met(tx, "UA"), CODE, NOW)


@pytest.fixture
def about_to_go(one_free: tuple[Store, list[int]], monkeypatch: pytest.MonkeyPatch) -> tuple[Store, int]:
    """UA's removal is due, and nobody else waits; whoever looks at their enrolment waits for the other."""
    store, (first, *_) = one_free
    with store.transaction() as tx:
        set_limits(tx, 1)
        for name in ("UB", "UC"):
            leaving.withdraw(tx, met(tx, name), CODE, NOW)
        removing(first, FANNI)(tx)
    both = threading.Barrier(2)

    def paused(find: Callable[..., object]) -> Callable[..., object]:
        def look(tx: Tx, *args: object) -> object:
            found = find(tx, *args)
            with suppress(threading.BrokenBarrierError):
                both.wait(timeout=PAUSE_SECONDS)
            return found

        return look

    for name in ("get_enrolment", "get_standing_enrolment"):
        monkeypatch.setattr(enrolment_rows, name, paused(getattr(enrolment_rows, name)))
    return store, first


def endings(store: Store, enrolment_id: int) -> tuple[bool, bool]:
    """Whether the person was removed, and whether they are told so."""
    return status_of(store, enrolment_id) is Status.REMOVED, bool(deliveries(store, "removed"))


def test_a_removal_against_leaving_oneself_ends_as_one_of_them(about_to_go: tuple[Store, int]) -> None:
    store, first = about_to_go
    errors = at_once(store.transaction, carrying_out, leaving_oneself)
    assert [str(each) for each in errors] in ([], ["not_enrolled"])
    removed, told = endings(store, first)
    assert removed is told, "who left by themselves hears of no removal"
    assert removed is bool(errors), "exactly one of them happened"


def test_without_the_lock_who_left_is_removed_as_well(
    about_to_go: tuple[Store, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = about_to_go
    errors = at_once(without_the_lock(store, monkeypatch), carrying_out, leaving_oneself)
    assert errors == []
    assert deliveries(store, "removed"), "the control must do both, or the race test shows nothing"
