"""Block Kit's elements: what each may hold, and where each may stand."""

from sandbox.block_kit.checks import (
    Check,
    Fields,
    Found,
    Json,
    action_id,
    address,
    anything,
    boolean,
    by_type,
    calendar_date,
    clock_time,
    items,
    may,
    must,
    number,
    one_of,
    shape,
    text,
    time_zone,
    unix_time,
    web_address,
    whole_number,
)
from sandbox.block_kit.composition import (
    CHOICE_OPTION,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    OPTION_GROUPS,
    OVERFLOW_OPTION,
    SELECT_OPTION,
    SELECT_OPTIONS,
    any_text,
    plain,
)
from sandbox.block_kit.rich_text import RICH_TEXT_FIELDS
from sandbox.errors import Problem

_PLAIN_ELEMENT: Fields = {"type": must(anything), "action_id": must(action_id)}
_ELEMENT: Fields = _PLAIN_ELEMENT | {"focus_on_load": may(boolean)}
_CONFIRM: Fields = {"confirm": may(CONFIRM)}
_SELECT: Fields = _ELEMENT | _CONFIRM | {"placeholder": may(plain(150))}
_STATIC: Fields = {"options": may(SELECT_OPTIONS), "option_groups": may(OPTION_GROUPS)}
_EXTERNAL: Fields = {"min_query_length": may(whole_number(0, 100))}
_SEVERAL: Fields = {"max_selected_items": may(whole_number(1, 1000))}
_CONVERSATIONS: Fields = {
    "filter": may(CONVERSATION_FILTER),
    "default_to_current_conversation": may(boolean),
}
_ANSWERS: Fields = {"response_url_enabled": may(boolean)}
_TYPED: Fields = _ELEMENT | {"placeholder": may(plain(150)), "dispatch_action_config": may(DISPATCH)}
_BUTTON: Fields = _PLAIN_ELEMENT | {
    "text": must(plain(75)),
    "style": may(one_of("primary", "danger")),
    "accessibility_label": may(text(75)),
}
_ID, _IDS = may(text(20)), may(items(text(20), 1000))
_GROUPED_OPTION, _GROUPED_OPTIONS = may(SELECT_OPTION), may(SELECT_OPTIONS)

IMAGE: Fields = {
    "type": must(anything),
    "image_url": may(web_address),
    "slack_file": may(shape({"id": may(text(20)), "url": may(web_address)})),
    "alt_text": must(text(2000, 0)),
}

ELEMENTS: dict[str, Fields] = {
    "button": _BUTTON | _CONFIRM | {"value": may(text(2000)), "url": may(address)},
    "workflow_button": _BUTTON
    | {
        "workflow": must(
            shape(
                {
                    "trigger": must(
                        shape({"url": must(web_address), "customizable_input_parameters": may(anything)})
                    )
                }
            )
        )
    },
    "overflow": _PLAIN_ELEMENT | _CONFIRM | {"options": must(items(OVERFLOW_OPTION, 5))},
    "static_select": _SELECT | _STATIC | {"initial_option": _GROUPED_OPTION},
    "external_select": _SELECT | _EXTERNAL | {"initial_option": _GROUPED_OPTION},
    "users_select": _SELECT | {"initial_user": _ID},
    "conversations_select": _SELECT | _CONVERSATIONS | _ANSWERS | {"initial_conversation": _ID},
    "channels_select": _SELECT | _ANSWERS | {"initial_channel": _ID},
    "multi_static_select": _SELECT | _STATIC | _SEVERAL | {"initial_options": _GROUPED_OPTIONS},
    "multi_external_select": _SELECT | _EXTERNAL | _SEVERAL | {"initial_options": _GROUPED_OPTIONS},
    "multi_users_select": _SELECT | _SEVERAL | {"initial_users": _IDS},
    "multi_conversations_select": _SELECT | _CONVERSATIONS | _SEVERAL | {"initial_conversations": _IDS},
    "multi_channels_select": _SELECT | _SEVERAL | {"initial_channels": _IDS},
    "datepicker": _SELECT | {"initial_date": may(calendar_date)},
    "timepicker": _SELECT | {"initial_time": may(clock_time), "timezone": may(time_zone)},
    "datetimepicker": _ELEMENT | _CONFIRM | {"initial_date_time": may(unix_time)},
    "radio_buttons": _ELEMENT
    | _CONFIRM
    | {"options": must(items(CHOICE_OPTION, 10)), "initial_option": may(CHOICE_OPTION)},
    "checkboxes": _ELEMENT
    | _CONFIRM
    | {"options": must(items(CHOICE_OPTION, 10)), "initial_options": may(items(CHOICE_OPTION, 10))},
    "plain_text_input": _TYPED
    | {
        "initial_value": may(text(3000, 0)),
        "multiline": may(boolean),
        "min_length": may(whole_number(0, 3000)),
        "max_length": may(whole_number(1, 3000)),
    },
    "email_text_input": _TYPED | {"initial_value": may(text(3000))},
    "url_text_input": _TYPED | {"initial_value": may(address)},
    "number_input": _TYPED
    | {
        "is_decimal_allowed": must(boolean),
        "initial_value": may(number),
        "min_value": may(number),
        "max_value": may(number),
    },
    "rich_text_input": _TYPED | {"initial_value": may(shape(RICH_TEXT_FIELDS))},
    "file_input": _PLAIN_ELEMENT
    | {"filetypes": may(items(text(20), 100)), "max_files": may(whole_number(1, 10))},
    "image": IMAGE,
    "feedback_buttons": _PLAIN_ELEMENT
    | {
        name: must(
            shape({"text": must(plain(75)), "value": must(text(2000)), "accessibility_label": may(text(75))})
        )
        for name in ("positive_button", "negative_button")
    },
    "icon_button": _PLAIN_ELEMENT
    | _CONFIRM
    | {
        "icon": must(one_of("trash")),
        "text": must(plain(75)),
        "value": may(text(2000)),
        "accessibility_label": may(text(75)),
        "visible_to_user_ids": may(items(text(20), 100)),
    },
}

