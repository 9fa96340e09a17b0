"""A prompt is changed until the first person has it, and not a moment longer."""

from datetime import timedelta
from threading import Thread

import pytest

from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.errors import KaikuError, Refusal
from bot.domain.people.person import Person
from bot.domain.prompts.prompt import Audience, Moment, Question, Timing
from bot.services.facilitation.prompt_writing import (
    Sending,
    Wording,
    load_preview,
    publish,
    save_sending,
    save_wording,
    withdraw,
)
from bot.services.offerings.facilitators import Actor
from bot.services.plan.apply import apply_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.series import keep_series
from storage import deliveries as delivery_rows
from storage import prompts as prompt_rows
from storage.engine import Store
from storage.offerings.catalogue import get_offering
from storage.sending import claims as claim_rows
from tests.conftest import FakeClock
from tests.support.enrolling import DEFAULTS
from tests.support.plans import a_plan, a_session, an_offering

CODE = "dialogue-1"
LEADER = Actor(Person("UKOORD", "Kalle Orden", "fi", "Europe/Helsinki"), frozenset({"UKOORD"}))
WORDS = {"fi": "Mitä opit?", "sv": "Vad lärde du dig?"}


@pytest.fixture
def prompt_id(store: Store, clock: FakeClock) -> int:
    """A prompt of the series that one person is to get now."""
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(sessions=(a_session(1), a_session(2)))), clock.now())
        keep_series(tx, read_library(), clock.now())
        offering = get_offering(tx, CODE)
        assert offering is not None
        prompt = prompt_rows.list_prompts(tx, offering.id)[0]
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.PROMPT,
            recipient="UAINO",
            subject=str(Subject(CODE, prompt_id=prompt.id)),
            occurrence="",
            due_at=clock.now(),
            now=clock.now(),
        )
        return prompt.id


def change(store: Store, prompt_id: int, clock: FakeClock) -> Refusal | None:
    """Give it other words; why that was refused."""
    wording = Wording([Question(WORDS)], Moment.PLAN)
    try:
        with store.transaction() as tx:
            draft = save_wording(tx, LEADER, CODE, wording, prompt_id, clock.now())
            publish(tx, LEADER, draft.id, DEFAULTS, clock.now(), keep_in_library=False)
    except KaikuError as error:
        return error.code
    return None


def claim(store: Store, clock: FakeClock, beside: Thread | None = None) -> None:
    """Take the prompt to send it; ``beside`` runs between the claim and its commit, as far as the database
    lets it: on SQLite it waits for the commit."""
    with store.transaction() as tx:
        claimed = claim_rows.claim_due(
            tx,
            kinds=(DeliveryKind.PROMPT,),
            owner="me",
            now=clock.now(),
            lease=timedelta(seconds=60),
            limit=5,
        )
        assert len(claimed) == 1
        if beside is not None:
            beside.start()
            if not store.is_sqlite:
                beside.join()
    if beside is not None:
        beside.join()


def test_before_anybody_has_it_its_words_can_be_changed(
    store: Store, clock: FakeClock, prompt_id: int
) -> None:
    assert change(store, prompt_id, clock) is None
    with store.read_transaction() as tx:
        row = prompt_rows.get_prompt(tx, prompt_id)
        assert row is not None
        assert [each["text"] for each in row.questions] == [WORDS]


def test_once_it_is_being_sent_they_can_not(store: Store, clock: FakeClock, prompt_id: int) -> None:
    claim(store, clock)
    assert change(store, prompt_id, clock) is Refusal.PROMPT_BEING_SENT


def test_nor_in_the_instant_in_which_it_is_claimed(store: Store, clock: FakeClock, prompt_id: int) -> None:
    """Else the first copy could go out in the old words, and all others in the new ones."""
    outcomes: list[Refusal | None] = []
    claim(store, clock, beside=Thread(target=lambda: outcomes.append(change(store, prompt_id, clock))))
    assert outcomes == [Refusal.PROMPT_BEING_SENT]


def test_a_prompt_is_changed_in_its_own_offering_only(store: Store, clock: FakeClock, prompt_id: int) -> None:
    """The code in a form's metadata is a claim: also who leads both must not move one into the other."""
    with store.transaction() as tx:
        both = (an_offering(sessions=(a_session(1), a_session(2))), an_offering("dialogue-2"))
        apply_plan(tx, a_plan(*both), clock.now())
    wording = Wording([Question(WORDS)], Moment.PLAN)
    with store.transaction() as tx, pytest.raises(KaikuError, match="prompt_gone"):
        save_wording(tx, LEADER, "dialogue-2", wording, prompt_id, clock.now())


def test_what_was_confirmed_is_no_draft_any_more(store: Store, clock: FakeClock) -> None:
    """A form that was left open, a second click, a forged id: a prompt that is on its way stays as it is. To
    confirm it once more is to hear the same."""
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(sessions=(a_session(1), a_session(2)))), clock.now())
        wording = Wording([Question(WORDS)], Moment.ANY)
        draft = save_wording(tx, LEADER, CODE, wording, None, clock.now())
        done = publish(tx, LEADER, draft.id, DEFAULTS, clock.now(), keep_in_library=False)
    with store.transaction() as tx:
        assert publish(tx, LEADER, draft.id, DEFAULTS, clock.now(), keep_in_library=False) == done
    later = Sending(Timing(at=clock.now() + timedelta(days=3)), Audience.SEATED, has_reminder=True)
    for act in (
        lambda tx: save_sending(tx, LEADER, draft.id, later),
        lambda tx: load_preview(tx, LEADER, draft.id, DEFAULTS, clock.now()),
    ):
        with store.transaction() as tx, pytest.raises(KaikuError, match="prompt_gone"):
            act(tx)


def test_what_is_withdrawn_is_cancelled_in_the_same_transaction(
    store: Store, clock: FakeClock, prompt_id: int
) -> None:
    """Not only by the next planning: until then it could be claimed."""
    with store.transaction() as tx:
        withdraw(tx, LEADER, prompt_id, clock.now())
    with store.read_transaction() as tx:
        (owed,) = [each for each in delivery_rows.list_deliveries(tx) if each.kind == "prompt"]
    assert (owed.state, owed.reason) == ("cancelled", "withdrawn")
