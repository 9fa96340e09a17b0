"""From a year that was lived: its verdict, and the figures that a coordinator wants to see. No words: these
are in ``wording.py``, in the reader's language."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.language import Texts
from rehearsal.figures import messages_by_week, year_in_figures
from rehearsal.plan_findings import Finding, findings_of
from rehearsal.promises import (
    IN_ONE_MESSAGE,
    Broken,
    Hours,
    Owed,
    Promise,
    arrives,
    offered_once,
    once,
    quiet_time,
    reminded,
    seat_news,
    taken,
    weekly_cap,
)
from rehearsal.year import Lived, attendances


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the year showed. ``figures`` are plain values, as the JSON report has them; ``weeks`` are
    messages by person and week, the busiest person first. ``names`` are people's, by id."""

    broken: Sequence[Broken]
    findings: Sequence[Finding]
    figures: dict[str, Any]
    people: Sequence[str]
    first_week: date
    weeks: Sequence[Sequence[int]]
    title: Texts = field(default_factory=dict)
    timezone: str = "Europe/Helsinki"
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Every promise kept, and nothing in the plan that should not be published."""
        return not self.broken and not self.faults

    @property
    def faults(self) -> list[Finding]:
        return [found for found in self.findings if found.is_fault]

    def times_broken(self, promise: Promise) -> int:
        return sum(each.promise is promise for each in self.broken)


def judge(lived: Lived, seed: int) -> Verdict:
    """Hold what happened against what Kaiku promises."""
    broken = sorted(_broken(lived), key=lambda each: (each.at, each.promise, each.who, each.breach))
    people, first_week, weeks = messages_by_week(lived)
    return Verdict(
        broken,
        findings_of(lived.plan),
        year_in_figures(lived, seed, weeks, first_week),
        people,
        first_week,
        weeks,
        lived.plan.title,
        lived.plan.timezone,
        {each.id: each.name for each in lived.people},
    )


def told_together(lived: Lived, kinds: Mapping[int, Owed]) -> Iterator[tuple[Owed, datetime]]:
    """What was told in one message with another that was due to the same person at the same minute, and when
    that came."""
    came = {
        (kinds[each.delivery].recipient, kinds[each.delivery].due_at): each.at
        for each in lived.arrivals
        if each.delivery is not None and each.delivery in kinds
    }
    for owed in lived.owed:
        at = came.get((owed.recipient, owed.due_at))
        if owed.reason == IN_ONE_MESSAGE and at is not None:
            yield owed, at


def _broken(lived: Lived) -> Iterator[Broken]:
    kinds = {owed.id: owed for owed in lived.owed}
    letters = {owed.id for owed in lived.owed if owed.kind in {"closing_letter", "materials"}}
    rules = lived.plan.prompt_rules
    hours = Hours(rules.window.opens, rules.window.closes, rules.weekdays)
    about: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for arrival in lived.arrivals:
        owed = kinds.get(arrival.delivery) if arrival.delivery is not None else None
        if owed is not None and not arrival.asks:
            about[arrival.to, owed.subject.split("/")[0]].append(arrival.at)
    for told, at in told_together(lived, kinds):
        about[told.recipient, told.subject.split("/")[0]].append(at)
    news = [
        (arrival, kinds[arrival.delivery].subject)
        for arrival in lived.arrivals
        if arrival.delivery in kinds and kinds[arrival.delivery].kind == "promotion"
    ]
    of_offers = [
        (arrival, kinds[arrival.delivery].subject)
        for arrival in lived.arrivals
        if arrival.delivery in kinds and kinds[arrival.delivery].kind in {"offer", "offer_lapsed"}
    ]
    return chain(
        quiet_time(lived.arrivals, lived.readers, hours, letters),
        seat_news(news, lived.readers, _beginnings(lived)),
        seat_news(of_offers, lived.readers, {}),  # these never come out of hours
        offered_once(lived.offers),
        weekly_cap(lived.arrivals, lived.readers),
        once(lived.arrivals, lived.readers),
        arrives(lived.owed, lived.arrivals, lived.ended, lived.gone),
        reminded(attendances(lived), about),
        lived.empty,
        taken(lived.refusals),
    )


def _beginnings(lived: Lived) -> dict[str, list[datetime]]:
    """When the sessions of each offering begin, those included that were planned for another time at first:
    what was said before a change was said of the plan as it then was."""
    zone = ZoneInfo(lived.plan.timezone)
    plans = (lived.plan, *(change.plan for change in lived.changes))
    found: dict[str, list[datetime]] = defaultdict(list)
    for offering in chain.from_iterable(plan.offerings for plan in plans):
        for each in offering.sessions:
            if not each.cancelled:
                found[offering.code].append(datetime.combine(each.on, each.starts, zone))
    return found
