"""``kaiku backup`` and ``kaiku restore``: what is in a backup, when it is refused, how many are kept."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import postgres_tools
from storage.engine import parse_database_url
from storage.migrate import revisions, upgrade
from storage.postgres_tools import ToolError
from tests.conftest import FakeClock
from tests.support.operating import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Site:
    site = Site(database_url, tmp_path, clock)
    monkeypatch.setattr("bot.cli.backup.now", clock.now)
    site.write_as(("UAINO", "UOLLI"), "sanoja")
    return site


@pytest.fixture
def lite(migrated_sqlite: Path, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Site:
    """One on SQLite, where the other database makes no difference."""
    path = tmp_path / "kaiku.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    site = Site(f"sqlite:///{path}", tmp_path, clock)
    monkeypatch.setattr("bot.cli.backup.now", clock.now)
    site.write_as(("UAINO", "UOLLI"), "sanoja")
    return site


def manifest_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(max(folder.glob("*.json")).read_text())
    return found


def test_a_backup_says_what_is_in_it_and_a_trial_finds_it_there(site: Site, clock: FakeClock) -> None:
    done = site.cli("backup", site.folder / "backups", "--verify")
    assert done.exit_code == 0, done.output
    assert "`kaiku keys save FILE`" in done.stdout
    assert "Restored for trial: all" in done.stdout
    manifest = manifest_of(site.folder / "backups")
    rows = manifest["rows"]
    assert isinstance(rows, dict)
    assert (rows["person"], rows["reflection"], rows["person_key"]) == (2, 2, 0)
    assert manifest["revision"] == revisions()[-1]
    assert manifest["made_at"] == clock.now().isoformat()
    assert {path.stem for path in (site.folder / "backups").iterdir()} == {"kaiku-20190211T080000Z"}


def test_a_database_with_something_in_it_is_replaced_only_when_told(site: Site) -> None:
    site.back_up(site.folder / "backups")
    site.write("UEEVA", "myöhemmin")
    refused = site.cli("restore", site.folder / "backups")
    assert refused.exit_code == 2
    assert "add --replace" in refused.stderr
    assert site.read("UEEVA") == ["myöhemmin"]
    done = site.cli("restore", site.folder / "backups", "--replace")
    assert done.exit_code == 0, done.output
    assert site.read("UEEVA") == []
    assert "2019-02-11 08:00Z" in done.stdout
    assert "kaiku keys restore FILE" in done.stdout
    assert "erased since" in done.stdout
    site.write("UEEVA", "taas")  # rows are numbered on


def test_a_changed_file_is_never_restored(lite: Site) -> None:
    file = lite.back_up(lite.folder / "backups")
    raw = bytearray(file.read_bytes())
    raw[-20] ^= 1
    file.write_bytes(raw)
    lite.write("UEEVA", "myöhemmin")
    done = lite.cli("restore", lite.folder / "backups", "--replace")
    assert done.exit_code == 1
    assert "damaged or was changed" in done.stderr
    assert lite.read("UEEVA") == ["myöhemmin"]


def test_a_backup_of_a_newer_kaiku_or_the_other_database_is_refused(lite: Site) -> None:
    file = lite.back_up(lite.folder / "backups")
    path = file.with_suffix(".json")
    right = path.read_text()
    for change, said in (
        ({"revision": "9999"}, "newer than this one"),
        ({"database": "postgresql"}, "names another kind"),
        ({"file": "../kaiku.db"}, "names no file of a backup"),
        ({"rows": 7}, "no manifest of a backup"),
        ({"kaiku_backup": 2}, "it has format 2"),
    ):
        path.write_text(json.dumps(json.loads(right) | change))
        done = lite.cli("restore", path, "--replace")
        assert (done.exit_code, said in done.stderr) == (1, True), done.output
    assert lite.read("UAINO") == ["sanoja"]


def test_a_trial_that_finds_other_rows_than_promised_fails(
    lite: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage import backup

    really = backup.write_backup

    def one_row_short(*args: object) -> object:
        manifest = really(*args)  # type: ignore[arg-type]
        manifest.rows["person"] += 1  # type: ignore[index]
        return manifest

    monkeypatch.setattr(backup, "write_backup", one_row_short)
    done = lite.cli("backup", lite.folder / "backups", "--verify")
    assert done.exit_code == 1
    assert "person 2 / 3" in done.stderr


def test_the_newest_backups_are_kept_and_nothing_else_is_touched(lite: Site, clock: FakeClock) -> None:
    folder = lite.folder / "backups"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "kaiku-20190101T000000Z.db").write_text("from one that was cut short")
    for _ in range(3):
        lite.back_up(folder, "--keep", 2)
        clock.advance(hours=1)
    stems = {path.stem for path in folder.iterdir()}
    assert stems == {"notes", "kaiku-20190211T090000Z", "kaiku-20190211T100000Z"}


def test_an_empty_database_and_a_missing_one_are_restored_into_and_upgraded(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.backup.now", clock.now)
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(parse_database_url(url), "0001")
    Site(url, tmp_path, clock).back_up(tmp_path / "backups")
    fresh = Site(f"sqlite:///{tmp_path / 'fresh.db'}", tmp_path, clock)
    done = fresh.cli("restore", tmp_path / "backups")
    assert done.exit_code == 0, done.output
    assert "was up to date" in fresh.cli("db", "upgrade").stdout
    refused = fresh.cli("restore", tmp_path / "backups")
    assert "not empty" not in refused.stderr, "it has nobody in it"


def test_nothing_is_restored_under_a_kaiku_that_runs(lite: Site) -> None:
    lite.back_up(lite.folder / "backups")
    with lite.store() as store:
        with store.read_transaction() as tx:
            tx.exec_driver_sql("select count(*) from person")
        done = lite.cli("restore", lite.folder / "backups", "--replace")
    assert done.exit_code == 1
    assert "Stop Kaiku first" in done.stderr
    assert lite.read("UAINO") == ["sanoja"]


def test_a_damaged_database_can_be_replaced(lite: Site) -> None:
    lite.back_up(lite.folder / "backups")
    (lite.folder / "kaiku.db").write_bytes(b"something else, and long enough to be seen as that" * 20)
    assert lite.cli("restore", lite.folder / "backups").exit_code == 2
    lite.restore(lite.folder / "backups")
    with closing(sqlite3.connect(lite.folder / "kaiku.db")) as database:
        assert database.execute("select count(*) from person").fetchone() == (2,)


def test_postgresqls_tools_must_be_there_and_not_older_than_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tool = tmp_path / "pg_dump"
    tool.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.18 (Debian)'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    postgres_tools.require_tools(150004, "pg_dump")
    with pytest.raises(ToolError, match="of version 15 and the server of 16"):
        postgres_tools.require_tools(160001, "pg_dump")
    with pytest.raises(ToolError, match="psql is not installed"):
        postgres_tools.require_tools(150004, "psql")


def test_a_restore_that_fails_half_way_leaves_postgresql_as_it_was(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    if site.is_sqlite:
        return
    site.back_up(site.folder / "backups")
    site.write("UEEVA", "myöhemmin")
    really = postgres_tools._run

    def with_a_fault(words: list[str], environment: dict[str, str], script: str | None = None) -> str:
        return really(words, environment, script and script + "select no_such_function();")

    monkeypatch.setattr(postgres_tools, "_run", with_a_fault)
    done = site.cli("restore", site.folder / "backups", "--replace")
    assert done.exit_code == 1
    assert "no_such_function" in done.stderr
    assert site.read("UEEVA") == ["myöhemmin"]
