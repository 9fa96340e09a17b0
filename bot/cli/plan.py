"""``kaiku plan``: check a plan file, see what it would change, apply it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.cli.output import PROBLEMS, AsJson, fail_on_settings, print_json, visible_lines
from bot.cli.store import InDemo, agencies, now, open_store
from bot.domain.language import counted

if TYPE_CHECKING:
    from bot.domain.plan.changes import PlanDifference
    from bot.domain.plan.model import Plan

PlanFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="A plan file.")
]

plan_app = typer.Typer(help="Check a plan file, see what it would change, apply it.", no_args_is_help=True)


@plan_app.command("check")
def check_plan_file(file: PlanFile, as_json: AsJson = False) -> None:
    """Say everything that is wrong in FILE: line, field, what, and how to mend it."""
    plan = read_plan_file(file, as_json=as_json)
    if as_json:
        print_json([])
        return
    sessions = sum(len(offering.sessions) for offering in plan.offerings)
    parts = (
        counted(len(plan.strands), "strand", "strands"),
        counted(len(plan.offerings), "offering", "offerings"),
        counted(sessions, "session", "sessions"),
    )
    typer.echo(f"{file}: in order. Programme {plan.code}: {', '.join(parts)}.")


@plan_app.command("diff")
def diff_plan_file(file: PlanFile, as_json: AsJson = False, in_demo: InDemo = False) -> None:
    """Say what applying FILE would change, and how many people each change touches."""
    from bot.services.plan.apply import PlanConflictError, diff_plan

    plan = read_plan_file(file, as_json=as_json)
    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        try:
            difference = diff_plan(tx, plan)
        except PlanConflictError as error:
            _fail_on_conflict(error.programme, error.taken)
    _print_difference(difference, as_json=as_json)


@plan_app.command("apply")
def apply_plan_file(file: PlanFile, as_json: AsJson = False, in_demo: InDemo = False) -> None:
    """Make FILE the plan, all of it or nothing; applying it again changes nothing. People are told."""
    from bot.services.plan.apply import PlanConflictError, apply_plan

    plan = read_plan_file(file, as_json=as_json)
    with open_store(in_demo=in_demo) as store:
        try:
            with store.transaction() as tx:
                difference = apply_plan(tx, plan, now(in_demo=in_demo))
        except PlanConflictError as error:
            _fail_on_conflict(error.programme, error.taken)
    _print_difference(difference, as_json=as_json)
    if not as_json and difference.changes:
        moved = f" {difference.promoted} moved up to a seat." if difference.promoted else ""
        typer.echo(f"Applied.{moved}")


def read_plan_file(file: Path, *, as_json: bool) -> "Plan":
    """The plan in ``file``; with problems, print them all and exit."""
    from bot.services.plan.file import read_plan
    from bot.services.plan.yaml_lines import FileFaultError

    try:
        return read_plan(file, agencies())
    except FileFaultError as error:
        if as_json:
            print_json([asdict(fault) for fault in error.faults])
        else:
            for fault in error.faults:
                typer.echo(visible_lines(f"{file}: {fault}"))
            problems = counted(len(error.faults), "problem", "problems")
            typer.echo(f"{problems}; nothing was applied.", err=True)
        raise typer.Exit(PROBLEMS) from None
    except OSError as error:
        fail_on_settings(f"{file} can't be read: {error.strerror}")


def _print_difference(difference: "PlanDifference", *, as_json: bool) -> None:
    from bot.views.plan.changes import sentence_for

    if as_json:
        changes = [
            {**asdict(touching.change), "seated": touching.seated, "waiting": touching.waiting}
            for touching in difference.changes
        ]
        print_json({"programme": difference.programme, "changes": changes, "promoted": difference.promoted})
        return
    for touching in difference.changes:
        typer.echo(sentence_for(touching))
    number = counted(len(difference.changes), "change", "changes")
    typer.echo(f"{number}." if difference.changes else "Nothing changes.")


def _fail_on_conflict(programme: str, taken: tuple[tuple[str, str], ...]) -> NoReturn:
    for code, other in taken:
        typer.echo(
            f"The code {code} belongs to the programme {other} and can't be used in {programme}."
            " Give this offering another code.",
            err=True,
        )
    raise typer.Exit(PROBLEMS)
