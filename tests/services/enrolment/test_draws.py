"""Draws in the store: wishes in any order, one confirmation, the same outcome from the seed ever after."""

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import event, select, update

from bot.domain.acts import ActKind
from bot.domain.carried.group import GroupAct, GroupTarget
from bot.domain.enrolment.draw_review import ReviewState
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.outcomes import Removed
from bot.domain.people.person import Defaults, Person
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment import confirm_draw, draws
from bot.services.enrolment.join import enrol
from bot.services.enrolment.leave import remove_everywhere, withdraw
from bot.services.facilitation import group_acts, removals
from bot.services.offerings.catalogue import load_card, load_offering
from bot.services.offerings.facilitators import Actor
from bot.services.plan.apply import apply_plan
from storage import enrolment as enrolment_rows
from storage import tables
from storage import turns as turn_rows
from storage.engine import Store
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx
from tests.support.drawing import CLOSED, ROUNDS, drawn_plan, small_plan
from tests.support.enrolling import add_people

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
DEFAULTS = Defaults("fi", "Europe/Helsinki")
AGENCIES = ["vero", "tulli", "thl"]
PEOPLE = [f"U{n}" for n in range(8)]
LEADER = "UFASI"
FIRST, SECOND = ROUNDS
MOST = 90


def add_wishers(tx: Tx, people: Sequence[str] = PEOPLE) -> None:
    add_people(tx, {name: AGENCIES[n % 3] for n, name in enumerate([*people, LEADER])})


@pytest.fixture
def drawn(store: Store) -> Store:
    """Two rounds of two seats, one of an agency, drawn together; eight people."""
    with store.transaction() as tx:
        apply_plan(tx, small_plan(2, 1), NOW)
        add_wishers(tx)
    return store


def person(tx: Tx, name: str) -> Person:
    found = find_person(tx, name, DEFAULTS)
    assert found is not None
    return found


def wish(store: Store, name: str, *codes: str) -> None:
    with store.transaction() as tx:
        enrol(tx, person(tx, name), codes[0], NOW, codes)


def confirm(tx: Tx, digest: str | None = None) -> ReviewState:
    actor = Actor(person(tx, LEADER), frozenset())
    seen = digest or draws.load_proposal(tx, FIRST).digest
    return confirm_draw.confirm(tx, actor, FIRST, seen, CLOSED).state


def statuses(store: Store, code: str = FIRST) -> dict[str, str]:
    with store.read_transaction() as tx:
        rows = tx.execute(
            select(tables.Enrolment.c.person_id, tables.Enrolment.c.status)
            .join(tables.Offering, tables.Offering.c.id == tables.Enrolment.c.offering_id)
            .where(tables.Offering.c.code == code)
            .order_by(tables.Enrolment.c.id)
        )
        return {name: status for name, status in rows if status in {"seated", "waiting", "offered"}}


def acts(store: Store, kind: ActKind) -> list[str | None]:
    with store.read_transaction() as tx:
        return list(tx.scalars(select(tables.Act.c.offering).where(tables.Act.c.kind == kind)))


def test_the_seed_is_fixed_before_the_first_wish_and_no_plan_changes_it(drawn: Store) -> None:
    with drawn.read_transaction() as tx:
        seed = draws.find_group(tx, FIRST).seed
    assert len(seed) == 32
    assert sorted(filter(None, acts(drawn, ActKind.SEED_FIXED))) == list(ROUNDS)
    with drawn.transaction() as tx:
        apply_plan(tx, small_plan(5), NOW)
        assert draws.find_group(tx, FIRST).seed == seed


def test_a_confirmed_draw_is_reproduced_although_people_and_plan_have_changed(drawn: Store) -> None:
    for name in PEOPLE:
        wish(drawn, name, FIRST, SECOND)
    with drawn.transaction() as tx:
        assert confirm(tx) is ReviewState.CONFIRMED
        before = draws.load_proposal(tx, FIRST)
        tx.execute(update(tables.Person).values(agency="mml", role="manager"))
        apply_plan(tx, small_plan(7, 5), CLOSED)
    with drawn.transaction() as tx:
        after = draws.load_proposal(tx, SECOND)
        assert after.allocation == before.allocation
        assert after.reproduced is True
        tx.execute(update(tables.Draw).values(seed="another"))
    with drawn.read_transaction() as tx:
        assert draws.load_proposal(tx, FIRST).reproduced is False


