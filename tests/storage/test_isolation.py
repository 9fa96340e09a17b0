"""One offering's fault stops no other's work, and many that have none share a savepoint."""

import logging

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from storage import isolation
from storage.engine import Store
from storage.isolation import isolate_each
from storage.roles import add_coordinator, list_coordinators
from storage.transaction import Tx
from tests.conftest import FakeClock

OFFERINGS = {"ai-1": "UAINO", "ai-2": "UOLLI", "ai-3": "UELSA"}


def name_all(store: Store, *, fails: str = "", error: Exception | None = None) -> list[str]:
    """Name one coordinator for each offering; it ``fails`` for one after it has written."""

    def name(tx: Tx, user_id: str) -> str:
        add_coordinator(tx, user_id, FakeClock().now())
        if user_id == fails:
            raise error or LookupError(user_id)
        return user_id

    with store.transaction() as tx:
        return isolate_each(tx, "not_kept", OFFERINGS, lambda user_id: name(tx, user_id))


def named(store: Store) -> set[str]:
    with store.read_transaction() as tx:
        return {row.person_id for row in list_coordinators(tx)}


def test_one_offerings_fault_is_undone_and_told_and_stops_no_other(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    before = isolation.faults["not_kept"]
    assert name_all(store, fails="UOLLI") == ["UAINO", "UELSA"]
    assert named(store) == {"UAINO", "UELSA"}
    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert (vars(told)["action"], vars(told)["offering"]) == ("not_kept", "ai-2")
    assert isolation.faults["not_kept"] == before + 1


def test_what_does_not_fail_shares_a_savepoint(store: Store) -> None:
    savepoints: list[str] = []
    event.listen(store.engine, "savepoint", lambda _connection, name: savepoints.append(name))
    assert name_all(store) == list(OFFERINGS.values())
    assert named(store) == set(OFFERINGS.values())
    assert len(savepoints) == 1


def test_a_database_that_goes_away_is_no_offerings_fault(store: Store) -> None:
    gone = OperationalError("select 1", {}, Exception("gone"), connection_invalidated=True)
    with pytest.raises(OperationalError):
        name_all(store, fails="UAINO", error=gone)
    assert named(store) == set()
