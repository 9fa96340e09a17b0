"""``kaiku rehearse``: simulate a plan's whole year before anyone gets a message."""

import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.cli.output import PROBLEMS, AsJson, Language, fail_on_settings, print_json
from bot.cli.spoken import told
from bot.cli.store import agencies

if TYPE_CHECKING:
    from bot.domain.plan.model import Plan
    from rehearsal.plan_findings import Finding
    from rehearsal.plan_lines import PlanSource
    from rehearsal.report import Compared
    from rehearsal.verdict import Verdict
    from rehearsal.wording import Wording

MOST_PEOPLE = 10_000
INTERRUPTED = 130
"""The exit code that shells use for a command ended by Ctrl-C."""


def _number_of_people(people: int) -> int:
    if not 1 <= people <= MOST_PEOPLE:
        raise typer.BadParameter(told("usage.people_out_of_range", people=people, most=MOST_PEOPLE))
    return people


PlanFile = Annotated[Path, typer.Argument(metavar="FILE", help="opt.plan_file")]
People = Annotated[int, typer.Option(callback=_number_of_people, help="opt.people")]
Seed = Annotated[int, typer.Option(help="opt.seed")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="opt.rehearse_out")]
Compare = Annotated[Path | None, typer.Option("--compare", metavar="OLD", help="opt.compare")]
Draw = Annotated[list[str] | None, typer.Option("--draw", metavar="CODE", help="opt.draw")]
Seats = Annotated[int | None, typer.Option("--seats", min=1, metavar="N", help="opt.seats")]


def rehearse_plan_file(
    file: PlanFile,
    people: People = 200,
    seed: Seed = 7,
    out: Out = None,
    compare: Compare = None,
    *,
    draw: Draw = None,
    seats: Seats = None,
    language: Language = "",
    as_json: AsJson = False,
) -> None:
    """Simulate the whole year of FILE with imaginary people in a local workspace; exit 1 if a promise was
    broken."""
    from rehearsal.plan_lines import PlanSource
    from rehearsal.report import as_json as whole_as_json
    from rehearsal.report import write_report
    from rehearsal.wording import wording_for

    plan, source = _read(file, "FILE", language, as_json=as_json)
    plan = _as_if(plan, draw or [], seats)
    old = _read_old(compare, language) if compare is not None else None
    if out is not None:
        _require_writable(out)
    try:
        verdict = _live(plan, people, seed, wording_for(language, plan.timezone, source))
        wording = wording_for(language, plan.timezone, source, verdict.names)
        compared = None
        if old is not None:
            old_wording = wording_for(language, old.timezone, PlanSource(str(compare)))
            compared = _compare(str(compare), old, plan, verdict, people, seed, old_wording)
        if out is not None:
            write_report(verdict, out, wording, compared)
    except KeyboardInterrupt:
        typer.echo(told("rehearse.interrupted"), err=True)
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        fail_on_settings(_not_writable(out, error))
    if as_json:
        print_json(whole_as_json(verdict, wording, compared))
    else:
        _print(verdict, wording, compared, out)
    if not verdict.holds:
        raise typer.Exit(PROBLEMS)


def _as_if(plan: "Plan", draw: list[str], seats: int | None) -> "Plan":
    """The plan with fewer seats, or with drawn seats; exit if that is impossible."""
    from bot.domain.plan.rules import check_plan
    from rehearsal.what_if import with_at_most, with_draw

    if seats is not None:
        plan = with_at_most(plan, seats)
    if not draw:
        return plan
    try:
        drawn = with_draw(plan, draw)
    except KeyError as error:
        fail_on_settings(told("rehearse.draw_unknown", code=error.args[0]))
    if check_plan(drawn, agencies().codes):
        fail_on_settings(told("rehearse.draw_not_so"))
    return drawn


def _print(verdict: "Verdict", wording: "Wording", compared: "Compared | None", out: Path | None) -> None:
    from rehearsal.report import HTML

    if compared is not None:
        typer.echo(wording.say("compared_with", file=compared.file))
        differences = [wording.difference(each) for each in compared.differences]
        for each in differences or [wording.say("diff_none")]:
            typer.echo(f"  {each}")
    for line in wording.in_short(verdict):
        typer.echo(line)
    if out is not None:
        typer.echo(wording.say("report_in", file=str(out / HTML)))