@pytest.mark.parametrize("people", [6, 60])
def test_what_a_confirmation_asks_the_database_does_not_grow_with_the_people(
    store: Store, people: int
) -> None:
    with store.transaction() as tx:
        apply_plan(tx, small_plan(30, 30), NOW)
        add_wishers(tx, [f"U{n}" for n in range(people)])
        tx.execute(update(tables.Person).values(home_opened=True))
    for n in range(people):
        wish(store, f"U{n}", FIRST, SECOND)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    with store.transaction() as tx:
        assert confirm(tx) is ReviewState.CONFIRMED
    event.remove(store.engine, "before_cursor_execute", note)
    assert len(seen) <= MOST, seen
    with store.read_transaction() as tx:
        codes = ("confirmation", "home", "not_selected")
        planned = Counter(tx.scalars(select(tables.Delivery.c.kind).where(tables.Delivery.c.kind.in_(codes))))
    assert planned["confirmation"] + planned["not_selected"] == planned["home"] == people


def test_seats_and_lines_are_those_of_the_draw_and_every_seat_is_written_down(drawn: Store) -> None:
    for name in PEOPLE:
        wish(drawn, name, FIRST, SECOND)
    with drawn.transaction() as tx:
        allocation = draws.load_proposal(tx, FIRST).allocation
        confirm(tx)
        ids = [each.id for each in draws.find_group(tx, FIRST).offerings]
    for code, offering_id in zip(ROUNDS, ids, strict=True):
        found = statuses(drawn, code)
        assert [name for name in found if found[name] == "seated"] == list(allocation.seated[offering_id])
        in_line = [each.person_id for each in allocation.waiting[offering_id]]
        assert [name for name in found if found[name] == "waiting"] == in_line
    assert sorted(filter(None, acts(drawn, ActKind.SEATED))) == [FIRST, FIRST, SECOND, SECOND]
    assert sorted(filter(None, acts(drawn, ActKind.DRAW_CONFIRMED))) == list(ROUNDS)
    assert sorted(filter(None, acts(drawn, ActKind.DRAW_PROPOSED))) == list(ROUNDS)


def test_who_has_a_seat_in_the_draw_is_passed_over_for_another_until_they_give_it_up(drawn: Store) -> None:
    """A late sign-up puts somebody with a seat into the other line; a seat that frees goes past them."""
    for name in ("U0", "U1", "U3"):  # U0 and U3 are of one agency
        wish(drawn, name, FIRST)
    with drawn.transaction() as tx:
        confirm(tx)
    seated = [name for name, status in statuses(drawn).items() if status == "seated"]
    late = small_plan(1, 1)
    with drawn.transaction() as tx:
        apply_plan(tx, late, CLOSED)
        tx.execute(update(tables.Offering).values(closes_on=datetime(2019, 3, 22, tzinfo=UTC).date()))
        for name in ("U2", seated[0], "U4"):
            enrol(tx, person(tx, name), SECOND, CLOSED)
    assert statuses(drawn, SECOND) == {"U2": "seated", seated[0]: "waiting", "U4": "waiting"}
    with drawn.transaction() as tx:
        mine = load_card(tx, person(tx, seated[0]), SECOND, CLOSED).mine
        assert mine is not None
        assert mine.status is Status.WAITING
        withdraw(tx, person(tx, "U2"), SECOND, CLOSED)
    assert statuses(drawn, SECOND)["U4"] == "offered"


