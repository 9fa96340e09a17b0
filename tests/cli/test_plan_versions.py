"""A plan exported, changed in Slack, compared both ways and applied again, from the command line."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select, update
from typer.testing import CliRunner

from bot.cli.main import app
from storage.engine import Store
from storage.tables import Offering, OfferingSession
from tests.conftest import ROOT

Kaiku = Callable[..., Result]


@pytest.fixture
def kaiku(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Kaiku:
    """Run a command line against this test's database."""
    monkeypatch.setenv("KAIKU_DATABASE_URL", database_url)
    monkeypatch.setenv("KAIKU_LANGUAGE", "en")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def year(tmp_path: Path) -> Path:
    path = tmp_path / "2019.yml"
    path.write_bytes((ROOT / "programmes" / "2019.yml").read_bytes())
    return path


def move_in_slack(store: Store) -> None:
    with store.transaction() as tx:
        offering = select(Offering.c.id).where(Offering.c.code == "complexity-1").scalar_subquery()
        tx.execute(
            update(OfferingSession)
            .where(OfferingSession.c.offering_id == offering, OfferingSession.c.number == 2)
            .values(on_date=date(2019, 4, 10))
        )


def test_a_year_is_exported_changed_in_slack_compared_and_applied_with_every_comment(
    kaiku: Kaiku, store: Store, year: Path
) -> None:
    written = year.read_text(encoding="utf-8")
    assert kaiku("plan", "apply", year, "--yes").exit_code == 0
    assert kaiku("plan", "export").stdout == written
    move_in_slack(store)

    both = kaiku("plan", "diff", year).stdout
    assert "complexity-1, session 2: moved from" in both
    assert "! complexity-1, session 2" in both
    assert json.loads(kaiku("plan", "diff", year, "--json").stdout)["changed_in_slack"][0]["overwritten"]

    refused = kaiku("plan", "apply", year, "--yes")
    assert refused.exit_code == 1
    assert "--file-wins complexity-1/2 or --slack-wins complexity-1/2" in refused.stderr
    as_json = kaiku("plan", "apply", year, "--yes", "--json")
    assert json.loads(as_json.stdout)["overwritten"][0]["name"] == "complexity-1/2"

    assert kaiku("plan", "export", "--out", year).exit_code == 2, "nothing is overwritten unasked"
    assert kaiku("plan", "export", "--out", year, "--replace").exit_code == 0
    assert year.read_text(encoding="utf-8") == written.replace("on: 2019-04-09", "on: 2019-04-10", 1)
    assert kaiku("plan", "apply", year).exit_code == 0

    history = json.loads(kaiku("plan", "history", "--json").stdout)
    assert [each["from"] for each in history] == ["file", "slack", "file"]
    assert kaiku("plan", "show", history[-1]["version"]).stdout == written


def test_slack_wins_where_that_is_said_and_the_file_is_said_to_differ(
    kaiku: Kaiku, store: Store, year: Path
) -> None:
    kaiku("plan", "apply", year, "--yes")
    move_in_slack(store)
    applied = kaiku("plan", "apply", year, "--yes", "--win", "slack")
    assert applied.exit_code == 0
    assert f"{year} still says otherwise" in applied.stdout
    assert "on: 2019-04-10" in kaiku("plan", "export").stdout


def test_what_is_not_there_is_said(kaiku: Kaiku, store: Store) -> None:
    assert "No plan has been applied yet." in kaiku("plan", "export").stderr
    assert "No version has been kept yet." in kaiku("plan", "history").stdout
    assert kaiku("plan", "show", 7).exit_code == 1
    assert kaiku("plan", "export", "--programme", "x").exit_code == 1