def _require_writable(folder: Path) -> None:
    """Check before the simulation that the report can be written, without leaving anything behind."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        fail_on_settings(_not_writable(folder, error))


def _not_writable(folder: Path | None, error: OSError) -> str:
    return told("rehearse.not_written", folder=folder, reason=error.strerror)


def _live(plan: "Plan", people: int, seed: int, wording: "Wording", month: str = "") -> "Verdict":
    import uvloop

    from bot.start_checks import StartError
    from rehearsal.verdict import judge
    from rehearsal.year import rehearse

    with _Progress(plan, wording, month) as progress:
        try:
            lived = uvloop.run(rehearse(plan, agencies(), people=people, seed=seed, progress=progress.show))
        except StartError as error:
            fail_on_settings(told("rehearse.failed", problem=error.sentence))
        except OSError as error:
            fail_on_settings(told("rehearse.failed", problem=error.strerror))
    return judge(lived, seed)


def _compare(
    file: str, old: "Plan", plan: "Plan", new: "Verdict", people: int, seed: int, wording: "Wording"
) -> "Compared":
    from rehearsal.compare import differences
    from rehearsal.report import Compared

    if old == plan:  # the same people in the same year
        return Compared(file, new, [])
    lived = _live(old, people, seed, wording, "progress_old")
    return Compared(file, lived, differences(old, lived, plan, new))


def _read(file: Path, option: str, language: str, *, as_json: bool) -> "tuple[Plan, PlanSource]":
    """The plan and its source lines. If it can't be read, print why and exit: with 1 if the plan breaks a
    rule, with 2 if it is no plan."""
    from bot.domain.file_faults import FileFaultError
    from bot.domain.plan.model import Plan
    from bot.i18n import words_for
    from bot.services.plan.file import parse_plan
    from bot.services.yaml_files.reading import MAX_BYTES, read_yaml
    from bot.views.file_faults import lines_for
    from rehearsal.plan_lines import PlanSource, as_findings

    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        fail_on_settings(told("rehearse.not_read", option=option, file=file, reason=error.strerror))
    try:
        plan: Plan = parse_plan(raw, agencies())
    except FileFaultError as error:
        try:
            source = PlanSource(str(file), read_yaml(raw))
        except FileFaultError:
            source = PlanSource(str(file))
        found = as_findings(error.faults, source.document) if source.document is not None else None
        if found:
            _fail_on_findings(found, source, language, as_json=as_json)
        for line in lines_for(error, words_for(language, "UTC")):
            typer.echo(f"{file}: {line}", err=True)
        fail_on_settings(told("rehearse.no_plan", option=option, file=file))
    return plan, PlanSource(str(file), read_yaml(raw))


def _read_old(file: Path, language: str) -> "Plan":
    """The old plan to compare with; if it can't be read, print why and exit with 2, as its problems say
    nothing about the new plan."""
    from bot.domain.file_faults import FileFaultError
    from bot.i18n import words_for
    from bot.services.plan.file import read_plan
    from bot.views.file_faults import lines_for

    try:
        return read_plan(file, agencies())
    except FileFaultError as error:
        for line in lines_for(error, words_for(language, "UTC")):
            typer.echo(f"{file}: {line}", err=True)
        fail_on_settings(told("rehearse.no_plan", option="--compare", file=file))
    except OSError as error:
        fail_on_settings(told("rehearse.not_read", option="--compare", file=file, reason=error.strerror))


def _fail_on_findings(
    found: "list[Finding]", source: "PlanSource", language: str, *, as_json: bool
) -> NoReturn:
    """Exit with the problems: a plan that can't be applied can't be rehearsed either."""
    from rehearsal.report import finding_as_json
    from rehearsal.wording import wording_for

    wording = wording_for(language, "Europe/Helsinki", source)
    verdict = [
        wording.say("verdict_bad"),
        wording.many("verdict_faults", len(found)),
        wording.say("not_lived"),
    ]
    words = " ".join(verdict)
    if as_json:
        plan = [finding_as_json(each, wording) for each in found]
        print_json({"language": language, "holds": False, "words": words, "plan": plan})
    else:
        for each in found:
            typer.echo(wording.finding(each))
        typer.echo(words)
    raise typer.Exit(PROBLEMS)


class _Progress:
    """A progress bar by day with the month and the counts, on a terminal only. ``month`` is the sentence
    around the month's name, if any."""

    def __init__(self, plan: "Plan", wording: "Wording", month: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        from rehearsal.people import year_of

        self._wording, self._sentence = wording, month
        self._began, ended = year_of(plan)
        self._bar = Progress(
            TextColumn("{task.fields[month]}"),
            BarColumn(),
            TextColumn("{task.fields[counts]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        days = (ended - self._began).days
        self._task = self._bar.add_task("", total=days, month=self._month(self._began), counts="")

    def __enter__(self) -> "_Progress":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, now: datetime, acts: int, messages: int) -> None:
        counts = self._wording.say("progress", acts=acts, messages=messages)
        done = (now - self._began).days
        self._bar.update(self._task, completed=done, month=self._month(now), counts=counts)

    def _month(self, now: datetime) -> str:
        month = self._wording.words.month(now.date())
        return self._wording.say(self._sentence, month=month) if self._sentence else month
