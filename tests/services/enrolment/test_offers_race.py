"""An answer and the end of its time at the same moment: exactly one wins, and the other is told. In the
control the lock is taken away, and one seat goes to two: it shows that the pause opens the gap."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from bot.domain.carried.offerings import OfferRef
from bot.domain.deliveries import Occurrence
from bot.domain.people.person import Person
from bot.services.deliveries.rendered import Skipped
from bot.services.enrolment import answer_offer
from bot.services.enrolment.answer_offer import Answered
from bot.services.plan.apply import apply_plan
from storage import offers as offer_rows
from storage import tables
from storage.engine import Store
from storage.offerings import catalogue as offering_rows
from storage.offers import OfferRow
from storage.transaction import Tx
from tests.support.enrolling import NOW, join, leave
from tests.support.plans import a_plan, an_offering
from tests.support.racing import PAUSE_SECONDS, at_once, without_the_lock

CODE = "dialogue-1"
UB = Person("UB", "Ub", "fi", "Europe/Helsinki", agency="agency-ub", role="expert")


@pytest.fixture
def offered(store: Store) -> tuple[Store, OfferRow]:
    """One seat, which is offered to UB; UC waits behind them."""
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=())), NOW)
        for name in ("UA", "UB", "UC"):
            join(tx, name)
        leave(tx, "UA")
        (offer,) = offer_rows.list_standing_offers(tx, 1)
        told = update(tables.Delivery).where(tables.Delivery.c.kind == "offer")
        tx.scalars(told.values(state="sent").returning(tables.Delivery.c.id)).one()
    return store, offer


@pytest.fixture
def lapsed() -> threading.Event:
    return threading.Event()


def open_gap(monkeypatch: pytest.MonkeyPatch, lapsed: threading.Event, seconds: float) -> None:
    """Both have read the offer before either acts, and the lapse acts first; with the lock nobody can."""
    both, get_offer, this = threading.Barrier(2), offer_rows.get_offer, threading.local()

    def read_then_paused(tx: Tx, offer_id: int) -> OfferRow | None:
        found = get_offer(tx, offer_id)
        if hasattr(this, "has_read"):  # what it has become is told without a pause
            return found
        this.has_read = True
        with suppress(threading.BrokenBarrierError):  # alone in the gap: the lock holds the other back
            both.wait(timeout=seconds)
            if threading.current_thread().name == "accept":
                lapsed.wait(timeout=seconds)
        return found

    monkeypatch.setattr(offer_rows, "get_offer", read_then_paused)


def race(
    store: Store, offer: OfferRow, begin: Callable[[], object], lapsed: threading.Event
) -> tuple[str | None, dict[str, str]]:
    """A click in the last second, and the tick a second later. What the click was told, and who holds the
    seat."""
    told: list[Answered] = []
    about = str(Occurrence(offer.enrolment_id, offer_id=offer.id))

    def click(tx: Tx) -> None:
        threading.current_thread().name = "accept"
        ref = OfferRef(offer.id, CODE)
        told.append(answer_offer.accept(tx, UB, ref, lambda: offer.until - timedelta(seconds=1)))

    def tick(tx: Tx) -> None:
        delivery = SimpleNamespace(occurrence=about, subject=CODE)
        settled = SimpleNamespace(delivery=delivery, outcome=Skipped("due"), under_lock=lambda: offer.until)
        answer_offer.end_in_time(tx, settled)  # type: ignore[arg-type]
        lapsed.set()

    assert at_once(store, begin, click, tick) == []
    with store.read_transaction() as tx:
        rows = tx.execute(select(tables.Enrolment.c.person_id, tables.Enrolment.c.status)).all()
    held = {person: status for person, status in rows if status in {"seated", "offered"}}
    return (told[0].outcome if told else None), held


def test_of_a_click_and_a_lapse_at_once_exactly_one_wins(
    offered: tuple[Store, OfferRow], lapsed: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, offer = offered
    open_gap(monkeypatch, lapsed, PAUSE_SECONDS)
    outcome, held = race(store, offer, store.transaction, lapsed)
    assert (outcome, held) in (("accepted", {"UB": "seated"}), ("lapsed", {"UC": "offered"}))


def test_without_the_lock_one_seat_goes_to_two(
    offered: tuple[Store, OfferRow], lapsed: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, offer = offered
    open_gap(monkeypatch, lapsed, 20)
    monkeypatch.setattr(offering_rows, "lock_offering", offering_rows.get_offering)
    _, held = race(store, offer, lambda: without_the_lock(store), lapsed)
    assert held == {"UB": "seated", "UC": "offered"}, "the control must oversell, or the race shows nothing"
