"""Problems of a plan that are visible without a simulation, with their places in it. Pure."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from itertools import combinations, pairwise
from typing import Final

from msgspec import Struct, field

from bot.domain.plan.model import Plan, PlannedOffering, PlannedSession
from bot.domain.plan.rules import Path
from bot.domain.prompts.prompt import DEFAULT_RULES
from rehearsal.days import (
    DAY,
    JULY,
    SATURDAY,
    DayOff,
    is_day_off,
    is_eve,
    is_working_day,
    next_ordinary_day,
)

EARLIEST: Final = time(7)
LATEST: Final = time(19)


class Flaw(StrEnum):
    """A flaw of a plan that people should not, or need not, suffer. The sentences, with what to do about it,
    are ``rehearsal.flaw_...``."""

    SESSION_ON_HOLIDAY = "session_on_holiday"
    SESSION_ON_WEEKEND = "session_on_weekend"
    SESSION_ON_EVE = "session_on_eve"
    SESSION_IN_JULY = "session_in_july"
    LEADS_TWO_AT_ONCE = "leads_two_at_once"
    ALL_CANCELLED = "all_cancelled"
    CLOSES_BEFORE_IT_OPENS = "closes_before_it_opens"
    OPENS_AFTER_THE_LAST = "opens_after_the_last"
    OPENS_AFTER_THE_FIRST = "opens_after_the_first"
    NO_DAY_TO_SIGN_UP = "no_day_to_sign_up"
    OUT_OF_HOURS = "out_of_hours"
    PROMPTS_TOO_NEAR = "prompts_too_near"
    TOO_MANY_PROMPTS = "too_many_prompts"


WORTH_KNOWING: Final = frozenset({Flaw.SESSION_ON_EVE, Flaw.SESSION_IN_JULY, Flaw.LEADS_TWO_AT_ONCE})
"""These are notes. The others are faults: the plan should not be published so."""


class Finding(Struct, frozen=True):
    """A flaw, its path in the plan (keys and list indexes), and the parameters of its sentence."""

    flaw: Flaw
    where: Path
    offering: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_fault(self) -> bool:
        return self.flaw not in WORTH_KNOWING


class Overlap(Struct, frozen=True):
    """Two sessions (offering and number) at the same hour, and how many ``people`` have a seat in both."""

    on: date
    sessions: tuple[tuple[str, int], tuple[str, int]]
    people: int


def overlaps_of(plan: Plan, seated: Mapping[str, Collection[str]]) -> list[Overlap]:
    """Sessions for which people would have to be in two places at once: ``seated`` are people with a seat, by
    offering."""
    found = []
    for (_, offering, session), (_, other, another) in _at_once(plan):
        both = len(set(seated.get(offering.code, ())) & set(seated.get(other.code, ())))
        if both:
            named = (offering.code, session.number), (other.code, another.number)
            found.append(Overlap(session.on, named, both))
    return sorted(found, key=lambda each: (-each.people, each.on, each.sessions))


def findings_of(plan: Plan) -> list[Finding]:
    """All findings, in the plan's order."""
    return [
        *_prompts(plan),
        *(found for where, offering in _placed(plan) for found in _about(offering, where)),
        *_leading(plan),
    ]


def _placed(plan: Plan) -> Iterator[tuple[Path, PlannedOffering]]:
    """The offerings that take place, and where in the plan each is."""
    for i, strand in enumerate(plan.strands):
        for j, offering in enumerate(strand.offerings):
            if not offering.cancelled:
                yield ("strands", i, "offerings", j), offering


def _held(offering: PlannedOffering, where: Path) -> list[tuple[Path, PlannedSession]]:
    return [
        ((*where, "sessions", n), session)
        for n, session in enumerate(offering.sessions)
        if not session.cancelled
    ]


Placed = tuple[Path, PlannedOffering, PlannedSession]


def _at_once(plan: Plan) -> Iterator[tuple[Placed, Placed]]:
    """Sessions of two offerings that overlap."""
    held = [
        (path, offering, session)
        for where, offering in _placed(plan)
        for path, session in _held(offering, where)
    ]
    for one, other in combinations(held, 2):
        session, another = one[2], other[2]
        meet = _starts(session) < _ends(another) and _starts(another) < _ends(session)
        if meet and one[1].code != other[1].code:
            yield one, other


def _starts(session: PlannedSession) -> datetime:
    return datetime.combine(session.on, session.starts)


def _ends(session: PlannedSession) -> datetime:
    return datetime.combine(session.ends_on, session.ends)


def _leading(plan: Plan) -> Iterator[Finding]:
    for (_, offering, session), (path, other, another) in _at_once(plan):
        for facilitator in sorted(set(offering.facilitators) & set(other.facilitators)):
            facts = {
                "facilitator": facilitator,
                "on": session.on,
                "offering": offering.code,
                "session": session.number,
                "other": other.code,
                "another": another.number,
            }
            yield Finding(Flaw.LEADS_TWO_AT_ONCE, (*path, "on"), other.code, facts)


