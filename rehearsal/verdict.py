"""From a year that was lived: its verdict, and the figures that a coordinator wants to see."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.language import pick
from rehearsal.days import why_quiet
from rehearsal.plan_findings import Finding, findings_of, overlaps_of
from rehearsal.promises import (
    Broken,
    Hours,
    Promise,
    arrives,
    first_asked,
    once,
    quiet_time,
    reminded,
    seat_news,
    taken,
    weekly_cap,
)
from rehearsal.year import Lived, attendances

HALF = 0.5
SHOWN = 200
"""Broken promises that are listed one by one; the rest is counted."""

WHY_DROPPED: Mapping[str, str] = {
    "weekly_cap": "another came within the same week",
    "fewer": "the person had asked for fewer",
    "stopped": "the person had stopped them",
    "quiet_day": "quiet days until the next session",
    "away": "the person was on leave",
    "paused": "the person had paused them",
    "after_session": "the session would have begun",
    "late": "it could not be sent in time",
    "short_gap": "the sessions are too near each other",
    "session_cancelled": "the session was cancelled",
    "joined_later": "the person joined after the session",
    "missed_session": "the person had not been there",
    "not_in_audience": "it was for others",
    "no_longer_due": "the person had left, or the sessions had moved",
    "no_plan_to_quote": "the person had written no plan to come back to",
    "too_late": "its time had passed",
    "past": "its time had passed",
    "withdrawn": "the facilitator took it back",
    "do_not_disturb": "the person did not want to be disturbed",
    "person_deactivated": "the account was closed",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the year showed. ``figures`` are plain values, as the JSON report has them; ``weeks`` are
    messages by person and week, the busiest person first."""

    broken: Sequence[Broken]
    findings: Sequence[Finding]
    figures: dict[str, Any]
    people: Sequence[str]
    first_week: date
    weeks: Sequence[Sequence[int]]

    @property
    def holds(self) -> bool:
        """Every promise kept, and nothing in the plan that should not be published."""
        return not self.broken and not any(found.is_fault for found in self.findings)

    def as_json(self) -> dict[str, Any]:
        kept = {promise.value: sum(each.promise is promise for each in self.broken) for promise in Promise}
        return {
            "holds": self.holds,
            "promises_broken": kept,
            "broken": [
                {
                    "promise": each.promise.value,
                    "at": each.at.isoformat(),
                    "who": each.who,
                    "what": each.words,
                }
                for each in self.broken[:SHOWN]
            ],
            "plan": [
                {"offering": each.offering, "is_fault": each.is_fault, "what": each.words}
                for each in self.findings
            ],
            **self.figures,
        }


def judge(lived: Lived, seed: int) -> Verdict:
    """Hold what happened against what Kaiku promises."""
    broken = sorted(_broken(lived), key=lambda each: (each.at, each.promise.value, each.who, each.words))
    people, first_week, weeks = _weeks(lived)
    return Verdict(
        broken, findings_of(lived.plan), _figures(lived, seed, weeks, first_week), people, first_week, weeks
    )


