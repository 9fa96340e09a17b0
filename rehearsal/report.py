"""The report: a page that reads whole without scripts, the same as JSON, what differs between two plans."""

import base64
import io
import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from rehearsal.promises import Promise
from rehearsal.verdict import SHOWN, Verdict

MOST_ROWS = 400
"""People in the picture of weeks; of more, the busiest."""

STYLE = """
:root { color-scheme: light dark; --line: #8886; --bad: #a4001d; --good: #00632b; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a9a; --good: #6fd99a; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
.bad { color: var(--bad); } .good { color: var(--good); }
.verdict { font-size: 1.25rem; font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 100%; background: #fff; }
"""


def write_report(verdict: Verdict, folder: Path, differences: Sequence[str] = ()) -> None:
    """``report.html`` and ``report.json`` in ``folder``. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    weeks = dict(zip(verdict.people, verdict.weeks, strict=True))
    whole = {**verdict.as_json(), "differences": list(differences), "messages_by_person_and_week": weeks}
    (folder / "report.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "report.html").write_text(as_html(verdict, differences), encoding="utf-8")


def in_short(verdict: Verdict) -> list[str]:
    """What a terminal shows: the year in a few lines, what is wrong with it, and the verdict last."""
    figures = verdict.figures
    messages, to_one = figures["messages"], figures["messages"]["to_one_person"]
    seated = sum(each["seated"] for each in figures["offerings"])
    waiting = sum(each["waiting"] for each in figures["offerings"])
    lines = [
        f"{figures['people']} people of {figures['agencies']} agencies, {figures['from']} to {figures['to']}:"
        f" {seated} seats held in the end, {waiting} still in line.",
        f"{messages['total']} messages; to one person {to_one['median']} in the year (median),"
        f" {to_one['most']} at most, and {to_one['most_in_a_week']} at most in a week. Busiest hour:"
        f" {messages['busiest_hour']['hour']}, {messages['busiest_hour']['messages']} messages.",
        f"{figures['prompts']['sent']} prompts, {figures['prompts']['answered']} answered.",
    ]
    empty = [each["code"] for each in figures["offerings"] if each["likely_half_empty"]]
    if empty:
        lines.append(f"Likely half empty: {', '.join(empty)}.")
    lines += [f"{'Fault' if found.is_fault else 'Note'}: {found.words}" for found in verdict.findings]
    for promise in Promise:
        broken = [each for each in verdict.broken if each.promise is promise]
        if broken:
            times = f"{len(broken)} {'time' if len(broken) == 1 else 'times'}"
            first = broken[0]
            lines.append(
                f"Broken promise ({times}): {promise.value}. First: {first.who}, {first.at:%Y-%m-%d %H:%M}"
                f" UTC, {first.words}."
            )
    return [*lines, sentence_of(verdict)]


def sentence_of(verdict: Verdict) -> str:
    if verdict.holds:
        return "Every promise was kept."
    broken = len({each.promise for each in verdict.broken})
    faults = sum(found.is_fault for found in verdict.findings)
    parts = []
    if broken:
        parts.append(f"{broken} {'promise was' if broken == 1 else 'promises were'} broken")
    if faults:
        parts.append(f"the plan has {faults} {'fault' if faults == 1 else 'faults'}")
    return f"Not to be published so: {' and '.join(parts)}."


def compare(old: Verdict, new: Verdict) -> list[str]:
    """What people would live through otherwise than with the old plan."""
    return [*_of_offerings(old.figures, new.figures), *_of_everybody(old, new)]


def _of_offerings(old: dict[str, Any], new: dict[str, Any]) -> Iterable[str]:
    before = {each["code"]: each for each in old["offerings"]}
    after = {each["code"]: each for each in new["offerings"]}
    for code, offering in after.items():
        was = before.get(code)
        if was is None:
            yield f"{code} is new: {offering['seated']} people get a seat in it."
            continue
        for key, words in (("seated", "people have a seat in"), ("waiting", "people still wait for")):
            more = offering[key] - was[key]
            if more:
                number = f"{abs(more)} {'more' if more > 0 else 'fewer'}"
                yield f"{number} {words} {code}: {was[key]} -> {offering[key]}."
        if offering["agencies"] != was["agencies"]:
            yield f"{code} mixes {offering['agencies']} agencies instead of {was['agencies']}."
        if offering["likely_half_empty"] != was["likely_half_empty"]:
            now = "is now likely half empty" if offering["likely_half_empty"] else "is no longer half empty"
            yield f"{code} {now}."
    for code in before.keys() - after.keys():
        yield f"{code} is gone: {before[code]['seated']} people had a seat in it."


def _of_everybody(old: Verdict, new: Verdict) -> Iterable[str]:
    def said(was: int, now: int, words: str) -> Iterable[str]:
        if was != now:
            yield f"{words}: {was} -> {now}."

    one, other = old.figures["messages"], new.figures["messages"]
    for key, words in (
        ("median", "Messages to one person in the year, median"),
        ("most", "Messages to one person in the year, at most"),
        ("most_in_a_week", "Messages to one person in a week, at most"),
    ):
        yield from said(one["to_one_person"][key], other["to_one_person"][key], words)
    yield from said(one["total"], other["total"], "Messages in all")
    prompts, now = old.figures["prompts"], new.figures["prompts"]
    yield from said(prompts["sent"], now["sent"], "Prompts people get")
    left_out, left_out_now = (sum(each["prompts"] for each in side["dropped"]) for side in (prompts, now))
    yield from said(left_out, left_out_now, "Prompts left out")
    at_once, at_once_now = (sum(each["people"] for each in side.figures["overlaps"]) for side in (old, new))
    yield from said(at_once, at_once_now, "Times somebody has two sessions at the same hour")
    before = {found.words for found in old.findings}
    after = {found.words for found in new.findings}
    yield from (f"New: {found.words}" for found in new.findings if found.words not in before)
    yield from (f"No longer: {found.words}" for found in old.findings if found.words not in after)
    for promise in Promise:
        was, now_broken = (sum(each.promise is promise for each in side.broken) for side in (old, new))
        yield from said(was, now_broken, f"Times it was broken that {promise.value}")


def as_html(verdict: Verdict, differences: Sequence[str] = ()) -> str:
    """The page; pictures are in it, and each says in words and in a table what it shows."""
    figures = verdict.figures
    title = f"The year of {figures['programme']}, rehearsed"
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{STYLE}</style></head><body><main>",
            f"<h1>{escape(title)}</h1>",
            f'<p class="verdict {"good" if verdict.holds else "bad"}">{escape(sentence_of(verdict))}</p>',
            "".join(f"<p>{escape(line)}</p>" for line in in_short(verdict)[:3]),
            _differences(differences),
            _promises(verdict),
            _findings(verdict),
            _offerings(figures),
            _messages(verdict),
            _prompts(figures["prompts"]),
            _refused(figures["refused"]),
            _events(figures),
            f"<p>Imaginary people, seed {figures['seed']}: the same seed shows the same year. What they do"
            " is made up: the figures show what Kaiku and the plan would do to people, not who comes.</p>",
            "</main></body></html>",
        ]
    )


def _differences(differences: Sequence[str]) -> str:
    if not differences:
        return ""
    items = "".join(f"<li>{escape(each)}</li>" for each in differences)
    return f"<h2>Compared with the old plan</h2><ul>{items}</ul>"


def _promises(verdict: Verdict) -> str:
    rows = []
    for promise in Promise:
        number = sum(each.promise is promise for each in verdict.broken)
        rows.append((promise.value, "kept" if not number else f"broken {number} times"))
    html = "<h2>What Kaiku promises</h2>" + _table(("Promise", "In this year"), rows)
    if verdict.broken:
        shown = [
            (f"{each.at:%Y-%m-%d %H:%M}", each.who, each.promise.value, each.words)
            for each in verdict.broken[:SHOWN]
        ]
        more = len(verdict.broken) - len(shown)
        html += _table(("When (UTC)", "Who", "Promise", "What happened"), shown, "Each breach")
        html += f"<p>And {more} more.</p>" if more else ""
    return html


def _findings(verdict: Verdict) -> str:
    html = "<h2>Sessions, holidays and sign-up</h2>"
    if verdict.findings:
        rows = [("fault" if found.is_fault else "note", found.words) for found in verdict.findings]
        html += _table(("Kind", "What"), rows)
    else:
        html += "<p>No session is on a holiday, an eve or a weekend, and every offering can be joined.</p>"
    overlaps = [(each["on"], *each["sessions"], each["people"]) for each in verdict.figures["overlaps"]]
    if overlaps:
        return html + _table(("On", "At the same hour", "And", "People in both"), overlaps)
    return html + "<p>Nobody has a seat in two sessions at the same hour.</p>"


def _offerings(figures: dict[str, Any]) -> str:
    offerings = figures["offerings"]
    rows = [
        (
            f"{each['title']} ({each['code']})",
            each["seated"],
            each["capacity"],
            each["waiting"],
            each["longest_queue"],
            each["left"],
            each["agencies"],
            each["most_of_one_agency"],
            "yes" if each["likely_half_empty"] else "",
        )
        for each in offerings
    ]
    head = (
        "Offering", "Seated", "Seats", "Waiting in the end", "Longest queue", "Left", "Agencies",
        "Most of one agency", "Likely half empty",
    )  # fmt: skip
    words = "; ".join(f"{each['code']}: {each['seated']} of {each['capacity']} seats" for each in offerings)
    return (
        "<h2>Seats and queues</h2>"
        + _picture(_seats_drawn(offerings), f"Bars of seats taken, free and of people waiting. {words}.")
        + "<p>Who waits beside a free seat is of an agency that has its seats, or the sessions had begun when"
        + " it was freed.</p>"
        + _table(head, rows)
    )


def _messages(verdict: Verdict) -> str:
    messages = verdict.figures["messages"]
    weeks = [each for each in messages["by_week"] if each["messages"]]
    busiest = max(weeks, key=lambda each: each["messages"], default=None)
    most = messages["to_one_person"]["most_in_a_week"]
    alt = f"Heat map of messages by person and week; the darkest square is {most} messages in a week."
    if busiest is not None:
        alt += f" The busiest week begins on {busiest['week']}: {busiest['messages']} messages."
    people = min(len(verdict.people), MOST_ROWS)
    note = (
        f"<p>A row is a person ({people} of {len(verdict.people)}, the busiest first), a column a week.</p>"
    )
    by_week = [(each["week"], each["messages"], each["people"], each["most_to_one"]) for each in weeks]
    by_kind = sorted(messages["by_kind"].items(), key=lambda each: -each[1])
    hours = [
        (f"{hour:02d}-{hour + 1:02d}", number) for hour, number in enumerate(messages["by_hour"]) if number
    ]
    return (
        "<h2>Messages per person and week</h2>"
        + note
        + _picture(_weeks_drawn(verdict), alt)
        + _table(("Week from", "Messages", "People reached", "Most to one person"), by_week)
        + "<h2>Messages by kind and hour</h2>"
        + f"<p>Busiest hour: {messages['busiest_hour']['hour']},"
        + f" {messages['busiest_hour']['messages']} messages.</p>"
        + _table(("Kind", "Messages"), [(kind.replace("_", " "), number) for kind, number in by_kind])
        + _table(("Hour, in the programme's zone", "Messages"), hours)
    )


def _prompts(prompts: dict[str, Any]) -> str:
    html = f"<h2>Prompts</h2><p>{prompts['sent']} sent, {prompts['answered']} answered.</p>"
    for key, caption in (("moved", "Came on another day, because of"), ("dropped", "Left out, because")):
        rows = [(each["why"], each["prompts"]) for each in prompts[key]]
        html += _table((caption, "Prompts"), rows) if rows else f"<p>{caption}: none.</p>"
    return html


def _refused(refused: list[dict[str, Any]]) -> str:
    html = "<h2>What Slack refused</h2>"
    if not refused:
        return html + "<p>Nothing.</p>"
    return html + _table(("What", "Error", "Times"), [(r["what"], r["error"], r["times"]) for r in refused])


def _events(figures: dict[str, Any]) -> str:
    changes = [(each["at"][:10], each["what"]) for each in figures["changes"]]
    return (
        "<h2>What happened in the year</h2>"
        + _table(("On", "Change of plan"), changes)
        + _table(("People", "Times"), list(figures["acts"].items()))
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    def cell(value: object) -> str:
        return (
            f'<td class="number">{value}</td>' if isinstance(value, int) else f"<td>{escape(str(value))}</td>"
        )

    rows = list(rows)
    numbers = [isinstance(value, int) for value in rows[0]] if rows else [False] * len(head)
    heads = "".join(
        f'<th scope="col"{" class=number" if is_number else ""}>{escape(each)}</th>'
        for each, is_number in zip(head, numbers, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    table = f"<table>{title}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def _picture(png: bytes, alt: str) -> str:
    data = base64.b64encode(png).decode()
    return f'<p><img alt="{escape(alt, quote=True)}" src="data:image/png;base64,{data}"></p>'


def _weeks_drawn(verdict: Verdict) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to load, and only a report needs it

    rows = list(verdict.weeks[:MOST_ROWS])
    figure = Figure(figsize=(10, min(2.5 + len(rows) / 50, 8)), layout="constrained")
    axes = figure.subplots()
    drawn = axes.imshow(rows, aspect="auto", cmap="Blues", interpolation="nearest", vmin=0)
    starts = [each["week"] for each in verdict.figures["messages"]["by_week"]]
    ticks = [n for n, week in enumerate(starts) if n == 0 or week[5:7] != starts[n - 1][5:7]]
    axes.set_xticks(ticks, [starts[n][:7] for n in ticks], rotation=45, ha="right")
    axes.set_ylabel("people")
    figure.colorbar(drawn, label="messages in a week")
    return _png(figure)


def _seats_drawn(offerings: Sequence[dict[str, Any]]) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415

    codes = [each["code"] for each in offerings]
    seated = [each["seated"] for each in offerings]
    free = [max(each["capacity"] - each["seated"], 0) for each in offerings]
    waiting = [each["waiting"] for each in offerings]
    figure = Figure(figsize=(10, 1.2 + 0.32 * len(codes)), layout="constrained")
    axes = figure.subplots()
    axes.barh(codes, seated, color="#1f5fa8", label="seated")
    axes.barh(codes, free, left=seated, color="#ffffff", edgecolor="#1f5fa8", label="free")
    ends = [one + other for one, other in zip(seated, free, strict=True)]
    axes.barh(codes, waiting, left=ends, color="#d98e04", hatch="//", edgecolor="#5c3b00", label="waiting")
    axes.invert_yaxis()
    axes.set_xlabel("people")
    axes.legend(loc="lower right")
    return _png(figure)


def _png(figure: Any) -> bytes:  # noqa: ANN401 - matplotlib is loaded late
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
