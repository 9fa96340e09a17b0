"""What ``plan check --online`` and ``plan apply`` say of the facilitators whom a plan names."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli.main import app
from bot.services.offerings.catalogue import load_offering
from sandbox import WorkspaceServer
from storage.engine import Store
from tests.conftest import FakeClock
from tests.support.plans import a_plan, an_offering, as_yaml
from tests.support.running import start_workspace

RIIKKA = "riikka.aalto@virasto.example"


@pytest.fixture
async def slack(
    clock: FakeClock, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WorkspaceServer]:
    server = await start_workspace(clock)
    monkeypatch.setenv("KAIKU_DATABASE_URL", database_url)
    monkeypatch.setenv("KAIKU_LANGUAGE", "en")
    monkeypatch.setenv("SLACK_BOT_TOKEN", server.workspace.bot_token)
    monkeypatch.setenv("SLACK_API_URL", server.api_url)
    yield server
    await server.stop()


async def run(*words: object) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, [str(word) for word in words])


def led_by(tmp_path: Path, *facilitators: str) -> Path:
    path = tmp_path / "plan.yml"
    path.write_bytes(as_yaml(a_plan(an_offering(facilitators=facilitators))))
    return path


async def test_check_online_tells_unknown_ids_closed_accounts_and_the_same_person_twice(
    slack: WorkspaceServer, tmp_path: Path
) -> None:
    file = led_by(tmp_path, "UNOBODY", "UPOIS", "URIIKKA", RIIKKA.upper())
    result = await run("plan", "check", "--online", file)
    assert result.exit_code == 1
    assert "dialogue-1: there is no account UNOBODY in Slack." in result.stdout
    assert "dialogue-1: the account UPOIS has been deactivated." in result.stdout
    assert f"dialogue-1: URIIKKA and {RIIKKA.upper()} are the same person." in result.stdout
    as_json = await run("plan", "check", "--online", "--json", file)
    assert as_json.exit_code == 1
    assert [set(each) for each in json.loads(as_json.stdout)] == [{"line", "field", "wrong", "mend"}] * 3


async def test_an_address_that_is_not_found_is_said_and_no_fault(
    slack: WorkspaceServer, tmp_path: Path
) -> None:
    result = await run("plan", "check", "--online", led_by(tmp_path, "nobody@virasto.example", "UFASI"))
    assert result.exit_code == 0
    assert "nobody has a Slack account with this address: nobody@virasto.example" in result.stdout


async def test_without_the_scope_check_says_that_addresses_give_no_role(
    slack: WorkspaceServer, tmp_path: Path
) -> None:
    manifest = slack.workspace.manifest
    slack.workspace.manifest = replace(manifest, scopes=manifest.scopes - {"users:read.email"})
    result = await run("plan", "check", "--online", led_by(tmp_path, RIIKKA, "a@virasto.example", "UFASI"))
    assert result.exit_code == 0
    assert "have no role, because Kaiku lacks the scope users:read.email (addresses: 2)" in result.stdout


async def test_offline_check_says_what_addresses_take_and_online_needs_a_token(
    slack: WorkspaceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    file = led_by(tmp_path, RIIKKA)
    assert "which takes the scope users:read.email" in (await run("plan", "check", file)).stdout
    assert (await run("plan", "check", "--online", file)).exit_code == 2
    assert "which takes the scope users:read.email" in (await run("plan", "apply", file)).stdout


async def test_apply_gives_roles_to_who_is_found_says_who_is_not_and_goes_on(
    slack: WorkspaceServer, tmp_path: Path, database_url: str
) -> None:
    file = led_by(tmp_path, RIIKKA, "nobody@virasto.example", "UNOBODY")
    result = await run("plan", "apply", file)
    assert result.exit_code == 0
    assert "nobody has a Slack account with this address: nobody@virasto.example" in result.stdout
    assert "there is no account UNOBODY in Slack" in result.stdout
    store = Store(database_url)
    with store.read_transaction() as tx:
        found = list(load_offering(tx, "dialogue-1").facilitators)
    store.close()
    assert found == ["URIIKKA", "nobody@virasto.example", "UNOBODY"]
    again = await run("plan", "diff", file)
    assert "Nothing changes" in again.stdout or "nothing" in again.stdout.lower()


async def test_apply_goes_on_when_slack_does_not_answer(
    slack: WorkspaceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    result = await run("plan", "apply", led_by(tmp_path, RIIKKA))
    assert result.exit_code == 0
    assert "because Slack did not answer" in result.stdout
