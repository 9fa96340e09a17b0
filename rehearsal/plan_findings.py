"""What is wrong with a plan before anyone lives through it, in a coordinator's words. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import combinations, pairwise
from typing import Final

from bot.domain.plan import Plan, PlannedOffering, PlannedSession
from bot.domain.prompts import DEFAULT_RULES
from rehearsal.days import DAY, JULY, SATURDAY, day_off, eve_of, is_working_day

EARLIEST: Final = time(7)
LATEST: Final = time(19)


@dataclass(frozen=True, slots=True)
class Finding:
    """``is_fault``: the plan should not be published so; the others are worth knowing."""

    offering: str
    words: str
    is_fault: bool = True


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two sessions at the same hour, and how many ``people`` have a seat in both."""

    on: date
    sessions: tuple[str, str]
    people: int


def overlaps_of(plan: Plan, seated: Mapping[str, Collection[str]]) -> list[Overlap]:
    """Where people would have to be in two places at once: ``seated`` are those with a seat, by offering."""
    held = [
        (offering.code, session)
        for offering in plan.offerings
        if not offering.cancelled
        for session in offering.sessions
        if not session.cancelled
    ]
    found = []
    for (code, session), (other_code, other) in combinations(held, 2):
        both = len(set(seated.get(code, ())) & set(seated.get(other_code, ())))
        meet = session.on == other.on and session.starts < other.ends and other.starts < session.ends
        if meet and both and code != other_code:
            named = f"{code}, session {session.number}", f"{other_code}, session {other.number}"
            found.append(Overlap(session.on, named, both))
    return sorted(found, key=lambda each: (-each.people, each.on, each.sessions))


def findings_of(plan: Plan) -> list[Finding]:
    """All that is wrong or worth knowing, in the plan's order."""
    return [
        *_prompts(plan),
        *(found for offering in plan.offerings if not offering.cancelled for found in _about(offering)),
    ]


def _about(offering: PlannedOffering) -> Iterator[Finding]:
    held = [session for session in offering.sessions if not session.cancelled]
    for session in held:
        yield from _day(offering, session)
    yield from _attendable(offering, held)


def _day(offering: PlannedOffering, session: PlannedSession) -> Iterator[Finding]:
    where = f"Session {session.number} of {offering.code} is on {session.on:%A} {session.on}"
    holiday, eve = day_off(session.on), eve_of(session.on)
    if holiday is not None:
        yield Finding(offering.code, f"{where}: {holiday}. People are not at work. Move it.")
    elif session.on.weekday() >= SATURDAY:
        yield Finding(offering.code, f"{where}, a weekend. Move it to a working day.")
    elif eve is not None:
        yield Finding(
            offering.code, f"{where}, the eve of {eve}: many leave early or take it off.", is_fault=False
        )
    elif session.on.month == JULY:
        yield Finding(offering.code, f"{where}: in July most people are on holiday.", is_fault=False)


def _attendable(offering: PlannedOffering, held: list[PlannedSession]) -> Iterator[Finding]:
    nobody = f"Nobody can attend {offering.code}:"
    if not held:
        yield Finding(offering.code, f"{nobody} every session is cancelled, and the offering is not.")
        return
    opens, closes = offering.sign_up.opens, offering.sign_up.closes
    first = min(held, key=lambda each: (each.on, each.starts))
    last = max(held, key=lambda each: (each.on, each.starts))
    if opens is not None and closes is not None and closes < opens:
        yield Finding(offering.code, f"{nobody} sign-up closes on {closes}, before it opens on {opens}.")
    elif opens is not None and opens > last.on:
        yield Finding(
            offering.code, f"{nobody} sign-up opens on {opens}, after its last session on {last.on}."
        )
    elif opens is not None and opens > first.on:
        yield Finding(
            offering.code,
            f"Nobody can attend session {first.number} of {offering.code}: it is on {first.on}, and sign-up"
            f" opens on {opens}.",
        )
    elif not _has_working_day(opens, closes):
        yield Finding(
            offering.code, f"{nobody} sign-up is open from {opens} to {closes}, with no working day."
        )
    if all(_is_out_of_hours(session) for session in held):
        times = ", ".join(f"{each.on:%a} {each.on} {each.starts:%H:%M}-{each.ends:%H:%M}" for each in held)
        yield Finding(offering.code, f"{nobody} no session is in working hours of a working day ({times}).")


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
    in_hours = session.starts >= EARLIEST and session.ends <= LATEST
    return not (in_hours and is_working_day(session.on))


def _prompts(plan: Plan) -> Iterator[Finding]:
    """Settings that ask for more than one prompt a week. Kaiku sends one: the rest would silently be left
    out, and the plan would promise facilitators what nobody gets."""
    rules = plan.prompt_rules
    if rules.days_between < DEFAULT_RULES.days_between:
        yield Finding(
            "",
            f"Over-prompting: prompt_rules allow a prompt every {rules.days_between} days. Nobody gets more"
            f" than one in {DEFAULT_RULES.days_between}: set days_between to that or more.",
        )
    if rules.short_gap >= DEFAULT_RULES.short_gap:
        return
    for offering in plan.offerings:
        if offering.cancelled or not offering.has_prompts:
            continue
        held = sorted((each for each in offering.sessions if not each.cancelled), key=lambda each: each.on)
        for session, coming in pairwise(held):
            days = _working_days(session.on, coming.on)
            number = len(rules.moments())
            weeks = max((coming.on - session.on).days // 7, 1)
            if rules.short_gap <= days < DEFAULT_RULES.short_gap and number > weeks:
                yield Finding(
                    offering.code,
                    f"Over-prompting: prompt_rules put {number} prompts into the {days} working days between"
                    f" sessions {session.number} and {coming.number} of {offering.code}. Nobody gets more"
                    f" than one a week, so {number - weeks} would be left out: set short_gap to"
                    f" {DEFAULT_RULES.short_gap} or per_gap lower.",
                )


def _working_days(first: date, last: date) -> int:
    number, day = 0, first
    while day < last:
        day += DAY
        number += is_working_day(day)
    return number