_SELECTS = {name for name in ELEMENTS if name.endswith("_select")}
_PICKERS_AND_CHOICES = {"datepicker", "timepicker", "radio_buttons", "checkboxes"}
_BUTTONS = {"button", "workflow_button", "overflow"}
_TYPED_IN = {name for name in ELEMENTS if name.endswith("_input")}

IN_SECTION = _SELECTS | _PICKERS_AND_CHOICES | _BUTTONS | {"image"}
IN_ACTIONS = _SELECTS | _PICKERS_AND_CHOICES | _BUTTONS | {"datetimepicker"}
IN_INPUT = _SELECTS | _PICKERS_AND_CHOICES | _TYPED_IN | {"datetimepicker"}
IN_CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}

NOT_IN = {
    "message": {"email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"},
    "home": {"email_text_input", "url_text_input", "number_input", "file_input"},
    "modal": set[str](),
}
"""By surface: elements that Slack's reference doesn't list for it."""


def element(allowed: set[str]) -> Check:
    """An element that may stand here, and that agrees with itself."""
    check_shape = by_type({name: shape(ELEMENTS[name]) for name in allowed})

    def check(value: Json, at: str, found: Found) -> None:
        before = len(found)
        check_shape(value, at, found)
        if len(found) == before:
            agrees(value, at, found)

    return check


def agrees(value: Json, at: str, found: Found) -> None:
    """What the fields of one element ask of each other."""
    kind = value["type"]
    if kind == "image" and ("image_url" in value) == ("slack_file" in value):
        found.append(Problem(at, "must provide either image_url or slack_file"))
    elif kind == "image" and len(value.get("slack_file", {"id": ""})) != 1:
        found.append(Problem(f"{at}/slack_file", "must provide either id or url"))
    elif kind == "plain_text_input":
        if value.get("min_length", 0) > value.get("max_length", 3000):
            found.append(Problem(f"{at}/min_length", "must not be greater than max_length"))
    elif kind == "number_input":
        if float(value.get("min_value", "-inf")) > float(value.get("max_value", "inf")):
            found.append(Problem(f"{at}/min_value", "must not be greater than max_value"))
    elif "options" in value or "option_groups" in value or kind.endswith("static_select"):
        _options_agree(value, at, found)
    if len(value.get("initial_options", ())) > value.get("max_selected_items", 1000):
        found.append(Problem(f"{at}/initial_options", "more than max_selected_items"))


def _options_agree(value: Json, at: str, found: Found) -> None:
    if ("options" in value) == ("option_groups" in value):
        found.append(Problem(at, "must provide either options or option_groups"))
        return
    groups = value.get("option_groups") or [value]
    options = [option for group in groups for option in group["options"]]
    values = [option["value"] for option in options]
    if len(values) != len(set(values)):
        found.append(Problem(f"{at}/options", "duplicate value in options"))
    name = "initial_option" if "initial_option" in value else "initial_options"
    chosen = [value[name]] if name == "initial_option" else value.get(name, [])
    if any(each not in options for each in chosen):
        found.append(Problem(f"{at}/{name}", "must be exactly one of the options"))


CONTEXT_ELEMENT = by_type(
    {**dict.fromkeys(("plain_text", "mrkdwn"), any_text(3000)), "image": element({"image"})}
)
