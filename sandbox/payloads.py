"""Payloads that Slack sends to an app."""

import copy
import re

from sandbox.messages import message_object
from sandbox.workspace import APP_ID, BOT_USER, ENTERPRISE, TEAM, TEAM_DOMAIN, Json, Workspace

TOKEN = "verification-token"  # noqa: S105 - Slack's deprecated one; apps check signatures
SHOWN_OF_AN_ELEMENT = (
    "type", "action_id", "value", "text", "style", "url", "confirm", "placeholder", "accessibility_label",
    "rich_text_value",
)  # fmt: skip


def command_form(workspace: Workspace, user: str, channel: Json, command: str, text: str) -> Json:
    """A slash command, but for its response_url."""
    enterprise = {"enterprise_id": ENTERPRISE, "enterprise_name": workspace.team_name}
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        **(enterprise if workspace.is_org_wide else {}),
        "channel_id": channel["id"],
        "channel_name": _shown_name(channel),
        "user_id": user,
        "user_name": workspace.person(user)["name"],
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": str(workspace.is_org_wide).lower(),
        "trigger_id": workspace.new_trigger(user),
    }


def escaped(workspace: Workspace, text: str, *, named: bool = True) -> str:
    """A command's text with ``should_escape``: people, channels and links by id. Messages have the same form,
    but ids without names."""

    def link(found: re.Match[str]) -> str:
        if found["url"]:
            return f"<{found['url']}>"
        sign = found["sign"]
        known = {
            each["name"]: each["id"]
            for each in workspace.data["people" if sign == "@" else "channels"].values()
            if not each.get("is_im")
        }
        name = found["name"].rstrip(".")
        rest = found["name"][len(name) :]
        if name not in known:
            return found[0]
        return f"<{sign}{known[name]}{f'|{name}' if named else ''}>{rest}"

    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"(?P<url>\bhttps?://[^\s&]+)|(?<!\w)(?P<sign>[@#])(?P<name>[\w.-]+)", link, text)


def interaction(workspace: Workspace, kind: str, user: str) -> Json:
    """The common fields of interactions. Slack names no workspace to an app of a whole organisation."""
    is_org_wide = workspace.is_org_wide
    name = workspace.person(user)["name"]
    return {
        "type": kind,
        "team": None if is_org_wide else {"id": TEAM, "domain": TEAM_DOMAIN},
        "user": {"id": user, "username": name, "name": name, "team_id": TEAM},
        "api_app_id": APP_ID,
        "token": TOKEN,
        "trigger_id": workspace.new_trigger(user),
        "enterprise": {"id": ENTERPRISE, "name": workspace.team_name} if is_org_wide else None,
        "is_enterprise_install": is_org_wide,
    }


def on_message(channel: Json, message: Json) -> Json:
    """Where an act on a message took place; an ephemeral message itself is not told."""
    is_ephemeral = message["ephemeral_to"] is not None
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel["id"],
        "is_ephemeral": is_ephemeral,
        **({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}),
    }
    shown = {"container": container, "channel": {"id": channel["id"], "name": _shown_name(channel)}}
    return shown if is_ephemeral else shown | {"message": message_object(message, with_metadata=True)}


def _shown_name(channel: Json) -> str:
    """A conversation's name in payloads: Slack gives only public channels' real names."""
    if channel["is_im"]:
        return "directmessage"
    return "privategroup" if channel["is_private"] else str(channel["name"])


def on_view(view: Json) -> Json:
    """Where an act on a modal or App Home took place: the view as it was then."""
    now = {**view, "state": copy.deepcopy(view["state"])}  # blocks are only ever replaced as a whole
    return {"container": {"type": "view", "view_id": view["id"]}, "view": now}


def action(workspace: Workspace, block_id: str, element: Json) -> Json:
    """One of ``actions``: the element with what the person chose in it, but not all that it offered."""
    shown = {
        name: part
        for name, part in element.items()
        if name in SHOWN_OF_AN_ELEMENT or name.startswith(("initial_", "selected_"))
    }
    return shown | {"block_id": block_id, "action_ts": f"{workspace.clock.now().timestamp():.6f}"}


def event_envelope(workspace: Workspace, event: Json) -> Json:
    now = workspace.clock.now()
    enterprise = ENTERPRISE if workspace.is_org_wide else None
    return {
        "token": TOKEN,
        "team_id": TEAM,
        **({"enterprise_id": ENTERPRISE} if workspace.is_org_wide else {}),
        "api_app_id": APP_ID,
        "type": "event_callback",
        "event": {"event_ts": f"{now.timestamp():.6f}", **event},
        "event_id": workspace.next_id("Ev"),
        "event_time": int(now.timestamp()),
        "authorizations": [
            {
                "enterprise_id": enterprise,
                "team_id": None if enterprise else TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": workspace.is_org_wide,
            }
        ],
        "is_ext_shared_channel": False,
    }
