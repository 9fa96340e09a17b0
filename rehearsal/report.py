"""The report: a page that reads whole without scripts, and the same as JSON."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from rehearsal.compare import Difference, for_everybody
from rehearsal.page import Page
from rehearsal.pictures import MOST_ROWS, seats_drawn, weeks_drawn
from rehearsal.plan_findings import Finding
from rehearsal.promises import Broken, Promise
from rehearsal.verdict import Verdict
from rehearsal.wording import Wording

SHOWN: Final = 200
"""Broken promises that are listed one by one; the rest is counted."""
HTML: Final = "report.html"
JSON: Final = "report.json"
STEP: Final = 10
"""Messages in the year, from one row of the table of people to the next."""


class Compared(Struct, frozen=True):
    """The year of the ``old`` plan, from ``file``, and what differs."""

    file: str
    old: Verdict
    differences: Sequence[Difference]


def write_report(verdict: Verdict, folder: Path, wording: Wording, compared: Compared | None = None) -> None:
    """Write ``report.html`` and ``report.json`` into ``folder``, each replaced atomically. Raises OSError."""
    weeks = dict(zip(verdict.people, verdict.weeks, strict=True))
    whole = {**as_json(verdict, wording, compared), "messages_by_person_and_week": weeks}
    texts = {
        HTML: as_html(verdict, wording, compared),
        JSON: json.dumps(whole, ensure_ascii=False, indent=1) + "\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = {name: folder / f".{name}.part" for name in texts}
    try:
        for name, text in texts.items():
            unfinished[name].write_text(text, encoding="utf-8")
        for name, part in unfinished.items():
            part.replace(folder / name)
    finally:
        for part in unfinished.values():
            part.unlink(missing_ok=True)


def as_json(verdict: Verdict, wording: Wording, compared: Compared | None = None) -> dict[str, Any]:
    """Codes and figures without language, and with them ``words`` in the reader's language."""
    figures = verdict.figures
    prompts = figures["prompts"]
    whole = {
        "language": wording.words.language,
        "holds": verdict.holds,
        "words": wording.verdict(verdict),
        "promises_broken": {promise.value: verdict.times_broken(promise) for promise in Promise},
        "broken": [_plain_breach(each, wording) for each in verdict.broken[:SHOWN]],
        "plan": [finding_as_json(each, wording) for each in verdict.findings],
        **figures,
        "changes": [{**each, "words": wording.change(each)} for each in figures["changes"]],
        "prompts": {
            **prompts,
            "moved": [{**each, "words": wording.moved(each["why"], each["on"])} for each in prompts["moved"]],
            "dropped": [{**each, "words": wording.dropped(each["why"])} for each in prompts["dropped"]],
        },
    }
    if compared is None:
        return whole
    return {**whole, "differences": [_plain_difference(each, wording) for each in compared.differences]}


def finding_as_json(finding: Finding, wording: Wording) -> dict[str, Any]:
    """A finding on the plan: code, parameters and words."""
    return {
        "code": finding.flaw.value,
        "offering": finding.offering,
        "is_fault": finding.is_fault,
        "line": wording.source.line_of(finding),
        **plain(dict(finding.facts)),
        "words": wording.flaw(finding),
    }


def _plain_breach(broken: Broken, wording: Wording) -> dict[str, Any]:
    return {
        "promise": broken.promise,
        "code": broken.breach,
        "at": broken.at.isoformat(),
        "who": broken.who,
        **plain(dict(broken.facts)),
        "words": wording.breach(broken),
    }


def _plain_difference(difference: Difference, wording: Wording) -> dict[str, Any]:
    facts = plain({name: fact for name, fact in difference.facts.items() if name != "n"})
    return {
        "code": difference.code,
        "offering": difference.offering,
        **facts,
        "words": wording.difference(difference),
    }


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever facts hold, as JSON has it
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Struct):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def as_html(verdict: Verdict, wording: Wording, compared: Compared | None = None) -> str:
    """The page with embedded pictures, the content of each also in words and in a table."""
    figures, say = verdict.figures, wording.say
    page = Page()
    _to_mend(page, verdict, wording)
    if compared is not None:
        _compared(page, compared, verdict, wording)
    _seats(page, figures, wording)
    _messages(page, verdict, wording)
    _prompts(page, figures["prompts"], wording)
    _sessions(page, verdict, wording)
    _promises(page, verdict, wording)
    _refused(page, figures["refused"], wording)
    _year(page, figures, wording)
    return page.html(
        language=wording.words.language,
        title=say("page_name", title=wording.words.pick(verdict.title)),
        contents=say("contents"),
        holds=verdict.holds,
        verdict=wording.verdict(verdict),
        summary=wording.summary(verdict),
        made_up=say("made_up", file=wording.source.file, people=figures["people"], seed=str(figures["seed"])),
    )


