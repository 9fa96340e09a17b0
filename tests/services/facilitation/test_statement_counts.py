"""What a facilitator's clicks ask the database does not grow with the number of people or offerings."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.domain.deliveries import DeliveryKind
from bot.domain.people.person import Defaults, Person, Profile
from bot.domain.prompts.prompt import Audience, Moment, Question, Timing
from bot.services.enrolment.join import enrol
from bot.services.facilitation.attendance import load_attendance, save_attendance
from bot.services.facilitation.desk import list_facilitated, load_desk
from bot.services.facilitation.prompt_writing import (
    Sending,
    Wording,
    load_preview,
    publish,
    save_sending,
    save_wording,
)
from bot.services.offerings.facilitators import Actor
from bot.services.people.profiles import ProfileChanges, change_settings, meet
from bot.services.plan.apply import apply_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.planning import plan_stale
from bot.services.prompts.series import keep_series
from storage.engine import Store
from storage.prompts import list_stale
from storage.tables import Delivery
from tests.conftest import FakeClock
from tests.support.feeds import TOKENS
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.statements import heard

CODE, DEFAULTS = "dialogue-1", Defaults("fi", "Europe/Helsinki")
LEADER = Actor(Person("UKOORD", "Kalle Orden", "fi", "Europe/Helsinki"), frozenset({"UKOORD"}))
WORDS = {"fi": "Mitä opit?"}
MOST = 15


@pytest.fixture(params=[5, 40])
def crowded(request: pytest.FixtureRequest, store: Store, clock: FakeClock) -> Store:
    """So many people, each with a seat in two of as many offerings."""
    people: int = request.param
    sessions = (a_session(1), a_session(2))
    codes = [f"dialogue-{number + 1}" for number in range(people)]
    room = {"sessions": sessions, "capacity": 100, "seats_per_agency": 100}
    with store.transaction() as tx:
        apply_plan(tx, a_plan(*(an_offering(code, **room) for code in codes)), clock.now())
        for number in range(people):
            user = f"U{number:02}"
            meet(tx, Profile(user, user, language="fi", timezone="Europe/Helsinki"), DEFAULTS, clock.now())
            told = ProfileChanges(agency="vero", role="expert")
            person = change_settings(tx, user, told, DEFAULTS, TOKENS, clock.now())
            for code in {CODE, codes[number]}:
                enrol(tx, person, code, clock.now())
    return store


@pytest.fixture
def counted(store: Store) -> Callable[[Callable[[], object]], int]:
    """How many statements an act runs."""

    def count(act: Callable[[], object]) -> int:
        with heard(store.engine) as seen:
            act()
        return len(seen)

    return count


def test_writing_a_prompt_takes_few_statements_however_many_are_seated(
    crowded: Store, clock: FakeClock, counted: Callable[[Callable[[], object]], int]
) -> None:
    now = clock.now()
    sending = Sending(Timing(at=now), Audience.SEATED, has_reminder=True)
    with crowded.transaction() as tx:
        draft = save_wording(tx, LEADER, CODE, Wording([Question(WORDS)], Moment.ANY), None, now)
        save_sending(tx, LEADER, draft.id, sending)
        preview = counted(lambda: load_preview(tx, LEADER, draft.id, DEFAULTS, now))
        sent = counted(lambda: publish(tx, LEADER, draft.id, DEFAULTS, now, keep_in_library=False))
    assert (preview <= MOST, sent <= MOST) == (True, True), (preview, sent)


def test_changing_a_prompt_and_keeping_it_takes_few_statements_however_many_are_seated(
    crowded: Store, clock: FakeClock, counted: Callable[[Callable[[], object]], int]
) -> None:
    """More than a new one, but no more for many: the old one is held back, and the library is asked."""
    now = clock.now()
    with crowded.transaction() as tx:
        wording = Wording([Question(WORDS)], Moment.ANY)
        first = save_wording(tx, LEADER, CODE, wording, None, now)
        publish(tx, LEADER, first.id, DEFAULTS, now, keep_in_library=False)
        again = save_wording(tx, LEADER, CODE, Wording([Question(WORDS)], Moment.PLAN), first.id, now)
        preview = counted(lambda: load_preview(tx, LEADER, again.id, DEFAULTS, now))
        sent = counted(lambda: publish(tx, LEADER, again.id, DEFAULTS, now, keep_in_library=True))
    assert (preview <= MOST, sent <= 22) == (True, True), (preview, sent)


def test_the_desk_takes_few_statements_however_many_there_are(
    crowded: Store, clock: FakeClock, counted: Callable[[Callable[[], object]], int]
) -> None:
    now = clock.now()
    with crowded.transaction() as tx:
        chooser = counted(lambda: list_facilitated(tx, LEADER, now))
        desk = counted(lambda: load_desk(tx, LEADER, CODE, now))
    assert (chooser <= MOST, desk <= MOST) == (True, True), (chooser, desk)


def test_noting_attendance_takes_few_statements_however_many_are_seated(
    crowded: Store, clock: FakeClock, counted: Callable[[Callable[[], object]], int]
) -> None:
    clock.advance(days=90)
    now = clock.now()
    with crowded.transaction() as tx:
        looked = counted(lambda: load_attendance(tx, LEADER, CODE, 1, now))
        saved = counted(lambda: save_attendance(tx, LEADER, CODE, 1, frozenset(), now))
    assert (looked <= MOST, saved <= MOST) == (True, True), (looked, saved)


def test_planning_the_prompts_of_many_takes_few_statements(
    crowded: Store, clock: FakeClock, counted: Callable[[Callable[[], object]], int]
) -> None:
    with crowded.transaction() as tx:
        keep_series(tx, read_library(), clock.now())
    with crowded.read_transaction() as tx:
        people = list_stale(tx, clock.now(), 100)
    with crowded.transaction() as tx:
        assert counted(lambda: plan_stale(tx, people, DEFAULTS, clock.now())) <= MOST
        planned = tx.execute(
            select(Delivery.c.recipient).where(Delivery.c.kind == DeliveryKind.PROMPT).distinct()
        )
        assert sorted(planned.scalars()) == sorted(people), "each of them has some"
        assert len(people) >= 5
