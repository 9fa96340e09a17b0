"""An app that is installed for a whole Enterprise organisation, as Slack treats one."""

from pathlib import Path

import pytest

from sandbox import Workspace
from sandbox.workspace import ENTERPRISE, TEAM
from tests.sandbox.conftest import full_workspace, refusal

CALLS = {
    "conversations.create": {"name": "uusi", "is_private": True},
    "conversations.list": {},
    "dnd.info": {"user": "UAINO"},
    "users.conversations": {},
    "users.list": {},
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = full_workspace(tmp_path)
    workspace.is_org_wide = True
    return workspace


async def test_a_call_that_names_no_workspace_of_the_organisation_is_refused(client) -> None:
    (team,) = (await client.auth_teams_list())["teams"]
    for method, arguments in CALLS.items():
        assert await refusal(client.api_call(method, params=arguments)) == "missing_argument"
        other = client.api_call(method, params=arguments | {"team_id": "TOTHER"})
        assert await refusal(other) == "team_access_not_granted"
        assert (await client.api_call(method, params=arguments | {"team_id": team["id"]}))["ok"]


async def test_what_the_app_is_told_names_the_organisation(slack, client, event_app) -> None:
    who = (await client.auth_test()).data
    assert (who["is_enterprise_install"], who["enterprise_id"], who["team_id"]) == (
        True,
        ENTERPRISE,
        ENTERPRISE,
    )
    user = (await client.users_info(user="UAINO"))["user"]
    assert (user["team_id"], user["enterprise_user"]["enterprise_id"]) == (TEAM, ENTERPRISE)
    await slack.visitor("UAINO").say("hei", channel="DAINO")
    await event_app.events("message")
    envelope = event_app.envelopes[-1]
    (authorization,) = envelope["authorizations"]
    assert (envelope["team_id"], envelope["enterprise_id"]) == (TEAM, ENTERPRISE)
    assert authorization["is_enterprise_install"]
