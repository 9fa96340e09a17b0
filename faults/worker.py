"""Kaiku's sending part as a process of its own, to be killed, stopped or misled at any moment."""

import asyncio
import mmap
import os
import signal
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.people.person import Defaults
from bot.domain.sending.rate_limit import RateLimit
from bot.message_kinds import declare_message_kinds
from bot.scheduler import Scheduler
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.rendered import Rendered
from bot.services.people.agency_book import read_agencies
from bot.services.privacy.notice_file import read_notice
from bot.services.sending.access import Access
from bot.services.sending.claims import Claim
from bot.services.sending.sender import RATE_LIMITS, Sender
from bot.slack.client import SlackClient
from storage.engine import Store

DEFAULTS = Defaults("fi", "Europe/Helsinki")
TIMEOUT_SECONDS = 0.4
LEASE = timedelta(seconds=3)
LONGEST_WAIT = timedelta(seconds=0.5)
"""Shorter than in production, so that a run is short: looking takes two calls, sending one, and a lease
outlasts them."""

BURST = 60
"""A batch is sent well within half of a lease, also where other work takes most of the machine; what is not is
given up, to be claimed again."""

LOOKS_FIRST, CHECKS_LEASE = "FAULTS_LOOKS_FIRST", "FAULTS_CHECKS_LEASE"
"""In a worker's environment: "no" turns it off, for a control."""

STOPS_WITH = "FAULTS_STOPS_WITH"
"""In its environment: how many messages it claims, to stop before it sends them."""

AS_SET = "FAULTS_CLOCK"
"""In its environment: the file that holds by how many seconds the machine's clock is set off."""


class SetClock:
    """The machine's clock with the offset that the run has set."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    def now(self) -> datetime:
        (seconds,) = struct.unpack("d", self._memory[:8])
        return datetime.now(UTC) + timedelta(seconds=seconds)


class StoppingSender(Sender):
    """Stops its own process between the claim of its first batch and the first send, until a SIGCONT."""

    has_stopped = False

    async def _render(self, claim: Claim) -> Rendered:
        rendered = await super()._render(claim)
        if not self.has_stopped:
            self.has_stopped = True
            os.kill(os.getpid(), signal.SIGSTOP)
        return rendered


def make_sender(told: Mapping[str, str], store: Store, slack: SlackClient) -> Sender:
    clock = SetClock(Path(told[AS_SET]))
    most = int(told.get(STOPS_WITH, "0"))
    # Two that stop share the tokens of a rate limit, and may claim within the same millisecond.
    per_second = 1_000_000 if most else 1000
    sender = (StoppingSender if most else Sender)(
        store,
        slack,
        declare_message_kinds(read_agencies(), DEFAULTS, CalendarLinks(), None, read_notice()),
        DEFAULTS,
        clock,
        rate_limits={method: RateLimit(per_second=per_second, burst=most or BURST) for method in RATE_LIMITS},
        lease=LEASE,
        longest_wait=LONGEST_WAIT,
        watches_clock=True,
        looks_first=told.get(LOOKS_FIRST) != "no",
        checks_lease=told.get(CHECKS_LEASE) != "no",
    )
    sender.access = Access(slack, clock, first_pause=timedelta(seconds=0.25))
    return sender


async def main() -> None:
    store = Store(os.environ["KAIKU_DATABASE_URL"])
    slack = SlackClient(
        os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"], sender_seconds=TIMEOUT_SECONDS
    )
    await slack.start()
    sender = make_sender(os.environ, store, slack)
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