def _broken(lived: Lived) -> Iterator[Broken]:
    kinds = {owed.id: owed for owed in lived.owed}
    letters = {owed.id for owed in lived.owed if owed.kind == "closing_letter"}
    rules = lived.plan.prompt_rules
    hours = Hours(rules.window.opens, rules.window.closes, rules.weekdays)
    about: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for arrival in lived.arrivals:
        owed = kinds.get(arrival.delivery) if arrival.delivery is not None else None
        if owed is not None and not arrival.asks:
            about[arrival.to, owed.subject.split("/")[0]].append(arrival.at)
    news = [
        (arrival, kinds[arrival.delivery].subject)
        for arrival in lived.arrivals
        if arrival.delivery in kinds and kinds[arrival.delivery].kind == "promotion"
    ]
    return chain(
        quiet_time(lived.arrivals, lived.readers, hours, letters),
        seat_news(news, lived.readers, _beginnings(lived)),
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


def _figures(lived: Lived, seed: int, weeks: Sequence[Sequence[int]], first_week: date) -> dict[str, Any]:
    kinds = {owed.id: owed.kind for owed in lived.owed}
    by_kind = Counter(kinds.get(each.delivery or 0, "other") for each in lived.arrivals)
    received = sorted(sum(row) for row in weeks)
    prompts = first_asked(lived.arrivals)
    return {
        "programme": lived.plan.code,
        "seed": seed,
        "people": len(lived.people),
        "agencies": len({each.agency for each in lived.people}),
        "from": lived.began.date().isoformat(),
        "to": lived.ended.date().isoformat(),
        "changes": [{"at": each.at.isoformat(), "what": each.words} for each in lived.changes],
        "acts": dict(sorted(lived.deeds.items())),
        "offerings": _offerings(lived),
        "overlaps": _overlaps(lived),
        "messages": {
            "total": len(lived.arrivals),
            "by_kind": dict(sorted(by_kind.items())),
            "to_one_person": {
                "median": received[len(received) // 2] if received else 0,
                "most": received[-1] if received else 0,
                "most_in_a_week": max((max(row) for row in weeks), default=0),
            },
            "busiest_hour": _busiest(lived),
            "by_hour": _by_hour(lived),
            "by_week": _by_week(weeks, first_week),
        },
        "prompts": {
            "sent": len(prompts),
            "answered": lived.answered,
            "moved": _moved(lived),
            "dropped": _dropped(lived),
        },
        "refused": [
            {"what": what, "error": error, "times": times}
            for (what, error), times in sorted(Counter((r.what, r.error) for r in lived.refusals).items())
        ],
    }


def _offerings(lived: Lived) -> list[dict[str, Any]]:
    found = []
    for offering in lived.final.offerings:
        seats = [seat for seat in lived.seats if seat.offering == offering.code]
        agencies = Counter(seat.agency for seat in seats if seat.status == "seated")
        seated = sum(agencies.values())
        found.append(
            {
                "code": offering.code,
                "title": pick(offering.title, "en"),
                "capacity": offering.capacity,
                "seated": seated,
                "waiting": sum(seat.status == "waiting" for seat in seats),
                "longest_queue": lived.longest_queue.get(offering.code, 0),
                "left": sum(seat.status in {"withdrawn", "removed"} for seat in seats),
                "agencies": len(agencies),
                "most_of_one_agency": max(agencies.values(), default=0),
                "likely_half_empty": not offering.cancelled and seated < offering.capacity * HALF,
            }
        )
    return found


def _overlaps(lived: Lived) -> list[dict[str, Any]]:
    """Sessions at the same hour for which people hold seats in both offerings."""
    seated: dict[str, set[str]] = defaultdict(set)
    for seat in lived.seats:
        if seat.status == "seated":
            seated[seat.offering].add(seat.person)
    return [
        {"on": each.on.isoformat(), "sessions": list(each.sessions), "people": each.people}
        for each in overlaps_of(lived.final, seated)
    ]


def _weeks(lived: Lived) -> tuple[list[str], date, list[list[int]]]:
    """Messages by person and ISO week, on their own clocks."""
    first = lived.began.date()
    first_week = date.fromisocalendar(*first.isocalendar()[:2], 1)
    number = (lived.ended.date() - first_week).days // 7 + 1
    zones = {each.id: ZoneInfo(each.timezone) for each in lived.people}
    rows = {each.id: [0] * number for each in lived.people}
    for arrival in lived.arrivals:
        if arrival.to in rows:
            day = arrival.at.astimezone(zones[arrival.to]).date()
            rows[arrival.to][min((day - first_week).days // 7, number - 1)] += 1
    order = sorted(rows, key=lambda person: (-sum(rows[person]), person))
    return order, first_week, [rows[person] for person in order]


def _by_week(weeks: Sequence[Sequence[int]], first_week: date) -> list[dict[str, Any]]:
    found = []
    for n, numbers in enumerate(zip(*weeks, strict=True)):
        found.append(
            {
                "week": date.fromordinal(first_week.toordinal() + 7 * n).isoformat(),
                "messages": sum(numbers),
                "people": sum(number > 0 for number in numbers),
                "most_to_one": max(numbers),
            }
        )
    return found


def _busiest(lived: Lived) -> dict[str, Any]:
    zone = ZoneInfo(lived.plan.timezone)
    hours = Counter(each.at.astimezone(zone).strftime("%Y-%m-%d %H:00") for each in lived.arrivals)
    if not hours:
        return {"hour": None, "messages": 0}
    hour, number = min(hours.items(), key=lambda each: (-each[1], each[0]))
    return {"hour": hour, "messages": number}


def _by_hour(lived: Lived) -> list[int]:
    zone = ZoneInfo(lived.plan.timezone)
    hours = Counter(each.at.astimezone(zone).hour for each in lived.arrivals)
    return [hours[hour] for hour in range(24)]


def _moved(lived: Lived) -> list[dict[str, Any]]:
    """Prompts that came on another day than the one they belong on, by what was in the way."""
    reasons: Counter[str] = Counter()
    for arrival in first_asked(lived.arrivals):
        wanted = lived.wanted.get((arrival.to, arrival.prompt or 0))
        reader = lived.readers.get(arrival.to)
        if wanted is None or reader is None:
            continue
        zone = ZoneInfo(reader.timezone)
        if arrival.at.astimezone(zone).date() == wanted:
            continue
        away = [
            why
            for start, end, why in reader.absent
            if start.astimezone(zone).date() <= wanted <= end.astimezone(zone).date()
        ]
        reasons[why_quiet(wanted) or (away[0] if away else "the person's own time, or Kaiku was late")] += 1
    return [{"why": why, "prompts": number} for why, number in reasons.most_common()]


def _dropped(lived: Lived) -> list[dict[str, Any]]:
    reasons = Counter(
        each.reason or "no reason"
        for each in lived.owed
        if each.kind == "prompt" and each.state in {"cancelled", "missed"}
    )
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return [{"why": WHY_DROPPED.get(why, why), "prompts": number} for why, number in ordered]
