"""Modals and App Homes: stacks of at most three, hashes, ids, and a form's state."""

from typing import Any

from sandbox.workspace import APP_ID, BOT_ID, TEAM, Json, SlackError, Workspace, with_block_ids

View = dict[str, Any]

MOST_IN_STACK = 3


def open_view(workspace: Workspace, user: str, view: Json) -> View:
    """Open a modal; whatever was open before is gone, as in Slack."""
    opened = _stored(workspace, view, root=None, previous=None)
    workspace.views[user] = [opened]
    workspace.changed()
    return opened


def push_view(workspace: Workspace, user: str, view: Json) -> View:
    """Put a modal on top. Raises SlackError push_limit_reached at the fourth."""
    stack = workspace.views[user]
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= MOST_IN_STACK:
        raise SlackError("push_limit_reached")
    pushed = _stored(workspace, view, root=stack[0]["id"], previous=stack[-1]["id"])
    stack.append(pushed)
    workspace.changed()
    return pushed


def update_view(workspace: Workspace, user: str, old: View, view: Json) -> View:
    """Replace an open modal; it keeps its id and place and gets a new hash. One closed meanwhile stays so."""
    stack = workspace.views[user]
    updated = _stored(workspace, view, root=old["root_view_id"], previous=old["previous_view_id"])
    updated["id"] = old["id"]
    stack[:] = [updated if each["id"] == old["id"] else each for each in stack]
    workspace.changed()
    return updated


def show_home(workspace: Workspace, user: str, view: Json, expected_hash: str | None) -> View:
    """Publish a person's App Home. Raises SlackError hash_conflict, user_not_found."""
    workspace.person(user)
    old = workspace.data["homes"].get(user)
    if expected_hash and old is not None and expected_hash != old["hash"]:
        raise SlackError("hash_conflict")
    shown = _stored(workspace, view, root=None, previous=None)
    if old is not None:
        shown["id"] = shown["root_view_id"] = old["id"]
    workspace.data["homes"][user] = shown
    workspace.changed()
    return shown


def find_view(workspace: Workspace, view_id: str | None, external_id: str | None) -> tuple[str, View]:
    """Whose open modal this is. Raises SlackError not_found."""
    for user, stack in workspace.views.items():
        for view in stack:
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return user, view
    raise SlackError("not_found")


def close_top(workspace: Workspace, user: str, *, clear: bool) -> None:
    """Close the top modal, or all of them."""
    if clear:
        workspace.views[user] = []
    else:
        workspace.views[user].pop()
    workspace.changed()


def _stored(workspace: Workspace, view: Json, *, root: str | None, previous: str | None) -> View:
    view_id = workspace.next_id("V")
    return {
        "id": view_id,
        "team_id": TEAM,
        "type": view["type"],
        "title": view.get("title"),
        "submit": view.get("submit"),
        "close": view.get("close"),
        "blocks": with_block_ids(view["blocks"]),
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "external_id": view.get("external_id", ""),
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "state": {"values": initial_state(with_block_ids(view["blocks"]))},
        "hash": workspace.next_id("H"),
        "root_view_id": root or view_id,
        "previous_view_id": previous,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM,
        "bot_id": BOT_ID,
    }


_initial_to_state = {
    "plain_text_input": ("initial_value", "value"),
    "email_text_input": ("initial_value", "value"),
    "url_text_input": ("initial_value", "value"),
    "number_input": ("initial_value", "value"),
    "rich_text_input": ("initial_value", "rich_text_value"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_static_select": ("initial_options", "selected_options"),
    "multi_external_select": ("initial_options", "selected_options"),
    "users_select": ("initial_user", "selected_user"),
    "multi_users_select": ("initial_users", "selected_users"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "multi_conversations_select": ("initial_conversations", "selected_conversations"),
    "channels_select": ("initial_channel", "selected_channel"),
    "multi_channels_select": ("initial_channels", "selected_channels"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
}
"""By element type: where its initial value stands, and where its value stands in ``state.values``."""


def state_key(element_type: str) -> str | None:
    """Where an element's value stands in ``state.values``; None for elements without a value."""
    found = _initial_to_state.get(element_type)
    return found[1] if found else None


def stateful_elements(blocks: list[Json]) -> list[tuple[str, Json]]:
    """(block_id, element) for every element whose value is part of a view's state."""
    found = []
    for block in blocks:
        match block["type"]:
            case "input":
                elements = [block["element"]]
            case "section":
                elements = [block["accessory"]] if "accessory" in block else []
            case "actions":
                elements = block["elements"]
            case _:
                elements = []
        found += [
            (block["block_id"], element) for element in elements if element["type"] in _initial_to_state
        ]
    return found


def initial_state(blocks: list[Json]) -> Json:
    """``state.values`` before the person touches anything."""
    values: Json = {}
    for block_id, element in stateful_elements(blocks):
        initial, key = _initial_to_state[element["type"]]
        empty: Any = [] if key.endswith("s") else None
        values.setdefault(block_id, {})[element["action_id"]] = {
            "type": element["type"],
            key: element.get(initial, empty),
        }
    return values
