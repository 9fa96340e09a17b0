"""``kaiku rehearse``: live a plan's whole year before anyone is messaged."""

import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_output import PROBLEMS, WRONG_SETTINGS, AsJson, fail_on_settings, print_json
from bot.cli_plan import PlanFile
from bot.cli_store import agencies
from bot.domain.language import counted

if TYPE_CHECKING:
    from bot.domain.plan import Plan
    from rehearsal.verdict import Verdict

LIVES_BADLY = ("prompt_rules", "sign_up")
"""Where a plan can be read and still be one that nobody should live through: that is a verdict. Whatever
else is wrong with a file makes it no plan at all."""

People = Annotated[int, typer.Option(min=1, max=10_000, help="How many imaginary people.")]
Seed = Annotated[int, typer.Option(help="The same seed, the same people and the same year.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", file_okay=False, help="Write report.html and report.json."),
]
Compare = Annotated[
    Path | None,
    typer.Option("--compare", metavar="OLD", exists=True, dir_okay=False, help="Say what differs from OLD."),
]


def rehearse_plan_file(
    file: PlanFile,
    people: People = 200,
    seed: Seed = 7,
    out: Out = None,
    compare: Compare = None,
    as_json: AsJson = False,
) -> None:
    """Live the whole year of FILE with imaginary people in a local workspace; exit 1 if a promise broke."""
    from rehearsal.report import compare as differences_of
    from rehearsal.report import in_short, write_report

    new = _read(file)
    old = _read(compare) if compare is not None else None
    if out is not None:
        _make(out)
    verdict = _live(new, people, seed)
    differences = differences_of(_live(old, people, seed), verdict) if old is not None else []
    if out is not None:
        try:
            write_report(verdict, out, differences)
        except OSError as error:
            fail_on_settings(f"The report can't be written to {out}: {error.strerror}.")
    if as_json:
        print_json({**verdict.as_json(), **({"differences": differences} if old is not None else {})})
    else:
        if old is not None:
            typer.echo(f"Compared with {compare}:")
            typer.echo("\n".join(f"  {each}" for each in differences or ["Nothing differs for anybody."]))
        typer.echo("\n".join(in_short(verdict)))
        if out is not None:
            typer.echo(f"Report: {out / 'report.html'}")
    if not verdict.holds:
        raise typer.Exit(PROBLEMS)


def _make(folder: Path) -> None:
    """The report's folder, before a year is lived: nobody should wait for one that can't be kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        fail_on_settings(
            f"--out: no report can be written to {folder}: {error.strerror}. Choose another folder."
        )


def _live(plan: "Plan", people: int, seed: int) -> "Verdict":
    import uvloop

    from bot.app import StartError
    from rehearsal.verdict import judge
    from rehearsal.year import rehearse

    with _Progress(plan) as progress:
        try:
            lived = uvloop.run(rehearse(plan, agencies(), people=people, seed=seed, progress=progress.show))
        except StartError as error:
            fail_on_settings(f"The rehearsal can't start: {error}")
        except OSError as error:
            fail_on_settings(f"The rehearsal can't start: {error.strerror}.")
    return judge(lived, seed)


def _read(file: Path) -> "Plan":
    """The plan; if it can't be read as one, say why and exit."""
    from bot.services.plan_file import read_plan
    from bot.services.yaml_lines import FileFaultError

    try:
        return read_plan(file, agencies())
    except FileFaultError as error:
        for fault in error.faults:
            typer.echo(f"{file}: {fault}", err=True)
        lives_badly = all(any(part in fault.field for part in LIVES_BADLY) for fault in error.faults)
        if lives_badly:
            typer.echo("Not to be published so: nobody should live through this plan.", err=True)
            raise typer.Exit(PROBLEMS) from None
        problems = counted(len(error.faults), "problem", "problems")
        typer.echo(f"{problems}; this is no plan that can be rehearsed.", err=True)
        raise typer.Exit(WRONG_SETTINGS) from None
    except OSError as error:
        fail_on_settings(f"{file} can't be read: {error.strerror}")


class _Progress:
    """A bar by day with the month and the counts, on a terminal; elsewhere nothing."""

    def __init__(self, plan: "Plan") -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        from rehearsal.people import year_of

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
        self._task = self._bar.add_task("", total=days, month=f"{self._began:%B %Y}", counts="")

    def __enter__(self) -> "_Progress":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, now: datetime, acts: int, messages: int) -> None:
        counts = f"{acts} acts, {messages} messages"
        done = (now - self._began).days
        self._bar.update(self._task, completed=done, month=f"{now:%B %Y}", counts=counts)
