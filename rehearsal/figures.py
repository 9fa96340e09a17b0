"""The figures of a simulated year: plain values and codes, without language."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from rehearsal.days import Quiet, Why, why_quiet
from rehearsal.plan_findings import overlaps_of
from rehearsal.promises import Owed, first_asked
from rehearsal.record import Arrival
from rehearsal.year import Lived

HALF: Final = 0.5
UNKNOWN: Final = "unknown"
"""The reason of a moved prompt is not visible from outside."""
OTHER: Final = "other"
"""The kind of a message without a delivery: an answer to a click."""


def year_in_figures(
    lived: Lived, seed: int, weeks: Sequence[Sequence[int]], first_week: date
) -> dict[str, Any]:
    """``weeks`` are messages by person and week, from ``first_week`` on."""
    owed = {each.id: each for each in lived.owed}
    prompts = first_asked(lived.arrivals)
    asked_of = Counter(_offering_of(each, owed) for each in prompts)
    about = Counter(_offering_of(each, owed) for each in lived.arrivals)
    offerings = _offerings(lived)
    for each in offerings:
        each |= {"messages": about[each["code"]], "prompts": asked_of[each["code"]]}
    return {
        "programme": lived.plan.code,
        "title": dict(lived.plan.title),
        "seed": seed,
        "people": len(lived.people),
        "agencies": len({each.agency for each in lived.people}),
        "from": lived.began.date().isoformat(),
        "to": lived.ended.date().isoformat(),
        "changes": [
            {
                "at": each.at.isoformat(),
                "offering": each.offering,
                "session": each.session,
                "from": each.moves_from.isoformat(),
                "to": each.to.isoformat() if each.to is not None else None,
            }
            for each in lived.changes
        ],
        "acts": dict(sorted(lived.deeds.items())),
        "too_few_people": _too_few(lived),
        "offerings": offerings,
        "overlaps": _overlaps(lived),
        "messages": _messages(lived, owed, weeks, first_week),
        "prompts": {
            "sent": len(prompts),
            "answered": lived.answered,
            "moved": _moved(lived, prompts, owed),
            "dropped": _dropped(lived),
        },
        "refused": [
            {"what": what, "error": error, "times": times}
            for (what, error), times in sorted(Counter((r.what, r.error) for r in lived.refusals).items())
        ],
    }


def messages_by_week(lived: Lived) -> tuple[list[str], date, list[list[int]]]:
    """People, the busiest first; the Monday of the first week; each one's messages by ISO week, on their
    own clocks."""
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


def _offering_of(arrival: Arrival, owed: dict[int, Owed]) -> str:
    """The code of the offering that a message is about; empty for messages about settings."""
    delivery = owed.get(arrival.delivery or 0)
    return delivery.subject.split("/")[0] if delivery is not None else ""


def _offerings(lived: Lived) -> list[dict[str, Any]]:
    found = []
    for offering in lived.final.offerings:
        seats = [seat for seat in lived.seats if seat.offering == offering.code]
        agencies = Counter(seat.agency for seat in seats if seat.status == "seated")
        seated = sum(agencies.values())
        found.append(
            {
                "code": offering.code,
                "title": dict(offering.title),
                "cancelled": offering.cancelled,
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


def _too_few(lived: Lived) -> bool:
    """Whether too few people took part to fill half of all seats: then a half-empty offering means
    nothing."""
    seats = sum(each.capacity for each in lived.plan.offerings if not each.cancelled)
    return len(lived.seats) < seats * HALF


def _overlaps(lived: Lived) -> list[dict[str, Any]]:
    """Simultaneous sessions of two offerings in both of which people hold seats."""
    seated: dict[str, set[str]] = defaultdict(set)
    for seat in lived.seats:
        if seat.status == "seated":
            seated[seat.offering].add(seat.person)
    return [
        {
            "on": each.on.isoformat(),
            "sessions": [{"offering": code, "session": number} for code, number in each.sessions],
            "people": each.people,
        }
        for each in overlaps_of(lived.final, seated)
    ]


def _messages(
    lived: Lived, owed: dict[int, Owed], weeks: Sequence[Sequence[int]], first_week: date
) -> dict[str, Any]:
    kinds = Counter(owed[each.delivery].kind if each.delivery in owed else OTHER for each in lived.arrivals)
    received = sorted(sum(row) for row in weeks)
    zone = ZoneInfo(lived.plan.timezone)
    here = [each.at.astimezone(zone) for each in lived.arrivals]
    hours = Counter(each.strftime("%Y-%m-%dT%H:00") for each in here)
    by_hour = Counter(each.hour for each in here)
    busiest = min(hours.items(), key=lambda each: (-each[1], each[0]), default=(None, 0))
    return {
        "total": len(lived.arrivals),
        "by_kind": dict(sorted(kinds.items())),
        "to_one_person": {
            "median": received[len(received) // 2] if received else 0,
            "most": received[-1] if received else 0,
            "most_in_a_week": max((max(row) for row in weeks), default=0),
        },
        "busiest_hour": {"hour": busiest[0], "messages": busiest[1]},
        "by_hour": [by_hour[hour] for hour in range(24)],
        "by_week": [
            {
                "week": date.fromordinal(first_week.toordinal() + 7 * n).isoformat(),
                "messages": sum(numbers),
                "people": sum(number > 0 for number in numbers),
                "most_to_one": max(numbers),
            }
            for n, numbers in enumerate(zip(*weeks, strict=True))
        ],
    }


def _moved(lived: Lived, prompts: Iterable[Arrival], owed: dict[int, Owed]) -> list[dict[str, Any]]:
    """Prompts that came on another than their proper day, by reason."""
    found: dict[Why | None, Counter[str]] = defaultdict(Counter)
    for arrival in prompts:
        wanted = lived.wanted.get((arrival.to, arrival.prompt or 0))
        reader = lived.readers.get(arrival.to)
        if wanted is None or reader is None:
            continue
        zone = ZoneInfo(reader.timezone)
        if arrival.at.astimezone(zone).date() == wanted:
            continue
        why = why_quiet(wanted)
        for start, end, code in reader.absent:
            if start.astimezone(zone).date() <= wanted <= end.astimezone(zone).date():
                why = why or Why(code)
        if why is None and wanted.weekday() not in lived.plan.prompt_rules.weekdays:
            why = Why(Quiet.WEEKDAY)
        found[why][_offering_of(arrival, owed)] += 1
    return [
        {
            "why": why.code.value if why is not None else UNKNOWN,
            "on": why.on.isoformat() if why is not None and why.on is not None else None,
            "prompts": sum(offerings.values()),
            "offerings": dict(sorted(offerings.items())),
        }
        for why, offerings in sorted(found.items(), key=lambda each: -sum(each[1].values()))
    ]


def _dropped(lived: Lived) -> list[dict[str, Any]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in lived.owed:
        if each.kind == "prompt" and each.state in {"cancelled", "missed"}:
            found[each.reason or UNKNOWN][each.subject.split("/")[0]] += 1
    return [
        {"why": why, "prompts": sum(offerings.values()), "offerings": dict(sorted(offerings.items()))}
        for why, offerings in sorted(found.items(), key=lambda each: (-sum(each[1].values()), each[0]))
    ]
