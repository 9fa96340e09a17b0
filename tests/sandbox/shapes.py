"""Small pieces of Block Kit that the tests put together."""

from typing import Any

Json = dict[str, Any]


def plain(text: str = "text") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*text*") -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "text", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "go", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str = "a", **more: Any) -> Json:
    return {"text": plain(value.upper() or "?"), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(f"v{n}") for n in range(count)]


def element(kind: str, **more: Any) -> Json:
    return {"type": kind, "action_id": "it", **more}


def field(name: str, kind: str = "plain_text_input", *, optional: bool = False, **more: Any) -> Json:
    """An input block; block_id and action_id are ``name``."""
    return {
        "type": "input", "block_id": name, "label": plain(name), "optional": optional,
        "element": {"type": kind, "action_id": name, **more},
    }  # fmt: skip


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal", "callback_id": "form", "title": plain("A form"), "submit": plain("Send"),
        "blocks": list(blocks) or [section()], **more,
    }  # fmt: skip


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **more}
