"""Checks every outgoing payload: with slack_sdk's models, and for limits that the models miss."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

from bot.views.blocks import Block, Message, View

MAX_TEXT = 40_000
MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
REMEMBERED = 5000
_seen: dict[bytes, str | None] = {}


def check_message(message: Message) -> list[str]:
    """What Slack would refuse or cut in this message; empty when there is nothing."""
    problems = []
    if not message.text.strip():
        problems.append("text is empty: screen readers and notifications would have nothing")
    if len(message.text) > MAX_TEXT:
        problems.append(f"text is over {MAX_TEXT} characters")
    if len(message.blocks) > MAX_MESSAGE_BLOCKS:
        problems.append(f"over {MAX_MESSAGE_BLOCKS} blocks")
    return problems + _check_blocks(message.blocks)


def check_view(view: View) -> list[str]:
    """What Slack would refuse in this modal or home tab; empty when there is nothing."""
    problems = _check_blocks(view["blocks"])
    if view["type"] == "modal" and "submit" not in view:
        problems += [
            f"blocks[{n}]: an input needs a submit button"
            for n, block in enumerate(view["blocks"])
            if block["type"] == "input"
        ]
    if len(view["blocks"]) > MAX_VIEW_BLOCKS:
        problems.append(f"over {MAX_VIEW_BLOCKS} blocks")
    shell = {**view, "blocks": [{"type": "divider"}]}  # the blocks have been checked already
    try:
        if SdkView(**shell).to_dict() != shell:
            problems.append("the view does not survive slack_sdk's models")
    except Exception as error:  # slack_sdk raises several types; each is a problem to report
        problems.append(str(error))
    return problems


def _check_blocks(blocks: Sequence[Block]) -> list[str]:
    problems: list[str] = []
    block_ids: set[str] = set()
    action_ids: set[str] = set()
    for n, block in enumerate(blocks):
        where = f"blocks[{n}]"
        if (block_id := block.get("block_id")) is not None:
            if block_id in block_ids:
                problems.append(f"{where}: block_id {block_id} is used twice")
            block_ids.add(block_id)
        own_actions = set()
        for part in _parts(block):
            problems += [f"{where}: {problem}" for problem in _check_part(part)]
            if (action_id := part.get("action_id")) is not None:
                if block["type"] == "input" and action_id in action_ids:
                    problems.append(f"{where}: action_id {action_id} is used twice")
                own_actions.add(action_id)
        action_ids |= own_actions
        if (problem := _problem_in_models(block)) is not None:
            problems.append(f"{where}: {problem}")
    return problems


def _problem_in_models(block: Block) -> str | None:
    """What slack_sdk's models find wrong with a block.

    Parsing is slow and most blocks repeat, so the digests of blocks already checked are kept, not their
    content.
    """
    digest = blake2b(msgspec.json.encode(block, order="deterministic"), digest_size=16).digest()
    if digest not in _seen:
        if len(_seen) >= REMEMBERED:
            _seen.clear()
        _seen[digest] = _parse(block)
    return _seen[digest]


def _parse(block: Block) -> str | None:
    try:
        parsed = SdkBlock.parse(block)
        if parsed is None or parsed.to_dict() != block:
            return "does not survive slack_sdk's models"
    except Exception as error:  # slack_sdk raises several types; each is a problem to report
        return str(error)
    return None


def _check_part(part: Block) -> Iterator[str]:
    """Checks the limits that slack_sdk's models don't check."""
    kind = part.get("type")
    if kind in {"plain_text", "mrkdwn"} and not part.get("text"):
        yield "a text is empty"
    if kind == "header" and part["text"].get("type") != "plain_text":
        yield "a header takes plain_text only"
    if "value" in part and "text" in part and kind is None:
        if len(part["text"]["text"]) > 75:
            yield "an option's text is over 75 characters"
        if len(part["value"]) > 150:
            yield "an option's value is over 150 characters"
    if kind == "section" and any(len(field["text"]) > 2000 for field in part.get("fields", ())):
        yield "a section's field is over 2,000 characters"


def _parts(node: Any) -> Iterator[Block]:  # noqa: ANN401 - walks any JSON
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list | tuple):
            yield from _parts(child)
