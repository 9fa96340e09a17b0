"""Sessions are changed in Slack in any order, against a plain model: what each person was told last is what
holds, and a preview's numbers are those of the messages that are then sent."""

import shutil
import tempfile
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.plan.edits import WHOLE_OFFERING, PlanEdit, SessionEdit
from bot.domain.sending.outcomes import Sent
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.declaration import MessageKinds, Settled
from bot.services.deliveries.rendered import OutgoingMessage
from bot.services.enrolment.leave import withdraw
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.change_messages import declare
from bot.services.plan.apply import apply_plan
from bot.services.plan.edit import Preview, make_edit, preview_edit
from bot.services.sending.rendering import render
from storage import tables
from storage.engine import Store
from storage.transaction import Tx
from tests.conftest import POSTGRES, empty
from tests.support.groups import CODE, DEFAULTS, NOW, OTHER, actor, join, met, set_limits
from tests.support.shipped_plan import SHIPPED, only

PEOPLE = {"UAINO": "vero", "UMARJA": "mml", "UOLLI": "thl", "UELSA": "tulli"}
PLAN = only(SHIPPED, CODE, OTHER)
KINDS = MessageKinds(declare(CalendarLinks()))
numbers = st.integers(1, 4)


class Changes(RuleBasedStateMachine):
    """The model: by person who has signed up, the sessions as they were told last."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.reset()
        self.now = NOW
        self.told: dict[str, list[tuple[object, ...]]] = {}
        self.owed: Preview | None = None
        with self.store.transaction() as tx:
            apply_plan(tx, PLAN, NOW)
            set_limits(tx, 2)
            for who, agency in PEOPLE.items():
                join(tx, who, agency)
                self.told[who] = self.stands(tx)

    def reset(self) -> None:
        raise NotImplementedError

    def teardown(self) -> None:
        self.store.close()

    def stands(self, tx: Tx) -> list[tuple[object, ...]]:
        """What the sessions are, without links: who waits is not told of them."""
        found = load_offering(tx, CODE)
        return [
            (each.number, each.cancelled or (each.on, each.starts, each.ends, each.place))
            for each in found.effective_sessions
        ]

    def edit(self, edit: PlanEdit, *, quiet: bool) -> None:
        with self.store.transaction() as tx:
            before = self.stands(tx), load_offering(tx, CODE).timetable_version
            preview, _ = preview_edit(tx, actor(tx), edit, DEFAULTS, self.now)
            assert (self.stands(tx), load_offering(tx, CODE).timetable_version) == before
        self.owed = preview
        with self.store.transaction() as tx:
            try:
                make_edit(tx, actor(tx), edit, self.now, quiet=quiet)
            except KaikuError as refused:
                if refused.code is not Refusal.MUST_BE_TOLD or not quiet or preview.may_be_quiet:
                    raise
                self.owed = None
                return
        if quiet and preview.changes:
            self.owed = None
            with self.store.transaction() as tx:
                old = before[0]
                for who, last in self.told.items():
                    if last == old:  # who was owed nothing knows the correction; the others are told of all
                        self.told[who] = self.stands(tx)

    @rule(number=numbers, days=st.integers(0, 3), hour=st.integers(9, 13), quiet=st.booleans())
    def move(self, number: int, days: int, hour: int, quiet: bool) -> None:
        with self.store.transaction() as tx:
            found = load_offering(tx, CODE)
        session = next(each for each in found.sessions if each.number == number)
        monday = session.on - timedelta(days=session.on.weekday())
        to = SessionEdit(monday + timedelta(days=days), time(hour), time(hour + 2))
        edit = PlanEdit(CODE, number, found.timetable_version, to, despite=True)
        try:
            self.edit(edit, quiet=quiet)
        except KaikuError as refused:  # a holiday: the form says so
            if refused.code is not Refusal.CHANGED_MEANWHILE:
                raise

    @rule(number=numbers, cancelled=st.booleans(), word=st.sampled_from("abc"), quiet=st.booleans())
    def change_the_rest(self, number: int, cancelled: bool, word: str, quiet: bool) -> None:
        with self.store.transaction() as tx:
            found = load_offering(tx, CODE)
        session = next(each for each in found.sessions if each.number == number)
        place = {"fi": word, "sv": word}
        to = SessionEdit(session.on, session.starts, session.ends, place, None, cancelled)
        edit = PlanEdit(CODE, number, found.timetable_version, to, reason={"fi": word}, despite=True)
        self.edit(edit, quiet=quiet)

    @rule(cancelled=st.booleans())
    def cancel(self, cancelled: bool) -> None:
        with self.store.transaction() as tx:
            version = load_offering(tx, CODE).timetable_version
        self.edit(PlanEdit(CODE, WHOLE_OFFERING, version, cancelled=cancelled), quiet=False)

    @rule(who=st.sampled_from(sorted(PEOPLE)))
    def leave(self, who: str) -> None:
        with self.store.transaction() as tx:
            if who in self.told and not load_offering(tx, CODE).cancelled:
                withdraw(tx, met(tx, who, PEOPLE[who]), CODE, self.now)
                del self.told[who]
        self.owed = None

    @rule()
    def ten_minutes_pass(self) -> None:
        """Everything that is due is sent: as many messages as the last preview said."""
        self.now += timedelta(minutes=11)
        sent = {Status.SEATED: 0, Status.WAITING: 0}
        with self.store.transaction() as tx:
            due = tx.query(tables.Delivery).filter_by(kind=DeliveryKind.CHANGE, state="planned")
            for delivery in due.filter(tables.Delivery.due_at <= self.now).order_by(tables.Delivery.id).all():
                rendered = render(tx, delivery.id, KINDS, DEFAULTS, self.now)
                delivery.state = "sent" if isinstance(rendered, OutgoingMessage) else "cancelled"
                if isinstance(rendered, OutgoingMessage):
                    enrolment = tx.get_one(tables.Enrolment, rendered.enrolment_id)
                    sent[Status.SEATED if enrolment.status == "seated" else Status.WAITING] += 1
                    self.told[delivery.recipient] = self.stands(tx)
                    self.settle(tx, delivery, rendered)
                tx.flush()
        if self.owed is not None:
            assert sum(sent.values()) == self.owed.soon
            if not self.owed.later:
                assert sent == {Status.SEATED: self.owed.seated, Status.WAITING: self.owed.waiting}
        self.owed = None

    def settle(self, tx: Tx, delivery: tables.Delivery, rendered: OutgoingMessage) -> None:
        after = declared(DeliveryKind.CHANGE).after
        assert after is not None
        after(tx, Settled(delivery, Sent("D1", "1.0"), rendered, self.now, is_sure=True, under_lock=self.now))

    @invariant()
    def who_knows_other_than_what_holds_is_owed_a_message(self) -> None:
        with self.store.transaction() as tx:
            stands = self.stands(tx)
            owed = {
                each.recipient
                for each in tx.query(tables.Delivery).filter(
                    tables.Delivery.kind.in_(["change", "promotion", "offer"]),
                    tables.Delivery.state == "planned",
                )
            }
        assert {who for who, told in self.told.items() if told != stands} <= owed


def declared(kind: DeliveryKind):
    found = KINDS.get(kind)
    assert found is not None
    return found


def test_on_sqlite(migrated_sqlite: Path) -> None:
    class OnSqlite(Changes):
        def reset(self) -> None:
            folder = Path(tempfile.mkdtemp())
            shutil.copy(migrated_sqlite, folder / "kaiku.db")
            self.store = Store(f"sqlite:///{folder / 'kaiku.db'}")

    run_state_machine_as_test(
        OnSqlite, settings=settings(max_examples=12, stateful_step_count=15, deadline=None)
    )


@pytest.mark.skipif(POSTGRES is None, reason="KAIKU_TEST_POSTGRES is not set; in CI it must be")
def test_on_postgresql(request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("migrated_postgres")

    class OnPostgres(Changes):
        def reset(self) -> None:
            empty(url)
            self.store = Store(url)

    run_state_machine_as_test(
        OnPostgres, settings=settings(max_examples=4, stateful_step_count=12, deadline=None)
    )
