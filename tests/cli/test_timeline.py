"""``kaiku timeline``: the list, the warnings, JSON, and the picture in a file."""

import json
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli.main import app
from bot.services.plan.apply import apply_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.series import keep_series
from storage.engine import Store
from tests.conftest import FakeClock
from tests.support.plans import a_plan, a_session, an_offering, as_yaml

Timeline = Callable[..., Result]
FAR = 2040
"""Years ahead: nothing of it is past, whatever day it is."""


@pytest.fixture
def timeline(database_url: str, store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Timeline:
    """Run the command on a database with one offering of two sessions, Christmas between them."""
    monkeypatch.setenv("KAIKU_DATABASE_URL", database_url)
    sessions = (a_session(1, on=date(FAR, 12, 4)), a_session(2, on=date(FAR + 1, 1, 22)))
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(sessions=sessions)), clock.now())
        keep_series(tx, read_library(), clock.now())
    monkeypatch.setenv("KAIKU_LANGUAGE", "en")
    return lambda *words: CliRunner().invoke(app, ["timeline", *(str(word) for word in words)])


def test_the_list_is_in_order_and_the_warnings_follow(timeline: Timeline) -> None:
    result = timeline("dialogue-1")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[3].endswith("· Session 1")
    warnings = lines[lines.index("Good to know:") :]
    assert any("the turn of the year is quiet" in line for line in warnings)
    assert not any(line.startswith("- ") for line in lines[: lines.index("Good to know:")])


def test_it_speaks_the_language_that_is_asked_for(timeline: Timeline) -> None:
    assert "Träff 1" in timeline("dialogue-1", "--language", "sv").stdout
    refused = timeline("dialogue-1", "--language", "de")
    assert refused.exit_code == 2
    assert "Write one of fi, sv, en." in " ".join(refused.stderr.split())


def test_json_has_codes_days_and_words(timeline: Timeline) -> None:
    found = json.loads(timeline("dialogue-1", "--json").stdout)
    assert found["offering"] == "dialogue-1"
    assert found["entries"][0]["kind"] == "session"
    prompts = [each for each in found["entries"] if each["kind"] == "prompt"]
    assert [each["moment"] for each in prompts] == ["plan", "midpoint", "before"]
    quiet = [each for each in found["warnings"] if each["code"] == "quiet_in_gap"]
    assert [each["quiet"]["kind"] for each in quiet] == ["holiday", "turn_of_year"]
    assert quiet[0]["quiet"]["name"]["fi"] == "itsenäisyyspäivä"
    assert "the turn of the year" in quiet[1]["words"]


def test_a_plan_that_is_not_published_is_shown_as_it_would_be(tmp_path: Path) -> None:
    sessions = (a_session(1, on=date(2019, 4, 2)), a_session(2, on=date(2019, 5, 21)))
    file = tmp_path / "plan.yml"
    file.write_bytes(as_yaml(a_plan(an_offering(sessions=sessions))))
    picture = tmp_path / "timeline.png"

    def run(code: str) -> Result:
        env = {"KAIKU_DATABASE_URL": "sqlite:////nowhere/at-all.db", "KAIKU_LANGUAGE": "en"}
        words = ["timeline", code, "--plan", str(file), "--png", str(picture), "--replace"]
        return CliRunner().invoke(app, words, env=env)

    result = run("dialogue-1")
    assert result.exit_code == 0, result.output
    assert " · Session 1\n" in result.stdout, "seen from before it: it is not held yet"
    assert "If-then plan" in result.stdout
    assert "Good Friday" in result.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")

    refused = run("dialogue-2")
    assert refused.exit_code == 1
    assert "There is no code “dialogue-2”. Did you mean `dialogue-1`?" in refused.stderr


def test_the_picture_is_saved_and_never_over_another_file(timeline: Timeline, tmp_path: Path) -> None:
    file = tmp_path / "timeline.png"
    result = timeline("dialogue-1", "--png", file, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["offering"] == "dialogue-1"  # where the file is goes to standard error
    assert file.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"mine")
    refused = timeline("dialogue-1", "--png", file)
    assert refused.exit_code == 2
    assert "add --replace" in refused.stderr
    assert file.read_bytes() == b"mine"
    assert timeline("dialogue-1", "--png", file, "--replace").exit_code == 0
    assert file.read_bytes() != b"mine"


def test_an_unknown_code_names_the_nearest(timeline: Timeline) -> None:
    result = timeline("dialog-1")
    assert result.exit_code == 1
    assert "Did you mean `dialogue-1`?" in result.stderr
    assert "Tarkoititko `dialogue-1`?" in timeline("dialog-1", "--language", "fi").stderr
