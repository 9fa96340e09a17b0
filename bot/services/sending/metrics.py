"""Metrics for Prometheus: deliveries by kind and state, outcomes of sends, and how late the oldest due one
is."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.domain.sending.outcomes import CRASHED
from bot.services.sending.sender import Tally
from bot.watching import Watching
from storage import deliveries as delivery_rows
from storage import prompts as prompt_rows
from storage.isolation import faults
from storage.sending import claims as claim_rows
from storage.sending import pause as pause_rows
from storage.sending import rate_limits as rows
from storage.transaction import Tx

if TYPE_CHECKING:
    from prometheus_client.core import Metric


class Figures(Struct, frozen=True):
    """Figures from the database: deliveries by kind and state; by how many seconds the longest due one is
    late; for how many seconds each method is paused (Retry-After); and how many deliveries and people are set
    aside; whether a coordinator has paused all sending."""

    counts: list[tuple[str, str, int]]
    behind: float
    pauses: dict[str, float]
    set_aside: dict[str, int]
    is_paused: bool = False


def load_figures(tx: Tx, now: datetime) -> Figures:
    return Figures(
        delivery_rows.count_by_kind_and_state(tx),
        seconds_behind(tx, now),
        {method: (until - now).total_seconds() for method, until in rows.list_pauses(tx, now).items()},
        {
            "deliveries": len(claim_rows.list_set_aside(tx, CRASHED)),
            "people": len(prompt_rows.list_set_aside(tx)),
        },
        pause_rows.is_paused(tx),
    )


def seconds_behind(tx: Tx, now: datetime) -> float:
    """By how much the most overdue delivery is late, including one that waits for a retry. Those set aside
    after an error are left out: they say nothing about the others.
    """
    oldest = claim_rows.oldest_due_at(tx, now, CRASHED)
    return (now - oldest).total_seconds() if oldest is not None else 0.0


def render_metrics(
    figures: Figures,
    tally: Tally,
    refusal: str | None,
    late_after: timedelta,
    watching: Watching,
    expired: Mapping[str, int] | None = None,
) -> bytes:
    """The exposition text. ``expired``: what retention has erased since the start, by table. Imports the
    client library here: an idle Kaiku needs none of its 14 MB."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415

    registry = CollectorRegistry()
    registry.register(_Collected(figures, tally, refusal, late_after, expired or {}))
    registry.register(watching)
    return generate_latest(registry)


class _Collected:
    """The current numbers in the client library's classes."""

    def __init__(
        self,
        figures: Figures,
        tally: Tally,
        refusal: str | None,
        late_after: timedelta,
        expired: Mapping[str, int],
    ) -> None:
        self._figures, self._tally, self._expired = figures, tally, expired
        self._refusal, self._late_after = refusal, late_after

    def collect(self) -> Iterator["Metric"]:
        from prometheus_client.core import (  # noqa: PLC0415
            CounterMetricFamily,
            GaugeMetricFamily,
            SummaryMetricFamily,
        )

        figures, tally = self._figures, self._tally
        states = GaugeMetricFamily("kaiku_deliveries", "Deliveries", labels=["kind", "state"])
        for kind, state, number in figures.counts:
            states.add_metric([kind, state], number)
        yield states
        yield GaugeMetricFamily(
            "kaiku_deliveries_behind_seconds", "How late the longest due one is", figures.behind
        )
        yield GaugeMetricFamily(
            "kaiku_sending_late",
            "1 while the longest due one is later than KAIKU_LATE_MINUTES",
            float(figures.behind > self._late_after.total_seconds() and not figures.is_paused),
        )
        yield GaugeMetricFamily(
            "kaiku_sending_paused", "1 while a coordinator has paused all sending", float(figures.is_paused)
        )
        refused = GaugeMetricFamily(
            "kaiku_slack_refuses", "1 while Slack takes nothing from Kaiku", labels=["reason"]
        )
        if self._refusal is not None:
            refused.add_metric([self._refusal], 1)
        yield refused
        paused = GaugeMetricFamily(
            "kaiku_paused_seconds", "Seconds until the Retry-After of a method has passed", labels=["method"]
        )
        for method, seconds in sorted(figures.pauses.items()):
            paused.add_metric([method], seconds)
        yield paused
        aside = GaugeMetricFamily(
            "kaiku_set_aside", "What failed with an error and is tried again later", labels=["what"]
        )
        for what, number in figures.set_aside.items():
            aside.add_metric([what], number)
        yield aside
        yield CounterMetricFamily(
            "kaiku_crashes",
            "Deliveries, people, batches and items of background work that raised",
            tally.crashed + faults.total(),
        )
        outcomes = CounterMetricFamily(
            "kaiku_sends", "Outcomes of sends", labels=["kind", "outcome", "reason"]
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
        gone = CounterMetricFamily(
            "kaiku_retention_erased", "Rows that retention has erased since the start", labels=["table"]
        )
        for table, number in sorted(self._expired.items()):
            gone.add_metric([table], number)
        yield gone
        yield CounterMetricFamily("kaiku_rate_limited", "Answers 429 from Slack", tally.rate_limited)
        yield CounterMetricFamily("kaiku_sends_unknown", "Sends without an answer", tally.unknown)
