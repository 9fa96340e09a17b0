"""People who sign up by command, and what they are answered."""

from typing import Any

from sandbox import Visitor
from tests.support.running import Running

INTRODUCTION = {"agency": "vero", "role": "expert", "language": "fi"}


async def join(visitor: Visitor, code: str, **fields: Any) -> dict[str, Any]:
    """Join by command; the answer that replaces the form."""
    await visitor.command(f"/kaiku join {code}")
    first_time = any(block["block_id"] == "agency" for block in visitor.modal["blocks"])
    outcome = await visitor.submit(**(INTRODUCTION | fields if first_time else {}))
    assert outcome.acked, outcome
    assert outcome.error is None, outcome.detail
    return visitor.modal


def kaiku_answer(kaiku: Running, visitor: Visitor) -> dict[str, Any]:
    """The newest thing only this person sees in their channel."""
    messages = kaiku.server.workspace.messages_for(visitor.id, visitor.channel)
    return [m for m in messages if m["ephemeral_to"] == visitor.id][-1]


async def a_full_agency(kaiku: Running) -> tuple[Visitor, Visitor]:
    """One who has a seat, and one who waits because their agency has no more."""
    people = [kaiku.visitor(user) for user in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UELSA")]
    for person in people:
        await join(person, "dialogue-2")
        await person.close()
    await kaiku.settle()
    return people[0], people[-1]
