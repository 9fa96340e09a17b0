"""The manifest says what the code does: scopes, command, events; no more and no less."""

import ast
import json
from typing import Any

import jsonschema
import pytest
import yaml
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from typer.testing import CliRunner

import handlers
from bot.cli.main import app
from bot.domain.commands import usage_hint
from bot.views import ids
from tests.conftest import ROOT
from tests.support.commands import COMMANDS

MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

CHANNELS = {"groups:read", "groups:write"}
"""Only where the operator turns groups' own channels on."""

SCOPE_OF = {
    "apps_connections_open": set(),  # the app-level token's own: connections:write
    "auth_test": set(),
    "users_info": {"users:read"},
    "users_lookupByEmail": {"users:read.email"},
    "views_open": set(),
    "views_push": set(),
    "views_publish": set(),
    "views_update": set(),
    "dnd_info": {"dnd:read"},
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "conversations_open": {"im:write"},
    "conversations_history": {"im:history", "channels:history"},
    "conversations_info": {"channels:read"},
    "conversations_create": CHANNELS,
    "conversations_invite": CHANNELS,
    "conversations_kick": CHANNELS,
    "conversations_members": CHANNELS,
    "users_conversations": CHANNELS,
}
"""What each Web API method needs, by Slack's own pages."""

SCOPE_OF_EVENT = {
    "app_home_opened": set(),
    "user_change": {"users:read"},
    "team_join": {"users:read"},
    "app_mention": {"app_mentions:read"},
    "message.im": {"im:history"},
}


def called_methods() -> set[str]:
    files = (ROOT / "bot/slack/client.py", ROOT / "bot/slack/history.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return {
        node.func.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr in {"_for_listeners", "_for_sending", "_web"}
    }


def registered_events(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    async def authorize() -> AuthorizeResult:
        raise AssertionError("nothing is dispatched here")

    app = AsyncApp(authorize=authorize, request_verification_enabled=False)
    events: set[str] = set()
    real = app.event

    def remember(name: str) -> Any:
        events.add("message.im" if name == "message" else name)
        return real(name)

    monkeypatch.setattr(app, "event", remember)
    handlers.register(app, None)  # type: ignore[arg-type]  # nothing is called
    return events


def test_it_is_valid_by_slacks_own_schema() -> None:
    schema = json.loads((ROOT / "tests/data/manifest.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(MANIFEST)


def test_its_scopes_are_what_the_called_methods_and_events_need() -> None:
    methods = called_methods()
    assert methods, "the methods are found in the client's source"
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    needed = set().union(*(SCOPE_OF[name] for name in methods), *(SCOPE_OF_EVENT[name] for name in events))
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed - CHANNELS | {"commands"}
    with_channels = yaml.safe_load(CliRunner().invoke(app, ["manifest", "--channels"]).stdout)
    assert set(with_channels["oauth_config"]["scopes"]["bot"]) == needed | {"commands"}


def test_for_socket_mode_it_has_no_address_and_stays_valid() -> None:
    printed = CliRunner().invoke(app, ["manifest", "--socket-mode", "--token-rotation", "--org-wide"]).stdout
    assert "https://kaiku.example.fi/" not in printed
    found = yaml.safe_load(printed)
    schema = json.loads((ROOT / "tests/data/manifest.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(found)
    assert found["settings"]["socket_mode_enabled"] is True
    assert found["settings"]["token_rotation_enabled"] is True
    assert found["settings"]["org_deploy_enabled"] is True
    assert found["settings"]["event_subscriptions"]["bot_events"]


def test_only_what_kaiku_can_do_without_is_optional() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]
    assert scopes["bot_optional"] == ["users:read.email"]
    assert set(scopes["bot_optional"]) <= set(scopes["bot"])


def test_its_events_are_those_with_a_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == registered_events(monkeypatch)


def test_its_command_is_the_one_that_is_listened_to_and_mentions_come_escaped() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == ids.COMMAND
    assert command["should_escape"] is True


def test_its_hint_names_every_command() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["usage_hint"] == usage_hint(COMMANDS), (
        "run ./kaiku manifest > manifest.yml.new and move it"
    )


def test_kaiku_manifest_prints_it_for_ones_own_address() -> None:
    shown = CliRunner().invoke(app, ["manifest", "--url", "https://kaiku.virasto.fi/"])
    assert shown.exit_code == 0
    assert "https://kaiku.virasto.fi/slack/events" in shown.output
    assert "example.fi/slack" not in shown.output
    assert CliRunner().invoke(app, ["manifest", "--url", "kaiku.virasto.fi"]).exit_code == 2


def test_every_address_is_that_of_the_events_endpoint() -> None:
    settings = MANIFEST["settings"]
    addresses = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        MANIFEST["features"]["slash_commands"][0]["url"],
    }
    assert len(addresses) == 1
    assert addresses.pop().endswith("/slack/events")
