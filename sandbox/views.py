"""Modals and App Homes: stacks of at most three, hashes, ids."""

from typing import Any

from sandbox import block_kit
from sandbox.block_kit.names import with_block_ids
from sandbox.errors import SlackError, refuse
from sandbox.forms import carried_state
from sandbox.pictures import check_slack_files, pictures_not_found
from sandbox.workspace import APP_ID, BOT_ID, ENTERPRISE, TEAM, Json, Workspace

View = dict[str, Any]

MOST_IN_STACK = 3


def checked_view(workspace: Workspace, view: object, kind: str, *, replaces: View | None = None) -> Json:
    """A view that Slack would take where a ``modal`` or ``home`` is wanted.

    Raises SlackError invalid_arguments, view_too_large, duplicate_external_ids.
    """
    if isinstance(view, dict) and block_kit.is_too_large(view):
        raise SlackError("view_too_large")
    problems = block_kit.check_view(view)
    if isinstance(view, dict) and not problems and view["type"] != kind:
        problems = [block_kit.Problem("/view/type", f"must be {kind} here")]
    refuse(problems or check_slack_files(view, "/view"), "invalid_arguments")
    assert isinstance(view, dict)
    refuse(pictures_not_found(view["blocks"], "/view/blocks"), "invalid_arguments")
    external_id = view.get("external_id")
    if external_id and any(
        other["external_id"] == external_id and (replaces is None or other["id"] != replaces["id"])
        for stack in workspace.views.values()
        for other in stack
    ):
        raise SlackError("duplicate_external_ids")
    return view


def open_view(workspace: Workspace, user: str, view: Json) -> View:
    """Open a modal; whatever was open before is gone, as in Slack."""
    opened = _stored(workspace, view)
    workspace.views[user] = [opened]
    workspace.changed()
    return opened


def push_view(workspace: Workspace, user: str, view: Json) -> View:
    """Put a modal on top. Raises SlackError push_limit_reached at the fourth, not_found without a first."""
    stack = workspace.views[user]
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= MOST_IN_STACK:
        raise SlackError("push_limit_reached")
    pushed = _stored(workspace, view)
    pushed |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
    stack.append(pushed)
    workspace.changed()
    return pushed


def update_view(workspace: Workspace, user: str, old: View, view: Json) -> View:
    """Replace an open modal; it keeps its id, its place and what was typed, and gets a new hash. One closed
    meanwhile stays so."""
    stack = workspace.views[user]
    before = next((each for each in stack if each["id"] == old["id"]), old)
    updated = _stored(workspace, view, replaces=before)
    stack[:] = [updated if each["id"] == old["id"] else each for each in stack]
    workspace.changed()
    return updated


def show_home(workspace: Workspace, user: str, view: Json, expected_hash: str | None = None) -> View:
    """Publish a person's App Home. Raises SlackError hash_conflict, user_not_found."""
    workspace.person(user)
    old = workspace.data["homes"].get(user)
    if expected_hash and old is not None and expected_hash != old["hash"]:
        raise SlackError("hash_conflict")
    shown = _stored(workspace, view, replaces=old)
    workspace.data["homes"][user] = shown
    workspace.changed()
    return shown


def find_view(workspace: Workspace, view_id: str | None, external_id: str | None) -> tuple[str, View]:
    """The person whose open modal this is. Raises SlackError not_found."""
    for user, stack in workspace.views.items():
        for view in stack:
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return user, view
    raise SlackError("not_found")


def view_of(workspace: Workspace, user: str, view_id: str) -> View:
    """A person's own open modal or App Home. Raises SlackError view_not_found."""
    home: View | None = workspace.data["homes"].get(user)
    if home is not None and home["id"] == view_id:
        return home
    for view in workspace.views[user]:
        if view["id"] == view_id:
            return view
    raise SlackError("view_not_found")


def close_view(workspace: Workspace, user: str, view: View, *, clear: bool) -> None:
    """Close a modal and what stands on it, or with ``clear`` the whole stack."""
    stack = workspace.views[user]
    place = next((n for n, each in enumerate(stack) if each["id"] == view["id"]), None)
    if place is not None:
        del stack[0 if clear else place :]
        workspace.changed()


def _stored(workspace: Workspace, view: Json, *, replaces: View | None = None) -> View:
    """The view as Slack keeps it and shows it to the app."""
    view_id = replaces["id"] if replaces is not None else workspace.next_id("V")
    blocks = with_block_ids(view["blocks"])
    before = replaces["state"]["values"] if replaces is not None else {}
    return {
        "id": view_id,
        "team_id": TEAM,
        "type": view["type"],
        "title": view.get("title"),
        "submit": view.get("submit"),
        "close": view.get("close"),
        "blocks": blocks,
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "external_id": view.get("external_id", ""),
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "state": {"values": carried_state(blocks, before)},
        "hash": workspace.next_id("H"),
        "root_view_id": replaces["root_view_id"] if replaces is not None else view_id,
        "previous_view_id": replaces["previous_view_id"] if replaces is not None else None,
        "app_id": APP_ID,
        "app_installed_team_id": ENTERPRISE if workspace.is_org_wide else TEAM,
        "bot_id": BOT_ID,
    }
