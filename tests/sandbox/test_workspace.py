"""Time, people, and a workspace that outlives its process."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox import MovableClock, Workspace, WorkspaceServer, saved_now
from sandbox.state_file import read_state
from sandbox.views import open_view, show_home
from tests.sandbox.conftest import PEOPLE, manifest
from tests.sandbox.shapes import home, modal

START = datetime(2019, 2, 11, 8, 0, tzinfo=UTC)


def load(tmp_path: Path, **more) -> Workspace:
    return Workspace.load(manifest=manifest(tmp_path), people=PEOPLE, **more)


def test_simulated_time_starts_where_told_runs_on_and_moves_only_forward() -> None:
    clock = MovableClock(START)
    moves = []
    clock.on_move.append(lambda: moves.append(clock.now()))
    assert START <= clock.now() < START + timedelta(minutes=1)
    clock.advance(timedelta(days=1))
    clock.move_to(START + timedelta(days=2))
    assert len(moves) == 2
    assert moves[1] >= START + timedelta(days=2)
    for back in (lambda: clock.move_to(START), lambda: clock.advance(timedelta(seconds=-1))):
        with pytest.raises(ValueError, match="forward"):
            back()
    with pytest.raises(ValueError, match="aware"):
        clock.move_to(datetime(2020, 1, 1))  # noqa: DTZ001


def test_real_time_is_not_moved() -> None:
    clock = MovableClock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(ValueError, match="real"):
        clock.advance(timedelta(hours=1))


def test_the_shipped_people_can_fill_an_agency_and_come_in_three_languages(tmp_path: Path) -> None:
    people = load(tmp_path).data["people"]
    tax = [p for p in people.values() if "Verohallinto" in p["title"] or "Skatteförvaltningen" in p["title"]]
    assert len(tax) >= 5
    assert {p["locale"] for p in people.values()} == {"fi-FI", "sv-SE", "en-GB"}
    assert {p["tz"] for p in people.values()} == {"Europe/Helsinki", "Europe/Brussels"}
    assert [p["id"] for p in people.values() if p["is_restricted"]] == ["UVIERAS"]
    assert [p["id"] for p in people.values() if p["deleted"]] == ["UPOIS"]
    assert {"UFASI", "UKOORD", "UKAIKU"} <= people.keys()
    assert all(p["email"].isascii() and p["email"].endswith("@virasto.example") for p in people.values())


async def test_everything_that_lasts_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    workspace = load(tmp_path, clock=MovableClock(START), state=file)
    server = WorkspaceServer(workspace)
    await server.start()
    workspace.direct_channel("UAINO")
    sent = workspace.add_message("DAINO", "UKAIKU", "Hei", metadata={"event_type": "x", "event_payload": {}})
    show_home(workspace, "UAINO", home())
    open_view(workspace, "UAINO", modal())
    workspace.change_person({"id": "UAINO", "locale": "sv-SE"})
    workspace.change_person({"id": "UUUSI", "name": "Uusi Ihminen"})
    workspace.channel("CYLEINEN")["members"].remove("UELSA")
    workspace.clock.advance(timedelta(days=3))
    last_id = workspace.next_id("X")
    await server.stop()

    again = load(tmp_path, clock=MovableClock(START), state=file)
    assert again.messages_for("UAINO", "DAINO") == [sent]
    assert again.data["homes"]["UAINO"]["blocks"]
    assert (again.person("UAINO")["locale"], again.person("UUUSI")["name"]) == ("sv-SE", "uusi.ihminen")
    assert "UELSA" not in again.channel("CYLEINEN")["members"]
    assert again.clock.now() >= START + timedelta(days=3)
    assert again.next_id("X") != last_id
    assert float(again.next_ts()) > float(sent["ts"])
    assert again.views["UAINO"] == []  # a restart closes what was open
    now = saved_now(file)
    assert now is not None
    assert now >= START + timedelta(days=3)


async def test_changes_are_kept_soon_without_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.server.SAVE_AFTER_SECONDS", 0.01)
    file = tmp_path / "state.json"
    workspace = load(tmp_path, state=file)
    saved, save = asyncio.Event(), workspace.save
    monkeypatch.setattr(workspace, "save", lambda: (save(), saved.set()))
    server = WorkspaceServer(workspace)
    await server.start()
    for n in range(50):
        workspace.add_message("CYLEINEN", "UAINO", str(n))
    assert not file.exists()  # many changes, one write
    async with asyncio.timeout(20):
        await saved.wait()
    data, _ = read_state(file)
    assert len(data["messages"]["CYLEINEN"]) == 50
    await server.stop()


def test_people_and_channels_that_the_file_has_since_got_join_what_was_kept(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    workspace = load(tmp_path, state=file)
    del workspace.data["people"]["UELSA"], workspace.data["channels"]["CDIALOGI"]
    workspace.change_person({"id": "UAINO", "locale": "sv-SE"})
    workspace.save()
    again = load(tmp_path, state=file)
    assert again.person("UELSA")
    assert again.channel("CDIALOGI")
    assert again.person("UAINO")["locale"] == "sv-SE"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"now": "2019-02-11T08:00:00+00:00", "version": 99}']
)
def test_a_state_file_that_is_none_is_said_to_be_so(tmp_path: Path, content: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"state\.json holds no state"):
        load(tmp_path, state=file)


def test_reset_brings_the_first_day_back_but_never_an_id(tmp_path: Path) -> None:
    workspace = load(tmp_path)
    workspace.add_message("CYLEINEN", "UAINO", "x")
    workspace.change_person({"id": "UUUSI", "name": "Uusi Ihminen"})
    first = {workspace.next_id("Ev") for _ in range(3)}
    workspace.reset()
    assert workspace.data["messages"] == {}
    assert "UUUSI" not in workspace.data["people"]
    assert first.isdisjoint({workspace.next_id("Ev") for _ in range(3)})


@pytest.mark.parametrize("fields", [{"tz": "Europe/Vaasa"}, {"deleted": "yes"}, {"title": 7}])
def test_a_profile_that_cannot_be_is_refused_and_nothing_changes(tmp_path: Path, fields) -> None:
    workspace = load(tmp_path)
    before = dict(workspace.person("UAINO"))
    with pytest.raises(ValueError, match=next(iter(fields))):
        workspace.change_person({"id": "UAINO", **fields})
    assert workspace.person("UAINO") == before


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "::"])
def test_only_loopback_is_bound(tmp_path: Path, host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        WorkspaceServer(load(tmp_path), host=host)


async def test_the_workspace_runs_alone_and_says_what_an_app_needs(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--app", "http://127.0.0.1:9/slack/events", "--port", "0",
        "--manifest", manifest(tmp_path), "--state", tmp_path / "state.json",
        "--start", "2019-02-11T10:00+02:00", "--bot-token", "xoxb-mine", "--signing-secret", "secret-mine",
        cwd=PEOPLE.parents[1], stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode() for _ in range(5)]
    process.terminate()
    assert await process.wait() == 0
    assert lines[0].startswith("Workspace: http://127.0.0.1:")
    assert [line.strip() for line in lines[3:]] == [
        "SLACK_BOT_TOKEN=xoxb-mine",
        "SLACK_SIGNING_SECRET=secret-mine",
    ]
    assert json.loads((tmp_path / "state.json").read_text())["now"].startswith("2019-02-11T08:0")
