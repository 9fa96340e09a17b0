"""Wall time in Helsinki, and what is delivered when it comes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.services.deliveries.listing import ListedDelivery, list_deliveries
from tests.support.running import Running


def helsinki(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Helsinki"))


async def at(kaiku: Running, moment: datetime) -> None:
    """Let what is due now be sent, then move time to ``moment`` and let what is due by then be sent."""
    await kaiku.settle()
    kaiku.clock.move_to(moment)
    await kaiku.settle()


def deliveries(kaiku: Running, kind: str) -> list[ListedDelivery]:
    with kaiku.store.read_transaction() as tx:
        return [row for row in list_deliveries(tx) if row.kind == kind]
