"""A rehearsal in the reader's language: sentences for the verdict's codes and facts."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from msgspec import Struct, field

from bot.domain.deliveries import DeliveryKind
from bot.domain.plan.changes import SessionTime
from bot.i18n import Words, words_for
from rehearsal.compare import Difference
from rehearsal.days import DayOff, Quiet, Why, name_of
from rehearsal.people import Deed
from rehearsal.plan_findings import Finding
from rehearsal.plan_lines import PlanSource
from rehearsal.promises import Broken, Promise
from rehearsal.verdict import Verdict

DROPPED: Final = frozenset(
    {
        "weekly_cap", "fewer", "stopped", "quiet_day", "quiet", "away", "paused", "after_session", "late",
        "short_gap", "session_cancelled", "offering_cancelled", "joined_later", "missed_session",
        "not_in_audience", "no_longer_due", "no_plan_to_quote", "too_late", "past", "withdrawn",
        "do_not_disturb", "person_deactivated", "unknown",
    }
)  # fmt: skip
"""Why a prompt was left out, as the delivery has it; the sentences are ``rehearsal.dropped_...``."""
KINDS: Final = frozenset({*DeliveryKind, "other"})
"""Kinds of deliveries; the sentences are ``rehearsal.kind_...``."""
ENOUGH: Final = 200
"""The fewest people in a year that shows how offerings fill."""


class Wording(Struct, frozen=True):
    """``names`` are people's, by id; ``source`` says on which line of the plan file something stands."""

    words: Words
    source: PlanSource
    names: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, /, **facts: object) -> str:
        """The sentence ``rehearsal.<key>``, its facts as the language writes them."""
        return self.words(f"rehearsal.{key}", **self._said(facts))

    def many(self, key: str, n: int, /, **facts: object) -> str:
        """The sentence ``rehearsal.<key>`` in the form that the number ``{n}`` in it takes."""
        return self.words.many(f"rehearsal.{key}", n, **self._said(facts))

    def _said(self, facts: Mapping[str, object]) -> dict[str, object]:
        return {
            name: self.kind(str(fact)) if name == "kind" else self.fact(fact) for name, fact in facts.items()
        }

    def fact(self, fact: object) -> str:  # noqa: PLR0911 - one a type
        """A parameter as the language writes it: a number, a day, a moment, a reason; text stays."""
        match fact:
            case datetime():
                return self.words(
                    "desk.moment", day=self.words.day(fact), time=self.words.clock_time(fact.time())
                )
            case date():
                return self.words.day(fact)
            case time():
                return self.words.clock_time(fact)
            case int():
                return self.words.number(fact)
            case DayOff(on):
                return name_of(on, self.words.language)
            case SessionTime(on, starts, ends):
                return self.say("session_when", day=on, hours=self.words.hours(starts, ends))
            case Why():
                return self.why(fact)
            case _:
                return str(fact)

    def why(self, why: Why) -> str:
        """The words for the reason not to ask a person anything."""
        facts: dict[str, object] = {}
        if why.code in {Quiet.HOLIDAY, Quiet.EVE} and why.on is not None:
            facts = {"name": DayOff(why.on), "day": self.words.short_day(why.on)}
        if why.hours is not None:
            facts = {"at": why.at, "hours": self.words.hours(*why.hours)}
        return self.say(f"why_{why.code}", **facts)

    def moved(self, why: str, on: str | None) -> str:
        """The words for the reason why a prompt was moved, as in ``figures``."""
        if why not in set(Quiet):
            return self.say("why_unknown")
        return self.why(Why(Quiet(why), date.fromisoformat(on) if on is not None else None))

    def dropped(self, why: str) -> str:
        return self.say(f"dropped_{why}") if why in DROPPED else self.say("dropped_other", code=why)

    def kind(self, kind: str) -> str:
        return self.say(f"kind_{kind}") if kind in KINDS else kind

    def flaw(self, finding: Finding) -> str:
        return self.say(f"flaw_{finding.flaw}", **finding.facts)

    def finding(self, finding: Finding) -> str:
        """A finding in words: fault or note, line of the plan file, what it is and what to do."""
        weight = "fault" if finding.is_fault else "note"
        line = self.source.line_of(finding)
        if line is None:
            return self.say(weight, words=self.flaw(finding))
        return self.say(f"{weight}_at", file=self.source.file, line=str(line), words=self.flaw(finding))

    def breach(self, broken: Broken) -> str:
        return self.say(f"breach_{broken.breach}", **broken.facts)

    def who(self, who: str) -> str:
        """The subject of a broken promise in words: a person, an act, an offering or a method."""
        person, _, rest = who.partition(" ")
        deed = rest.partition(" ")[0]
        name = f"{self.names[person]} ({person})" if person in self.names else person
        return f"{name}: {self.say(f'deed_{deed}')}" if deed in set(Deed) else (name if not rest else who)

    def when(self, at: datetime) -> str:
        """An instant on the programme's clock."""
        return self.fact(self.words.here(at))

    def offerings(self, numbers: Mapping[str, int]) -> str:
        """``coaching-1: 7, dialogue-2: 3``"""
        ordered = sorted(numbers.items(), key=lambda each: (-each[1], each[0]))
        return ", ".join(
            f"{code}: {self.fact(number)}" if code else self.fact(number) for code, number in ordered
        )

    def change(self, change: Mapping[str, Any]) -> str:
        """A change of the plan during the year, as in ``figures``, in words."""
        day = date.fromisoformat(change["from"])
        facts = {"offering": change["offering"], "session": change["session"], "day": day}
        if change["to"] is None:
            return self.say("change_cancelled", **facts)
        return self.say("change_moved", to=date.fromisoformat(change["to"]), **facts)

    def difference(self, difference: Difference) -> str:
        facts = dict(difference.facts)
        if isinstance(finding := facts.pop("finding", None), Finding):
            return self.say(f"diff_{difference.code}", words=self.flaw(finding))
        if isinstance(promise := facts.pop("promise", None), Promise):
            facts["promise"] = self.say(f"promise_{promise}")
        if difference.offering:
            facts["offering"] = difference.offering
        n = facts.pop("n", None)
        if isinstance(n, int):
            return self.many(f"diff_{difference.code}", n, **facts)
        return self.say(f"diff_{difference.code}", **facts)

    def verdict(self, verdict: Verdict) -> str:
        """The verdict in a sentence or two, with who is to act."""
        if verdict.holds:
            return self.say("verdict_good")
        parts = [self.say("verdict_bad")]
        if verdict.faults:
            parts.append(self.many("verdict_faults", len(verdict.faults)))
        if verdict.broken:
            promises = len({each.promise for each in verdict.broken})
            parts.append(self.many("verdict_broken", promises))
        return " ".join(parts)

    def summary(self, verdict: Verdict) -> list[str]:
        """The year in a few sentences."""
        figures = verdict.figures
        messages, to_one = figures["messages"], figures["messages"]["to_one_person"]
        offerings, prompts = figures["offerings"], figures["prompts"]
        lines = [
            self.say(
                "sum_people",
                people=figures["people"],
                agencies=figures["agencies"],
                first=date.fromisoformat(figures["from"]),
                last=date.fromisoformat(figures["to"]),
            ),
            self.say(
                "sum_seats",
                seated=sum(each["seated"] for each in offerings),
                seats=sum(each["capacity"] for each in offerings if not each["cancelled"]),
                waiting=sum(each["waiting"] for each in offerings),
            ),
            self.say(
                "sum_messages",
                total=messages["total"],
                median=to_one["median"],
                most=to_one["most"],
                week=to_one["most_in_a_week"],
            ),
        ]
        if messages["busiest_hour"]["hour"] is not None:
            lines.append(self.busiest_hour(messages["busiest_hour"]))
        lines.append(
            self.say(
                "sum_prompts",
                sent=prompts["sent"],
                answered=prompts["answered"],
                moved=sum(each["prompts"] for each in prompts["moved"]),
                dropped=sum(each["prompts"] for each in prompts["dropped"]),
            )
        )
        if figures["overlaps"]:
            lines.append(self.say("sum_overlaps", people=sum(each["people"] for each in figures["overlaps"])))
        return [*lines, *self.half_empty(figures)]

    def busiest_hour(self, busiest: Mapping[str, Any]) -> str:
        starts = datetime.fromisoformat(busiest["hour"])
        hours = self.words.hours(starts.time(), (starts + timedelta(hours=1)).time())
        messages = busiest["messages"]
        return self.many("sum_busiest", messages, day=starts.date(), hours=hours, messages=messages)

    def half_empty(self, figures: Mapping[str, Any]) -> list[str]:
        """The offerings likely to run half empty; or that there were too few people to tell."""
        if figures["too_few_people"]:
            seats = sum(each["capacity"] for each in figures["offerings"] if not each["cancelled"])
            enough = max(ENOUGH, -(-seats // 200) * 100)  # half the seats, in whole hundreds
            return [self.say("sum_too_few", people=figures["people"], seats=seats, enough=str(enough))]
        empty = [each["code"] for each in figures["offerings"] if each["likely_half_empty"]]
        return [self.say("sum_half_empty", offerings=self.words.all_of(empty))] if empty else []

    def in_short(self, verdict: Verdict) -> list[str]:
        """The lines for a terminal: the year, its problems, and the verdict last."""
        lines = [*self.summary(verdict), *(self.finding(each) for each in verdict.findings)]
        for promise in Promise:
            broken = [each for each in verdict.broken if each.promise is promise]
            if broken:
                lines.append(
                    self.many(
                        "broken_first",
                        len(broken),
                        promise=self.say(f"promise_{promise}"),
                        who=self.who(broken[0].who),
                        when=self.when(broken[0].at),
                        words=self.breach(broken[0]),
                    )
                )
        return [*lines, self.verdict(verdict)]


def wording_for(
    language: str, timezone: str, source: PlanSource, names: Mapping[str, str] | None = None
) -> Wording:
    """``timezone`` is the programme's."""
    return Wording(words_for(language, timezone), source, names or {})
