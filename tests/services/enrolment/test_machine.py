"""Join, leave, capacity and agency in any order, against a plain model of what must be so, where free seats
are given at once. ``test_offers_machine`` is the same where they are offered."""

import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace
from sqlalchemy import select

from bot.domain.errors import KaikuError
from bot.domain.people.agencies import seat_key
from bot.domain.people.person import Defaults
from bot.domain.plan.model import Plan
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment.join import enrol
from bot.services.enrolment.leave import remove_everywhere, withdraw
from bot.services.people import profiles
from bot.services.people.profiles import ProfileChanges
from bot.services.plan.apply import apply_plan
from storage import tables
from storage.engine import Store
from tests.conftest import POSTGRES, empty
from tests.support.enrolling import add_people
from tests.support.feeds import TOKENS
from tests.support.plans import AT_ONCE
from tests.support.shipped_plan import SHIPPED, only, with_offering

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
CODE = "coaching-1"
DEFAULTS = Defaults("fi", "Europe/Helsinki")
PEOPLE = [f"U{n}" for n in range(9)]
AGENCIES = ["vero", "tulli", "thl"]
PLAN = replace(only(SHIPPED, CODE), offers=AT_ONCE)

person_ids = st.sampled_from(PEOPLE)
agencies = st.sampled_from(AGENCIES)


def with_capacity(capacity: int, per_agency: int) -> Plan:
    return with_offering(PLAN, CODE, capacity=capacity, seats_per_agency=per_agency)


class Enrolments(RuleBasedStateMachine):
    """The model: who is seated and who waits, in order, by a rule a child could check."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.reset()
        self.capacity, self.per_agency = 3, 2
        self.agency = {name: AGENCIES[n % len(AGENCIES)] for n, name in enumerate(PEOPLE)}
        self.seated: list[str] = []
        self.waiting: list[str] = []
        self.joined: list[str] = []
        self.apply()
        with self.store.transaction() as tx:
            add_people(tx, self.agency)

    def reset(self) -> None:
        raise NotImplementedError

    def apply(self) -> None:
        with self.store.transaction() as tx:
            apply_plan(tx, with_capacity(self.capacity, self.per_agency), NOW)

    def move_up(self) -> None:
        """The first who fits gets each free seat."""
        while len(self.seated) < self.capacity:
            taken = Counter(self.agency[name] for name in self.seated)
            fits = [name for name in self.waiting if taken[self.agency[name]] < self.per_agency]
            if not fits:
                return
            self.waiting.remove(fits[0])
            self.seated.append(fits[0])

    @rule(name=person_ids)
    def join(self, name: str) -> None:
        known = name in self.seated or name in self.waiting
        with self.store.transaction() as tx:
            person = find_person(tx, name, DEFAULTS)
            assert person is not None
            done = enrol(tx, person, CODE, NOW)
        assert done.already == known
        if not known:
            self.waiting.append(name)
            self.joined = [*(each for each in self.joined if each != name), name]
            self.move_up()
        assert done.standing.status == ("seated" if name in self.seated else "waiting")
        if name in self.waiting:
            assert done.standing.position == self.waiting.index(name) + 1
            assert done.standing.reason is not None

    @rule(name=person_ids)
    def leave(self, name: str) -> None:
        known = name in self.seated or name in self.waiting
        with self.store.transaction() as tx:
            person = find_person(tx, name, DEFAULTS)
            assert person is not None
            if known:
                withdraw(tx, person, CODE, NOW)
            else:
                with pytest.raises(KaikuError):
                    withdraw(tx, person, CODE, NOW)
        self.forget(name)

    @rule(name=person_ids)
    def account_is_deactivated(self, name: str) -> None:
        with self.store.transaction() as tx:
            remove_everywhere(tx, name, NOW)
        self.forget(name)

    def forget(self, name: str) -> None:
        self.seated = [each for each in self.seated if each != name]
        self.waiting = [each for each in self.waiting if each != name]
        self.move_up()

    @rule(capacity=st.integers(1, 6), per_agency=st.integers(1, 3))
    def capacity_changes(self, capacity: int, per_agency: int) -> None:
        self.capacity, self.per_agency = capacity, min(per_agency, capacity)
        self.apply()
        self.move_up()

    @rule(name=person_ids, agency=agencies, to_line=st.booleans())
    def agency_is_corrected(self, name: str, agency: str, *, to_line: bool) -> None:
        told = ProfileChanges(agency=agency, to_line=to_line)
        others = Counter(self.agency[each] for each in self.seated if each != name)
        is_over = name in self.seated and agency != self.agency[name] and others[agency] >= self.per_agency
        if is_over and not to_line:
            with pytest.raises(KaikuError), self.store.transaction() as tx:
                profiles.change_settings(tx, name, told, DEFAULTS, TOKENS, NOW)
            return
        with self.store.transaction() as tx:
            profiles.change_settings(tx, name, told, DEFAULTS, TOKENS, NOW)
        if is_over:
            self.seated.remove(name)
            self.waiting.append(name)
            self.waiting.sort(key=self.joined.index)
        if self.agency[name] != agency:
            self.agency[name] = agency
            if name in self.seated or name in self.waiting:
                self.move_up()

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        with self.store.read_transaction() as tx:
            rows = tx.execute(
                select(tables.Enrolment.c.person_id, tables.Enrolment.c.status, tables.Enrolment.c.agency)
                .where(tables.Enrolment.c.status.in_(("seated", "waiting")))
                .order_by(tables.Enrolment.c.id)
            ).all()
        assert [name for name, status, _ in rows if status == "waiting"] == self.waiting
        assert {name for name, status, _ in rows if status == "seated"} == set(self.seated)
        assert all(agency == seat_key(self.agency[name], None) for name, _, agency in rows)

    def teardown(self) -> None:
        self.store.close()


def test_on_sqlite(migrated_sqlite: Path) -> None:
    class OnSqlite(Enrolments):
        def reset(self) -> None:
            folder = Path(tempfile.mkdtemp())
            shutil.copy(migrated_sqlite, folder / "kaiku.db")
            self.store = Store(f"sqlite:///{folder / 'kaiku.db'}")

    run_state_machine_as_test(
        OnSqlite, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )


@pytest.mark.skipif(POSTGRES is None, reason="KAIKU_TEST_POSTGRES is not set; in CI it must be")
def test_on_postgresql(request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("migrated_postgres")

    class OnPostgres(Enrolments):
        def reset(self) -> None:
            empty(url)
            self.store = Store(url)

    run_state_machine_as_test(
        OnPostgres, settings=settings(max_examples=10, stateful_step_count=20, deadline=None)
    )
