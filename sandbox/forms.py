"""The values of a form: the part of ``state.values`` of each element, filled in or not."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from sandbox.block_kit import elements_of

Json = dict[str, Any]


class NotThereError(LookupError):
    """The person looked for something that is not on their screen."""


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
    "file_input": ("", "files"),
}
"""By element type: where its initial value stands, and where its value stands in ``state.values``."""


def state_key(element_type: str) -> str | None:
    """The key of an element's value in ``state.values``; None for elements without a value."""
    found = _initial_to_state.get(element_type)
    return found[1] if found else None


def stateful_elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """(block, element) for every element whose value is part of the state."""
    for block in blocks:
        for _, element in elements_of(block):
            if element["type"] in _initial_to_state:
                yield block, element


def initial_state(blocks: list[Json]) -> Json:
    """``state.values`` before the person touches anything."""
    values: Json = {}
    for block, element in stateful_elements(blocks):
        initial, key = _initial_to_state[element["type"]]
        empty: Any = [] if key.endswith("s") else None
        values.setdefault(block["block_id"], {})[element["action_id"]] = {
            "type": element["type"],
            key: element.get(initial, empty),
        }
    return values


def carried_state(blocks: list[Json], before: Json) -> Json:
    """``state.values`` of blocks that replace others: what a person had filled in stays in the elements that
    stay, by block_id, action_id and type."""
    values = initial_state(blocks)
    for block_id, elements in values.items():
        for action_id, value in elements.items():
            old = before.get(block_id, {}).get(action_id)
            if old is not None and old.get("type") == value["type"]:
                elements[action_id] = old
    return values


def find_element(blocks: list[Json], block_id: str, action_id: str) -> Json:
    """Raises NotThereError."""
    for block in blocks:
        if block["block_id"] == block_id:
            for _, element in elements_of(block):
                if element["action_id"] == action_id:
                    found: Json = element
                    return found
    raise NotThereError(f"no element {action_id} in block {block_id}")


def fill(view: Json, fields: Json) -> Json:
    """``state.values`` of a form in which these fields were filled in, by block_id or action_id.

    A value is what a person would name: text, a number, a date, time or datetime, an option's ``value`` (or
    the whole option), an id, or a list of those.

    Raises NotThereError for a field or option that is not there.
    """
    state = carried_state(view["blocks"], view.get("state", {}).get("values", {}))
    left = dict(fields)
    for block, element in stateful_elements(view["blocks"]):
        for name in (block["block_id"], element["action_id"]):
            if name in left:
                state[block["block_id"]][element["action_id"]] = value_of(element, left.pop(name))
    if left:
        raise NotThereError(f"no field {', '.join(left)}")
    return state


def value_of(element: Json, chosen: object) -> Json:
    """One element's part of ``state.values``. Raises NotThereError for an option that it does not have."""
    key = state_key(element["type"])
    if key is None:
        raise NotThereError(f"a {element['type']} holds no value")
    value: Any = chosen
    if key == "selected_option":
        value = None if chosen is None else _option(element, chosen)
    elif key == "selected_options":
        value = [_option(element, each) for each in chosen or ()]  # type: ignore[attr-defined]
    elif isinstance(chosen, datetime):
        value = int(chosen.timestamp())
    elif isinstance(chosen, date):
        value = chosen.isoformat()
    elif isinstance(chosen, time):
        value = f"{chosen:%H:%M}"
    elif key == "value":
        value = None if chosen in {None, ""} else str(chosen)
    elif key == "rich_text_value" and isinstance(chosen, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": chosen}]}
        value = {"type": "rich_text", "elements": [section]}
    return {"type": element["type"], key: value}


def _option(element: Json, chosen: object) -> Json:
    if isinstance(chosen, dict):
        return chosen
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    for group in groups:
        for option in group["options"]:
            if option["value"] == chosen:
                found: Json = option
                return found
    raise NotThereError(f"no option {chosen} in {element['action_id']}")


def is_empty(value: Json) -> bool:
    """Whether an element's part of ``state.values`` holds nothing."""
    return all(part in (None, "", []) for name, part in value.items() if name != "type")


def problems(view: Json, state: Json) -> dict[str, str]:
    """The messages that Slack shows at the fields, by block_id, before a person can submit."""
    found = {}
    for block, element in stateful_elements(view["blocks"]):
        if block["type"] != "input":
            continue
        value = state.get(block["block_id"], {}).get(element["action_id"], {})
        if is_empty(value):
            words = None if block.get("optional") else "Please complete this required field."
        else:
            words = _wrong_with(element, value.get("value"))
        if words:
            found[block["block_id"]] = words
    return found


def _wrong_with(element: Json, typed: str | None) -> str | None:
    if typed is None:
        return None
    match element["type"]:
        case "plain_text_input":
            return _wrong_length(typed, element.get("min_length", 0), element.get("max_length", 3000))
        case "number_input":
            return _wrong_number(element, typed)
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", typed):
            return "Please enter an email address."
        case "url_text_input" if not re.fullmatch(r"https?://\S+", typed):
            return "Please enter a URL."
    return None


def _wrong_length(typed: str, least: int, most: int) -> str | None:
    if len(typed) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(typed) > most else None


def _wrong_number(element: Json, typed: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, typed):
        return "Please enter a number."
    if float(typed) < float(element.get("min_value", "-inf")):
        return f"Please enter a number that is at least {element['min_value']}."
    if float(typed) > float(element.get("max_value", "inf")):
        return f"Please enter a number that is at most {element['max_value']}."
    return None
