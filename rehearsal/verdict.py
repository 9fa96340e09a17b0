"""The verdict on a simulated year, and the figures for a coordinator. ``wording.py`` has the words in the
reader's language."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any, Final

from msgspec import Struct, field

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
    office_hours,
    once,
    quiet_time,
    reminded,
    seat_news,
    taken,
    told_the_standing,
    told_the_time,
    weekly_cap,
)
from rehearsal.record import Arrival
from rehearsal.sessions import beginnings, coming, known_sessions
from rehearsal.year import Lived


class Verdict(Struct, frozen=True):
    """The result of the year. ``figures`` are plain values, as in the JSON report; ``weeks`` are messages by
    person and week, the busiest person first. ``names`` are people's, by id."""

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
        """Whether every promise was kept and the plan has no faults."""
        return not self.broken and not self.faults

    @property
    def faults(self) -> list[Finding]:
        return [found for found in self.findings if found.is_fault]

    def times_broken(self, promise: Promise) -> int:
        return sum(each.promise is promise for each in self.broken)


LETTERS: Final = frozenset({"closing_letter", "materials"})
IN_OFFICE_HOURS: Final = frozenset(
    {
        "offer", "offer_lapsed", "sign_up_open", "not_selected", "turn_open", "started_without",
        "draw_proposed", "invitation", "facilitators_day", "now_facilitates",
        "no_facilitator", "privacy_change",
    }
)  # fmt: skip
"""Kinds that wait for people to be at work, on their own clock, whatever comes first."""
IN_THE_SESSIONS_HOURS: Final = frozenset({"day_before", "change_reminder", "brief", "attendance_due"})
"""Kinds that wait for office hours on the session's clock."""


def judge(lived: Lived, seed: int) -> Verdict:
    """Check what happened against Kaiku's promises."""
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


def told_together(lived: Lived, kinds: Mapping[int, Owed]) -> Iterator[tuple[Owed, Arrival]]:
    """Deliveries merged into one message with another due to the same person at the same minute, each with
    that message's delivery."""
    came = {
        (kinds[each.delivery].recipient, kinds[each.delivery].due_at): each
        for each in lived.arrivals
        if each.delivery is not None and each.delivery in kinds
    }
    for owed in lived.owed:
        arrival = came.get((owed.recipient, owed.due_at))
        if owed.reason == IN_ONE_MESSAGE and arrival is not None:
            yield owed, arrival


def _broken(lived: Lived) -> Iterator[Broken]:
    kinds = {owed.id: owed for owed in lived.owed}
    letters = {owed.id for owed in lived.owed if owed.kind in LETTERS}
    rules = lived.plan.prompt_rules
    hours = Hours(rules.window.opens, rules.window.closes, rules.weekdays)
    of_kind = [(arrival, kinds[arrival.delivery]) for arrival in lived.arrivals if arrival.delivery in kinds]
    news = [(arrival, owed.subject) for arrival, owed in of_kind if owed.kind in {"promotion", "removed"}]
    told = [
        (arrival, owed.kind, lived.readers[arrival.to].timezone if by_reader else lived.plan.timezone)
        for arrival, owed in of_kind
        for by_reader in (owed.kind in IN_OFFICE_HOURS,)
        if arrival.to in lived.readers and (by_reader or owed.kind in IN_THE_SESSIONS_HOURS)
    ]
    about = _about(lived, kinds)
    heard = {key: [arrival.at for arrival, _ in read if not arrival.asks] for key, read in about.items()}
    return chain(
        quiet_time(lived.arrivals, lived.readers, hours, letters),
        seat_news(news, lived.readers, beginnings(lived)),
        office_hours(told),
        offered_once(lived.offers),
        weekly_cap(lived.arrivals, lived.readers),
        once(lived.arrivals, lived.readers),
        arrives(lived.owed, lived.arrivals, lived.ended, lived.gone),
        reminded(coming(lived), heard),
        told_the_time(known_sessions(lived), about),
        told_the_standing(_standings(lived), about),
        lived.empty,
        taken(lived.refusals),
    )


def _about(lived: Lived, kinds: Mapping[int, Owed]) -> dict[tuple[str, str], list[tuple[Arrival, str]]]:
    """What each person read about each offering, with its kind, in order."""
    told = [
        *((kinds[each.delivery or 0], each) for each in lived.arrivals if each.delivery in kinds),
        *told_together(lived, kinds),
    ]
    about: dict[tuple[str, str], list[tuple[Arrival, str]]] = defaultdict(list)
    for owed, arrival in sorted(told, key=lambda each: each[1].at):
        about[arrival.to, owed.subject.split("/")[0]].append((arrival, owed.kind))
    return about


def _standings(lived: Lived) -> Iterator[tuple[str, str, str, datetime]]:
    """The final standings of everybody who still has an account, by their newest sign-up."""
    last = {(each.person, each.offering): each for each in lived.seats}
    for (person, offering), each in last.items():
        if person not in lived.gone:
            yield person, offering, each.status, each.changed_at
