"""``kaiku db upgrade --dry-run``: what would run and how many rows there are, and nothing changes."""

from pathlib import Path

import pytest

from storage.engine import create_store_engine, parse_database_url
from storage.migrate import SchemaState, downgrade, revisions, schema_state
from storage.tables import Programme
from tests.conftest import FakeClock
from tests.support.operating import Site


@pytest.fixture
def older(planned_url: str, tmp_path: Path, clock: FakeClock) -> Site:
    downgrade(parse_database_url(planned_url), revisions()[-2])
    return Site(planned_url, tmp_path, clock)


def test_a_dry_run_says_what_would_run_and_changes_nothing(older: Site) -> None:
    before = {path.name: path.read_bytes() for path in older.folder.glob("kaiku.db*")}
    done = older.cli("db", "upgrade", "--dry-run")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("Would run")] == [f"Would run: {newest()}"]
    assert f"{Programme.name}: rows 1" in lines
    assert lines[-1] == "Nothing was changed. Run `kaiku db upgrade`."
    assert {path.name: path.read_bytes() for path in older.folder.glob("kaiku.db*")} == before
    engine = create_store_engine(parse_database_url(older.url))
    assert schema_state(engine) is SchemaState.OLDER
    engine.dispose()
    assert older.cli("db", "upgrade", "--no-backup").exit_code == 0
    assert older.cli("db", "upgrade", "--dry-run").stdout == "The database was up to date.\n"


def test_a_dry_run_makes_no_database(tmp_path: Path, clock: FakeClock) -> None:
    site = Site(f"sqlite:///{tmp_path / 'none.db'}", tmp_path, clock)
    done = site.cli("db", "upgrade", "--dry-run")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("Would run") == len(revisions())
    assert list(tmp_path.iterdir()) == []


def newest() -> str:
    versions = Path(__file__).parents[2] / "storage" / "migrations" / "versions"
    return max(path.stem for path in versions.glob("[0-9]*.py"))
