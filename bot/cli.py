"""The command line: ``kaiku run``, ``demo``, ``plan``, ``roster``, ``db``.

Exit codes: 0 done; 1 the file has problems, or there is no such offering; 2 wrong settings or usage.
What prints data takes ``--json``. Slow imports wait until the command that needs them.
"""

import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli_keys import keys_app

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from bot.config import Settings
    from bot.domain.agencies import AgencyBook
    from bot.domain.plan import Plan
    from bot.services.plan import PlanDifference
    from bot.services.roster import RosterRow
    from storage.engine import Store

PROBLEMS = 1
WRONG_SETTINGS = 2
DEMO_FOLDER = Path(".demo")

app = typer.Typer(
    help="Kaiku runs cross-agency learning programmes in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
plan_app = typer.Typer(help="Check a plan file, see what it would change, apply it.", no_args_is_help=True)
db_app = typer.Typer(help="The database.", no_args_is_help=True)
deliveries_app = typer.Typer(help="What Kaiku owes and has sent.")
app.add_typer(plan_app, name="plan")
app.add_typer(deliveries_app, name="deliveries")
app.add_typer(db_app, name="db")
app.add_typer(keys_app, name="keys")

PlanFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="A plan file.")
]
InDemo = Annotated[bool, typer.Option("--demo", help="Work on the demo: its database and its time.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]


@app.command("run")
def run() -> None:
    """Serve Slack over HTTP until stopped. Settings come from the environment."""
    from bot.app import App, StartError, run_until_stopped
    from bot.clock import SystemClock
    from bot.logs import set_up_logs

    settings = _settings()
    set_up_logs(settings.log_format)
    try:
        _run_in_loop(run_until_stopped(App(settings, SystemClock(), book=_agencies())))
    except StartError as error:
        _fail_on_settings(f"Kaiku can't start: {error}")


@app.command("demo")
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its state.")] = DEMO_FOLDER,
    port: Annotated[int, typer.Option(help="The workspace's port; 0 takes a free one.")] = 3100,
    reset: Annotated[bool, typer.Option("--reset", help="Start over.")] = False,
) -> None:
    """Run Kaiku with a local Slack workspace in the browser: no token, no network."""
    import logging

    from bot.app import StartError
    from bot.demo import run_demo
    from bot.logs import set_up_logs

    set_up_logs("text", logging.WARNING)
    try:
        _run_in_loop(run_demo(folder, port=port, reset=reset))
    except StartError as error:
        _fail_on_settings(f"The demo can't start: {error}")
    except OSError as error:
        _fail_on_settings(f"The demo can't start: {error.strerror}. Is port {port} taken? Try --port 0.")


def _settings() -> "Settings":
    """The settings; if any is wrong, print all that are and exit."""
    from bot.config import ConfigError, DatabaseSettings, read_settings
    from storage.engine import parse_database_url

    problems, settings = [], None
    try:
        settings = read_settings()
    except ConfigError as error:
        problems = error.problems
    try:
        parse_database_url(DatabaseSettings().database_url)
    except ValueError as error:
        problems.append(f"KAIKU_DATABASE_URL {error}")
    if problems or settings is None:
        _fail_on_settings("Kaiku can't start:\n" + "\n".join(f"  {problem}" for problem in problems))
    return settings


def _run_in_loop(serve: Coroutine[None, None, None]) -> None:
    import uvloop

    uvloop.run(serve)


@plan_app.command("check")
def check_plan_file(file: PlanFile, as_json: AsJson = False) -> None:
    """Say everything that is wrong in FILE: line, field, what, and how to mend it."""
    plan = _read_plan(file, as_json=as_json)
    if as_json:
        _print_json([])
        return
    sessions = sum(len(offering.sessions) for offering in plan.offerings)
    typer.echo(
        f"{file}: in order. Programme {plan.code}: {len(plan.strands)} strands,"
        f" {len(plan.offerings)} offerings, {sessions} sessions."
    )


@plan_app.command("diff")
def diff_plan_file(file: PlanFile, as_json: AsJson = False, in_demo: InDemo = False) -> None:
    """Say what applying FILE would change, and how many people each change touches."""
    from bot.services.plan import PlanConflictError, diff_plan

    plan = _read_plan(file, as_json=as_json)
    with _open_store(in_demo=in_demo) as store, store.read() as tx:
        try:
            difference = diff_plan(tx, plan)
        except PlanConflictError as error:
            _fail_on_conflict(error.programme, error.taken)
    _print_difference(difference, as_json=as_json)


@plan_app.command("apply")
def apply_plan_file(file: PlanFile, as_json: AsJson = False, in_demo: InDemo = False) -> None:
    """Make FILE the plan, all of it or nothing; applying it again changes nothing. People are told."""
    from bot.services.plan import PlanConflictError, apply_plan

    plan = _read_plan(file, as_json=as_json)
    with _open_store(in_demo=in_demo) as store:
        try:
            with store.begin() as tx:
                difference = apply_plan(tx, plan, _now(in_demo=in_demo))
        except PlanConflictError as error:
            _fail_on_conflict(error.programme, error.taken)
    _print_difference(difference, as_json=as_json)
    if not as_json and difference.changes:
        moved = f" {difference.promoted} moved up to a seat." if difference.promoted else ""
        typer.echo(f"Applied.{moved}")


@app.command("roster")
def print_roster(
    code: Annotated[str, typer.Argument(metavar="CODE", help="An offering's code, such as dialogue-2.")],
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print who is seated, who waits at what place, and who left."""
    from bot.domain.errors import KaikuError
    from bot.services.roster import list_roster

    with _open_store(in_demo=in_demo) as store, store.read() as tx:
        try:
            roster = list_roster(tx, code)
        except KaikuError as error:
            _fail_on_unknown_code(code, error.params)
    if as_json:
        _print_json([asdict(row) for row in roster])
    else:
        _print_roster_table(code, roster)


@deliveries_app.callback(invoke_without_command=True)
def print_deliveries(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only those in this state, such as failed.")] = None,
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print what Kaiku owes and has sent: kind, to whom, about what, state, due, sent, why."""
    from bot.services.delivery_list import STATES, list_deliveries

    if context.invoked_subcommand is not None:
        return
    if state is not None and state not in STATES:
        _fail_on_settings(f"There is no state {state}. There are: {', '.join(STATES)}.")
    with _open_store(in_demo=in_demo) as store, store.read() as tx:
        rows = list_deliveries(tx, state)
    if as_json:
        _print_json([asdict(row) for row in rows])
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Id", "Kind", "To", "About", "State", "Due", "Sent", "Tries", "Reason")
    for row in rows:
        sent = f"{row.sent_at:%Y-%m-%d %H:%M}Z" if row.sent_at else ""
        due = f"{row.due_at:%Y-%m-%d %H:%M}Z"
        cells = (
            row.kind,
            row.recipient,
            row.subject,
            row.state,
            due,
            sent,
            str(row.attempts),
            row.reason or "",
        )
        table.add_row(str(row.id), *cells)
    Console(width=None if Console().is_terminal else 200).print(table)


@deliveries_app.command("retry")
def retry_delivery(
    delivery_id: Annotated[int, typer.Argument(metavar="ID", help="A delivery's id.")],
    in_demo: InDemo = False,
) -> None:
    """Owe a delivery once more that failed, was missed, or stayed unknown."""
    from storage import deliveries as delivery_rows

    with _open_store(in_demo=in_demo) as store, store.begin() as tx:
        done = delivery_rows.retry_delivery(tx, delivery_id, _now(in_demo=in_demo))
    if not done:
        typer.echo(
            f"Delivery {delivery_id} can't be retried: it neither failed nor was missed nor is unknown.",
            err=True,
        )
        raise typer.Exit(PROBLEMS)
    typer.echo(f"Delivery {delivery_id} is due now.")


@db_app.command("upgrade")
def upgrade_database() -> None:
    """Create the database's tables, or bring them to what this version needs."""
    from sqlalchemy.exc import DBAPIError

    from storage.engine import create_store_engine
    from storage.migrate import SchemaState, schema_state, upgrade

    url = _database_url()
    engine = create_store_engine(url)
    try:
        before = schema_state(engine)
        if before is SchemaState.NEWER:
            _fail_on_settings("The database is newer than this version of Kaiku. Install the newer version.")
        upgrade(url)
    except DBAPIError as error:
        _fail_on_settings(f"The database can't be reached or changed: {error.orig}")
    finally:
        engine.dispose()
    done = "was up to date" if before is SchemaState.CURRENT else "is up to date now"
    typer.echo(f"The database {done}.")


def _read_plan(file: Path, *, as_json: bool) -> "Plan":
    """The plan in ``file``; with problems, print them all and exit."""
    from bot.services.plan_file import read_plan
    from bot.services.yaml_lines import FileFaultError

    try:
        return read_plan(file, _agencies())
    except FileFaultError as error:
        if as_json:
            _print_json([asdict(fault) for fault in error.faults])
        else:
            for fault in error.faults:
                typer.echo(f"{file}: {fault}")
            number = len(error.faults)
            typer.echo(f"{number} {'problem' if number == 1 else 'problems'}; nothing was applied.", err=True)
        raise typer.Exit(PROBLEMS) from None
    except OSError as error:
        _fail_on_settings(f"{file} can't be read: {error.strerror}")


def _agencies() -> "AgencyBook":
    from bot.services.agencies import AGENCIES_FILE, read_agencies
    from bot.services.yaml_lines import FileFaultError

    try:
        return read_agencies()
    except (FileFaultError, OSError) as error:
        _fail_on_settings(f"{AGENCIES_FILE.name} can't be used: {error}")


def _database_url() -> "URL":
    from bot.config import DatabaseSettings
    from storage.engine import parse_database_url

    try:
        return parse_database_url(DatabaseSettings().database_url)
    except ValueError as error:
        _fail_on_settings(f"KAIKU_DATABASE_URL {error}.")


def _demo_database_url() -> "URL":
    from storage.engine import parse_database_url

    if not (DEMO_FOLDER / "kaiku.db").exists():
        _fail_on_settings("There is no demo here yet. Start it first: make demo.")
    return parse_database_url(f"sqlite:///{DEMO_FOLDER / 'kaiku.db'}")


def _now(*, in_demo: bool) -> datetime:
    from bot.clock import SystemClock

    if in_demo:
        from bot.demo import demo_now

        return demo_now(DEMO_FOLDER)
    return SystemClock().now()


@contextmanager
def _open_store(*, in_demo: bool = False) -> "Iterator[Store]":
    """The database, known to be as this code needs it; else say what to do and exit."""
    from sqlalchemy.exc import DBAPIError

    from storage.engine import Store
    from storage.migrate import SchemaState, schema_state

    advice = {
        SchemaState.EMPTY: "The database is empty. Run `kaiku db upgrade` first.",
        SchemaState.OLDER: "The database is older than this version of Kaiku. Run `kaiku db upgrade` first.",
        SchemaState.NEWER: "The database is newer than this version of Kaiku. Install the newer version.",
    }
    url = _demo_database_url() if in_demo else _database_url()
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        _fail_on_settings(f"There is no database {url.database}. Run `kaiku db upgrade` first.")
    store = Store(url)
    try:
        state = schema_state(store.engine)
        if state in advice:
            _fail_on_settings(advice[state])
        yield store
    except DBAPIError as error:
        _fail_on_settings(f"The database can't be used now, and nothing was changed: {error.orig}")
    finally:
        store.close()


def _print_difference(difference: "PlanDifference", *, as_json: bool) -> None:
    from bot.services.plan_change_words import sentence_for

    if as_json:
        changes = [
            {**asdict(touching.change), "seated": touching.seated, "waiting": touching.waiting}
            for touching in difference.changes
        ]
        _print_json({"programme": difference.programme, "changes": changes, "promoted": difference.promoted})
        return
    for touching in difference.changes:
        typer.echo(sentence_for(touching))
    number = len(difference.changes)
    typer.echo(f"{number} {'change' if number == 1 else 'changes'}." if number else "Nothing changes.")


def _print_roster_table(code: str, roster: "list[RosterRow]") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if not roster:
        typer.echo(f"Nobody has signed up to {code} yet.")
        return
    book = _agencies()
    table = Table("Status", "Place", "Name", "User", "Agency", "Role", title=escape(code))
    for row in roster:
        place = str(row.position) if row.position is not None else ""
        agency = book.name(row.agency, "en")
        cells = (row.status.value, place, row.name, row.user_id, agency, row.role or "")
        table.add_row(*(escape(cell) for cell in cells))
    console = Console()
    # Without a terminal there is no width to fit into, and nothing may be cut off.
    Console(width=console.width if console.is_terminal else 200).print(table)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, datetime):
        return value.isoformat()
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _fail_on_unknown_code(code: str, params: dict[str, Any]) -> NoReturn:
    guess = f" Did you mean {params['nearest']}?" if params["nearest"] else ""
    known = f" There are: {', '.join(params['codes'])}." if params["codes"] else " There are none yet."
    typer.echo(f"There is no offering {code}.{guess}{known}", err=True)
    raise typer.Exit(PROBLEMS)


def _fail_on_conflict(programme: str, taken: tuple[tuple[str, str], ...]) -> NoReturn:
    for code, other in taken:
        typer.echo(
            f"The code {code} belongs to the programme {other} and can't be used in {programme}."
            " Give this offering another code.",
            err=True,
        )
    raise typer.Exit(PROBLEMS)


def _fail_on_settings(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(WRONG_SETTINGS)
