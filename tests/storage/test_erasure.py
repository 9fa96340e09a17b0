"""Erased is gone: neither the sealed words nor the key are in any of the database's files."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.services.reflections import answers as reflections
from storage.engine import Store, parse_database_url
from tests.conftest import FakeClock
from tests.support.operating import Site


@pytest.fixture
def site(migrated_sqlite: Path, tmp_path: Path, clock: FakeClock) -> Site:
    path = tmp_path / "kaiku.db"
    shutil.copy(migrated_sqlite, path)
    return Site(f"sqlite:///{path}", tmp_path, clock)


@pytest.fixture
def store(site: Site) -> Iterator[Store]:
    """Open all the while, as when Kaiku runs: closing would remove the log."""
    store = Store(site.url)
    with store.read_transaction() as tx:
        tx.scalar(text("select count(*) from person"))
    yield store
    store.close()


def secrets_of(store: Store, user_id: str) -> tuple[bytes, bytes]:
    with store.read_transaction() as tx:
        sealed = "select sealed from reflection where person_id = :id"
        wrapped = "select wrapped from person_key where person_id = :id"
        return tuple(tx.scalar(text(each), {"id": user_id}) for each in (sealed, wrapped))  # type: ignore[return-value]


def content(site: Site) -> bytes:
    path = str(parse_database_url(site.url).database)
    return b"".join(Path(path + ending).read_bytes() for ending in ("", "-wal"))


async def test_after_an_erasure_neither_words_nor_key_are_in_the_files(site: Site, store: Store) -> None:
    for number in range(40):
        site.write(f"U{number}", "sanoja " * (1 + number % 7))
    erased = [f"U{number}" for number in range(0, 40, 3)]
    secrets = [each for user_id in erased for each in secrets_of(store, user_id)]
    assert all(each in content(site) for each in secrets), "what the search would find"
    kept = secrets_of(store, "U1")
    for user_id in erased:
        await store.run(reflections.erase, user_id, site.clock.now())
    assert not any(each in content(site) for each in secrets)
    assert all(each in content(site) for each in kept)


async def test_a_single_reflection_that_is_deleted_is_gone_too(site: Site, store: Store) -> None:
    site.write("UAINO", "sanoja")
    sealed, _ = secrets_of(store, "UAINO")
    with store.read_transaction() as tx:
        row = tx.scalar(text("select id from reflection"))
    await store.run(lambda tx: reflections.reflection_rows.delete_reflection(tx, row))
    assert sealed not in content(site)


async def test_an_erasure_held_up_by_a_reader_is_finished_by_a_later_tick(site: Site, store: Store) -> None:
    site.write("UAINO", "sanoja")
    secrets = secrets_of(store, "UAINO")
    with store.read_transaction() as reader:
        reader.scalar(text("select count(*) from person"))
        await store.run(reflections.erase, "UAINO", site.clock.now())
        await store.finish_erasures()
        assert any(each in content(site) for each in secrets), "the reader still needs what was"
    await store.finish_erasures()
    assert not any(each in content(site) for each in secrets)


async def test_what_a_killed_process_left_is_removed_at_the_start(
    site: Site, store: Store, tmp_path: Path
) -> None:
    site.write("UAINO", "sanoja")
    secrets = secrets_of(store, "UAINO")
    with store.read_transaction() as reader:
        reader.scalar(text("select count(*) from person"))
        await store.run(reflections.erase, "UAINO", site.clock.now())
        (tmp_path / "after").mkdir()
        for ending in ("", "-wal"):  # the files as kill -9 leaves them
            shutil.copy(f"{parse_database_url(site.url).database}{ending}", tmp_path / "after")
    after = Site(f"sqlite:///{tmp_path / 'after' / 'kaiku.db'}", tmp_path, site.clock)
    assert any(each in content(after) for each in secrets)
    with closing(Store(after.url)) as started:
        await started.finish_erasures(at_start=True)
        assert not any(each in content(after) for each in secrets)


async def test_an_erasure_that_is_undone_leaves_nothing_to_finish(site: Site, store: Store) -> None:
    site.write("UAINO", "sanoja")

    def erase_and_fail(tx: reflections.Tx) -> None:
        reflections.erase(tx, "UAINO", site.clock.now())
        raise LookupError

    with pytest.raises(LookupError):
        await store.run(erase_and_fail)
    assert site.read("UAINO") == ["sanoja"]


async def test_on_postgresql_the_table_of_keys_is_written_anew(database_url: str, clock: FakeClock) -> None:
    site = Site(database_url, Path(), clock)
    if site.is_sqlite:
        return
    site.write("UAINO", "sanoja")
    place = text("select pg_relation_filenode('person_key')")
    with closing(Store(database_url)) as store:
        before = await store.read(lambda tx: tx.scalar(place))
        patience = await store.run(lambda tx: tx.scalar(text("show lock_timeout")))
        with store.read_transaction() as reader:
            reader.scalar(text("select count(*) from person_key"))
            await store.run(reflections.erase, "UAINO", clock.now())
            assert await store.read(lambda tx: tx.scalar(place)) == before, "a reader holds it up"
        await store.finish_erasures()
        assert await store.read(lambda tx: tx.scalar(place)) != before
        timeout = await store.run(lambda tx: tx.scalar(text("show lock_timeout")))
        assert timeout == patience, "the erasure's own patience ends with it"


async def test_on_postgresql_a_single_text_that_is_deleted_is_written_out_of_its_table(
    database_url: str, clock: FakeClock
) -> None:
    site = Site(database_url, Path(), clock)
    if site.is_sqlite:
        return
    site.write("UAINO", "sanoja")
    place = text("select pg_relation_filenode('reflection')")
    with closing(Store(database_url)) as store:
        before = await store.read(lambda tx: tx.scalar(place))
        row = await store.read(lambda tx: tx.scalar(text("select id from reflection")))
        await store.run(lambda tx: reflections.reflection_rows.delete_reflection(tx, row))
        assert await store.read(lambda tx: tx.scalar(place)) != before
