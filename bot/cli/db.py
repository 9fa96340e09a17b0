"""``kaiku db``: the database's tables and its backup."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.backup import make_backup
from bot.cli.erasures import save_list
from bot.cli.files import Replace, new_file
from bot.cli.output import fail_on_problem, fail_on_settings
from bot.cli.spoken import CommandLine, say, told, words
from bot.cli.store import database_files, database_url, open_store

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

LOOK_SECONDS = 10.0

db_app = CommandLine("cmd.db")


@db_app.spoken("upgrade", "cmd.db_upgrade")
def upgrade_database(
    backup: Annotated[bool, typer.Option("--backup/--no-backup", help="opt.backup_first")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="opt.upgrade_dry_run")] = False,
) -> None:
    """Create the database's tables, or upgrade them to what this version needs: completely, or not at all."""
    from sqlalchemy.exc import DBAPIError

    from storage.engine import create_store_engine
    from storage.migrate import MigrationError, SchemaState, schema_state, upgrade
    from storage.sqlite_file import FileGoneError, why_no_database

    url = database_url()
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and Path(url.database or "").exists() and (wrong := why_no_database(url)):
        fail_on_settings(words().say(wrong))
    if dry_run:
        _print_pending(url)
        return
    engine = create_store_engine(url, may_create=True)
    try:
        before = schema_state(engine)
        if before is SchemaState.NEWER:
            fail_on_settings(told("store.newer"))
        if before is SchemaState.OLDER and is_sqlite and backup:
            _back_up_before_upgrade(engine)
        upgrade(url)
    except MigrationError as error:
        fail_on_problem(told("db.upgrade_failed", problem=error.sentence))
    except DBAPIError as error:
        fail_on_settings(told("db.not_changed", reason=error.orig))
    except OSError as error:
        fail_on_settings(told("db.not_changed", reason=error.strerror))
    except FileGoneError as error:
        fail_on_settings(words().say(error.sentence))
    finally:
        engine.dispose()
    say("db.was_current" if before is SchemaState.CURRENT else "db.upgraded")


def _print_pending(url: "URL") -> None:
    from sqlalchemy.exc import DBAPIError

    from storage.look import looking
    from storage.migrate import SchemaState, pending, schema_state

    is_there = url.get_backend_name() != "sqlite" or Path(url.database or "").exists()
    try:
        with looking(url, LOOK_SECONDS) if is_there else nullcontext() as tx:
            if tx is not None and schema_state(tx.engine) is SchemaState.NEWER:
                fail_on_settings(told("store.newer"))
            steps, rows = pending(tx)
    except DBAPIError as error:
        fail_on_settings(told("store.away", reason=error.orig))
    for step in steps:
        say("db.would_run", step=step)
    for table, number in sorted(rows.items()):
        if steps and number:
            say("db.rows", table=table, number=number)
    say("db.would_change" if steps else "db.was_current")


def _back_up_before_upgrade(engine: "Engine") -> None:
    from storage.backup import BackupError

    folder = Path(f"{engine.url.database}.before-upgrade")
    try:
        _, file = make_backup(engine, folder)
    except BackupError as error:
        fail_on_settings(told("db.no_backup", problem=error.sentence))
    say("db.backed_up", file=file)


@db_app.spoken("backup", "cmd.db_backup", hidden=True)
def back_up_database(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="opt.copy_file")],
    erasures: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="opt.copy_erasures"),
    ] = None,
    replace: Replace = False,
) -> None:
    """Copy the database to FILE, without the keys to what people wrote: as `kaiku backup` does, without its
    manifest.

    The keys are saved apart (`kaiku keys save`), so that erasing a person makes old backups unreadable.
    """
    from storage.backup import BackupError, copy_without_keys
    from storage.migrate import SchemaState

    url = database_url()
    if url.get_backend_name() != "sqlite":
        fail_on_settings(told("db.only_sqlite"))
    # Operators back up before an upgrade, so an old schema is accepted.
    with (
        open_store(accept={SchemaState.OLDER}) as store,
        new_file(file, replace=replace, never=database_files()) as unfinished,
    ):
        try:
            copy_without_keys(store.engine, unfinished)
        except BackupError as error:
            fail_on_settings(told("db.not_copied", file=file, problem=error.sentence))
    say("backup.made", file=file)
    with open_store(accept={SchemaState.OLDER}) as store:
        save_list(store, erasures or Path(f"{file}.erasures.json"))