def _about(offering: PlannedOffering, where: Path) -> Iterator[Finding]:
    held = _held(offering, where)
    for path, session in held:
        flaw, facts = _day(session)
        if flaw is not None:
            named = {"offering": offering.code, "session": session.number, "on": session.on, **facts}
            yield Finding(flaw, (*path, "on"), offering.code, named)
    yield from _attendable(offering, [session for _, session in held], where)


def _day(session: PlannedSession) -> tuple[Flaw | None, dict[str, object]]:
    on = session.on
    instead = next_ordinary_day(on)
    if is_day_off(on):
        return Flaw.SESSION_ON_HOLIDAY, {"holiday": DayOff(on), "instead": instead}
    if on.weekday() >= SATURDAY:
        return Flaw.SESSION_ON_WEEKEND, {"instead": instead}
    if is_eve(on):
        return Flaw.SESSION_ON_EVE, {"holiday": DayOff(on + DAY)}
    return (Flaw.SESSION_IN_JULY if on.month == JULY else None), {}


def _attendable(offering: PlannedOffering, held: list[PlannedSession], where: Path) -> Iterator[Finding]:
    def found(flaw: Flaw, *below: str, **facts: object) -> Finding:
        return Finding(flaw, (*where, *below), offering.code, {"offering": offering.code, **facts})

    if not held:
        if offering.sessions:  # without either, its dates come later, and nobody may join yet
            yield found(Flaw.ALL_CANCELLED, "sessions")
        return
    opens, closes = offering.sign_up.opens, offering.sign_up.closes
    first = min(held, key=lambda each: (each.on, each.starts))
    last = max(held, key=lambda each: (each.on, each.starts))
    if opens is not None and closes is not None and closes < opens:
        yield found(Flaw.CLOSES_BEFORE_IT_OPENS, "sign_up", "closes", opens=opens, closes=closes)
    elif opens is not None and opens > last.on:
        yield found(Flaw.OPENS_AFTER_THE_LAST, "sign_up", "opens", opens=opens, last=last.on)
    elif opens is not None and opens > first.on:
        facts = {"session": first.number, "on": first.on, "opens": opens}
        yield found(Flaw.OPENS_AFTER_THE_FIRST, "sign_up", "opens", **facts)
    elif not _has_working_day(opens, closes):
        yield found(Flaw.NO_DAY_TO_SIGN_UP, "sign_up", "closes", opens=opens, closes=closes)
    if all(_is_out_of_hours(session) for session in held):
        yield found(Flaw.OUT_OF_HOURS, "sessions", earliest=EARLIEST, latest=LATEST)


def _has_working_day(opens: date | None, closes: date | None) -> bool:
    if opens is None or closes is None:
        return True
    day = opens
    while day <= closes:
        if is_working_day(day):
            return True
        day += DAY
    return False


def _is_out_of_hours(session: PlannedSession) -> bool:
    in_hours = session.starts >= EARLIEST and session.ends <= LATEST and session.ends_on == session.on
    return not (in_hours and is_working_day(session.on))


def _prompts(plan: Plan) -> Iterator[Finding]:
    """Settings for more than one prompt a week. Kaiku sends one a week and would silently drop the others,
    although the plan promises them."""
    rules = plan.prompt_rules
    if rules.days_between < DEFAULT_RULES.days_between:
        yield prompts_too_near(rules.days_between)
    if rules.short_gap >= DEFAULT_RULES.short_gap:
        return
    for where, offering in _placed(plan):
        if not offering.has_prompts:
            continue
        held = sorted((session for _, session in _held(offering, where)), key=lambda each: each.on)
        for session, coming in pairwise(held):
            days = _working_days(session.on, coming.on)
            number = len(rules.moments())
            weeks = max((coming.on - session.on).days // 7, 1)
            if rules.short_gap <= days < DEFAULT_RULES.short_gap and number > weeks:
                facts = {
                    "offering": offering.code,
                    "first": session.number,
                    "second": coming.number,
                    "days": days,
                    "prompts": number,
                    "left_out": number - weeks,
                    "short_gap": DEFAULT_RULES.short_gap,
                    "per_gap": weeks,
                }
                here = ("prompt_rules", "short_gap")
                yield Finding(Flaw.TOO_MANY_PROMPTS, here, offering.code, facts)


def prompts_too_near(days: int) -> Finding:
    """Settings that let one prompt follow another after ``days``."""
    facts = {"days": days, "least": DEFAULT_RULES.days_between}
    return Finding(Flaw.PROMPTS_TOO_NEAR, ("prompt_rules", "days_between"), facts=facts)


def _working_days(first: date, last: date) -> int:
    number, day = 0, first
    while day < last:
        day += DAY
        number += is_working_day(day)
    return number
