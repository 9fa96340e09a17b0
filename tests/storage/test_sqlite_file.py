"""SQLite's files: their mode, and what is noticed when they are not what they were."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import Store, StoreUnavailableError, parse_database_url
from storage.migrate import upgrade


@pytest.fixture
def path(tmp_path: Path, migrated_sqlite: Path) -> Path:
    path = tmp_path / "kaiku.db"
    shutil.copy(migrated_sqlite, path)
    return path


def beside(path: Path, ending: str) -> Path:
    return Path(f"{path}{ending}")


def is_there(path: Path) -> bool:
    return path.exists()


def deleted(path: Path) -> None:
    path.unlink()


def moved(path: Path) -> None:
    path.rename(beside(path, ".moved"))


def replaced(path: Path) -> None:
    shutil.copy(path, beside(path, ".new"))
    beside(path, ".new").replace(path)


def without_log(path: Path) -> None:
    beside(path, "-wal").unlink()


def with_another_log(path: Path) -> None:
    replaced(beside(path, "-wal"))


def without_shared_memory(path: Path) -> None:
    beside(path, "-shm").unlink()


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def copied_over(path: Path) -> None:
    """By one that was shorter, as an older backup is."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 4096)


def with_its_folder_moved(path: Path) -> None:
    path.parent.rename(path.parent.with_name(f"{path.parent.name}-elsewhere"))


def written_over(path: Path) -> None:
    path.write_bytes(b"x" * 200_000)


LOSSES = [
    deleted, moved, replaced, without_log, with_another_log, without_shared_memory, emptied, copied_over,
    with_its_folder_moved,
]  # fmt: skip


@pytest.mark.parametrize("lose", LOSSES)
async def test_nothing_more_is_written_or_read_once_a_file_is_gone(
    path: Path, lose: Callable[[Path], None]
) -> None:
    store = Store(f"sqlite:///{path}")
    await store.run(lambda tx: tx.execute(text("update offering set cancelled = 1")))
    lose(path)
    for call in (store.run, store.read):
        with pytest.raises(StoreUnavailableError, match="moved, deleted or replaced"):
            await call(lambda tx: tx.scalar(text("select 1")))
    store.close()
    assert lose not in {deleted, moved} or not is_there(path), "no empty one comes in its place"


async def test_what_is_lost_within_a_transaction_is_not_committed(path: Path) -> None:
    store = Store(f"sqlite:///{path}")
    await store.run(lambda tx: tx.scalar(text("select 1")))
    with pytest.raises(StoreUnavailableError):
        await store.run(lambda tx: (tx.execute(text("delete from offering")), deleted(path)))
    store.close()


async def test_a_file_put_back_is_good_again(path: Path) -> None:
    store = Store(f"sqlite:///{path}")
    await store.run(lambda tx: tx.scalar(text("select 1")))
    moved(path)
    with pytest.raises(StoreUnavailableError):
        await store.read(lambda tx: tx.scalar(text("select 1")))
    beside(path, ".moved").rename(path)
    assert await store.read(lambda tx: tx.scalar(text("select 1"))) == 1
    store.close()


async def test_a_log_made_anew_after_all_connections_closed_is_no_loss(path: Path) -> None:
    store = Store(f"sqlite:///{path}")
    for _ in range(3):
        assert await store.run(lambda tx: tx.scalar(text("select 1"))) == 1
        store.engine.dispose()
    store.close()


async def test_a_file_written_over_is_unavailable_and_not_a_fault_of_ours(path: Path) -> None:
    store = Store(f"sqlite:///{path}")
    written_over(path)
    with pytest.raises(StoreUnavailableError):
        await store.read(lambda tx: tx.scalar(text("select count(*) from offering")))
    store.close()


def test_the_database_and_what_lies_beside_it_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    before = os.umask(0)
    try:
        upgrade(parse_database_url(f"sqlite:///{path}"))
        store = Store(f"sqlite:///{path}")
        with store.transaction() as tx:
            tx.execute(text("update offering set cancelled = 1"))
            found = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert found == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}


def test_a_database_of_an_older_version_is_closed_to_others_too(path: Path) -> None:
    path.chmod(0o644)
    store = Store(f"sqlite:///{path}")
    with store.read_transaction() as tx:
        tx.scalar(text("select 1"))
    store.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
