"""Calendars over HTTP, as subscribers fetch and read them."""

from dataclasses import dataclass

import aiohttp
from icalendar import Calendar
from msgspec.structs import replace
from multidict import CIMultiDictProxy

from bot.domain.plan.model import Plan, PlannedOffering
from bot.services.calendars.feed import own_address
from bot.services.calendars.tokens import CalendarTokens
from bot.services.plan.apply import apply_plan
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED

TOKENS = CalendarTokens((b"of the tests",))


@dataclass(frozen=True)
class Fetched:
    status: int
    headers: CIMultiDictProxy[str]
    content: bytes

    @property
    def text(self) -> str:
        """The content with its folded lines joined."""
        return self.content.decode().replace("\r\n ", "")

    @property
    def events(self) -> dict[str, dict[str, str]]:
        """By UID: what an independent reader sees, as text."""
        calendar = Calendar.from_ical(self.content)
        return {
            str(event["UID"]): {name: str(event[name]) for name in event} | {"start": event.start.isoformat()}
            for event in calendar.walk("VEVENT")
        }


async def join(kaiku: Running, user_id: str, code: str, language: str = "fi") -> None:
    """Join by command; at the first time as somebody of the Tax Administration."""
    visitor = kaiku.visitor(user_id)
    await visitor.command(f"/kaiku join {code}")
    first_time = any(block["block_id"] == "agency" for block in visitor.modal["blocks"])
    fields = {"agency": "vero", "role": "expert", "language": language}
    outcome = await visitor.submit(**(fields if first_time else {}))
    assert outcome.error is None
    await visitor.close()


async def leave(kaiku: Running, user_id: str, code: str) -> None:
    visitor = kaiku.visitor(user_id)
    await visitor.command(f"/kaiku leave {code}")
    await visitor.submit()
    await visitor.close()


async def token_of(kaiku: Running, user_id: str) -> str:
    own = await kaiku.store.run(own_address, kaiku.app.kaiku.links.tokens, user_id)
    assert own.token is not None
    return own.token


async def fetch(kaiku: Running, path: str, *, method: str = "GET", **headers: str) -> Fetched:
    """What is at this path of Kaiku; headers with ``_`` for ``-``."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"http://127.0.0.1:{kaiku.app.port}{path}", headers=sent) as response,
    ):
        return Fetched(response.status, response.headers, await response.read())


async def feed(kaiku: Running, user_id: str, query: str = "") -> Fetched:
    return await fetch(kaiku, f"/calendar/{await token_of(kaiku, user_id)}.ics{query}")


async def change_plan(kaiku: Running, code: str, **changes: object) -> None:
    """Apply the shipped plan with one offering changed."""

    def changed(offering: PlannedOffering) -> PlannedOffering:
        return replace(offering, **changes) if offering.code == code else offering

    await kaiku.store.run(apply_plan, with_offerings(SHIPPED, changed), kaiku.clock.now())


def with_offerings(plan: Plan, change) -> Plan:
    strands = tuple(
        replace(strand, offerings=tuple(change(each) for each in strand.offerings)) for strand in plan.strands
    )
    return replace(plan, strands=strands)


def planned(code: str) -> PlannedOffering:
    return next(offering for offering in SHIPPED.offerings if offering.code == code)