def test_a_late_sign_up_stands_behind_the_drawn_line_whatever_turn_they_keep(drawn: Store) -> None:
    for name in ("U0", "U3", "U6"):  # of one agency, which has one seat
        wish(drawn, name, FIRST)
    with drawn.transaction() as tx:
        confirm(tx)
        apply_plan(tx, small_plan(1, 1), CLOSED)
        tx.execute(update(tables.Offering).values(closes_on=datetime(2019, 3, 22, tzinfo=UTC).date()))
        offering = offering_rows.get_offering(tx, FIRST)
        assert offering is not None
        turn_rows.keep_turn(tx, "U1", offering.strand_id, 1, CLOSED)
        assert enrol(tx, person(tx, "U1"), FIRST, CLOSED).standing.position == 3


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (GroupTarget(FIRST, GroupAct.SEAT, "1"), Refusal.SEATS_NOT_DRAWN),
        (GroupTarget(FIRST, GroupAct.PUT_BACK, "2"), Refusal.SEATS_NOT_DRAWN),
        (GroupTarget(SECOND, GroupAct.MOVE, "3", FIRST), Refusal.SEATS_NOT_DRAWN),
        (GroupTarget(FIRST, GroupAct.ADD, PEOPLE[5]), Refusal.SEATS_NOT_DRAWN),
        (GroupTarget(FIRST, GroupAct.RAISE, "vero", "2"), Refusal.SEATS_NOT_DRAWN),
        (GroupTarget(FIRST, GroupAct.CLOSE), Refusal.DRAWN_TOGETHER),
        (GroupTarget(FIRST, GroupAct.REMOVE, "2"), None),
    ],
)
def test_before_a_draw_no_seat_is_given_and_none_goes_on_to_a_line(
    drawn: Store, act: GroupTarget, refusal: Refusal | None
) -> None:
    with drawn.transaction() as tx:  # they had signed up before the plan said that seats are drawn
        for n, (code, status) in enumerate(((FIRST, "waiting"), (FIRST, "seated"), (SECOND, "seated"))):
            offering = offering_rows.get_offering(tx, code)
            assert offering is not None
            enrolment_rows.add_enrolment(
                tx,
                offering_id=offering.id,
                person_id=PEOPLE[n],
                agency="vero",
                status=status,
                version=1,
                now=NOW,
            )
    with drawn.transaction() as tx:
        actor = Actor(person(tx, LEADER), frozenset())
        if refusal is not None:
            with pytest.raises(KaikuError) as refused:
                group_acts.do(tx, actor, act, DEFAULTS, NOW)
            assert refused.value.code is refusal
            return
        done = group_acts.do(tx, actor, act, DEFAULTS, NOW)
        assert isinstance(done, Removed)
        assert done.removal_id is not None
        removals.take_effect(tx, FIRST, done.removal_id, NOW)
    assert statuses(drawn) == {PEOPLE[0]: "waiting"}, "the seat goes into the draw"


def test_sign_up_to_a_draw_of_its_own_closes_and_opens_until_before_the_first_session(store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, drawn_plan(FIRST), NOW)
        add_wishers(tx)
    wish(store, PEOPLE[0], FIRST)
    with store.transaction() as tx:
        actor = Actor(person(tx, LEADER), frozenset())
        first = load_offering(tx, FIRST).starts_at
        assert first is not None

        def change(act: GroupAct, until: str = "") -> object:
            return group_acts.do(tx, actor, GroupTarget(FIRST, act, "", until), DEFAULTS, NOW)

        change(GroupAct.CLOSE)
        assert confirm_draw.review(tx, actor, FIRST, NOW).state is ReviewState.READY
        with pytest.raises(KaikuError) as refused:
            change(GroupAct.REOPEN, first.date().isoformat())
        assert refused.value.code is Refusal.SIGN_UP_DAY_WRONG
        change(GroupAct.REOPEN, (first.date() - timedelta(days=1)).isoformat())
        assert confirm_draw.review(tx, actor, FIRST, NOW).state is ReviewState.EARLY


def test_a_draw_is_confirmed_once_and_only_by_who_leads_it_when_sign_up_has_ended(drawn: Store) -> None:
    wish(drawn, "U0", FIRST)
    with drawn.transaction() as tx:
        leader, other = person(tx, LEADER), person(tx, "U1")
        with pytest.raises(KaikuError) as early:
            confirm_draw.confirm(tx, Actor(leader, frozenset()), FIRST, "", NOW)
        assert early.value.code is Refusal.STILL_OPEN
        with pytest.raises(KaikuError) as refused:
            confirm_draw.confirm(tx, Actor(other, frozenset()), FIRST, "", CLOSED)
        assert refused.value.code is Refusal.NOT_YOURS_TO_ASK
        assert confirm(tx, "another outcome") is ReviewState.CHANGED
        assert confirm(tx) is ReviewState.CONFIRMED
        assert confirm(tx) is ReviewState.KNOWN


def test_wishes_become_sign_ups_when_the_plan_draws_no_more(drawn: Store) -> None:
    for minute, name in enumerate(("U3", "U0", "U1")):
        with drawn.transaction() as tx:
            enrol(tx, person(tx, name), FIRST, NOW + timedelta(minutes=minute))
    with drawn.transaction() as tx:
        apply_plan(tx, small_plan(2, 1, draw=None), NOW)
    assert statuses(drawn) == {"U3": "seated", "U0": "waiting", "U1": "seated"}


