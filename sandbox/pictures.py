"""Refuses pictures in blocks that Slack would not find."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import Problem
from sandbox.workspace import Json


def check_slack_files(surface: object, at: str) -> list[Problem]:
    """Every ``slack_file`` in blocks: apps upload no files here, so there is none that it could name."""
    return [Problem(pointer, "invalid slack file") for pointer, _ in _named(surface, at, "slack_file")]


def pictures_not_found(blocks: list[Json], at: str) -> list[Problem]:
    """The pictures that Slack could not fetch. Nothing is fetched here; addresses under ``.invalid`` count as
    missing."""
    return [
        Problem(pointer, "downloading image failed")
        for pointer, address in _named(blocks, at, "image_url")
        if isinstance(address, str) and (urlsplit(address).hostname or "").endswith(".invalid")
    ]


def _named(node: Any, at: str, wanted: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON
    """Every field of this name in it, with its place."""
    left = [(at, node)]
    for place, each in left:
        parts = enumerate(each) if isinstance(each, list) else each.items()
        for name, part in parts:
            if name == wanted:
                yield f"{place}/{name}", part
            elif isinstance(part, dict | list):
                left.append((f"{place}/{name}", part))
