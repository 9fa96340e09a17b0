"""Backups and the keys apart from them: what is restored can be read, and what was erased can't."""

import base64
import json
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import typer

from bot.cli.files import new_file
from sandbox import text_of
from storage.engine import Store, parse_database_url
from storage.migrate import upgrade
from tests.conftest import ROOT, FakeClock
from tests.support.operating import OLD_KEY, Site
from tests.support.reflecting import FIRST, PLAN, answer, seated
from tests.support.running import SECRET, Running, start_app
from tests.support.time_passing import at

AINO, OLLI = "Hiljaisuus auttoi minua.", "Kysyn ensin, mitä muut näkevät."


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: FakeClock) -> Site:
    return Site(database_url, tmp_path, clock)


@pytest.fixture
def lite(migrated_sqlite: Path, tmp_path: Path, clock: FakeClock) -> Site:
    """One on SQLite, whatever else the suite runs on."""
    path = tmp_path / "kaiku.db"
    shutil.copy(migrated_sqlite, path)
    return Site(f"sqlite:///{path}", tmp_path, clock)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- restoring ----------------------------------------------------------------------------------------


def test_a_restored_backup_and_its_keys_are_readable(site: Site) -> None:
    site.write("UAINO", AINO)
    site.write("UOLLI", OLLI)
    backup, keys = site.folder / "backup", site.folder / "keys.json"
    file = site.back_up(backup)
    assert site.cli("keys", "save", keys).stdout == f"2 keys saved in {keys}. Destroy older such files now.\n"
    assert mode_of(file) == mode_of(keys) == 0o600
    site.write("UAINO", "kirjoitettu varmuuskopion jälkeen")

    site.restore(backup)
    assert site.read("UAINO") == [""], "a backup alone can't be read"
    assert json.loads(site.cli("keys", "check", "--json").stdout)["without_key"] == 2
    done = site.cli("keys", "restore", keys)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("2 keys restored.\n")
    assert (site.read("UAINO"), site.read("UOLLI")) == ([AINO], [OLLI])
    assert json.loads(site.cli("keys", "check", "--json").stdout)["without_key"] == 0


def test_what_was_erased_since_the_backup_stays_unreadable(site: Site) -> None:
    site.write("UAINO", AINO)
    site.write("UOLLI", OLLI)
    backup, keys = site.folder / "backup", site.folder / "keys.json"
    site.back_up(backup)
    site.erase("UAINO")
    site.cli("keys", "save", keys)

    site.restore(backup)
    done = site.cli("keys", "restore", keys)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(
        "1 key restored.\nWhat 1 person wrote stays unreadable: there is no key to it.\n"
    )
    assert (site.read("UAINO"), site.read("UOLLI")) == ([""], [OLLI])
    assert site.cli("keys", "restore", keys).stdout.startswith("0 keys restored.\n1 person has a key already")


def test_keys_saved_before_an_erasure_must_be_told_of_it_and_the_command_says_so(site: Site) -> None:
    """Backup and keys both older than the erasure: nothing they hold knows of it. The operator does."""
    site.write("UAINO", AINO)
    site.write("UOLLI", OLLI)
    backup, keys = site.folder / "backup", site.folder / "keys.json"
    site.back_up(backup)
    site.cli("keys", "save", keys)
    site.erase("UAINO")
    site.restore(backup)

    done = site.cli("keys", "restore", keys)
    assert site.read("UAINO") == [AINO], "this is what the advice is for"
    assert 'Look for "reflections erased" in Kaiku\'s log' in done.stdout
    assert "--erased USER" in done.stdout
    again = site.cli("keys", "restore", keys, "--erased", "UAINO", "--erased", "UNOBODY")
    assert again.exit_code == 0, again.output
    assert "1 key left out: their people erased what they wrote.\nNot in the file: UNOBODY.\n" in again.stdout
    assert (site.read("UAINO"), site.read("UOLLI")) == ([""], [OLLI])
    assert site.cli("keys", "check").exit_code == 0


def test_a_database_that_knows_of_an_erasure_never_takes_the_key_back(site: Site) -> None:
    site.write("UAINO", AINO)
    site.write("UOLLI", OLLI)
    site.write("UEEVA", "minäkin")
    keys = site.folder / "keys.json"
    site.cli("keys", "save", keys)
    site.erase("UAINO")
    site.erase("UOLLI")
    site.write("UOLLI", "uudet sanat")  # under a key of its own
    before = site.wrapped_key("UOLLI")
    done = site.cli("keys", "restore", keys, "--json")
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert (result["restored"], result["have_one"], result["open_nothing"]) == (0, 2, 1)
    assert site.wrapped_key("UOLLI") == before
    assert site.read("UOLLI") == ["uudet sanat"]

    with site.store() as store, store.transaction() as tx:  # even if the new key is lost
        tx.exec_driver_sql("delete from person_key")
    assert json.loads(site.cli("keys", "restore", keys, "--json").stdout)["restored"] == 1
    assert (site.read("UOLLI"), site.read("UEEVA")) == ([""], ["minäkin"])


