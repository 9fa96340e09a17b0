"""auth.*, api.test, users.*"""

from sandbox.errors import SlackError
from sandbox.methods.arguments import flag, page, required
from sandbox.methods.conversations import channel_object, of_types
from sandbox.workspace import APP_ID, BOT_ID, BOT_USER, ENTERPRISE, TEAM, TEAM_DOMAIN, Json, Workspace


def api_test(_: Workspace, arguments: Json) -> Json:
    if "error" in arguments:
        raise SlackError(str(arguments["error"]), args=arguments)
    return {"args": arguments}


def auth_test(workspace: Workspace, _: Json) -> Json:
    enterprise = {"enterprise_id": ENTERPRISE} if workspace.is_org_wide else {}
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": workspace.team_name,
        "team_id": ENTERPRISE if workspace.is_org_wide else TEAM,
        **enterprise,
        "user": workspace.person(BOT_USER)["name"],
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "is_enterprise_install": workspace.is_org_wide,
    }


def auth_teams_list(workspace: Workspace, _: Json) -> Json:
    """The workspaces that the app was added to."""
    teams = [{"id": TEAM, "name": workspace.team_name}]
    return {"teams": teams, "response_metadata": {"next_cursor": ""}}


def users_info(workspace: Workspace, arguments: Json) -> Json:
    (user,) = required(arguments, "user")
    return {"user": workspace.user_object(user, with_locale=flag(arguments, "include_locale"))}


def users_lookup_by_email(workspace: Workspace, arguments: Json) -> Json:
    """Find an active account by its address, ignoring case; never a bot. Raises SlackError."""
    (email,) = required(arguments, "email")
    for person in workspace.data["people"].values():
        if person["email"].lower() == email.lower() and not person["deleted"] and not person["is_bot"]:
            return {"user": workspace.user_object(person["id"], with_locale=False)}
    raise SlackError("users_not_found")


def dnd_info(workspace: Workspace, arguments: Json) -> Json:
    """A person's do-not-disturb. Another person's snooze has no fields of its own: it shows as a window that
    has begun."""
    window = workspace.person(str(arguments.get("user") or BOT_USER))["dnd"]
    if not window or window[1] <= workspace.clock.now().timestamp():
        return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    return {"dnd_enabled": True, "next_dnd_start_ts": window[0], "next_dnd_end_ts": window[1]}


def users_list(workspace: Workspace, arguments: Json) -> Json:
    with_locale = flag(arguments, "include_locale")
    ids, metadata = page(list(workspace.data["people"]), arguments, "user", str)
    members = [workspace.user_object(user, with_locale=with_locale) for user in ids]
    return {
        "members": members,
        "cache_ts": int(workspace.clock.now().timestamp()),
        "response_metadata": metadata,
    }


def users_conversations(workspace: Workspace, arguments: Json) -> Json:
    user = str(arguments.get("user") or BOT_USER)
    workspace.person(user)
    shared = [c for c in workspace.channels_of(user) if not c["is_private"] or BOT_USER in c["members"]]
    found, metadata = page(of_types(workspace, shared, arguments), arguments, "team", lambda c: str(c["id"]))
    shown = [channel_object(workspace, each) for each in found]
    return {"channels": shown, "response_metadata": metadata}
