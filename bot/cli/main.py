"""The command line: the list of commands, and ``kaiku run`` and ``kaiku demo``.

The other commands are in this folder, by subject. Slow imports are made in the command that needs them.
"""

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated

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
from bot.cli.spoken import CommandLine, told
from bot.cli.store import DEMO_FOLDER
from bot.cli.timeline import print_timeline

app = CommandLine("cmd.kaiku")


@app.callback(help="cmd.kaiku")
def version(
    version: Annotated[bool, typer.Option("--version", help="opt.version")] = False,
) -> None:
    """Kaiku runs cross-agency learning programmes in Slack."""
    if version:
        from bot.version import VERSION

        typer.echo(f"Kaiku {VERSION}")


def demo(
    folder: Annotated[Path, typer.Option(help="opt.demo_folder")] = DEMO_FOLDER,
    port: Annotated[int, typer.Option(help="opt.demo_port")] = 3100,
    reset: Annotated[bool, typer.Option("--reset", help="opt.demo_reset")] = False,
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
        fail_on_settings(told("cli.demo_failed", problem=error.sentence))
    except OSError as error:
        fail_on_settings(told("cli.demo_no_port", reason=error.strerror, port=port))


def _run_in_loop(serve: Coroutine[None, None, None]) -> None:
    import uvloop

    uvloop.run(serve)


app.add("run", run, "cmd.run")
app.add("demo", demo, "cmd.demo")
app.add("rehearse", rehearse_plan_file, "cmd.rehearse")
app.add("roster", print_roster, "cmd.roster")
app.add("allocate", print_allocation, "cmd.allocate")
app.add("log", print_log, "cmd.log")
app.add("report", write_report, "cmd.report")
app.add("certificates", write_certificates, "cmd.certificates")
app.add("timeline", print_timeline, "cmd.timeline")
app.add("backup", back_up, "cmd.backup")
app.add("restore", restore_backup, "cmd.restore")
app.add("doctor", doctor, "cmd.doctor")
app.add("manifest", print_manifest, "cmd.manifest")
plan_app.add("export", export_plan_file, "cmd.plan_export")
plan_app.add("new", write_new_plan, "cmd.plan_new")
plan_app.add("history", list_plan_versions, "cmd.plan_history")
plan_app.add("show", show_plan_version, "cmd.plan_show")
plan_app.add("preview", preview_plan_file, "cmd.plan_preview")
app.add_typer(plan_app, name="plan")
app.add_typer(privacy_app, name="privacy")
app.add_typer(deliveries_app, name="deliveries")
app.add_typer(db_app, name="db")
app.add_typer(keys_app, name="keys")
