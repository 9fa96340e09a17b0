"""Compares the simulated years of two plans: seats, sessions, messages, prompts. Pure, and in no language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from bot.domain.plan.changes import SessionTime
from bot.domain.plan.model import Plan, PlannedSession
from rehearsal.promises import Promise
from rehearsal.verdict import Verdict

DIFFERENCES: Final = (
    "new", "gone", "cancelled", "reinstated", "capacity", "seated_more", "seated_fewer", "waiting_more",
    "waiting_fewer", "agencies", "prompts", "half_empty", "not_half_empty", "session_added", "session_gone",
    "session_cancelled", "session_reinstated", "session_moved", "flaw_new", "flaw_gone", "broken",
)  # fmt: skip
"""What can differ of an offering, a session or the plan; the sentences are ``rehearsal.diff_...``."""
COMPARED: Final = (
    "median", "most", "most_in_a_week", "messages", "prompts_sent", "prompts_moved", "prompts_dropped",
    "overlaps",
)  # fmt: skip
"""The figures of everybody together, by the code of their difference."""


class Difference(Struct, frozen=True):
    """A difference of one offering or of everybody: one of DIFFERENCES or COMPARED."""

    code: str
    offering: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def differences(old_plan: Plan, old: Verdict, new_plan: Plan, new: Verdict) -> list[Difference]:
    """The differences of the plans, then those of the simulated years: by offering in the new plan's order,
    and for everybody together."""
    return [
        *_of_sessions(old_plan, new_plan),
        *_of_findings(old, new),
        *_of_offerings(old, new),
        *_of_everybody(old.figures, new.figures),
    ]


def _of_offerings(old: Verdict, new: Verdict) -> Iterator[Difference]:
    before = {each["code"]: each for each in old.figures["offerings"]}
    after = {each["code"]: each for each in new.figures["offerings"]}
    for code, offering in after.items():
        was = before.get(code)
        if was is None:
            yield Difference("new", code, {"seated": offering["seated"]})
        else:
            yield from _of_offering(code, was, offering)
    for code in sorted(before.keys() - after.keys()):
        yield Difference("gone", code, {"seated": before[code]["seated"]})


def _of_offering(code: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    if was["cancelled"] != now["cancelled"]:
        yield Difference("cancelled" if now["cancelled"] else "reinstated", code)
    if was["capacity"] != now["capacity"]:
        yield Difference("capacity", code, {"was": was["capacity"], "now": now["capacity"]})
    for key in ("seated", "waiting"):
        more = now[key] - was[key]
        if more:
            way = "more" if more > 0 else "fewer"
            yield Difference(f"{key}_{way}", code, {"n": abs(more), "was": was[key], "now": now[key]})
    for key in ("agencies", "prompts"):
        if was[key] != now[key]:
            yield Difference(key, code, {"was": was[key], "now": now[key]})
    if was["likely_half_empty"] != now["likely_half_empty"]:
        yield Difference("half_empty" if now["likely_half_empty"] else "not_half_empty", code)


def _of_sessions(old: Plan, new: Plan) -> Iterator[Difference]:
    """The planned sessions of offerings in both plans, before changes during the year."""
    before = {each.code: each for each in old.offerings}
    for offering in new.offerings:
        if offering.code not in before:
            continue
        was = {each.number: each for each in before[offering.code].sessions}
        now = {each.number: each for each in offering.sessions}
        for number in sorted(was.keys() | now.keys()):
            yield from _of_session(offering.code, number, was.get(number), now.get(number))


def _of_session(
    code: str, number: int, was: PlannedSession | None, now: PlannedSession | None
) -> Iterator[Difference]:
    def differs(what: str, **when: PlannedSession) -> Difference:
        hours = {name: SessionTime(each.on, each.starts, each.ends) for name, each in when.items()}
        return Difference(f"session_{what}", code, {"session": number, **hours})

    if was is None and now is not None:
        yield differs("added", when=now)
    elif was is not None and now is None:
        yield differs("gone", when=was)
    elif was is not None and now is not None:
        if was.cancelled != now.cancelled:
            yield differs("cancelled" if now.cancelled else "reinstated", when=now)
        if (was.on, was.starts, was.ends) != (now.on, now.starts, now.ends):
            yield differs("moved", was=was, now=now)


def for_everybody(figures: Mapping[str, Any]) -> dict[str, int]:
    """The figures of COMPARED."""
    messages, prompts = figures["messages"], figures["prompts"]
    to_one = messages["to_one_person"]
    values = (
        to_one["median"],
        to_one["most"],
        to_one["most_in_a_week"],
        messages["total"],
        prompts["sent"],
        sum(each["prompts"] for each in prompts["moved"]),
        sum(each["prompts"] for each in prompts["dropped"]),
        sum(each["people"] for each in figures["overlaps"]),
    )
    return dict(zip(COMPARED, values, strict=True))


def _of_everybody(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    before, after = for_everybody(old), for_everybody(new)
    for code, now in after.items():
        if before[code] != now:
            yield Difference(code, facts={"was": before[code], "now": now})


def _of_findings(old: Verdict, new: Verdict) -> Iterator[Difference]:
    def said(verdict: Verdict) -> Sequence[tuple[object, ...]]:
        return [(each.flaw, each.offering, dict(each.facts)) for each in verdict.findings]

    before, after = said(old), said(new)
    for found, each in zip(new.findings, after, strict=True):
        if each not in before:
            yield Difference("flaw_new", facts={"finding": found})
    for found, each in zip(old.findings, before, strict=True):
        if each not in after:
            yield Difference("flaw_gone", facts={"finding": found})
    for promise in Promise:
        was, now = old.times_broken(promise), new.times_broken(promise)
        if was != now:
            yield Difference("broken", facts={"promise": promise, "was": was, "now": now})
