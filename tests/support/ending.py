"""The end of ``dialogue-2``: materials, the last session behind, attendance as the facilitator marks it."""

import io
from collections.abc import Iterator
from typing import Any

import pypdf

from bot.domain.plan.model import Plan, Reading
from sandbox import Visitor
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering, with_session
from tests.support.time_passing import helsinki

OVER = helsinki(2019, 6, 14, 10)  # two working days after the last session
SLIDES = Reading(
    {"fi": "Ensimmäisen päivän kalvot", "sv": "Bilder", "en": "Slides"}, "https://kaiku.example/1"
)
BOOK = Reading({"fi": "Dialogin käsikirja", "sv": "Handbok", "en": "Handbook"}, "https://kaiku.example/2")


def with_materials(plan: Plan = SHIPPED) -> Plan:
    """Slides of the first session and a book for the whole."""
    details = next(each for each in plan.offerings if each.code == CODE).details
    plan = with_session(plan, CODE, 1, materials=(SLIDES,))
    return with_offering(plan, CODE, details=type(details)(**{**_fields(details), "materials": (BOOK,)}))


def _fields(details: Any) -> dict[str, Any]:
    return {name: getattr(details, name) for name in type(details).__struct_fields__}


async def give_materials(kaiku: Running) -> None:
    await apply(kaiku, with_materials())


async def mark_attendance(kaiku: Running, number: int, *attended: str) -> None:
    """The facilitator marks one session of ``dialogue-2`` by the desk."""
    facilitator: Visitor = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.choose("attendance.mark", f"{CODE}/{number}", on=facilitator.modal)
    outcome = await facilitator.submit(attended_0=list(attended))
    assert outcome.acked, outcome
    assert outcome.error is None, outcome.detail
    await facilitator.close(clear=True)


def read_pdf(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content), strict=True)


def tags_of(pdf: pypdf.PdfReader) -> list[str]:
    """The structure's tags in reading order."""
    return list(_tags(pdf.trailer["/Root"]["/StructTreeRoot"]))


def _tags(node: Any) -> Iterator[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from _tags(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from _tags(node["/K"])
