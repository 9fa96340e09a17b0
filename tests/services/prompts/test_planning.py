"""An offering's own series: made once, from the library, by the plan's rules."""

from datetime import date
from threading import Thread

from bot.domain.prompts.prompt import PromptRules
from bot.services.plan.apply import apply_plan, stored_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.series import keep_series
from storage.engine import Store
from storage.offerings.catalogue import get_offering
from storage.prompts import list_prompts
from tests.conftest import FakeClock
from tests.support.plans import a_plan, a_session, an_offering

SESSIONS = (a_session(1), a_session(2, on=date(2019, 5, 2)), a_session(3, on=date(2019, 6, 4)))
PLANNED = an_offering(sessions=SESSIONS)
LIBRARY = read_library()


def series_of(store: Store) -> list[str | None]:
    with store.read_transaction() as tx:
        row = get_offering(tx, "dialogue-1")
        assert row is not None
        return [prompt.series for prompt in list_prompts(tx, row.id)]


def test_each_gap_has_its_series_and_keeping_it_again_adds_nothing(store: Store, clock: FakeClock) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(PLANNED), clock.now())
        assert keep_series(tx, LIBRARY, clock.now()) == 6
    with store.transaction() as tx:
        assert keep_series(tx, LIBRARY, clock.now()) == 0
    assert series_of(store) == ["1/plan", "1/midpoint", "1/before", "2/plan", "2/midpoint", "2/before"]


def test_several_instances_that_start_at_once_make_it_once(store: Store, clock: FakeClock) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(PLANNED), clock.now())

    def start() -> None:
        instance = Store(store.engine.url)
        with instance.transaction() as tx:
            keep_series(tx, LIBRARY, clock.now())
        instance.close()

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(series_of(store)) == 6


def test_the_plan_file_says_how_many_and_whether_at_all(store: Store, clock: FakeClock) -> None:
    rules = PromptRules(per_gap=1)
    with store.transaction() as tx:
        apply_plan(tx, a_plan(PLANNED, prompt_rules=rules), clock.now())
        keep_series(tx, LIBRARY, clock.now())
        found = stored_plan(tx, "kaiku-2019")
    assert series_of(store) == ["1/before", "2/before"]
    assert found is not None
    assert found.prompt_rules == rules


def test_an_offering_may_have_none(store: Store, clock: FakeClock) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(sessions=SESSIONS, has_prompts=False)), clock.now())
        assert keep_series(tx, LIBRARY, clock.now()) == 0