def _to_mend(page: Page, verdict: Verdict, wording: Wording) -> None:
    if not verdict.faults:
        return
    page.section("mend", wording.say("h_mend"))
    page.items(wording.finding(each) for each in verdict.faults)


def _compared(page: Page, compared: Compared, new: Verdict, wording: Wording) -> None:
    say = wording.say
    page.section("compared", say("h_compared", file=compared.file))
    if not compared.differences:
        page.text(say("diff_none"))
        return
    page.items(wording.difference(each) for each in compared.differences)
    page.text(say("diff_chance"))
    old, now = for_everybody(compared.old.figures), for_everybody(new.figures)
    rows = [(say(f"t_{code}"), wording.fact(old[code]), wording.fact(now[code])) for code in now]
    page.table(say("c_everybody"), (say("t_figure"), say("t_was"), say("t_now")), rows, (1, 2))
    keys = ("capacity", "seated", "waiting", "agencies", "prompts", "messages")
    before = {each["code"]: each for each in compared.old.figures["offerings"]}
    after = {each["code"]: each for each in new.figures["offerings"]}
    by_offering = [
        (code, *(_changed(before.get(code), after.get(code), key, wording) for key in keys))
        for code in [*after, *(code for code in before if code not in after)]
    ]
    head = [say("t_offering"), *(say(f"t_{key}") for key in keys)]
    page.table(say("c_offerings_compared"), head, by_offering, range(1, len(head)))


def _changed(was: dict[str, Any] | None, now: dict[str, Any] | None, key: str, wording: Wording) -> str:
    """``6 → 12``, or one number if it stays; a dash for a plan that lacks the thing."""
    one, other = (wording.fact(each[key]) if each is not None else "–" for each in (was, now))
    return one if one == other else f"{one} → {other}"


def _seats(page: Page, figures: dict[str, Any], wording: Wording) -> None:
    say, fact = wording.say, wording.fact
    offerings = figures["offerings"]
    page.section("seats", say("h_seats"))
    said = "; ".join(
        say("alt_offering", code=e["code"], seated=e["seated"], seats=e["capacity"], waiting=e["waiting"])
        for e in offerings
    )
    page.picture(seats_drawn(offerings, wording), say("alt_seats", offerings=said), say("c_seats_picture"))
    page.text(say("why_waiting"))
    rows = [
        (
            say("offering", title=wording.words.pick(each["title"]), code=each["code"]),
            *(
                fact(each[key])
                for key in (
                    "seated", "capacity", "waiting", "longest_queue", "left", "agencies", "most_of_one_agency"
                )
            ),
            _likely(each, figures["too_few_people"], wording),
        )
        for each in offerings
    ]  # fmt: skip
    keys = (
        "offering", "seated", "capacity", "waiting", "longest_queue", "left", "agencies",
        "most_of_one_agency", "half_empty",
    )  # fmt: skip
    page.table(say("c_seats"), [say(f"t_{key}") for key in keys], rows, range(1, 8))


def _likely(offering: dict[str, Any], too_few_people: bool, wording: Wording) -> str:
    if offering["cancelled"]:
        return wording.say("cancelled")
    if too_few_people:
        return wording.say("cannot_say")
    return wording.say("yes" if offering["likely_half_empty"] else "no")


def _messages(page: Page, verdict: Verdict, wording: Wording) -> None:
    say, fact = wording.say, wording.fact
    messages = verdict.figures["messages"]
    weeks = [each for each in messages["by_week"] if each["messages"]]
    most = messages["to_one_person"]["most_in_a_week"]
    page.section("messages", say("h_messages"))
    page.text(
        say("heat_map", shown=min(len(verdict.people), MOST_ROWS), people=len(verdict.people), json=JSON)
    )
    alt = say("alt_weeks", most=most)
    if weeks:
        busiest = max(weeks, key=lambda each: each["messages"])
        day = date.fromisoformat(busiest["week"])
        alt += " " + say("alt_busiest_week", week=day, messages=busiest["messages"])
    starts = [each["week"] for each in messages["by_week"]]
    page.picture(weeks_drawn(verdict.weeks, starts, wording), alt, say("c_weeks_picture"))
    by_week = [
        (
            fact(date.fromisoformat(each["week"])),
            *(fact(each[key]) for key in ("messages", "people", "most_to_one")),
        )
        for each in weeks
    ]
    head = [say(f"t_{key}") for key in ("week", "messages", "people_reached", "most_to_one")]
    page.table(say("c_weeks"), head, by_week, (1, 2, 3))
    page.table(say("c_people"), (say("t_in_year"), say("t_people")), _by_person(verdict, wording), (0, 1))
    page.section("kinds", say("h_kinds"))
    if messages["busiest_hour"]["hour"] is not None:
        page.text(wording.busiest_hour(messages["busiest_hour"]))
    kinds = sorted(messages["by_kind"].items(), key=lambda each: (-each[1], each[0]))
    rows = [(wording.kind(kind), fact(number)) for kind, number in kinds]
    page.table(say("c_kinds"), (say("t_kind"), say("t_messages")), rows, (1,))
    hours = [
        (wording.words.hours(time(hour), time((hour + 1) % 24)), fact(number))
        for hour, number in enumerate(messages["by_hour"])
        if number
    ]
    page.table(say("c_hours"), (say("t_hour"), say("t_messages")), hours, (1,))