def confirm_twice(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Two confirmations at once, each of which waits in the gap for the other."""
    both = threading.Barrier(2)
    propose = draws.propose

    def proposed_then_paused(tx: Tx, group: draws.DrawGroup) -> draws.Proposal:
        found = propose(tx, group)
        with suppress(threading.BrokenBarrierError):  # alone in the gap: the lock holds the other back
            both.wait(timeout=0.5)
        return found

    with store.read_transaction() as tx:
        digest = draws.load_proposal(tx, FIRST).digest
    monkeypatch.setattr(draws, "propose", proposed_then_paused)
    states: list[object] = []

    def run() -> None:
        try:
            with store.transaction() as tx:
                state: object = confirm(tx, digest)
        except Exception as error:
            state = type(error).__name__
        states.append(state)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return states


def test_two_facilitators_at_once_confirm_it_once(drawn: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PEOPLE:
        wish(drawn, name, FIRST, SECOND)
    states = confirm_twice(drawn, monkeypatch)
    assert sorted(map(str, states)) == [ReviewState.CONFIRMED, ReviewState.KNOWN]
    assert len(acts(drawn, ActKind.DRAW_CONFIRMED)) == 2, "one for each round"


def test_without_the_lock_it_would_be_confirmed_twice(drawn: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if drawn.is_sqlite:  # its write lock can't be taken away here
        return
    for name in PEOPLE:
        wish(drawn, name, FIRST, SECOND)
    monkeypatch.setattr(offering_rows, "lock_offering_by_id", offering_rows.get_offering_by_id)
    assert sorted(map(str, confirm_twice(drawn, monkeypatch))) != [ReviewState.CONFIRMED, ReviewState.KNOWN]


names = st.sampled_from(PEOPLE)


class Wishes(RuleBasedStateMachine):
    """People wish, leave, change agency and go away in any order; then it is drawn, and seats move on."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.reset()
        self.wishes: dict[str, list[str]] = {}
        self.away: set[str] = set()
        self.drawn = False
        with self.store.transaction() as tx:
            apply_plan(tx, small_plan(2, 1), NOW)
            add_wishers(tx)

    def reset(self) -> None:
        raise NotImplementedError

    @rule(name=names, codes=st.sampled_from([(FIRST,), (SECOND,), ROUNDS, (SECOND, FIRST)]))
    def wish(self, name: str, codes: tuple[str, ...]) -> None:
        if not self.drawn and name not in self.away:
            wish(self.store, name, *codes)
            self.wishes[name] = list(codes)

    @rule(name=names, code=st.sampled_from(ROUNDS))
    def leave(self, name: str, code: str) -> None:
        with suppress(KaikuError), self.store.transaction() as tx:
            withdraw(tx, person(tx, name), code, CLOSED if self.drawn else NOW)
        if not self.drawn and code in self.wishes.get(name, ()):
            self.wishes[name].remove(code)

    @rule(name=names, agency=st.sampled_from(AGENCIES))
    def correct_agency(self, name: str, agency: str) -> None:
        if not self.drawn:
            with self.store.transaction() as tx:
                tx.execute(update(tables.Person).where(tables.Person.c.id == name).values(agency=agency))

    @rule(name=names)
    def go_away(self, name: str) -> None:
        self.away.add(name)
        with self.store.transaction() as tx:
            tx.execute(update(tables.Person).where(tables.Person.c.id == name).values(deactivated=True))
            if self.drawn:
                remove_everywhere(tx, name, CLOSED)

    @rule()
    def draw(self) -> None:
        if self.drawn or not any(self.wishes.values()):
            return
        with self.store.transaction() as tx:
            confirm(tx)
        self.drawn = True
        for code in ROUNDS:
            in_draw = {name for name, codes in self.wishes.items() if code in codes and name not in self.away}
            assert set(statuses(self.store, code)) <= in_draw
        enrolled = {name for code in ROUNDS for name in statuses(self.store, code)}
        assert enrolled == {name for name, codes in self.wishes.items() if codes and name not in self.away}

    @invariant()
    def nobody_has_more_than_one_seat_and_no_limit_is_exceeded(self) -> None:
        seats: Counter[str] = Counter()
        for code in ROUNDS:
            found = statuses(self.store, code)
            assert self.drawn or not found, "a wish is no enrolment"
            seated = [name for name, status in found.items() if status != "waiting"]
            seats.update(seated)
            with self.store.read_transaction() as tx:
                agencies = Counter(person(tx, name).agency for name in seated)
            assert len(seated) <= 2
            assert max(agencies.values(), default=0) <= 1
        assert max(seats.values(), default=0) <= 1


def test_wishes_in_any_order_are_drawn_by_the_rule(migrated_sqlite: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made: list[Store] = []

        class OnSqlite(Wishes):
            def reset(self) -> None:
                path = Path(folder) / f"{len(made)}.db"
                shutil.copy(migrated_sqlite, path)
                self.store = Store(f"sqlite:///{path}")
                made.append(self.store)

            def teardown(self) -> None:
                self.store.close()

        run_state_machine_as_test(
            OnSqlite, settings=settings(max_examples=6, stateful_step_count=12, deadline=None)
        )
