"""Any order of joins, leaves, moves, restarts and failures: the posts end equal to what the store says."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace
from sqlalchemy import select

from bot.domain.announcements import SERIES
from bot.domain.errors import KaikuError
from bot.domain.people.person import Profile
from bot.services.announcements import publish
from bot.services.announcements.publish import Actor, Wanted
from bot.services.announcements.rendering import PostRenderer
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment.join import enrol
from bot.services.enrolment.leave import withdraw
from bot.services.people import profiles
from bot.services.people.profiles import ProfileChanges
from bot.services.plan.apply import apply_plan
from sandbox.workspace import Fault
from storage.engine import Store
from storage.sending.claims import due_kinds
from storage.tables import Delivery
from tests.conftest import POSTGRES, FakeClock, empty
from tests.support.announcing import CODE, FINNISH, SWEDISH, expected_text, posts_in, stored_posts
from tests.support.feeds import TOKENS
from tests.support.running import Running, start_kaiku
from tests.support.shipped_plan import SHIPPED, only, with_offering, with_session

PEOPLE = ["UAINO", "UOLLI", "UHELI", "UMARJA", "UKAISA"]
FAULTS = ["http_500_before", "http_500_after", "drop_after", "rate_limited"]
CHANNELS = [FINNISH, SWEDISH]
SMALL = with_offering(only(SHIPPED, CODE, "dialogue-1"), CODE, capacity=3)

channels = st.sampled_from(CHANNELS)


class Posts(RuleBasedStateMachine):
    """One offering, announced in two channels of a real workspace over HTTP."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.loop = asyncio.new_event_loop()
        self.clock = FakeClock()
        self.plan = SMALL
        self.deleted: set[str] = set()
        self.withdrawn = False

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize(series=st.booleans())
    def announced(self, series: bool) -> None:
        store = Store(self.url)
        with store.transaction() as tx:
            apply_plan(tx, self.plan, self.clock.now())
        store.close()
        self.kaiku: Running = self.wait(start_kaiku(self.url, self.clock))
        defaults = self.kaiku.app.kaiku.defaults
        with self.kaiku.store.transaction() as tx:
            for name in [*PEOPLE, "UFASI"]:
                profile = Profile(name, name, "fi", "Europe/Helsinki")
                profiles.meet(tx, profile, defaults, self.clock.now())
                told = ProfileChanges(agency=f"{'vero' if name < 'UK' else 'tulli'}", role="expert")
                profiles.change_settings(tx, name, told, defaults, TOKENS, self.clock.now())
        wanted = Wanted(
            {FINNISH: "fi", SWEDISH: "sv"}, {"fi": "Tule!", "sv": "Kom!"}, SERIES if series else (), None
        )
        with self.kaiku.store.transaction() as tx:
            actor = self.actor(tx)
            renderer = PostRenderer(defaults)
            draft = publish.save_draft(tx, actor, CODE, wanted, renderer, self.clock.now())
            publish.publish(tx, actor, draft.announcement.id, self.clock.now())

    def actor(self, tx: Any) -> Actor:
        person = find_person(tx, "UFASI", self.kaiku.app.kaiku.defaults)
        assert person is not None
        return Actor(person, frozenset())

    @rule(name=st.sampled_from(PEOPLE))
    def join(self, name: str) -> None:
        self.enrolment(enrol, name)

    @rule(name=st.sampled_from(PEOPLE))
    def leave(self, name: str) -> None:
        self.enrolment(withdraw, name)

    def enrolment(self, act: Any, name: str) -> None:
        with self.kaiku.store.transaction() as tx:
            person = find_person(tx, name, self.kaiku.app.kaiku.defaults)
            assert person is not None
            try:
                act(tx, person, CODE, self.clock.now())
            except KaikuError:
                return  # closed, cancelled, not signed up: nothing changes

    @rule(day=st.integers(-3, 20))
    def move(self, day: int) -> None:
        self.apply(with_session(self.plan, CODE, 1, on=date(2019, 5, 28) + timedelta(days=day)))

    @rule(cancelled=st.booleans())
    def cancel_or_restore(self, cancelled: bool) -> None:
        self.apply(with_offering(self.plan, CODE, cancelled=cancelled))

    @rule(capacity=st.integers(1, 6))
    def change_seats(self, capacity: int) -> None:
        self.apply(with_offering(self.plan, CODE, capacity=capacity, seats_per_agency=min(capacity, 4)))

    @rule(cancelled=st.booleans())
    def change_what_is_open_instead(self, cancelled: bool) -> None:
        self.apply(with_offering(self.plan, "dialogue-1", cancelled=cancelled))

    def apply(self, plan: Any) -> None:
        self.plan = replace(plan)
        with self.kaiku.store.transaction() as tx:
            apply_plan(tx, self.plan, self.clock.now())

    @rule(words=st.sampled_from(["Tule!", "Ehdit vielä!", "*<!channel>*"]))
    @precondition(lambda self: not self.withdrawn)
    def change_the_sentence(self, words: str) -> None:
        with self.kaiku.store.transaction() as tx:
            sentence = {"fi": words, "sv": words}
            publish.edit_sentence(tx, self.actor(tx), 1, sentence, self.clock.now())

    @rule()
    @precondition(lambda self: not self.withdrawn)
    def withdraw_it(self) -> None:
        self.withdrawn = True
        with self.kaiku.store.transaction() as tx:
            publish.withdraw(tx, self.actor(tx), 1, self.clock.now())

    @rule(method=st.sampled_from(["chat.postMessage", "chat.update"]), fault=st.sampled_from(FAULTS))
    def slack_will_fail(self, method: str, fault: str) -> None:
        self.kaiku.server.workspace.faults.append(Fault(method, 1, fault))

    @rule(channel=channels)
    def somebody_deletes_it(self, channel: str) -> None:
        messages = self.kaiku.server.workspace.data["messages"]
        if posts_in(self.kaiku, channel):
            messages[channel] = [each for each in messages[channel] if not each["bot"]]
            self.deleted.add(channel)

    @rule(channel=channels, archived=st.booleans())
    def close_or_open(self, channel: str, archived: bool) -> None:
        self.kaiku.server.workspace.channel(channel)["is_archived"] = archived

    @rule()
    def restart(self) -> None:
        self.wait(self.kaiku.restart())

    @rule(seconds=st.sampled_from([0, 1, 5, 60, 3600, 86400, 20 * 86400]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)
        self.wait(self.kaiku.app.sender.tick())

    @rule()
    def all_is_calm(self) -> None:
        """Slack works, every channel is open, and what was owed has been done."""
        workspace = self.kaiku.server.workspace
        workspace.faults.clear()
        for channel in CHANNELS:
            was_closed = workspace.channel(channel)["is_archived"]
            workspace.channel(channel)["is_archived"] = False
            if was_closed:  # the next change tries again, and there is one
                self.apply(with_session(self.plan, CODE, 1, bring={"fi": "x", "sv": "x"}))
                self.apply(with_session(self.plan, CODE, 1, bring=None))
        self.clock.advance(minutes=20)
        for _ in range(200):
            self.wait(self.kaiku.app.sender.tick())
            self.clock.advance(seconds=2)
            with self.kaiku.store.read_transaction() as tx:
                if not due_kinds(tx, self.clock.now()) and not self.gathering(tx):
                    break
        else:
            raise AssertionError("something is owed for ever")
        self.compare()

    def gathering(self, tx: Any) -> bool:
        soon = self.clock.now() + timedelta(minutes=20)
        query = select(Delivery.c.id).where(Delivery.c.state == "planned", Delivery.c.due_at < soon)
        return tx.scalar(query.limit(1)) is not None

    def compare(self) -> None:
        for channel in CHANNELS:
            stored = {each.id: each for each in stored_posts(self.kaiku) if each.channel == channel}
            standing = [each for each in stored.values() if each.state == "standing"]
            there = {each["ts"]: each for each in posts_in(self.kaiku, channel)}
            if channel not in self.deleted:
                assert sorted(each.ts or "" for each in standing) == sorted(there), "none lost, none twice"
            for each in standing:
                if each.ts in there:
                    assert there[each.ts]["text"] == expected_text(self.kaiku, each.id)

    def teardown(self) -> None:
        if hasattr(self, "kaiku"):
            try:
                self.all_is_calm()
            finally:
                self.wait(self.kaiku.app.stop())
                self.wait(self.kaiku.server.stop())
        self.loop.close()


def play(fresh: Callable[[], str], examples: int) -> None:
    """``fresh`` gives the address of an empty database."""
    run_state_machine_as_test(
        lambda: Posts(fresh()),
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_on_sqlite(migrated_sqlite: Path, tmp_path: Path) -> None:
    def fresh() -> str:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copy(migrated_sqlite, folder / "kaiku.db")
        return f"sqlite:///{folder / 'kaiku.db'}"

    play(fresh, 12)


@pytest.mark.skipif(POSTGRES is None, reason="KAIKU_TEST_POSTGRES is not set; in CI it must be")
def test_on_postgresql(request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("migrated_postgres")

    def fresh() -> str:
        empty(url)
        return str(url.render_as_string(hide_password=False))

    play(fresh, 5)
