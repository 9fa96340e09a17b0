"""What a rule of the controller keeps of somebody who was erased: locked, in no view, gone in its time."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.domain.acts import ActKind, Signer
from bot.domain.people.person import Defaults, Profile
from bot.domain.privacy import DataKind, Lock
from bot.services.people.profiles import meet
from bot.services.privacy.erase import erase_person
from bot.services.privacy.erasures import ErasureKeys
from bot.services.privacy.locked import open_locked
from bot.services.privacy.retention import keep_retention
from storage.engine import Store
from storage.locked import list_locked
from storage.my_data import list_own_rows
from storage.people import get_person
from storage.tables import Act, LockedRecord
from tests.conftest import FakeClock
from tests.support.filled_tables import AINO, CODE, ELSA, fill, naming
from tests.support.notices import RULE, with_locks

KEYS = ErasureKeys((b"k" * 32,))
SIGNER = Signer(b"k" * 32)
NOTICE = with_locks(DataKind.ENROLMENTS, DataKind.ATTENDANCE)


def test_locked_data_stands_in_one_table_and_whoever_comes_back_is_new(
    planned_url: str, clock: FakeClock
) -> None:
    store = Store(planned_url)
    with store.transaction() as tx:
        fill(tx)
        assert erase_person(tx, AINO, KEYS, clock.now, locks=NOTICE.locks)
    with store.transaction() as tx:
        held = {each.split(".")[0] for each in naming(tx, AINO)} - {"channel_member"}
        assert held == {"locked_record"}
        records = {each.kind: each for each in list_locked(tx)}
        assert records.keys() == {"enrolments", "attendance"}
        for each in records.values():
            assert each.content["name"] == f"{AINO} Virtanen"
            assert [row["code"] for row in each.content["rows"]] == [CODE]
            assert each.until_at == Lock(RULE, months=24).ends_at(clock.now())
        assert ELSA not in str([each.content for each in records.values()])
        clock.advance(seconds=60)
        meet(tx, Profile(AINO, "Aino", "fi", "Europe/Helsinki"), Defaults("fi", "Europe/Helsinki"), clock.now)
        assert list_own_rows(tx, AINO).keys() <= {"person", "channel_member"}, "new"
    store.close()


def test_locked_data_is_erased_when_its_time_is_over_and_no_earlier(
    planned_url: str, clock: FakeClock
) -> None:
    store, tally = Store(planned_url), dict[str, int]()
    with store.transaction() as tx:
        fill(tx)
        erase_person(tx, AINO, KEYS, clock.now, locks=NOTICE.locks)
    until = NOTICE.locks[DataKind.ATTENDANCE].ends_at(clock.now())
    for at, left in ((until - timedelta(minutes=1), 2), (until + timedelta(days=1), 0)):
        clock.move_to(at)
        asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, tally))
        with store.read_transaction() as tx:
            assert len(tx.scalars(select(LockedRecord.c.id)).all()) == left
    assert tally["locked_record"] == 2
    store.close()


def test_without_a_rule_nothing_is_locked_and_retention_by_itself_locks_nothing(
    planned_url: str, clock: FakeClock
) -> None:
    store = Store(planned_url)
    with store.transaction() as tx:
        fill(tx)
        erase_person(tx, AINO, KEYS, clock.now)
    clock.move_to(datetime(2021, 6, 1, tzinfo=UTC))
    asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, {}))
    with store.read_transaction() as tx:
        assert get_person(tx, ELSA) is None
        assert tx.scalars(select(LockedRecord.c.id)).all() == []
    store.close()


def test_erased_again_after_a_restore_the_time_counts_from_the_first_erasure(
    planned_url: str, clock: FakeClock
) -> None:
    store, first = Store(planned_url), clock.now()
    with store.transaction() as tx:
        fill(tx)
        clock.move_to(first + timedelta(days=400))
        erase_person(tx, AINO, KEYS, clock.now, locks=NOTICE.locks, erased_at=first)
        assert {each.until_at for each in list_locked(tx)} == {
            NOTICE.locks[DataKind.ATTENDANCE].ends_at(first)
        }
        clock.move_to(first + timedelta(days=800))
        erase_person(tx, ELSA, KEYS, clock.now, locks=NOTICE.locks, erased_at=first)
        assert ELSA not in str([each.content for each in list_locked(tx)]), "over by then"
    store.close()


def test_opening_what_is_locked_stands_in_the_log_of_acts(planned_url: str, clock: FakeClock) -> None:
    store = Store(planned_url)
    with store.transaction() as tx:
        assert open_locked(tx, clock.now()) == []
        assert ActKind.LOCKED_OPENED in tx.scalars(select(Act.c.kind)).all()
    store.close()