async def test_people_read_their_words_in_slack_after_a_restore_from_a_backup_made_under_way(
    kaiku: Running, database_url: str, clock: FakeClock, tmp_path: Path
) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    site = Site(database_url, tmp_path, clock, secret=base64.b64decode(SECRET))
    backup, keys = tmp_path / "backup", tmp_path / "keys.json"
    site.back_up(backup)  # Kaiku is running
    assert site.cli("keys", "save", keys).exit_code == 0
    await aino.command("/kaiku pohdi")
    await aino.click("reflections.erase")
    await aino.submit()
    await kaiku.app.stop()

    site.restore(backup)
    assert site.cli("keys", "restore", keys).exit_code == 0
    kaiku.app = await start_app(kaiku.server, database_url, clock)
    await aino.close()
    await aino.command("/kaiku pohdi")
    assert "kysyn, mitä muut ovat nähneet" in text_of(aino.modal)


# -- what is in a backup ------------------------------------------------------------------------------


def test_a_backup_holds_neither_a_key_nor_a_sentence(site: Site) -> None:
    site.write_as((f"U{number}" for number in range(50)), AINO)
    site.erase("U7")  # leaves room within the file
    keys = [site.wrapped_key(f"U{number}") for number in (0, 8, 49)]
    backup = site.back_up(site.folder / "backup")
    if site.is_sqlite:
        content = backup.read_bytes()
        with closing(sqlite3.connect(backup)) as copy:
            assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
            assert copy.execute("select count(*) from reflection").fetchone() == (49,)
            assert copy.execute("select count(*) from person_key").fetchone() == (0,)
        with closing(sqlite3.connect(parse_database_url(site.url).database or "")) as whole:
            other = site.folder / "whole.db"
            whole.execute("vacuum into ?", (str(other),))
        assert all(key in other.read_bytes() for key in keys), "what the search would find"
    else:
        words = ["pg_restore", "--file=-", str(backup)]
        content = subprocess.run(words, check=True, capture_output=True).stdout
        assert content.count(b"\\\\x01") >= 49, "the sealed words are there, in hexadecimal"
        keys = [key.hex().encode() for key in keys]
    assert not any(key in content for key in keys)
    assert AINO.encode() not in content
    assert AINO[:12].encode() not in content


def test_a_backup_is_one_state_of_things_and_waits_for_no_writer(lite: Site) -> None:
    lite.write("UAINO", AINO)
    with lite.store() as store, store.transaction() as tx:
        tx.exec_driver_sql("update reflection set sealed = x'00'")
        done = lite.cli("db", "backup", lite.folder / "backup")
    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(lite.folder / "backup")) as copy:
        assert copy.execute("select count(*) from reflection where length(sealed) > 1").fetchone() == (1,)


def test_an_older_database_can_be_backed_up_before_its_upgrade(tmp_path: Path, clock: FakeClock) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(parse_database_url(url), "0001")
    site = Site(url, tmp_path, clock)
    assert site.cli("db", "backup", tmp_path / "copy").exit_code == 0
    restored = Site(f"sqlite:///{tmp_path / 'copy'}", tmp_path, clock)
    assert restored.cli("db", "upgrade", "--no-backup").stdout == "The database is up to date now.\n"
    assert not list(tmp_path.glob("*.before-upgrade*"))


def test_an_upgrade_on_sqlite_first_copies_the_database_beside_itself(
    tmp_path: Path, clock: FakeClock
) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(parse_database_url(url), "0001")
    assert Site(url, tmp_path, clock).cli("db", "upgrade").exit_code == 0
    (copy,) = tmp_path.glob("old.db.before-upgrade/*.db")
    assert mode_of(copy) == 0o600
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("select version_num from alembic_version").fetchone() == ("0001",)


# -- the files themselves -----------------------------------------------------------------------------

WRITERS = (("db", "backup"), ("keys", "save"))


@pytest.mark.parametrize("command", WRITERS)
def test_a_file_that_is_there_is_replaced_only_when_told(lite: Site, command: tuple[str, str]) -> None:
    lite.write("UAINO", AINO)
    path = lite.folder / "there"
    path.write_text("something else")
    path.chmod(0o644)
    refused = lite.cli(*command, path)
    assert refused.exit_code == 2
    assert refused.stderr == f"{path} exists already. Choose another file, or add --replace.\n"
    assert path.read_text() == "something else"
    assert lite.cli(*command, path, "--replace").exit_code == 0
    assert b"something else" not in path.read_bytes()
    assert mode_of(path) == 0o600


