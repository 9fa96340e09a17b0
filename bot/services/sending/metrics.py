"""Metrics for Prometheus: deliveries by kind and state, outcomes of sends, and how late the oldest due one
is."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from bot.services.sending.sender import Tally
from storage import deliveries as delivery_rows
from storage.sending import claims as claim_rows
from storage.transaction import Tx

if TYPE_CHECKING:
    from prometheus_client.core import Metric


def delivery_counts(tx: Tx, now: datetime) -> tuple[list[tuple[str, str, int]], float]:
    """Deliveries by kind and state, and by how many seconds the oldest due one is late."""
    oldest = claim_rows.oldest_due_at(tx, now)
    behind = (now - oldest).total_seconds() if oldest is not None else 0.0
    return delivery_rows.count_by_kind_and_state(tx), behind


def render_metrics(counts: list[tuple[str, str, int]], behind: float, tally: Tally) -> bytes:
    """The text for Prometheus. The client library is imported here, because its 14 MB are rarely needed."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415

    registry = CollectorRegistry()
    registry.register(_Collected(counts, behind, tally))
    return generate_latest(registry)


class _Collected:
    """The current numbers in the client library's classes."""

    def __init__(self, counts: list[tuple[str, str, int]], behind: float, tally: Tally) -> None:
        self._counts, self._behind, self._tally = counts, behind, tally

    def collect(self) -> Iterator["Metric"]:
        from prometheus_client.core import (  # noqa: PLC0415
            CounterMetricFamily,
            GaugeMetricFamily,
            SummaryMetricFamily,
        )

        tally = self._tally
        states = GaugeMetricFamily("kaiku_deliveries", "Deliveries", labels=["kind", "state"])
        for kind, state, number in self._counts:
            states.add_metric([kind, state], number)
        yield states
        yield GaugeMetricFamily(
            "kaiku_deliveries_behind_seconds", "How late the longest due one is", self._behind
        )
        outcomes = CounterMetricFamily(
            "kaiku_sends", "What came of sends", labels=["kind", "outcome", "reason"]
        )
        for labels, number in sorted(tally.outcomes.items()):
            outcomes.add_metric(labels, number)
        yield outcomes
        yield SummaryMetricFamily(
            "kaiku_send_lag_seconds",
            "Between due and sent",
            count_value=tally.lag_count,
            sum_value=tally.lag_seconds,
        )
        yield CounterMetricFamily("kaiku_rate_limited", "Answers 429 from Slack", tally.rate_limited)
        yield CounterMetricFamily("kaiku_sends_unknown", "Sends without an answer", tally.unknown)
