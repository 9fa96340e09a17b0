"""``kaiku deliveries`` and ``kaiku deliveries retry``: what is owed again, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from storage import deliveries as delivery_rows
from storage import prompts as prompt_rows
from storage.sending.pause import add_pause
from storage.tables import Delivery
from tests.conftest import FakeClock
from tests.support.enrolling import add_people
from tests.support.operating import Site

DUE = {"failed": 9, "missed": 10, "unknown": 11, "sent": 12}


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: FakeClock) -> Site:
    """One delivery in each state, due at different hours."""
    site = Site(database_url, tmp_path, clock)
    with site.store() as store, store.transaction() as tx:
        for state, hour in DUE.items():
            delivery_rows.add_delivery(
                tx,
                kind="confirmation",
                recipient=state,
                subject="dialogue-2",
                occurrence="1",
                due_at=datetime(2019, 2, 11, hour, tzinfo=UTC),
                now=clock.now(),
            )
        tx.execute(update(Delivery).values(state=Delivery.c.recipient))
    return site


def due(site: Site) -> set[str]:
    with site.store() as store, store.read_transaction() as tx:
        return {row.recipient for row in delivery_rows.list_deliveries(tx, "planned")}


@pytest.mark.parametrize(
    ("words", "owed"),
    [
        (["--all"], {"failed"}),
        (["--state", "missed", "--all"], {"missed"}),
        (["--state", "unknown", "--since", "2019-02-11T10:30"], {"unknown"}),
        (["--state", "unknown", "--since", "2019-02-11 11:30"], set()),
        (["--since", "2019-02-11"], {"failed"}),
        (["--since", "2019-02-12"], set()),
    ],
)
def test_many_are_owed_again_by_state_and_since(site: Site, words: list[str], owed: set[str]) -> None:
    done = site.cli("deliveries", "retry", *words)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"Due now: {len(owed)}.\n"
    assert due(site) == owed


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["1", "--all"],
        ["--state", "failed"],
        ["--state", "sent", "--all"],
        ["--state", "planned", "--all"],
    ],
)
def test_what_does_not_say_which_is_refused(site: Site, words: list[str]) -> None:
    assert site.cli("deliveries", "retry", *words).exit_code == 2
    assert due(site) == set()


def test_one_is_owed_again_by_its_id(site: Site) -> None:
    assert site.cli("deliveries", "retry", "1").stdout == "Delivery 1 is due now.\n"
    assert site.cli("deliveries", "retry", "4").exit_code == 1
    assert due(site) == {"failed"}


def test_the_list_names_people_who_are_set_aside(site: Site, clock: FakeClock) -> None:
    with site.store() as store, store.transaction() as tx:
        add_people(tx, {"UAINO": "vero"})
        prompt_rows.mark_stale(tx, ["UAINO"])
        prompt_rows.set_stale_aside(tx, "UAINO", "ValueError", datetime(2019, 2, 11, 8, 2, tzinfo=UTC))
    done = site.cli("deliveries", "--json")
    assert done.exit_code == 0
    assert done.stdout.startswith("[")
    assert "Set aside: the prompts of UAINO can't be planned (ValueError, 1 times)" in done.stderr


def test_a_pause_of_all_sending_is_said_before_the_list(site: Site, clock: FakeClock) -> None:
    assert "paused" not in site.cli("deliveries").stderr
    with site.store() as store, store.transaction() as tx:
        add_pause(tx, "Väärä linkki", clock.now())
    done = site.cli("deliveries", "--json")
    assert "Sending is paused since 2019-02-11 08:00Z: Väärä linkki" in done.stderr
    assert "paused" not in done.stdout
