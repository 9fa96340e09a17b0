"""What Slack refuses in blocks and views, by its own reference (docs.slack.dev, "Block Kit").

Each block, element and composition object is described by its fields: a checker for each, and whether
it must be there. A field that is not described is refused, as Slack refuses it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = Any
Check = Callable[[Json, str], Iterator["Problem"]]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing Slack would refuse, and where (a JSON pointer)."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Field:
    check: Check
    required: bool = False


# -- single values ------------------------------------------------------------------------------------


def text_of_length(longest: int, shortest: int = 1) -> Check:
    def check(value: Json, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(at, "must be a string")
        elif len(value) > longest:
            yield Problem(at, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            yield Problem(at, f"must be more than {shortest - 1} characters")

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Json, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(at, f"must be one of {', '.join(allowed)}")

    return check


def anything(_value: Json, _at: str) -> Iterator[Problem]:
    return iter(())


def boolean(value: Json, at: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(at, "must be a boolean")


def whole_number(least: int, most: int) -> Check:
    def check(value: Json, at: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield Problem(at, f"must be a whole number from {least} to {most}")

    return check


def items(check_one: Check, most: int, least: int = 1) -> Check:
    def check(value: Json, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(at, "must be an array")
            return
        if len(value) > most:
            yield Problem(at, f"no more than {most} items allowed")
        if len(value) < least:
            yield Problem(at, f"no less than {least} items allowed")
        for n, each in enumerate(value):
            yield from check_one(each, f"{at}/{n}")

    return check


def shape(fields: dict[str, Field]) -> Check:
    """An object with exactly these fields."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must be an object")
            return
        for name, field in fields.items():
            if name in value:
                yield from field.check(value[name], f"{at}/{name}")
            elif field.required:
                yield Problem(at, f"missing required field: {name}")
        for name in value.keys() - fields.keys():
            yield Problem(f"{at}/{name}", "unknown field")

    return check


