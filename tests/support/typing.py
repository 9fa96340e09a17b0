"""What people type that no browser of Slack's lets through, and that a request may hold all the same."""

from typing import Any

from sandbox import Visitor
from sandbox.app_link import Outcome
from sandbox.forms import fill
from tests.support.running import Running

FLAWED = {
    "a control character": "Hei\x07",
    "no character": "Hei\ufffe",
    "what no database stores": "Hei\x00\ud83d",
    "nothing visible": "\u200b\u2060 \u200b",
    "too long": "a" * 100_000,
}


async def submit_unchecked(kaiku: Running, visitor: Visitor, **fields: Any) -> Outcome:
    """Submit the top modal, whatever Slack would have said of these fields."""
    view = visitor.modal
    return await kaiku.server.link.submit(visitor.id, view["id"], fill(view, fields))
