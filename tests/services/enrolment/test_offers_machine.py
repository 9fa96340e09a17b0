"""Offers in any order with all that frees, adds or takes a seat: accepted, declined, lapsed, cut off."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text, update

from bot.domain.carried.offerings import OfferRef
from bot.domain.deliveries import Occurrence
from bot.domain.enrolment.offers import next_offered
from bot.domain.enrolment.seats import InLine
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.person import Defaults, Person
from bot.domain.plan.model import SignUpWindow
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment import answer_offer, offers
from bot.services.enrolment.join import enrol
from bot.services.enrolment.leave import remove_everywhere, withdraw
from bot.services.enrolment.promote import fill_seats, seat_out_of_turn
from bot.services.offerings.catalogue import load_offering
from bot.services.people import profiles
from bot.services.people.profiles import ProfileChanges
from bot.services.plan.apply import apply_plan
from storage import enrolment as enrolment_rows
from storage import offers as offer_rows
from storage import tables, waiting_list
from storage.engine import Store
from storage.tables import metadata
from tests.conftest import POSTGRES
from tests.support.enrolling import add_people
from tests.support.feeds import TOKENS
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.time_passing import helsinki

BEGUN = helsinki(2019, 2, 11, 10)
CODE = "dialogue-1"
DEFAULTS = Defaults("fi", "Europe/Helsinki")
PEOPLE = [f"U{n}" for n in range(7)]
AGENCIES = ["vero", "tulli", "thl"]
STARTS_ON = date(2019, 4, 8)

person_ids = st.sampled_from(PEOPLE)


class Offers(RuleBasedStateMachine):
    """The model is the line: who stands in it, in which order, and how often each has let an offer lapse."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.reset()
        self.now = BEGUN
        self.capacity, self.per_agency, self.starts_on = 2, 2, STARTS_ON
        self.line: list[str] = []  # who waits or is offered a seat
        self.lapses: Counter[str] = Counter()
        self.is_paused = False
        self.apply()
        with self.store.transaction() as tx:
            add_people(tx, {name: AGENCIES[n % len(AGENCIES)] for n, name in enumerate(PEOPLE)}, BEGUN)
        for name in PEOPLE[:5]:  # two have seats, and a line is there from the start
            self.join(name)

    def reset(self) -> None:
        raise NotImplementedError

    def apply(self) -> None:
        sessions = (a_session(1, on=self.starts_on, starts=time(9), ends=time(12)),)
        offering = an_offering(
            CODE,
            capacity=self.capacity,
            seats_per_agency=self.per_agency,
            agency_seats=(),
            sessions=sessions,
            sign_up=SignUpWindow(),
        )
        with self.store.transaction() as tx:
            apply_plan(tx, a_plan(offering), self.now)

    def act(self, act: Callable[..., object], *args: object) -> object:
        with self.store.transaction() as tx:
            return act(tx, *args)

    def person(self, name: str) -> Person:
        with self.store.read_transaction() as tx:
            found = find_person(tx, name, DEFAULTS)
        assert found is not None
        return found

    def statuses(self) -> dict[str, str]:
        with self.store.read_transaction() as tx:
            rows = tx.execute(select(tables.Enrolment.c.person_id, tables.Enrolment.c.status)).all()
        return {name: status for name, status in rows if status in {"seated", "offered", "waiting"}}

    def offer_of(self, name: str) -> offer_rows.OfferRow | None:
        with self.store.read_transaction() as tx:
            found = [each for each in offer_rows.list_standing_offers(tx, 1) if each.person_id == name]
        return found[0] if found else None

    def free_and_fitting(self) -> tuple[int, int]:
        """How many seats are free, and how many who wait could have one."""
        with self.store.transaction() as tx:
            offering = load_offering(tx, CODE)
            held = enrolment_rows.count_held_by_agency(tx, 1)
            free = offers.free_seats(tx, offering, held)
            line = [InLine(*each) for each in waiting_list.list_waiting(tx, 1)]
            return len(free), len(next_offered(offering.limits, held, line, free))

    @rule(name=person_ids)
    def joins(self, name: str) -> None:
        if self.now.date() < self.starts_on:
            self.join(name)

    def join(self, name: str) -> None:
        known = name in self.statuses()
        free, fit = self.free_and_fitting()
        done = self.act(enrol, self.person(name), CODE, self.now)
        assert done.already == known  # type: ignore[attr-defined]
        if known:
            return
        status = self.statuses()[name]
        if status == "waiting":
            self.line.append(name)
            self.lapses[name] = 0
        else:
            assert free > fit, "a newcomer never overtakes who waits and fits"

    @rule(name=person_ids)
    def leave(self, name: str) -> None:
        if name in self.statuses():
            self.act(withdraw, self.person(name), CODE, self.now)
            self.forget(name)

    @rule(name=person_ids)
    def account_is_deactivated(self, name: str) -> None:
        self.act(remove_everywhere, name, self.now)
        self.forget(name)

    def forget(self, name: str) -> None:
        self.line = [each for each in self.line if each != name]
        self.lapses[name] = 0
        self.settle_model()

    @precondition(lambda self: "offered" in self.statuses().values())
    @rule(accepts=st.booleans(), late=st.booleans(), nth=st.integers(0, 6))
    def answer(self, *, accepts: bool, late: bool, nth: int) -> None:
        offered = [name for name, status in self.statuses().items() if status == "offered"]
        name = offered[nth % len(offered)]
        offer = self.offer_of(name)
        assert offer is not None
        others: list[str] = []
        if late:  # the click and the end of the time come at once, and the click is first
            self.now = max(self.now, offer.until)
            self.be_told()
            over = {each.id: each.person_id for each in self.over()}
            late = over.pop(offer.id, None) is not None  # while they have not been told, nothing ends
            others = list(over.values()) if late or not accepts else []
        answer = answer_offer.accept if accepts else answer_offer.decline
        done = self.act(answer, self.person(name), OfferRef(offer.id, CODE), lambda: self.now)
        assert self.act(answer, self.person(name), OfferRef(offer.id, CODE), lambda: self.now) == done
        if not accepts:
            assert done.standing is None  # type: ignore[attr-defined]
            self.forget(name)
            for other in others:
                self.let_lapse(other)
        elif late:
            assert done.outcome == "lapsed"  # type: ignore[attr-defined]
            self.let_lapse(name)
            for other in others:
                self.let_lapse(other)
        else:
            assert self.statuses()[name] == "seated"
            self.line.remove(name)
        self.settle_model()

    def be_told(self) -> None:
        """What is due by now has been sent, unless sending is paused; what is told late ends later."""
        if self.is_paused:
            return
        with self.store.transaction() as tx:
            offering = load_offering(tx, CODE)
            for each in offer_rows.list_standing_offers(tx, 1):
                if not offers.is_being_told(tx, each) or each.told_at > self.now:
                    continue
                until = offers.until_when(offering, self.now, "Europe/Helsinki")
                if each.until <= self.now and until is not None:
                    offer_rows.extend(tx, each.id, until)
                state = "cancelled" if each.until <= self.now and until is None else "sent"
                about = tables.Delivery.c.occurrence == str(Occurrence(each.enrolment_id, offer_id=each.id))
                tx.execute(
                    update(tables.Delivery)
                    .where(tables.Delivery.c.kind == "offer", about)
                    .values(state=state)
                )

    def over(self) -> list[offer_rows.OfferRow]:
        """The offers whose time is over, in order of time."""
        with self.store.read_transaction() as tx:
            offering = load_offering(tx, CODE)
            standing = offer_rows.list_standing_offers(tx, 1)
            found = [each for each in standing if offers.is_over(tx, offering, each, self.now)]
        return sorted(found, key=lambda each: (each.until, each.id))

    @rule()
    def sending_is_paused_or_goes_on(self) -> None:
        self.is_paused = not self.is_paused
        self.be_told()
        self.end_what_is_due()

    @rule(hours=st.sampled_from([1, 30, 80, 120]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.be_told()
        self.end_what_is_due()

    @precondition(lambda self: "offered" in self.statuses().values())
    @rule()
    def the_time_to_answer_ends(self) -> None:
        with self.store.read_transaction() as tx:
            until = min(each.until for each in offer_rows.list_standing_offers(tx, 1))
        self.now = max(self.now, until)
        self.be_told()
        self.end_what_is_due()

    def end_what_is_due(self) -> None:
        """As the sender's tick ends them: each in its own transaction, in order of time."""
        while over := self.over():
            with self.store.transaction() as tx:
                offers.lapse(tx, load_offering(tx, CODE), over[:1], self.now)
                fill_seats(tx, 1, self.now)
            self.let_lapse(over[0].person_id)
            for each in sorted(over[1:], key=lambda each: each.id):  # passing the seat on ends them too
                self.let_lapse(each.person_id)

    def let_lapse(self, name: str) -> None:
        with self.store.read_transaction() as tx:
            ended = select(tables.SeatOffer.c.outcome).where(
                tables.SeatOffer.c.person_id == name, tables.SeatOffer.c.outcome.is_not(None)
            )
            if tx.scalars(ended.order_by(tables.SeatOffer.c.id.desc())).first() == "unheard":
                return  # they have let nothing lapse
        self.lapses[name] += 1
        if self.lapses[name] > 1:
            self.line.remove(name)
            self.line.append(name)

    def settle_model(self) -> None:
        """Who got a seat in another way, as where the facilitator decided, stands in line no more."""
        seated = {name for name, status in self.statuses().items() if status == "seated"}
        self.line = [name for name in self.line if name not in seated]

    @rule(capacity=st.integers(1, 5), per_agency=st.integers(1, 3))
    def capacity_changes(self, capacity: int, per_agency: int) -> None:
        self.capacity, self.per_agency = capacity, min(per_agency, capacity)
        self.end_what_is_due()
        self.apply()

    @rule(days=st.integers(0, 20))
    def the_start_moves(self, days: int) -> None:
        self.starts_on = max(STARTS_ON, self.now.date()) + timedelta(days=days)
        self.end_what_is_due()
        self.apply()
        self.end_what_is_due()

    @rule(name=person_ids, agency=st.sampled_from(AGENCIES))
    def agency_is_corrected(self, name: str, agency: str) -> None:
        was = self.statuses().get(name)
        told = ProfileChanges(agency=agency, to_line=True)
        self.act(profiles.change_settings, name, told, DEFAULTS, TOKENS, self.now)
        if was == "seated" and self.statuses()[name] != "seated":
            self.line.append(name)
            with self.store.read_transaction() as tx:
                order = {each.person_id: each.in_line for each in enrolment_rows.list_standing_in(tx, 1)}
            self.line.sort(key=order.__getitem__)

    @precondition(lambda self: "waiting" in self.statuses().values())
    @rule(nth=st.integers(0, 6))
    def the_facilitator_decides(self, nth: int) -> None:
        with self.store.transaction() as tx:
            waiting = waiting_list.list_waiting_in(tx, 1)
            held = enrolment_rows.count_held_by_agency(tx, 1)
            offering = load_offering(tx, CODE)
            if not offers.free_seats(tx, offering, held):
                return
            seat_out_of_turn(tx, offering, waiting[nth % len(waiting)].id, self.now)
        self.settle_model()

    @invariant()
    def the_line_is_as_the_model_has_it(self) -> None:
        with self.store.read_transaction() as tx:
            waiting = [each.person_id for each in waiting_list.list_waiting_in(tx, 1)]
        assert waiting == [name for name in self.line if self.statuses().get(name) == "waiting"]
        assert set(self.line) == {n for n, status in self.statuses().items() if status != "seated"}

    @invariant()
    def every_offered_seat_has_one_offer_and_nobody_gets_the_same_twice(self) -> None:
        offered = [name for name, status in self.statuses().items() if status == "offered"]
        with self.store.read_transaction() as tx:
            rows = tx.execute(select(tables.SeatOffer)).all()
            standing = [row for row in rows if row.outcome is None]
            assert sorted(row.person_id for row in standing) == sorted(offered)
            same = Counter((row.seat, row.enrolment_id) for row in rows)
            assert not same or max(same.values()) == 1
            assert all(row.made_at <= row.told_at < row.until for row in rows)

    @invariant()
    def no_seat_is_free_that_somebody_could_be_offered(self) -> None:
        with self.store.read_transaction() as tx:
            offering = load_offering(tx, CODE)
        told_at = WORK_CALENDAR.next_working_moment(self.now, "Europe/Helsinki", SEAT_NEWS_HOURS)
        if offers.until_when(offering, told_at, "Europe/Helsinki") is not None:
            assert self.free_and_fitting()[1] == 0

    def teardown(self) -> None:
        self.store.close()


def test_on_sqlite(migrated_sqlite: Path) -> None:
    class OnSqlite(Offers):
        def reset(self) -> None:
            folder = Path(tempfile.mkdtemp())
            shutil.copy(migrated_sqlite, folder / "kaiku.db")
            self.store = Store(f"sqlite:///{folder / 'kaiku.db'}")

    run_state_machine_as_test(
        OnSqlite, settings=settings(max_examples=10, stateful_step_count=20, deadline=None)
    )


@pytest.mark.skipif(POSTGRES is None, reason="KAIKU_TEST_POSTGRES is not set; in CI it must be")
def test_on_postgresql(request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("migrated_postgres")

    class OnPostgres(Offers):
        def reset(self) -> None:
            self.store = Store(url)
            with self.store.transaction() as tx:
                names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
                tx.execute(text(f"truncate {names} restart identity cascade"))

    run_state_machine_as_test(
        OnPostgres, settings=settings(max_examples=4, stateful_step_count=15, deadline=None)
    )
