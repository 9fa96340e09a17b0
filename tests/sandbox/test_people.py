"""People who are away, who must not be disturbed, who are guests: as the app gets to see them."""

from datetime import timedelta
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace, WorkspaceServer
from tests.sandbox.conftest import EVERY_SCOPE, full_workspace, refusal


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


def seconds_from_now(workspace: Workspace, minutes: int) -> int:
    return int((workspace.clock.now() + timedelta(minutes=minutes)).timestamp())


async def test_do_not_disturb_is_shown_until_it_ends(slack, client, control) -> None:
    quiet = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    window = [seconds_from_now(slack.workspace, n) for n in (-5, 30)]
    assert (await client.dnd_info(user="UAINO")).data == {"ok": True, **quiet}
    assert (await control("person", id="UAINO", dnd=window))["person"]["dnd"] == window
    shown = (await client.dnd_info(user="UAINO")).data
    assert shown == {
        "ok": True, "dnd_enabled": True, "next_dnd_start_ts": window[0], "next_dnd_end_ts": window[1],
    }  # fmt: skip
    slack.workspace.clock.advance(timedelta(minutes=30))
    assert (await client.dnd_info(user="UAINO")).data == {"ok": True, **quiet}
    assert (await client.dnd_info()).data == {"ok": True, **quiet}
    assert await refusal(client.dnd_info(user="UNONE")) == "user_not_found"


async def test_do_not_disturb_takes_its_own_scope(tmp_path: Path) -> None:
    scopes = [each for each in EVERY_SCOPE if each != "dnd:read"]
    server = WorkspaceServer(full_workspace(tmp_path, scopes=scopes))
    await server.start()
    client = AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url)
    assert await refusal(client.dnd_info(user="UAINO")) == "missing_scope"
    await server.stop()


async def test_a_status_is_told_and_shown_until_it_expires(slack, client, control, event_app) -> None:
    until = seconds_from_now(slack.workspace, 60)
    status = {"status_text": "Lomalla", "status_emoji": ":palm_tree:", "status_expiration": until}
    await control("person", id="UAINO", **status)
    (told,) = await event_app.events("user_change")
    profile = (await client.users_info(user="UAINO"))["user"]["profile"]
    assert {name: profile[name] for name in status} == status
    assert {name: told["user"]["profile"][name] for name in status} == status
    slack.workspace.clock.advance(timedelta(hours=1))
    profile = (await client.users_info(user="UAINO"))["user"]["profile"]
    assert [profile[name] for name in status] == ["", "", 0]


async def test_a_status_without_an_end_stays(slack, client, control) -> None:
    await control("person", id="UAINO", status_text="Vuorotteluvapaa", status_expiration=0)
    slack.workspace.clock.advance(timedelta(days=400))
    profile = (await client.users_info(user="UAINO"))["user"]["profile"]
    assert profile["status_text"] == "Vuorotteluvapaa"


@pytest.mark.parametrize("wrong", [{"dnd": [1]}, {"dnd": ["a", "b"]}, {"status_expiration": "tomorrow"}])
async def test_what_no_profile_could_hold_is_refused(control, wrong) -> None:
    assert (await control("person", id="UAINO", **wrong))["error"] == "bad_request"


async def test_guests_are_shown_as_guests(client, control) -> None:
    await control("person", id="UYKSI", name="Yksi Kanava", is_restricted=True, is_ultra_restricted=True)
    shown = {each["id"]: each for each in (await client.users_list())["members"]}
    kinds = {user: (shown[user]["is_restricted"], shown[user]["is_ultra_restricted"]) for user in shown if
             user in {"UYKSI", "UVIERAS", "UAINO"}}  # fmt: skip
    assert kinds == {"UYKSI": (True, True), "UVIERAS": (True, False), "UAINO": (False, False)}


async def test_the_language_is_shown_on_request_in_lists_too(client) -> None:
    asked = (await client.users_list(include_locale=True))["members"]
    assert {each["id"]: each["locale"] for each in asked}["UELSA"] == "sv-SE"
    assert not any("locale" in each for each in (await client.users_list())["members"])
    channel = (await client.conversations_info(channel="CYLEINEN", include_locale=True))["channel"]
    assert channel["locale"] == "en-US"


async def test_a_workspace_kept_by_an_older_version_opens(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    older = full_workspace(tmp_path)
    older.direct_channel("UAINO")
    older.state_file = state
    for person in older.data["people"].values():
        del person["dnd"], person["status_text"], person["status_emoji"], person["status_expiration"]
    for channel in older.data["channels"].values():
        del channel["is_private"]
    del older.data["settings"]
    older.save()
    newer = full_workspace(tmp_path)
    newer._restore(state)
    assert newer.user_object("UAINO")["profile"]["status_text"] == ""
    assert [newer.channel(each)["is_private"] for each in ("CYLEINEN", "DAINO")] == [False, True]
    assert newer.data["settings"] == {}
