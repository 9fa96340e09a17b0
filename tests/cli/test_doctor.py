"""``kaiku doctor`` finds what is broken on purpose, one thing at a time, and writes nothing."""

import asyncio
import json
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import insert

from bot.cli.doctor.run import CHECKS, examine
from bot.cli.doctor.surroundings import Surroundings
from bot.config import Settings
from bot.domain.doctor import Check, Finding, Level, Sign
from bot.domain.sending.outcomes import CRASHED
from bot.services.privacy.erase import erase_person
from bot.services.privacy.erasures import ErasureKeys
from bot.services.prompts.library import LIBRARY
from sandbox.faults import Fault
from sandbox.server import WorkspaceServer
from sandbox.workspace import TEAM
from storage.engine import parse_database_url
from storage.migrate import revisions, upgrade
from storage.tables import Programme
from tests.conftest import FakeClock
from tests.support.operating import NEW_KEY, OLD, OLD_KEY, Site
from tests.support.running import start_workspace


@pytest_asyncio.fixture
async def server(clock: FakeClock) -> AsyncIterator[WorkspaceServer]:
    server = await start_workspace(clock)
    yield server
    await server.stop()


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: FakeClock) -> Site:
    site = Site(database_url, tmp_path, clock)
    site.write("UAINO", "sanoja")
    return site


@pytest.fixture
def lite(migrated_sqlite: Path, tmp_path: Path, clock: FakeClock) -> Site:
    path = tmp_path / "kaiku.db"
    shutil.copy(migrated_sqlite, path)
    site = Site(f"sqlite:///{path}", tmp_path, clock)
    site.write("UAINO", "sanoja")
    return site


def environment(site: Site, **others: str) -> dict[str, str]:
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "a secret",
        "KAIKU_DATABASE_URL": site.url,
        "KAIKU_SECRET_KEY": OLD_KEY,
        "KAIKU_COORDINATORS": "UKOORD",
    }
    return settings | others


