"""Figures of the running process: requests, the duration of answers, the event loop's lag.

They are plain numbers, which cost a click little, and become Prometheus metrics when asked for.
"""

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from bot.request import RequestMark

if TYPE_CHECKING:
    from prometheus_client.core import Metric

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds. Slack gives up after the last of them."""

LAG_SECONDS = 1.0
"""How often the event loop's lag is measured."""


class Histogram:
    """A histogram of durations."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def note(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """The cumulative count by upper bound, as Prometheus has it."""
        names = [*(str(bound) for bound in BOUNDS), "+Inf"]
        return list(zip(names, map(float, accumulate(self.counts)), strict=True))


def kind_of(payload: Mapping[str, object]) -> str:
    """A request's kind, by the payload. There are five, because each makes a time series."""
    if "command" in payload:
        return "command"
    kinds = {"block_actions": "click", "view_submission": "form", "event_callback": "event"}
    return kinds.get(str(payload.get("type")), "other")


def outcome_of(mark: RequestMark, status: int, seconds: float) -> str:
    """``late``: done, but after Slack told the person that it did not work."""
    if status >= 500 or mark.has_failed:
        return "failed"
    if status >= 400:
        return "refused"
    return "late" if seconds > BOUNDS[-1] else "answered"


class Watching:
    """The figures of one running Kaiku. ``queues`` says of each queue of the database how many wait in it,
    and for how many seconds the first of them has. ``backup_age`` is None where no folder of them is set."""

    def __init__(
        self,
        queues: Callable[[], Mapping[str, tuple[int, float]]],
        backup_age: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._queues, self._backup_age = queues, backup_age
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._took: dict[str, Histogram] = {}
        self.lag = Histogram()
        self._next: asyncio.TimerHandle | None = None

    def note_request(self, mark: RequestMark, status: int, seconds: float) -> None:
        """Count an answered request."""
        self._outcomes[mark.kind, outcome_of(mark, status, seconds)] += 1
        if mark.kind not in self._took:
            self._took[mark.kind] = Histogram()
        self._took[mark.kind].note(seconds)

    def start(self) -> None:
        """Begin to measure the event loop's lag. Call it in the event loop."""
        loop = asyncio.get_running_loop()
        due = loop.time() + LAG_SECONDS

        def look() -> None:
            self.lag.note(max(loop.time() - due, 0.0))
            self.start()

        self._next = loop.call_at(due, look)

    def stop(self) -> None:
        if self._next is not None:
            self._next.cancel()

    def collect(self) -> Iterator["Metric"]:
        """The figures as the client library's classes; called in a thread."""
        from prometheus_client.core import (  # noqa: PLC0415 - an idle Kaiku needs none of its 14 MB
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        requests = CounterMetricFamily("kaiku_requests", "Slack's requests", labels=["kind", "outcome"])
        for labels, number in sorted(self._outcomes.copy().items()):
            requests.add_metric(labels, number)
        yield requests
        took = HistogramMetricFamily(
            "kaiku_request_seconds", "From a request's headers to its answer", labels=["kind"]
        )
        for kind, histogram in sorted(self._took.copy().items()):
            took.add_metric([kind], histogram.buckets, histogram.total)
        yield took
        yield HistogramMetricFamily(
            "kaiku_loop_lag_seconds", "How late the event loop is", self.lag.buckets, self.lag.total
        )
        length = GaugeMetricFamily("kaiku_queue_length", "Jobs that wait for the database", labels=["queue"])
        age = GaugeMetricFamily("kaiku_queue_seconds", "How long the first of them has", labels=["queue"])
        for queue, (number, seconds) in self._queues().items():
            length.add_metric([queue], number)
            age.add_metric([queue], seconds)
        yield length
        yield age
        if (backup := self._backup_age()) is not None:
            yield GaugeMetricFamily("kaiku_backup_age_seconds", "How old the newest backup is", backup)
