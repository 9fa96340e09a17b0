"""views.*: modals and App Homes."""

from sandbox.errors import SlackError
from sandbox.methods.arguments import required
from sandbox.views import checked_view, find_view, open_view, push_view, show_home, update_view
from sandbox.workspace import Json, Workspace


def views_open(workspace: Workspace, arguments: Json) -> Json:
    (trigger_id,) = required(arguments, "trigger_id")
    view = checked_view(workspace, arguments.get("view"), "modal")
    return {"view": open_view(workspace, workspace.claims.use_trigger(trigger_id), view)}


def views_push(workspace: Workspace, arguments: Json) -> Json:
    (trigger_id,) = required(arguments, "trigger_id")
    view = checked_view(workspace, arguments.get("view"), "modal")
    return {"view": push_view(workspace, workspace.claims.use_trigger(trigger_id), view)}


def views_update(workspace: Workspace, arguments: Json) -> Json:
    user, old = find_view(workspace, arguments.get("view_id"), arguments.get("external_id"))
    if arguments.get("hash") not in {None, "", old["hash"]}:
        raise SlackError("hash_conflict")
    view = checked_view(workspace, arguments.get("view"), "modal", replaces=old)
    return {"view": update_view(workspace, user, old, view)}


def views_publish(workspace: Workspace, arguments: Json) -> Json:
    (user,) = required(arguments, "user_id")
    if not workspace.manifest.home_tab:
        raise SlackError("not_enabled")
    view = checked_view(workspace, arguments.get("view"), "home")
    return {"view": show_home(workspace, user, view, arguments.get("hash"))}
