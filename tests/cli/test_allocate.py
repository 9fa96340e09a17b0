"""``kaiku allocate``: the draw from its seed, tried, explained, reproduced."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result
from sqlalchemy import select, update
from typer.testing import CliRunner

from bot.cli.main import app
from bot.domain.acts import ActKind
from bot.domain.people.person import Defaults
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment.confirm_draw import confirm
from bot.services.enrolment.draws import load_proposal
from bot.services.enrolment.join import enrol
from bot.services.offerings.facilitators import Actor
from bot.services.plan.apply import apply_plan
from storage import tables
from storage.engine import Store
from storage.transaction import Tx
from tests.conftest import FakeClock
from tests.support.drawing import CLOSED, ROUNDS, small_plan
from tests.support.enrolling import add_people

Allocate = Callable[..., Result]


@pytest.fixture
def allocate(database_url: str, store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Allocate:
    """Run the command where three people want one of two single seats; sign-up ended years ago."""
    monkeypatch.setenv("KAIKU_DATABASE_URL", database_url)
    with store.transaction() as tx:
        apply_plan(tx, small_plan(1, 1), clock.now())
        add_people(tx, {"UA": "vero", "UB": "tulli", "UC": "thl"})
        for name in ("UA", "UB", "UC"):
            found = find_person(tx, name, Defaults("fi", "Europe/Helsinki"))
            assert found is not None
            enrol(tx, found, ROUNDS[0], clock.now(), ROUNDS)
    return lambda *words: CliRunner().invoke(app, ["allocate", *words])


def written(store: Store) -> int:
    with store.read_transaction() as tx:
        return len(
            tx.scalars(select(tables.Act.c.id).where(tables.Act.c.kind == ActKind.DRAW_PROPOSED)).all()
        )


def confirm_now(tx: Tx) -> None:
    person = find_person(tx, "UA", Defaults("fi", "Europe/Helsinki"))
    assert person is not None
    digest = load_proposal(tx, ROUNDS[0]).digest
    confirm(tx, Actor(person, frozenset({"UA"})), ROUNDS[0], digest, CLOSED)


def test_trying_writes_nothing_and_proposing_is_written_down_once(allocate: Allocate, store: Store) -> None:
    tried = json.loads(allocate(*ROUNDS, "--try", "--json").stdout)
    assert written(store) == 0
    proposed = json.loads(allocate(*ROUNDS, "--json").stdout)
    assert written(store) == 2, "one for each round"
    assert tried == proposed
    assert len(tried) == 1, "both rounds are one draw"


def test_a_confirmed_draw_is_explained_from_its_seed(allocate: Allocate, store: Store) -> None:
    (before,) = json.loads(allocate(ROUNDS[0], "--try", "--json", "--explain").stdout)
    with store.transaction() as tx:
        confirm_now(tx)
    (after,) = json.loads(allocate(ROUNDS[1], "--json", "--explain").stdout)
    assert after["reproduced"] is True
    assert (after["seed"], after["offerings"]) == (before["seed"], before["offerings"])
    people = [row for offering in after["offerings"] for row in offering["people"]]
    assert {row["why"] for row in people if row["status"] == "waiting"} == {"place 1 in line, no seats left"}
    assert "as it was confirmed" in allocate(ROUNDS[0], "--explain").stdout


def test_what_is_no_longer_what_was_confirmed_is_said(allocate: Allocate, store: Store) -> None:
    with store.transaction() as tx:
        confirm_now(tx)
        tx.execute(update(tables.Draw).values(seed="another", result="0" * 16))
    changed = allocate(ROUNDS[0])
    assert changed.exit_code == 1
    assert "not what was confirmed" in changed.stderr
