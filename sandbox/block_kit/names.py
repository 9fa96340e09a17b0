"""The names of blocks."""

from typing import Any

Json = dict[str, Any]


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """Slack names every block that the app did not name."""
    taken = {block["block_id"] for block in blocks if block.get("block_id")}
    named = []
    for n, block in enumerate(blocks):
        block_id = block.get("block_id") or f"b{n}"
        while not block.get("block_id") and block_id in taken:
            block_id += "x"
        named.append({**block, "block_id": block_id})
    return named
