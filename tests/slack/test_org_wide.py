"""Kaiku installed for a whole Enterprise organisation does what it does in one workspace."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.sending.outcomes import Refused
from bot.slack.client import SlackClient
from bot.start_checks import StartError
from sandbox import WorkspaceServer
from sandbox.workspace import ENTERPRISE, TEAM
from tests.conftest import FakeClock
from tests.support.joining import INTRODUCTION
from tests.support.reflecting import CODE
from tests.support.running import Running, start_app, start_workspace


@pytest.fixture
async def server(clock: FakeClock) -> AsyncIterator[WorkspaceServer]:
    server = await start_workspace(clock)
    workspace = server.workspace
    workspace.is_org_wide = True
    scopes = workspace.manifest.scopes | {"groups:read", "groups:write"}
    workspace.manifest = replace(workspace.manifest, scopes=scopes)
    yield server
    await server.stop()


async def test_without_a_workspace_to_make_channels_in_it_does_not_start(
    server: WorkspaceServer, planned_url: str, clock: FakeClock
) -> None:
    with pytest.raises(StartError) as refused:
        await start_app(server, planned_url, clock)
    assert refused.value.sentence.key == "start.no_team"


async def test_people_join_are_written_to_and_get_their_channel(
    server: WorkspaceServer, planned_url: str, clock: FakeClock
) -> None:
    kaiku = Running(await start_app(server, planned_url, clock, channels=True, team_id=TEAM), server, clock)
    assert kaiku.app.slack.ours == {ENTERPRISE}
    aino, fanni = kaiku.visitor("UAINO"), kaiku.visitor("UFASI")
    await aino.command(f"/kaiku join {CODE}")
    await aino.submit(**INTRODUCTION)
    await aino.close()
    await aino.open_home()
    await kaiku.settle()
    assert "ilmoittautumisesi on kirjattu" in aino.direct_messages[-1]["text"]
    assert aino.home is not None
    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("channel.open", on=fanni.modal)
    await fanni.submit()
    for _ in range(2):
        await kaiku.app.housekeeping.keep_channels()
    made = [each for each in server.workspace.data["channels"].values() if each["name"] == f"kaiku-{CODE}"]
    assert [set(each["members"]) for each in made] == [{"UKAIKU", "UAINO", "UFASI"}]
    until = clock.now().timestamp() + 3600
    server.workspace.change_person({"id": "UAINO", "dnd": [int(until) - 7200, int(until)]})
    free = await kaiku.app.slack.undisturbed_from("UAINO", clock.now())
    assert free is not None, "whoever must not be disturbed is not"
    assert kaiku.refused == []
    await kaiku.app.stop()


async def test_a_client_that_names_no_workspace_is_refused_what_needs_one(server: WorkspaceServer) -> None:
    client = SlackClient(server.workspace.bot_token, server.api_url, strict=True)
    await client.start()
    assert await client.create_channel("uusi") == Refused("missing_argument")
    assert await client.find_private_channel("uusi") == Refused("missing_argument")
    await client.stop()
