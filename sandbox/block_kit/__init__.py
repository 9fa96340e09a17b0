"""What Slack refuses in blocks, views and options, by its own reference (docs.slack.dev, "Block Kit").

Each block, element and composition object is described by its fields: a check for each, and whether
it must be there.
"""

import json

import msgspec

from sandbox.block_kit.blocks import check_blocks, elements_of
from sandbox.block_kit.checks import Fields, Found, Json, anything, boolean, may, must, one_of, shape, text
from sandbox.block_kit.composition import OPTION_GROUPS, SELECT_OPTIONS, plain
from sandbox.errors import Problem

MOST_VIEW_BYTES = 250_000

_VIEW: Fields = {
    "type": must(one_of("modal", "home")),
    "blocks": must(anything),
    "private_metadata": may(text(3000, 0)),
    "callback_id": may(text(255, 0)),
    "external_id": may(text(255, 0)),
}
_HOME = shape(_VIEW)
_MODAL = shape(
    _VIEW
    | {
        "title": must(plain(24)),
        "submit": may(plain(24)),
        "close": may(plain(24)),
        "clear_on_close": may(boolean),
        "notify_on_close": may(boolean),
        "submit_disabled": may(boolean),
    }
)


def check_message_blocks(blocks: Json) -> list[Problem]:
    """What Slack would refuse in a message's blocks."""
    found: Found = []
    check_blocks(blocks, "/blocks", "message", found)
    return found


def check_view(view: Json) -> list[Problem]:
    """What Slack would refuse in a modal or an App Home; its size is ``is_too_large``."""
    found: Found = []
    is_modal = isinstance(view, dict) and view.get("type") == "modal"
    (_MODAL if is_modal else _HOME)(view, "/view", found)
    if found:
        return found
    check_blocks(view["blocks"], "/view/blocks", view["type"], found)
    if (
        is_modal
        and not found
        and "submit" not in view
        and any(block["type"] == "input" for block in view["blocks"])
    ):
        found.append(Problem("/view", "missing required field: submit (there are input blocks)"))
    return found


def is_too_large(view: Json) -> bool:
    """Whether a view is over Slack's 250 kB."""
    if len(msgspec.json.encode(view)) <= MOST_VIEW_BYTES / 2:  # quickly told; spaces double it at most
        return False
    return len(json.dumps(view, ensure_ascii=False).encode()) > MOST_VIEW_BYTES


def check_options(answer: Json) -> list[Problem]:
    """What Slack would refuse in an answer to ``block_suggestion``: options or option_groups, at most 100."""
    found: Found = []
    if not isinstance(answer, dict) or ("options" in answer) == ("option_groups" in answer):
        return [Problem("", "must provide either options or option_groups")]
    if "options" in answer and answer["options"] != []:
        SELECT_OPTIONS(answer["options"], "/options", found)
    if "option_groups" in answer and answer["option_groups"] != []:
        OPTION_GROUPS(answer["option_groups"], "/option_groups", found)
    return found


__all__ = [
    "Problem",
    "check_message_blocks",
    "check_options",
    "check_view",
    "elements_of",
    "is_too_large",
]