@pytest.mark.parametrize("command", WRITERS)
@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_the_database_itself_is_never_written_over(lite: Site, command: tuple[str, str], ending: str) -> None:
    lite.write("UAINO", AINO)
    link = lite.folder / "link"
    link.symlink_to(lite.folder / f"kaiku.db{ending}")
    for path in (lite.folder / f"kaiku.db{ending}", link):
        done = lite.cli(*command, path, "--replace")
        assert done.exit_code == 2
        assert "is the database itself" in done.stderr
    assert lite.read("UAINO") == [AINO]


@pytest.mark.parametrize("command", WRITERS)
def test_a_place_that_can_t_be_written_is_said_plainly(lite: Site, command: tuple[str, str]) -> None:
    nowhere = lite.cli(*command, lite.folder / "none" / "file")
    assert nowhere.exit_code == 2
    assert nowhere.stderr.endswith("can't be written: No such file or directory.\n")
    folder = lite.cli(*command, lite.folder, "--replace")
    assert folder.exit_code == 2
    assert "is a folder" in folder.stderr


@pytest.mark.parametrize("command", WRITERS)
def test_what_fails_half_way_leaves_nothing_behind(lite: Site, command: tuple[str, str]) -> None:
    """The disk is full after 40 kB: a limit of the process stands in for it."""
    lite.write_as((f"U{number}" for number in range(300)), AINO)
    path = lite.folder / "there"
    path.write_text("an earlier one")
    before = {each.name for each in lite.folder.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command, str(path), "--replace"],
        cwd=ROOT,
        # The limit holds for compiled modules too: one that is cut short breaks every later start.
        env={"KAIKU_DATABASE_URL": lite.url, "PATH": "/usr/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert str(path) in done.stderr
    assert path.read_text() == "an earlier one"
    assert {each.name for each in lite.folder.iterdir()} - {"kaiku.db-wal", "kaiku.db-shm"} <= before


COMMANDS = [
    ("keys", "check"),
    ("keys", "rotate"),
    ("keys", "save", "{copy}"),
    ("keys", "restore", "{keys}"),
    ("db", "backup", "{copy}"),
]
STATES = {
    "missing": "There is no database",
    "empty": "The database is empty",
    "older": "older than this version",
    "newer": "newer than this version",
    "another": "is not a database of SQLite",
    "damaged": "is damaged",
}


@pytest.mark.parametrize(
    ("command", "state"),
    # An older database may be backed up: that has a test of its own.
    [(c, state) for c in COMMANDS for state in STATES if (c[1], state) != ("backup", "older")],
)
def test_a_database_that_can_t_be_used_is_said_plainly_and_left_alone(
    tmp_path: Path, migrated_sqlite: Path, clock: FakeClock, command: tuple[str, ...], state: str
) -> None:
    path = tmp_path / "kaiku.db"
    if state == "older":
        upgrade(parse_database_url(f"sqlite:///{path}"), "0001")
    if state in {"newer", "damaged"}:
        shutil.copy(migrated_sqlite, path)
    if state == "newer":
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("update alembic_version set version_num = '9999'")
    if state == "damaged":
        path.write_bytes(path.read_bytes()[:8192] + b"x" * 30_000)
    if state == "empty":
        path.touch()
    if state == "another":
        path.write_bytes(b"something else, and long enough to be seen as that" * 20)
    keys = tmp_path / "keys.json"
    keys.write_text('{"kaiku_person_keys": 1, "saved_at": "2019-02-11T08:00:00Z", "keys": []}')
    before = path.read_bytes() if path.exists() else None
    site = Site(f"sqlite:///{path}", tmp_path, clock)
    words = [word.format(keys=keys, copy=tmp_path / "copy") for word in command]
    done = site.cli(*words, KAIKU_SECRET_KEY_PREVIOUS=OLD_KEY)
    assert done.exit_code == 2, done.output
    assert STATES[state] in done.stderr
    assert (path.read_bytes() if path.exists() else None) == before
    assert not (tmp_path / "copy").exists()


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def write_while_somebody_else_does() -> None:
        with new_file(path, replace=False, never=()) as unfinished:
            unfinished.write_text("ours")
            path.write_text("somebody else's")

    with pytest.raises(typer.Exit):
        write_while_somebody_else_does()
    assert [each.read_text() for each in tmp_path.iterdir()] == ["somebody else's"]


def test_an_engine_keeps_no_destroyed_key_in_free_pages(lite: Site) -> None:
    lite.write("UAINO", AINO)
    key = lite.wrapped_key("UAINO")
    with Store(lite.url).engine.connect() as connection:
        assert connection.exec_driver_sql("pragma secure_delete").scalar() == 1
    lite.erase("UAINO")
    with closing(sqlite3.connect(lite.folder / "kaiku.db")) as database:
        database.execute("pragma wal_checkpoint(truncate)")
    assert key not in (lite.folder / "kaiku.db").read_bytes()
