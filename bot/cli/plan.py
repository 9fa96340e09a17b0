"""``kaiku plan``: check a plan file, see what it would change, apply it."""

from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from msgspec.structs import asdict, replace

from bot.cli.output import (
    PROBLEMS,
    AsJson,
    Language,
    fail_on_problem,
    fail_on_settings,
    has_terminal,
    print_json,
)
from bot.cli.spoken import CommandLine, is_confirmed, told, visible_lines
from bot.cli.store import InDemo, agencies, now, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.domain.plan.changes import Change, PlanDifference
    from bot.domain.plan.model import Plan
    from bot.i18n import Words
    from bot.services.plan.versions import BothWays
    from bot.services.prompts.library import Library
    from storage.engine import Store

PlanFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="opt.plan_file")
]

Online = Annotated[bool, typer.Option("--online", help="opt.online")]
Yes = Annotated[bool, typer.Option("--yes", help="opt.yes")]
Quietly = Annotated[bool, typer.Option("--quiet", help="opt.quiet")]


class Side(StrEnum):
    """The side that wins a conflict."""

    FILE = "file"
    SLACK = "slack"


Win = Annotated[Side | None, typer.Option(help="opt.win")]
FileWins = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE[/N]", help="opt.file_wins"),
]
SlackWins = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE[/N]", help="opt.slack_wins"),
]

plan_app = CommandLine("cmd.plan")


@plan_app.spoken("check", "cmd.plan_check")
def check_plan_file(
    file: PlanFile, online: Online = False, language: Language = "", as_json: AsJson = False
) -> None:
    """Say everything that is wrong in FILE, a plan or a template: line, field, what, and how to mend it."""
    from bot.cli.plan_people import people_of
    from bot.domain.plan.people import findings
    from bot.domain.plan.rules import notes_on
    from bot.i18n import words_for
    from bot.services.calendars.holidays import WORK_CALENDAR
    from bot.services.plan.file import line_in
    from bot.services.plan.templates import is_template
    from bot.views.plan.changes import note_for, people_line

    plan, text = read_plan_and_text(file, language, as_json=as_json, may_be_template=True)
    read_prompt_library(language)  # what its strands take their prompts and cards from
    a_template = is_template(text.encode())
    words = words_for(language, plan.timezone)
    found = findings(plan, people_of(plan)) if online else []
    if as_json:
        print_json(
            [
                {"line": None, "field": "facilitators", "wrong": people_line(each, words), "mend": ""}
                for each in found
            ]
        )
        raise typer.Exit(PROBLEMS if any(each.is_wrong for each in found) else 0)
    sessions = sum(len(offering.sessions) for offering in plan.offerings)
    typer.echo(
        words(
            "plan.template_in_order" if a_template else "plan.in_order",
            file=file,
            programme=plan.code,
            strands=words.many("plan.strands", len(plan.strands)),
            offerings=words.many("plan.offerings", len(plan.offerings)),
            sessions=words.many("plan.sessions", sessions),
        )
    )
    for noted in notes_on(plan, WORK_CALENDAR):
        note = note_for(noted, words)
        if noted.where is not None and a_template:
            continue  # its days are not those of the plan to come
        if noted.where is not None:
            note = words("plan.at_line", line=line_in(text, noted.where), words=note)
        typer.echo(note)
    for each in found:
        typer.echo(visible_lines(people_line(each, words)))
    if any(each.is_wrong for each in found):
        raise typer.Exit(PROBLEMS)


@plan_app.spoken("diff", "cmd.plan_diff")
def diff_plan_file(
    file: PlanFile, language: Language = "", as_json: AsJson = False, in_demo: InDemo = False
) -> None:
    """Say what applying FILE would change and how many people each change touches, and what was changed in
    Slack since the last file was applied."""
    from bot.i18n import words_for
    from bot.services.plan.apply import PlanConflictError
    from bot.services.plan.versions import compare_both_ways

    plan = read_plan_file(file, language, as_json=as_json)
    words = words_for(language, plan.timezone)
    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        try:
            both = compare_both_ways(tx, plan)
        except PlanConflictError as error:
            _fail_on_conflict(error.programme, error.taken, words)
    _print_difference(both.difference, plan, words, in_slack=both, as_json=as_json)


