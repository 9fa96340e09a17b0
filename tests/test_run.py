"""``kaiku run``: settings, the database, the port; each trouble one clear message and exit code 2."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.services.prompts.library import LIBRARY, read_library
from bot.version import VERSION
from storage.engine import create_store_engine, parse_database_url
from tests.conftest import ROOT
from tests.support.starting import start_refused

SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-test",
    "SLACK_SIGNING_SECRET": "a-signing-secret",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "KAIKU_PORT": "0",
}


def test_everything_that_is_missing_or_ill_formed_is_named_at_once() -> None:
    done = start_refused(
        SLACK_BOT_TOKEN="xoxp-a-secret-of-somebody",
        KAIKU_PORT="many",
        KAIKU_LANGUAGE="de",
        KAIKU_TIMEZONE="Helsinki",
        KAIKU_DATABASE_URL="mysql://x",
        SLACK_API_URL="ftp://x",
        KAIKU_LOG_FORMAT="xml",
    )
    assert done.exit_code == 2
    for name in (
        "SLACK_BOT_TOKEN must be a bot token",
        "SLACK_SIGNING_SECRET is not set",
        "KAIKU_PORT",
        "KAIKU_LANGUAGE must be one of fi, sv, en",
        "KAIKU_TIMEZONE must be a time zone",
        "KAIKU_DATABASE_URL must start with sqlite:///",
        "SLACK_API_URL must be an https address",
        "KAIKU_LOG_FORMAT must be text or json",
    ):
        assert name in done.stderr
    assert "somebody" not in done.stderr, "a secret is never echoed"
    assert "Traceback" not in done.stderr


def test_an_app_token_or_a_signing_secret_is_needed_and_each_must_look_like_one() -> None:
    done = start_refused(SLACK_BOT_TOKEN="xoxb-test", SLACK_APP_TOKEN="xoxb-not-of-the-app")
    assert "SLACK_APP_TOKEN must be an app-level token" in done.stderr
    assert "SLACK_SIGNING_SECRET" not in done.stderr
    assert "not-of-the-app" not in done.stderr
    done = start_refused(SLACK_BOT_TOKEN="xoxb-test", SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="")
    assert "SLACK_SIGNING_SECRET is not set" in done.stderr
    done = start_refused(SLACK_BOT_TOKEN="xoxb-test", SLACK_SIGNING_SECRET="short")
    assert "SLACK_SIGNING_SECRET is too short" in done.stderr
    done = start_refused(SLACK_BOT_TOKEN="xoxb-test", SLACK_APP_TOKEN="xapp-1", KAIKU_PORT="many")
    assert "SLACK_" not in done.stderr


def test_an_empty_database_says_what_to_do(tmp_path: Path) -> None:
    done = start_refused(**SETTINGS, KAIKU_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert done.exit_code == 2
    assert "kaiku db upgrade" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def address(tmp_path: Path, migrated_sqlite: Path) -> str:
    """A database that Kaiku can start with."""
    shutil.copy(migrated_sqlite, tmp_path / "kaiku.db")
    return f"sqlite:///{tmp_path / 'kaiku.db'}"


def test_a_database_newer_than_the_code_is_left_alone(address: str) -> None:
    engine = create_store_engine(parse_database_url(address))
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    done = start_refused(**SETTINGS, KAIKU_DATABASE_URL=address)
    assert done.exit_code == 2
    assert "newer" in done.stderr


def until_it_says(process: "subprocess.Popen[str]", words: str) -> list[str]:
    """The lines up to the one with these words."""
    lines: list[str] = []
    assert process.stderr is not None
    for line in process.stderr:
        lines.append(line)
        if words in line:
            break
    return lines


def start(address: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=dict(os.environ) | SETTINGS | {"KAIKU_DATABASE_URL": address},
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_database_that_is_away_is_waited_for_and_said_plainly() -> None:
    with start("postgresql+psycopg://nobody@127.0.0.1:1/none") as process:
        lines = until_it_says(process, "waiting for the database")
        assert "can't be reached" in lines[-1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0, "it can be stopped while it waits"
        assert process.stderr is not None
        assert "Traceback" not in "".join(lines) + process.stderr.read()


def stops_in_order(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """It listens, without Slack; this signal stops it."""
    with process:
        lines = until_it_says(process, "listening on")
        assert "listening on" in lines[-1]
        process.send_signal(number)
        assert process.stderr is not None
        lines += process.stderr
        assert process.wait(timeout=20) == 0
    assert "stopped" in lines[-1]
    assert not any("SLACK_BOT_TOKEN" in line for line in lines), "Bolt's warning of it would be a false alarm"


def test_it_starts_without_slack_and_stops_in_order(address: str) -> None:
    stops_in_order(start(address), signal.SIGTERM)


def test_it_starts_once_a_locked_database_is_free_and_ctrl_c_stops_it_in_order(address: str) -> None:
    engine = create_store_engine(parse_database_url(address))
    with engine.connect() as connection:
        lock = connection.begin()
        process = start(address)
        assert "locked" in until_it_says(process, "waiting for the database")[-1]
        lock.rollback()
    engine.dispose()
    stops_in_order(process, signal.SIGINT)


def test_a_taken_port_is_said_plainly(address: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = start_refused(**SETTINGS | {"KAIKU_PORT": port}, KAIKU_DATABASE_URL=address)
    assert done.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr


NO_SWEDISH = "prompts:\n  - {key: one-plan, moment: plan, questions: [{fi: Miten}]}\n"


@pytest.mark.parametrize("command", [("run",), ("demo", "--folder", "{folder}/demo", "--port", "0")])
def test_a_prompt_library_that_is_not_in_order_is_named_with_file_prompt_and_what_to_mend(
    tmp_path: Path, address: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "prompts"
    shutil.copytree(LIBRARY, library)
    (library / "zz-own.yml").write_text(NO_SWEDISH, encoding="utf-8")
    monkeypatch.setattr("bot.start_checks.read_library", lambda: read_library(library))
    words = [word.format(folder=tmp_path) for word in command]
    done = start_refused(*words, **SETTINGS, KAIKU_DATABASE_URL=address)
    assert done.exit_code == 2, done.stderr
    assert "zz-own.yml: line 2: " in done.stderr
    assert "one-plan].questions[#1].sv: The Swedish text is missing. Add `sv:`" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_told_and_the_wrapper_works_from_any_folder_and_by_a_link(tmp_path: Path) -> None:
    link = tmp_path / "kaiku"
    link.symlink_to(Path(ROOT, "kaiku"))
    if not Path(ROOT, ".venv/bin/python").exists():
        pytest.fail("make the project's environment first: make .venv/dev")
    done = subprocess.run([str(link), "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == f"Kaiku {VERSION}\n", done.stderr
    with Path(ROOT, "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == VERSION
    file_of_mine = tmp_path / "plan.yml"
    file_of_mine.write_text("programme:\n")
    done = subprocess.run(
        [str(link), "plan", "check", "plan.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "plan.yml" in done.stdout + done.stderr
    assert done.returncode == 1, "the file was found where the person is, and has faults"