def look(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], now: datetime, *checks: Check
) -> list[Finding]:
    for name in ("SLACK_BOT_TOKEN", "KAIKU_SECRET_KEY", "KAIKU_COORDINATORS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    here = Surroundings(*Settings.look(), now)
    return [each for found in examine(here, {c: CHECKS[c] for c in checks}).values() for each in found]


# -- settings and files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN must be a bot token"),
        ("KAIKU_CORDINATORS", "U012AB3CD", "Did you mean KAIKU_COORDINATORS"),
        ("KAIKU_COORDINATORS", "aino", "must hold Slack user ids"),
        ("KAIKU_DATABASE_URL", "mysql://x", "KAIKU_DATABASE_URL must start with sqlite"),
        ("KAIKU_SECRET_KEY", "short", "KAIKU_SECRET_KEY must be 32 bytes"),
        ("SLACK_APP_TOKEN", "xoxb-2", "SLACK_APP_TOKEN must be an app-level token"),
        ("KAIKU_PORT", "many", "KAIKU_PORT"),
    ],
)
def test_every_wrong_setting_is_told_and_the_rest_is_looked_at(
    lite: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    given = environment(lite) | {name: value, "KAIKU_LANGUAGE": "sw"}
    found = look(monkeypatch, given, clock.now(), Check.SETTINGS, Check.FILES)
    wrong = [str(each.params["problem"]) for each in found if each.sign is Sign.SETTING_WRONG]
    assert len(wrong) == 2
    assert any(said in each for each in wrong), wrong
    assert any("KAIKU_LANGUAGE" in each for each in wrong)
    assert found[-1].sign is Sign.NOTICE_GAPS, "as it is shipped"


def test_files_that_operators_edit_are_told_with_their_line(
    lite: Site, tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / "agencies.yml").write_text("branches: 7\n")
    shutil.copytree(LIBRARY, tmp_path / "prompts")
    (tmp_path / "prompts" / "zz.yml").write_text("not: prompts\n")
    here = Surroundings(
        Settings.model_validate(environment(lite)),
        [],
        clock.now(),
        agencies=tmp_path / "agencies.yml",
        library=tmp_path / "prompts",
        notice=tmp_path / "none.yml",
    )
    found = examine(here, {Check.FILES: CHECKS[Check.FILES]})[Check.FILES]
    assert {each.sign for each in found} == {Sign.FILE_WRONG}
    assert {each.params["file"] for each in found} == {"agencies.yml", "zz.yml", "none.yml"}


def test_a_backup_that_is_missing_old_or_cut_short_is_told(
    lite: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.backup.now", clock.now)
    folder = lite.folder / "backups"

    def sign(after: timedelta = timedelta(0)) -> Sign:
        given = environment(lite, KAIKU_BACKUP_DIR=str(folder))
        (found,) = look(monkeypatch, given, clock.now() + after, Check.BACKUPS)
        return found.sign

    assert sign() is Sign.BACKUPS_NONE
    file = lite.back_up(folder)
    assert sign() is Sign.BACKUP_FINE
    assert sign(timedelta(days=3)) is Sign.BACKUP_OLD
    assert sign(timedelta(days=8)) is Sign.BACKUP_TOO_OLD
    file.write_bytes(file.read_bytes()[:-1])
    assert sign() is Sign.BACKUP_BROKEN


# -- the database ---------------------------------------------------------------------------------------


def test_a_database_in_order_is_fine_on_both(
    site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = (Check.DATABASE, Check.INTEGRITY, Check.KEYS, Check.ZONES, Check.DELIVERIES)

    def files() -> dict[Path, bytes]:
        """But for what those who read tell each other there."""
        return {path: path.read_bytes() for path in site.folder.iterdir() if path.suffix != ".db-shm"}

    before = files()
    found = look(monkeypatch, environment(site), clock.now(), *checks)
    signs = {each.sign for each in found} - {Sign.SPACE_LOW, Sign.SPACE_FINE}
    of_a_file = {Sign.INTEGRITY_FINE} if site.is_sqlite else set()
    assert signs == {Sign.DATABASE_FINE, Sign.KEYS_FINE, Sign.ZONES_FINE, Sign.DELIVERIES_FINE} | of_a_file
    assert files() == before, "nothing is written"


def test_what_people_and_deliveries_wait_for_is_found_on_both(
    site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = clock.now() - timedelta(hours=1)
    ended = "insert into delivery (kind, recipient, subject, occurrence, state, due_at, attempts, maybe_sent,"
    ended += " planned_at, reason) values ('k', 'UAINO', 's', '{0}', '{0}', '{1}', 1, false, '{1}', '{2}')"
    zone = ".000000" if site.is_sqlite else "+00"
    at, soon = (f"{each:%Y-%m-%d %H:%M:%S}{zone}" for each in (late, clock.now() + timedelta(minutes=5)))
    with site.store() as store, store.transaction() as tx:
        run = tx.exec_driver_sql
        run("update person set timezone = 'Europe/Atlantis'")
        tx.execute(insert(Programme).values(code="p", title={"fi": "x"}, timezone="Europe/Lemuria"))
        for state in ("planned", "failed", "unknown"):
            run(ended.format(state, at, ""))
        run(f"insert into send_pace values ('chat.postMessage', 0, '{at}', '{soon}')")
        run(f"insert into send_pause values (1, 'häiriö', '{at}')")
        run(ended.format("planned", at, CRASHED).replace("'planned', 'planned'", "'other', 'planned'"))
    checks = (Check.ZONES, Check.DELIVERIES, Check.KEYS, Check.CALENDAR)
    given = environment(site, KAIKU_SECRET_KEY=NEW_KEY)
    found = {each.sign: each.params for each in look(monkeypatch, given, clock.now(), *checks)}
    found.pop(Sign.TZDATA_FINE)
    assert found.pop(Sign.SET_ASIDE, None) is not None
    assert found == {
        Sign.ZONES_UNKNOWN: {"zones": "Europe/Atlantis, Europe/Lemuria", "n": 1},
        Sign.LATE: {"n": 60},
        Sign.FAILED: {"n": 1},
        Sign.OUTCOME_UNKNOWN: {"n": 1},
        Sign.SENDING_PAUSED: {},
        Sign.PAUSED: {"methods": "chat.postMessage"},
        Sign.KEYS_CLOSED: {"n": 1},
        Sign.NO_PLAN: {},
    }
    monkeypatch.setenv("KAIKU_SECRET_KEY_PREVIOUS", OLD_KEY)
    assert [each.sign for each in look(monkeypatch, given, clock.now(), Check.KEYS)] == [Sign.KEYS_PREVIOUS]


def test_holidays_are_looked_up_of_a_plan_that_comes_and_of_one_that_is_over(
    planned_url: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environment(Site(planned_url, tmp_path, clock))
    for now in (clock.now(), clock.now() + timedelta(days=2700)):
        found = look(monkeypatch, given, now, Check.CALENDAR)
        assert Sign.HOLIDAYS_FINE in {each.sign for each in found}


def test_a_plan_that_ends_in_a_year_without_known_holidays_is_told(
    planned_url: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(planned_url, tmp_path, clock)
    with site.store() as store, store.transaction() as tx:
        tx.exec_driver_sql("update session set on_date = '2101-02-11' where number = 1")
    found = look(monkeypatch, environment(site), clock.now(), Check.CALENDAR)
    said = {each.sign: each for each in found}
    assert said[Sign.HOLIDAYS_MISSING].params == {"year": "2101"}
    assert said[Sign.HOLIDAYS_MISSING].level is Level.BROKEN


def _run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


def _change_a_letter_in_an_index(path: Path) -> None:
    """As a bad disk might: SQLite opens the file, but an index no longer leads to its row."""
    with closing(sqlite3.connect(path)) as database:
        (size,) = database.execute("pragma page_size").fetchone()
        index = "select rootpage from sqlite_master where name = 'sqlite_autoindex_person_1'"
        (page,) = database.execute(index).fetchone()
    raw, at = path.read_bytes(), (page - 1) * size
    path.write_bytes(raw[:at] + raw[at : at + size].replace(b"UAINO", b"UAINU") + raw[at + size :])


def _damage(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[:8192] + b"x" * 30_000 + raw[38_192:])


BROKEN: dict[str, tuple[Callable[[Path], object], Sign]] = {
    "missing": (lambda path: path.unlink(), Sign.DATABASE_FILE),
    "another": (lambda path: path.write_bytes(b"something else, no database" * 99), Sign.DATABASE_FILE),
    "damaged": (_damage, Sign.DATABASE_FILE),
    "empty": (lambda path: path.write_bytes(b""), Sign.DATABASE_EMPTY),
    "newer": (
        lambda path: _run(path, "update alembic_version set version_num = 9999"),
        Sign.DATABASE_NEWER,
    ),
    "restored": (lambda path: _run(path, "delete from live_mark"), Sign.NOT_ERASED_AGAIN),
    "journal": (lambda path: _run(path, "pragma journal_mode = delete"), Sign.NOT_WAL),
    "mode": (lambda path: path.chmod(0o644), Sign.READ_BY_OTHERS),
    "index": (_change_a_letter_in_an_index, Sign.INTEGRITY_BROKEN),
    "loose": (
        lambda path: _run(path, "insert into act_reason values (99, 'UNONE', '{}')"),
        Sign.LOOSE_ROWS,
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_each_thing_that_is_broken_in_a_database_is_found(
    lite: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    path = lite.folder / "kaiku.db"
    _run(path, "pragma wal_checkpoint(truncate)")
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    break_it, sign = BROKEN[what]
    break_it(path)
    checks = (Check.DATABASE, Check.INTEGRITY, Check.KEYS)
    assert sign in {each.sign for each in look(monkeypatch, environment(lite), clock.now(), *checks)}
    assert path.exists() == (what != "missing")


def test_a_database_that_is_too_large_to_look_through_in_time_is_told(lite: Site, clock: FakeClock) -> None:
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select i from n"
    _run(lite.folder / "kaiku.db", f"create table more as {numbers}")
    here = Surroundings(Settings.model_validate(environment(lite)), [], clock.now(), seconds=0)
    (found,) = CHECKS[Check.INTEGRITY](here)
    assert found == Finding(Sign.INTEGRITY_UNFINISHED, {"n": 0})
    assert found.level is Level.WARNING


@pytest.mark.parametrize(
    ("given", "checks", "sign"),
    [
        ({"KAIKU_SECRET_KEY": ""}, Check.SETTINGS, Sign.NO_SECRET_KEY),
        ({"KAIKU_SECRET_KEY": ""}, Check.KEYS, Sign.KEYS_NO_SECRET),
        ({"KAIKU_COORDINATORS": ""}, Check.SETTINGS, Sign.NO_COORDINATORS),
        ({"KAIKU_BACKUP_DIR": ""}, Check.BACKUPS, Sign.BACKUPS_UNSET),
        ({"KAIKU_ERASURES": ""}, Check.ERASURES, Sign.ERASURES_UNSET),
        ({"KAIKU_ERASURES": "/nowhere/list.json"}, Check.ERASURES, Sign.ERASURES_MISSING),
        ({"KAIKU_DATABASE_URL": "postgresql+psycopg://x@127.0.0.1:1/x"}, Check.DATABASE, Sign.DATABASE_AWAY),
    ],
)
def test_what_is_not_set_or_not_there_is_told(
    lite: Site,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    checks: Check,
    sign: Sign,
) -> None:
    assert sign in {each.sign for each in look(monkeypatch, environment(lite) | given, clock.now(), checks)}


def test_a_list_of_erasures_that_is_older_than_the_database_is_told(
    lite: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = lite.folder / "list.json"
    given = environment(lite, KAIKU_ERASURES=str(place))
    assert lite.cli("privacy", "erasures", "export", place).exit_code == 0
    assert [each.sign for each in look(monkeypatch, given, clock.now(), Check.ERASURES)] == [
        Sign.ERASURES_FINE
    ]
    with lite.store() as store, store.transaction() as tx:
        assert erase_person(tx, "UAINO", ErasureKeys((OLD,)), clock.now)
    assert [each.sign for each in look(monkeypatch, given, clock.now(), Check.ERASURES)] == [
        Sign.ERASURES_OLD
    ]


# -- Slack ----------------------------------------------------------------------------------------------


async def test_slack_its_clock_and_the_scopes_are_judged_from_one_answer(
    server: WorkspaceServer, lite: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = server.workspace
    given = environment(lite, SLACK_BOT_TOKEN=workspace.bot_token, SLACK_API_URL=server.api_url)

    async def signs(now: datetime | None = None) -> dict[Sign, Finding]:
        at = now or datetime.now(UTC)
        found = await asyncio.to_thread(look, monkeypatch, given, at, Check.SLACK)
        return {each.sign: each for each in found}

    assert set(await signs()) == {Sign.SLACK_FINE, Sign.CLOCK_FINE, Sign.SCOPES_FINE}
    assert Sign.CLOCK_WRONG in await signs(datetime.now(UTC) + timedelta(minutes=9))
    scopes = workspace.manifest.scopes - {"chat:write", "users:read.email"}
    monkeypatch.setattr(workspace, "manifest", replace(workspace.manifest, scopes=scopes))
    found = await signs()
    assert found[Sign.SCOPE_LACKING].params == {"scope": "chat:write"}
    assert found[Sign.SCOPE_LEFT_OUT].params == {"scope": "users:read.email"}
    workspace.token_refused = "token_revoked"
    assert (await signs())[Sign.SLACK_REFUSES].params == {"reason": "token_revoked"}
    workspace.faults.append(Fault("auth.test", 1, "http_500_before"))
    assert set(await signs()) == {Sign.SLACK_AWAY}
    workspace.faults.append(Fault("auth.test", 1, "drop_before"))
    assert set(await signs()) == {Sign.SLACK_AWAY}


async def test_of_an_app_of_a_whole_organisation_its_workspace_is_judged(
    server: WorkspaceServer, lite: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.workspace.is_org_wide = True
    given = environment(lite, SLACK_BOT_TOKEN=server.workspace.bot_token, SLACK_API_URL=server.api_url)
    for team, sign in (("", Sign.ORG_NO_TEAM), ("TOTHER", Sign.ORG_OTHER_TEAM), (TEAM, Sign.ORG_FINE)):
        told = given | {"SLACK_TEAM_ID": team}
        found = await asyncio.to_thread(look, monkeypatch, told, clock.now(), Check.SLACK)
        said = {each.sign: each.params for each in found}
        assert said[sign]["workspaces"] == f"{TEAM} (Valtion yhteinen Slack)"


async def test_socket_mode_and_the_public_address_are_tried(
    server: WorkspaceServer, lite: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environment(
        lite, SLACK_API_URL=server.api_url, SLACK_APP_TOKEN="xapp-other", KAIKU_PUBLIC_URL=server.url
    )
    checks = (Check.SOCKET, Check.ADDRESS)
    found = await asyncio.to_thread(look, monkeypatch, given, datetime.now(UTC), *checks)
    assert [each.sign for each in found] == [Sign.SOCKET_REFUSED, Sign.ADDRESS_WRONG]
    given |= {"SLACK_APP_TOKEN": server.workspace.app_token, "KAIKU_PUBLIC_URL": "http://127.0.0.1:1"}
    found = await asyncio.to_thread(look, monkeypatch, given, datetime.now(UTC), *checks)
    assert [each.sign for each in found] == [Sign.SOCKET_FINE, Sign.ADDRESS_AWAY]


# -- the command ----------------------------------------------------------------------------------------


def test_a_check_that_fails_or_hangs_never_stops_the_rest(lite: Site, clock: FakeClock) -> None:
    def fails(_: Surroundings) -> list[Finding]:
        raise RuntimeError("what nobody thought of")

    released = threading.Event()

    def hangs(_: Surroundings) -> list[Finding]:
        released.wait()
        return []

    here = Surroundings(Settings.model_validate(environment(lite)), [], clock.now(), seconds=0.5)
    checks = {Check.SLACK: hangs, Check.ADDRESS: fails, Check.SETTINGS: CHECKS[Check.SETTINGS]}
    report = examine(here, checks)
    released.set()
    assert [each.sign for each in report[Check.SLACK]] == [Sign.CHECK_SLOW]
    (failed,) = report[Check.ADDRESS]
    assert failed == Finding(Sign.CHECK_FAILED, {"reason": "RuntimeError: what nobody thought of"})
    assert [each.sign for each in report[Check.SETTINGS]] == [Sign.NO_PUBLIC_URL, Sign.SETTINGS_FINE]


def test_the_command_speaks_three_languages_and_exits_by_the_worst(lite: Site) -> None:
    nowhere = {"SLACK_API_URL": "http://127.0.0.1:1/"}
    for language, said in (("fi", "rikki: "), ("sv", "trasigt: "), ("en", "broken: ")):
        done = lite.cli("doctor", "--language", language, **environment(lite, **nowhere))
        assert done.exit_code == 1, done.output
        assert f"\n{said}" in done.stdout
    found = json.loads(lite.cli("doctor", "--json", **environment(lite, **nowhere)).stdout)
    assert found["level"] == Level.BROKEN
    assert {each["check"] for each in found["findings"]} == set(Check) - {Check.ADDRESS}
    assert {"check", "level", "sign", "params", "text"} == set(found["findings"][0])
    assert revisions()[-1] in json.dumps(found)


def test_an_older_database_is_told_by_its_real_schema(tmp_path: Path, clock: FakeClock) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(parse_database_url(url), "0001")
    here = Surroundings(Settings.model_validate(environment(Site(url, tmp_path, clock))), [], clock.now())
    found = examine(here, {Check.DATABASE: CHECKS[Check.DATABASE], Check.ZONES: CHECKS[Check.ZONES]})
    assert found[Check.DATABASE][0].sign is Sign.DATABASE_OLDER
    assert [each.sign for each in found[Check.ZONES]] == [Sign.NOT_CHECKED]