@plan_app.spoken("apply", "cmd.plan_apply")
def apply_plan_file(
    file: PlanFile,
    *,
    yes: Yes = False,
    quiet: Quietly = False,
    win: Win = None,
    slack_wins: SlackWins = None,
    file_wins: FileWins = None,
    language: Language = "",
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Make FILE the plan, all of it or nothing; applying it again changes nothing. People are told. Asks
    before more than 20 people are told, or something is cancelled, removed or moved into the past. Refuses to
    overwrite what was changed in Slack since the last file, unless told which side wins."""
    from bot.cli.plan_people import look_up_people
    from bot.domain.plan.people import findings
    from bot.domain.plan.rules import BY_ADDRESS, notes_on
    from bot.i18n import words_for
    from bot.services.calendars.holidays import WORK_CALENDAR
    from bot.services.plan.people import keep_looked
    from bot.services.plan.versions import Origin, Winners, apply_file, compare_both_ways
    from bot.services.prompts.series import keep_series
    from bot.views.plan.changes import note_for, people_line

    plan, text = read_plan_and_text(file, language, as_json=as_json)
    library = read_prompt_library(language)
    words = words_for(language, plan.timezone)
    winners = Winners(Origin(win) if win else None, frozenset(file_wins or ()), frozenset(slack_wins or ()))
    with open_store(in_demo=in_demo) as store:
        at = now(in_demo=in_demo)
        with _refusals_of(plan, words, as_json=as_json):
            with store.read_transaction() as tx:
                both = compare_both_ways(tx, plan, winners)
            seen = both.difference
            if quiet:
                _require_corrections(seen, words)
            if not yes:
                _ask(store, both, words, at, quiet=quiet)
            looked = None if in_demo else look_up_people(plan)
            with store.transaction() as tx:
                clock = partial(now, in_demo=in_demo)
                difference = apply_file(
                    tx, text, plan, clock, winners=winners, made_by=_operator(), quiet=quiet
                )
                if [each.change for each in difference.changes] != [each.change for each in seen.changes]:
                    raise _ChangedMeanwhileError
                keep_series(tx, library, at)
                if looked is not None:
                    keep_looked(tx, looked, at)
    _print_difference(difference, plan, words, as_json=as_json)
    if not as_json:
        if looked is not None:
            for each in findings(plan, looked):
                typer.echo(visible_lines(people_line(each, words)))
        elif BY_ADDRESS in notes_on(plan, WORK_CALENDAR):
            typer.echo(note_for(BY_ADDRESS, words))
    if not as_json and difference.changes:
        moved = f" {words.many('plan.promoted', difference.promoted)}" if difference.promoted else ""
        asked = f" {words.many('plan.offered', difference.offered)}" if difference.offered else ""
        typer.echo(f"{words('plan.applied')}{moved}{asked}")
    if not as_json and both.plan != plan:
        typer.echo(words("plan.slack_won", file=file))


class _ChangedMeanwhileError(Exception):
    """The plan was changed after the difference was shown."""


@contextmanager
def _refusals_of(plan: "Plan", words: "Words", *, as_json: bool) -> "Iterator[None]":
    """Turn refusals within the block into a message, and exit."""
    from bot.services.plan.apply import PlanConflictError
    from bot.services.plan.versions import NothingToWinError, OverwritesError

    try:
        yield
    except PlanConflictError as error:
        _fail_on_conflict(error.programme, error.taken, words)
    except OverwritesError as error:
        _fail_on_overwriting(error.changes, plan, words, as_json=as_json)
    except NothingToWinError as error:
        fail_on_problem("\n".join(words("plan.nothing_to_win", name=name) for name in error.names))
    except _ChangedMeanwhileError:
        fail_on_problem(words("plan.changed_meanwhile"))


def _require_corrections(difference: "PlanDifference", words: "Words") -> None:
    """Exit if a change must not be applied quietly, because people would come on the wrong day."""
    from bot.domain.plan.consequences import must_be_told
    from bot.views.plan.changes import sentence_for

    news = must_be_told(difference)
    if not news:
        return
    for touching in difference.changes:
        if touching.change in news:
            typer.echo(sentence_for(touching, words), err=True)
    fail_on_problem(words("plan.must_be_told"))


def _ask(store: "Store", both: "BothWays", words: "Words", at: "datetime", *, quiet: bool) -> None:
    """Show the consequences for people and ask for confirmation if they can't be undone. Exits without a
    yes."""
    from bot.domain.people.person import Defaults
    from bot.domain.plan.consequences import consequences_of
    from bot.services.plan.preview import count_told
    from bot.views.plan.changes import question_for, sentence_for

    difference = both.difference
    if difference.changes:
        with store.transaction() as tx:
            defaults = Defaults(words.language, words.timezone)
            difference = replace(difference, told=count_told(tx, both.plan, defaults, at, quiet=quiet))
    asked = consequences_of(difference, words.timezone, at)
    if not asked:
        return
    for touching in difference.changes:
        typer.echo(sentence_for(touching, words), err=True)
    typer.echo("", err=True)
    for each in asked:
        typer.echo(question_for(each, words), err=True)
    if not has_terminal():
        fail_on_problem(words("plan.not_applied_without_yes"))
    if not is_confirmed(words("plan.really")):
        fail_on_problem(words("plan.not_applied"))


def read_plan_file(file: Path, language: str, *, as_json: bool) -> "Plan":
    """The plan in ``file``; if it has problems, print them all and exit."""
    return read_plan_and_text(file, language, as_json=as_json)[0]


def read_plan_and_text(
    file: Path, language: str, *, as_json: bool, may_be_template: bool = False
) -> tuple["Plan", str]:
    """The plan in ``file``, or one made from a template, and the text of the file; if it has problems, print
    them and exit."""
    from bot.domain.file_faults import FileFaultError
    from bot.i18n import words_for
    from bot.services.plan.file import parse_plan, read_file
    from bot.services.plan.templates import check_template, is_template
    from bot.services.prompts.library import library_names
    from bot.views.file_faults import lines_for, words_for_fault

    try:
        raw = read_file(file)
        read: Callable[..., Plan] = parse_plan
        if is_template(raw):
            if not may_be_template:
                fail_on_problem(words_for(language, "UTC")("plan.is_template", file=file))
            read = check_template
        return read(raw, agencies(), library_names()), raw.decode("utf-8-sig")
    except FileFaultError as error:
        words = words_for(language, "UTC")
        if as_json:
            said = ((fault, *words_for_fault(fault, words)) for fault in error.faults)
            print_json(
                [
                    {"line": fault.line, "field": fault.field, "wrong": wrong, "mend": mend}
                    for fault, wrong, mend in said
                ]
            )
        else:
            for line in lines_for(error, words):
                typer.echo(visible_lines(f"{file}: {line}"))
            typer.echo(words.many("plan.problems", len(error.faults)), err=True)
        raise typer.Exit(PROBLEMS) from None
    except OSError as error:
        fail_on_settings(told("cli.not_read", file=file, reason=error.strerror))


def read_prompt_library(language: str) -> "Library":
    """The library of prompts; if a file has problems, print them and exit."""
    from bot.domain.file_faults import FileFaultError
    from bot.i18n import words_for
    from bot.services.prompts.library import read_library
    from bot.views.file_faults import lines_for

    try:
        return read_library()
    except FileFaultError as error:
        fail_on_problem("programmes/prompts:\n" + "\n".join(lines_for(error, words_for(language, "UTC"))))
    except OSError as error:
        fail_on_settings(told("cli.not_read", file="programmes/prompts", reason=error.strerror))


def _print_difference(
    difference: "PlanDifference",
    plan: "Plan",
    words: "Words",
    *,
    in_slack: "BothWays | None" = None,
    as_json: bool,
) -> None:
    """``in_slack``: what was changed there is said too."""
    from bot.views.plan.changes import sentence_for, sentence_of

    if as_json:
        changes = [
            {**asdict(touching.change), "seated": touching.seated, "waiting": touching.waiting}
            for touching in difference.changes
        ]
        moved = {"promoted": difference.promoted, "offered": difference.offered}
        theirs = _slack_json(in_slack) if in_slack is not None else {}
        print_json({"programme": difference.programme, "changes": changes} | moved | theirs)
        return
    if difference.is_one_of_several:
        typer.echo(visible_lines(f"{words.pick(plan.title)} ({plan.code})"))
    for touching in difference.changes:
        typer.echo(sentence_for(touching, words))
    number = len(difference.changes)
    typer.echo(words.many("plan.changes", number) if number else words("plan.nothing_changes"))
    if in_slack is None or not in_slack.in_slack:
        return
    typer.echo("\n" + words("plan.changed_in_slack"))
    for change in in_slack.in_slack:
        line = "plan.overwritten_line" if change in in_slack.overwritten else "plan.kept_line"
        typer.echo(words(line, change=sentence_of(change, words)))
    if in_slack.overwritten:
        typer.echo(_how_to_win(in_slack.overwritten, plan, words))


def _slack_json(both: "BothWays") -> dict[str, object]:
    from bot.domain.plan.merging import name_of

    changes = [
        asdict(each) | {"name": name_of(each, both.plan.code), "overwritten": each in both.overwritten}
        for each in both.in_slack
    ]
    return {"changed_in_slack": changes}


def _how_to_win(changes: "tuple[Change, ...]", plan: "Plan", words: "Words") -> str:
    from bot.domain.plan.merging import name_of

    names = dict.fromkeys(name_of(each, plan.code) for each in changes)
    return words("plan.who_wins", names=", ".join(names), name=next(iter(names)))


def _fail_on_overwriting(
    changes: "tuple[Change, ...]", plan: "Plan", words: "Words", *, as_json: bool
) -> NoReturn:
    """Print which changes made in Slack the file would overwrite, and how to choose the winner; exit."""
    from bot.domain.plan.merging import name_of
    from bot.views.plan.changes import sentence_of

    if as_json:
        print_json({"overwritten": [asdict(each) | {"name": name_of(each, plan.code)} for each in changes]})
    typer.echo(words("plan.would_overwrite"), err=True)
    for change in changes:
        typer.echo(sentence_of(change, words), err=True)
    fail_on_problem(_how_to_win(changes, plan, words))


def _operator() -> str:
    """The operating system's account that runs the command."""
    from getpass import getuser

    try:
        return getuser()[:64]
    except (KeyError, OSError):  # a container's number without a name
        return "-"


def _fail_on_conflict(programme: str, taken: tuple[tuple[str, str], ...], words: "Words") -> NoReturn:
    for code, other in taken:
        typer.echo(words("plan.code_of_another", code=code, other=other, programme=programme), err=True)
    raise typer.Exit(PROBLEMS)
