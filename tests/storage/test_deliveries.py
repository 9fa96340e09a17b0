"""What is planned in a transaction is seen by every later query of that transaction."""

from datetime import UTC, datetime

import pytest

from storage.deliveries import (
    add_deliveries,
    add_delivery,
    cancel_planned,
    count_by_kind_and_state,
    is_open,
    list_deliveries,
)
from storage.engine import Store
from storage.transaction import Tx

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)


def add(tx: Tx) -> None:
    add_delivery(
        tx, kind="reminder", recipient="UAINO", subject="dialogue-1", occurrence="1", due_at=NOW, now=NOW
    )


def add_in_bulk(tx: Tx) -> None:
    row = {"kind": "reminder", "recipient": "UAINO", "subject": "dialogue-1", "occurrence": "1"}
    add_deliveries(tx, [row | {"due_at": NOW, "expires_at": None}], NOW)


@pytest.mark.parametrize("plan", [add, add_in_bulk])
def test_a_delivery_cancelled_in_the_transaction_that_planned_it_is_cancelled(store: Store, plan) -> None:
    with store.transaction() as tx:
        plan(tx)
        cancel_planned(tx, kind="reminder", recipient="UAINO", subject="dialogue-1", reason="left")
    with store.read_transaction() as tx:
        assert [(each.state, each.reason) for each in list_deliveries(tx)] == [("cancelled", "left")]


@pytest.mark.parametrize("plan", [add, add_in_bulk])
def test_a_planned_delivery_is_counted_before_the_commit(store: Store, plan) -> None:
    with store.transaction() as tx:
        plan(tx)
        assert count_by_kind_and_state(tx) == [("reminder", "planned", 1)]
        assert is_open(tx, "reminder", "1")