def _by_person(verdict: Verdict, wording: Wording) -> list[tuple[str, str]]:
    """How many people got how many messages in the year, in tens."""
    received = [sum(row) for row in verdict.weeks]
    steps = [0, *range(1, max(received, default=0) + STEP, STEP)]
    rows = []
    for first, following in pairwise(steps):
        people = sum(first <= number < following for number in received)
        number = f"{first}–{following - 1}" if following - 1 > first else f"{first}"
        if people:
            rows.append((number, wording.fact(people)))
    return rows


def _prompts(page: Page, prompts: dict[str, Any], wording: Wording) -> None:
    say, fact = wording.say, wording.fact
    page.section("prompts", say("h_prompts"))
    page.text(say("prompts_sent", sent=prompts["sent"], answered=prompts["answered"]))
    moved = [(wording.moved(each["why"], each["on"]), each) for each in prompts["moved"]]
    dropped = [(wording.dropped(each["why"]), each) for each in prompts["dropped"]]
    for key, found in (("moved", moved), ("dropped", dropped)):
        if not found:
            page.text(say(f"{key}_none"))
            continue
        rows = [(why, fact(each["prompts"]), wording.offerings(each["offerings"])) for why, each in found]
        page.table(say(f"c_{key}"), (say("t_why"), say("t_prompts"), say("t_of_which")), rows, (1,))


def _sessions(page: Page, verdict: Verdict, wording: Wording) -> None:
    say = wording.say
    page.section("sessions", say("h_sessions"))
    if verdict.findings:
        page.items(wording.finding(each) for each in verdict.findings)
    else:
        page.text(say("no_findings"))
    overlaps = verdict.figures["overlaps"]
    if not overlaps:
        page.text(say("no_overlaps"))
        return
    rows = [
        (
            wording.fact(date.fromisoformat(each["on"])),
            *(say("session_of", **session) for session in each["sessions"]),
            wording.fact(each["people"]),
        )
        for each in overlaps
    ]
    head = (say("t_on"), say("t_session"), say("t_other_session"), say("t_people_in_both"))
    page.table(say("c_overlaps"), head, rows, (3,))
    page.text(say("about_overlaps"))


def _promises(page: Page, verdict: Verdict, wording: Wording) -> None:
    say = wording.say
    page.section("promises", say("h_promises"))
    rows = [
        (
            say(f"promise_{promise}"),
            wording.many("broken_times", number)
            if (number := verdict.times_broken(promise))
            else say("kept"),
        )
        for promise in Promise
    ]
    page.table(say("c_promises"), (say("t_promise"), say("t_outcome")), rows)
    if not verdict.broken:
        return
    shown = [
        (wording.when(each.at), wording.who(each.who), say(f"promise_{each.promise}"), wording.breach(each))
        for each in verdict.broken[:SHOWN]
    ]
    head = (say("t_when"), say("t_who"), say("t_promise"), say("t_what"))
    page.table(say("c_breaches"), head, shown)
    more = len(verdict.broken) - len(shown)
    if more:
        page.text(wording.many("more_breaches", more, json=JSON))


def _refused(page: Page, refused: list[dict[str, Any]], wording: Wording) -> None:
    say = wording.say
    page.section("refused", say("h_refused"))
    if not refused:
        page.text(say("refused_nothing"))
        return
    page.text(say("about_refused"))
    rows = [(wording.who(each["what"]), each["error"], wording.fact(each["times"])) for each in refused]
    page.table(say("c_refused"), (say("t_call"), say("t_error"), say("t_times")), rows, (2,))


def _year(page: Page, figures: dict[str, Any], wording: Wording) -> None:
    say = wording.say
    page.section("year", say("h_year"))
    changes = [
        (wording.when(datetime.fromisoformat(each["at"])), wording.change(each))
        for each in figures["changes"]
    ]
    if changes:
        page.table(say("c_changes"), (say("t_when"), say("t_change")), changes)
    acts = sorted(figures["acts"].items(), key=lambda each: (-each[1], each[0]))
    rows = [(say(f"deed_{deed}"), wording.fact(number)) for deed, number in acts]
    page.table(say("c_acts"), (say("t_deed"), say("t_times")), rows, (1,))
