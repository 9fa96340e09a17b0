"""Blocks that hold blocks, each with a block_id and elements of its own."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

HELD = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}
"""By type of block: the field in which it holds others."""


def all_blocks(blocks: list[Json], at: str = "") -> Iterator[tuple[str, Json]]:
    """Every block with its place (a JSON pointer), what a block holds after it."""
    for n, block in enumerate(blocks):
        yield f"{at}/{n}", block
        if field := HELD.get(block["type"]):
            yield from all_blocks(block.get(field, []), f"{at}/{n}/{field}")


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """Slack names every block that the app did not name."""
    taken = {block["block_id"] for _, block in all_blocks(blocks) if block.get("block_id")}
    return _named(blocks, "b", taken)


def _named(blocks: list[Json], start: str, taken: set[str]) -> list[Json]:
    named = []
    for n, block in enumerate(blocks):
        block_id = block.get("block_id") or f"{start}{n}"
        while not block.get("block_id") and block_id in taken:
            block_id += "x"
        held = {}
        if field := HELD.get(block["type"]):
            held = {field: _named(block.get(field, []), f"{block_id}.", taken)}
        named.append({**block, **held, "block_id": block_id})
    return named