def by_type(known: dict[str, Check]) -> Check:
    """An object whose ``type`` decides what it must look like."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in known:
            yield Problem(at, f"unsupported type: {kind}")
        else:
            yield from known[kind](value, at)

    return check


def text_object(longest: int, *kinds: str) -> Check:
    kinds = kinds or ("plain_text", "mrkdwn")

    def check(value: Json, at: str) -> Iterator[Problem]:
        fields = {
            "type": Field(one_of(*kinds), required=True),
            "text": Field(text_of_length(longest), required=True),
            "emoji": Field(boolean),
        }
        if isinstance(value, dict) and value.get("type") == "mrkdwn":
            fields |= {"verbatim": Field(boolean)}
            del fields["emoji"]
        yield from shape(fields)(value, at)

    return check


def plain(longest: int) -> Check:
    return text_object(longest, "plain_text")


# -- composition objects ---------------------------------------------------------------------------------

CONFIRM = shape(
    {
        "title": Field(plain(100), required=True),
        "text": Field(text_object(300), required=True),
        "confirm": Field(plain(30), required=True),
        "deny": Field(plain(30), required=True),
        "style": Field(one_of("primary", "danger")),
    }
)


def _option(text: Check, *, url: bool = False) -> Check:
    fields = {
        "text": Field(text, required=True),
        "value": Field(text_of_length(150), required=True),
        "description": Field(text_object(75)),
    }
    return shape(fields | ({"url": Field(text_of_length(3000))} if url else {}))


SELECT_OPTION = _option(plain(75))
CHOICE_OPTION = _option(text_object(75))
OPTION_GROUP = shape(
    {
        "label": Field(plain(75), required=True),
        "options": Field(items(SELECT_OPTION, 100), required=True),
    }
)

# -- elements -----------------------------------------------------------------------------------------------

_COMMON = {
    "type": Field(anything, required=True),
    "action_id": Field(text_of_length(255)),
    "focus_on_load": Field(boolean),
}
_SELECT = _COMMON | {"placeholder": Field(plain(150)), "confirm": Field(CONFIRM)}
_MANY = {"max_selected_items": Field(whole_number(1, 1000))}
_STATIC = {"options": Field(items(SELECT_OPTION, 100)), "option_groups": Field(items(OPTION_GROUP, 100))}
_CHOICE = {"options": Field(items(CHOICE_OPTION, 10), required=True), "confirm": Field(CONFIRM)}
_TYPED = _COMMON | {"placeholder": Field(plain(150)), "dispatch_action_config": Field(anything)}
_FILTERED = {"filter": Field(anything), "default_to_current_conversation": Field(boolean)}


def _initial(name: str, check: Check = anything) -> dict[str, Field]:
    return {f"initial_{name}": Field(check)}


ELEMENTS: dict[str, dict[str, Field]] = {
    "button": {
        **{name: field for name, field in _COMMON.items() if name != "focus_on_load"},
        "text": Field(plain(75), required=True),
        "value": Field(text_of_length(2000)),
        "url": Field(text_of_length(3000)),
        "style": Field(one_of("primary", "danger")),
        "confirm": Field(CONFIRM),
        "accessibility_label": Field(text_of_length(75)),
    },
    "static_select": _SELECT | _STATIC | _initial("option", SELECT_OPTION),
    "external_select": _SELECT | {"min_query_length": Field(whole_number(0, 100))} | _initial("option"),
    "users_select": _SELECT | _initial("user"),
    "conversations_select": _SELECT
    | _FILTERED
    | _initial("conversation")
    | {"response_url_enabled": Field(boolean)},
    "channels_select": _SELECT | _initial("channel") | {"response_url_enabled": Field(boolean)},
    "multi_static_select": _SELECT | _STATIC | _MANY | _initial("options", items(SELECT_OPTION, 100)),
    "multi_external_select": _SELECT
    | _MANY
    | _initial("options")
    | {"min_query_length": Field(whole_number(0, 100))},
    "multi_users_select": _SELECT | _MANY | _initial("users"),
    "multi_conversations_select": _SELECT | _MANY | _FILTERED | _initial("conversations"),
    "multi_channels_select": _SELECT | _MANY | _initial("channels"),
    "overflow": {
        "type": Field(anything, required=True),
        "action_id": Field(text_of_length(255)),
        "options": Field(items(_option(plain(75), url=True), 5), required=True),
        "confirm": Field(CONFIRM),
    },
    "datepicker": _SELECT | _initial("date", text_of_length(10, 10)),
    "timepicker": _SELECT | _initial("time", text_of_length(5, 5)) | {"timezone": Field(text_of_length(64))},
    "datetimepicker": _COMMON | {"confirm": Field(CONFIRM)} | _initial("date_time"),
    "radio_buttons": _COMMON | _CHOICE | _initial("option", CHOICE_OPTION),
    "checkboxes": _COMMON | _CHOICE | _initial("options", items(CHOICE_OPTION, 10)),
    "plain_text_input": _TYPED
    | _initial("value", text_of_length(3000, 0))
    | {
        "multiline": Field(boolean),
        "min_length": Field(whole_number(0, 3000)),
        "max_length": Field(whole_number(1, 3000)),
    },
    "email_text_input": _TYPED | _initial("value"),
    "url_text_input": _TYPED | _initial("value"),
    "number_input": _TYPED
    | _initial("value")
    | {
        "is_decimal_allowed": Field(boolean, required=True),
        "min_value": Field(anything),
        "max_value": Field(anything),
    },
    "rich_text_input": _TYPED | _initial("value"),
    "file_input": {
        "type": Field(anything, required=True),
        "action_id": Field(text_of_length(255)),
        "filetypes": Field(items(text_of_length(20), 100)),
        "max_files": Field(whole_number(1, 10)),
    },
    "image": {
        "type": Field(anything, required=True),
        "image_url": Field(text_of_length(3000)),
        "slack_file": Field(anything),
        "alt_text": Field(text_of_length(2000), required=True),
    },
}

_SELECTS = {name for name in ELEMENTS if name.endswith("_select")}
_PICKERS = {"datepicker", "timepicker"}
_CHOICES = {"radio_buttons", "checkboxes"}
_TYPED_NAMES = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
IN_SECTION = _SELECTS | _PICKERS | _CHOICES | {"button", "overflow", "image"}
IN_ACTIONS = _SELECTS | _PICKERS | _CHOICES | {"button", "overflow", "datetimepicker", "rich_text_input"}
IN_INPUT = _SELECTS | _PICKERS | _CHOICES | _TYPED_NAMES | {"datetimepicker", "file_input"}


def element(allowed: set[str]) -> Check:
    """An element that may stand here; it must also agree with itself."""
    known = {name: shape(ELEMENTS[name]) for name in allowed}

    def check(value: Json, at: str) -> Iterator[Problem]:
        found = list(by_type(known)(value, at))
        yield from found
        if not found:
            yield from _inner_sense(value, at)

    return check


def _inner_sense(value: Json, at: str) -> Iterator[Problem]:
    kind = value["type"]
    if kind != "image" and not value.get("action_id"):
        yield Problem(at, "missing required field: action_id")
    if kind in {"static_select", "multi_static_select"} and ("options" in value) == (
        "option_groups" in value
    ):
        yield Problem(at, "must have either options or option_groups")
    groups = value.get("option_groups") or [value]
    options = [option for group in groups for option in group.get("options", ())]
    values = [option["value"] for option in options]
    if len(values) != len(set(values)):
        yield Problem(f"{at}/options", "duplicate option values")
    if kind not in {"external_select", "multi_external_select"}:
        chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
        for each in chosen:
            if each not in options:
                yield Problem(f"{at}/initial_option", "must be one of the options")
    if kind == "image" and ("image_url" in value) == ("slack_file" in value):
        yield Problem(at, "must have either image_url or slack_file")


# -- blocks ----

_BLOCK = {"type": Field(anything, required=True), "block_id": Field(text_of_length(255))}

BLOCKS: dict[str, Check] = {
    "section": shape(
        _BLOCK
        | {
            "text": Field(text_object(3000)),
            "fields": Field(items(text_object(2000), 10)),
            "accessory": Field(element(IN_SECTION)),
            "expand": Field(boolean),
        }
    ),
    "header": shape(_BLOCK | {"text": Field(plain(150), required=True)}),
    "divider": shape(_BLOCK),
    "context": shape(
        _BLOCK
        | {
            "elements": Field(
                items(
                    by_type(
                        {
                            "plain_text": plain(3000),
                            "mrkdwn": text_object(3000),
                            "image": shape(ELEMENTS["image"]),
                        }
                    ),
                    10,
                ),
                required=True,
            )
        }
    ),
    "actions": shape(_BLOCK | {"elements": Field(items(element(IN_ACTIONS), 25), required=True)}),
    "image": shape(_BLOCK | ELEMENTS["image"] | {"title": Field(plain(2000))}),
    "input": shape(
        _BLOCK
        | {
            "label": Field(plain(2000), required=True),
            "element": Field(element(IN_INPUT), required=True),
            "hint": Field(plain(2000)),
            "optional": Field(boolean),
            "dispatch_action": Field(boolean),
        }
    ),
    "rich_text": shape(_BLOCK | {"elements": Field(items(anything, 1000), required=True)}),
    "video": anything,
    "markdown": shape(_BLOCK | {"text": Field(text_of_length(12_000), required=True)}),
}


def _check_blocks(blocks: Json, most: int) -> Iterator[Problem]:
    yield from items(by_type(BLOCKS), most, least=0)(blocks, "/blocks")
    if not isinstance(blocks, list):
        return
    seen: set[str] = set()
    for n, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        if block.get("type") == "section" and not block.get("text") and not block.get("fields"):
            yield Problem(f"/blocks/{n}", "must have text or fields")
        block_id = block.get("block_id")
        if block_id in seen:
            yield Problem(f"/blocks/{n}/block_id", f"duplicate block_id: {block_id}")
        if block_id:
            seen.add(block_id)
        ids = [each["action_id"] for each in _interactive(block) if "action_id" in each]
        if len(ids) != len(set(ids)):
            yield Problem(f"/blocks/{n}", "duplicate action_id within a block")


def _interactive(block: Json) -> list[Json]:
    parts = [*(block.get("elements") or ()), block.get("accessory"), block.get("element")]
    return [part for part in parts if isinstance(part, dict)]


def check_message_blocks(blocks: Json) -> list[Problem]:
    """What Slack would refuse in a message's blocks."""
    return list(_check_blocks(blocks, 50))


