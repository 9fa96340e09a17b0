"""Kaiku's sending half as a process of its own: to be killed at any moment."""

import asyncio
import os
import signal
from datetime import timedelta

from bot.clock import SystemClock
from bot.domain.people.person import Defaults
from bot.domain.sending.rate_limit import RateLimit
from bot.message_kinds import declare_message_kinds
from bot.scheduler import Scheduler
from bot.services.calendars.feed import CalendarLinks
from bot.services.people.agency_book import read_agencies
from bot.services.privacy.notice_file import read_notice
from bot.services.sending.sender import RATE_LIMITS, Sender
from bot.slack.client import SlackClient
from storage.engine import Store

TIMEOUT_SECONDS = 1.0
DEFAULTS = Defaults("fi", "Europe/Helsinki")
LEASE = timedelta(seconds=5)
"""Shorter than in production by one factor for all, so that a run is short: looking takes two calls,
sending one, and a lease outlasts them."""


async def main() -> None:
    store = Store(os.environ["KAIKU_DATABASE_URL"])
    slack = SlackClient(
        os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"], sender_seconds=TIMEOUT_SECONDS
    )
    await slack.start()
    sender = Sender(
        store,
        slack,
        declare_message_kinds(read_agencies(), DEFAULTS, CalendarLinks(), None, read_notice()),
        DEFAULTS,
        SystemClock(),
        rate_limits={method: RateLimit(per_second=1000, burst=300) for method in RATE_LIMITS},
        lease=LEASE,
        longest_wait=timedelta(seconds=2),
        looks_first=os.environ.get("LOOKS_FIRST") != "no",
    )
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    scheduler = Scheduler(sender, store)
    scheduler.start()
    await stopped.wait()
    await scheduler.stop()
    await slack.stop()
    store.close()


if __name__ == "__main__":
    asyncio.run(main())
