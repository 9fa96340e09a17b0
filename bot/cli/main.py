"""The command line: the list of commands, and ``kaiku run`` and ``kaiku demo``.

The other commands are in this folder, by subject. Slow imports are made in the command that needs them.
"""

from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.allocate import print_allocation
from bot.cli.backup import back_up, restore_backup
from bot.cli.certificates import write_certificates
from bot.cli.db import db_app
from bot.cli.deliveries import deliveries_app
from bot.cli.doctor.command import doctor
from bot.cli.keys import keys_app
from bot.cli.log import print_log
from bot.cli.manifest import print_manifest
from bot.cli.output import fail_on_settings
from bot.cli.plan import plan_app
from bot.cli.plan_new import write_new_plan
from bot.cli.plan_versions import export_plan_file, list_plan_versions, show_plan_version
from bot.cli.privacy import privacy_app
from bot.cli.prompt_preview import preview_plan_file
from bot.cli.rehearse import rehearse_plan_file
from bot.cli.report import write_report
from bot.cli.roster import print_roster
from bot.cli.run import run
from bot.cli.store import DEMO_FOLDER
from bot.cli.timeline import print_timeline

if TYPE_CHECKING:
    pass

app = typer.Typer(
    help="Kaiku runs cross-agency learning programmes in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def version(
    version: Annotated[bool, typer.Option("--version", help="Print Kaiku's version.")] = False,
) -> None:
    """Kaiku runs cross-agency learning programmes in Slack."""


app.command("run")(run)


@app.command("demo")
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its state.")] = DEMO_FOLDER,
    port: Annotated[int, typer.Option(help="The workspace's port; 0 takes a free one.")] = 3100,
    reset: Annotated[bool, typer.Option("--reset", help="Start over.")] = False,
) -> None:
    """Run Kaiku with a local Slack workspace in the browser: no token, no network."""
    import logging

    from bot.demo import run_demo
    from bot.logs import set_up_logs
    from bot.start_checks import StartError

    set_up_logs("text", logging.WARNING)
    try:
        _run_in_loop(run_demo(folder, port=port, reset=reset))
    except StartError as error:
        fail_on_settings(f"The demo can't start: {error}")
    except OSError as error:
        fail_on_settings(f"The demo can't start: {error.strerror}. Is port {port} taken? Try --port 0.")


def _run_in_loop(serve: Coroutine[None, None, None]) -> None:
    import uvloop

    uvloop.run(serve)


app.command("rehearse")(rehearse_plan_file)
app.command("roster")(print_roster)
app.command("allocate")(print_allocation)
app.command("log")(print_log)
app.command("report")(write_report)
app.command("certificates")(write_certificates)
app.command("timeline")(print_timeline)
plan_app.command("export")(export_plan_file)
plan_app.command("new")(write_new_plan)
plan_app.command("history")(list_plan_versions)
plan_app.command("show")(show_plan_version)
plan_app.command("preview")(preview_plan_file)
app.command("backup")(back_up)
app.command("restore")(restore_backup)
app.command("doctor")(doctor)
app.command("manifest")(print_manifest)
app.add_typer(plan_app, name="plan")
app.add_typer(privacy_app, name="privacy")
app.add_typer(deliveries_app, name="deliveries")
app.add_typer(db_app, name="db")
app.add_typer(keys_app, name="keys")