_VIEW = {
    "type": Field(one_of("modal", "home"), required=True),
    "blocks": Field(anything, required=True),
    "private_metadata": Field(text_of_length(3000, 0)),
    "callback_id": Field(text_of_length(255, 0)),
    "external_id": Field(text_of_length(255, 0)),
}
HOME = shape(_VIEW)
MODAL = shape(
    _VIEW
    | {
        "title": Field(plain(24), required=True),
        "submit": Field(plain(24)),
        "close": Field(plain(24)),
        "clear_on_close": Field(boolean),
        "notify_on_close": Field(boolean),
        "submit_disabled": Field(boolean),
    }
)


def check_view(view: Json) -> list[Problem]:
    """What Slack would refuse in a modal or an App Home."""
    if not isinstance(view, dict):
        return [Problem("/view", "must be an object")]
    modal = view.get("type") == "modal"
    problems = list((MODAL if modal else HOME)(view, "/view"))
    problems += _check_blocks(view.get("blocks"), 100)
    if modal and not problems and "submit" not in view:
        problems += [
            Problem("/view/submit", "missing required field: submit (the view has an input)")
            for block in view["blocks"]
            if block["type"] == "input"
        ][:1]
    if len(json.dumps(view, ensure_ascii=False).encode()) > 250_000:
        problems.append(Problem("/view", "view_too_large: more than 250 kB"))
    return problems
