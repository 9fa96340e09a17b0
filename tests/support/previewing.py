"""What a preview shows, and what was then sent, in a form in which they can be compared."""

from typing import Any

Block = dict[str, Any]

IDS = frozenset({"action_id", "block_id", "value", "url", "style", "confirm"})
"""What a button carries, the page it opens and how it stands out: in a preview it does nothing."""


def shown(blocks: list[Block]) -> list[Block]:
    """The blocks without what a preview takes from their buttons."""
    return [_without_ids(block) for block in blocks]


def _without_ids(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _without_ids(each) for name, each in part.items() if name not in IDS}
    return [_without_ids(each) for each in part] if isinstance(part, list) else part


def previewed(modal: Block, heading: str, length: int) -> list[Block]:
    """The ``length`` blocks of the message under this heading; nothing more belongs to it."""
    blocks = modal["blocks"]
    (start,) = [n for n, block in enumerate(blocks, start=1) if _says(block, heading)]
    rest = blocks[start + length :]
    assert not rest or rest[0]["type"] == "divider", rest
    return shown(blocks[start : start + length])


def _says(block: Block, heading: str) -> bool:
    return block["type"] == "context" and block["elements"][0]["text"] == heading
