"""``kaiku db``: the database's tables and its backup."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.backup import make_backup
from bot.cli.files import Replace, new_file
from bot.cli.output import fail_on_problem, fail_on_settings
from bot.cli.store import database_files, database_url, open_store

if TYPE_CHECKING:
    from sqlalchemy import Engine

db_app = typer.Typer(help="The database.", no_args_is_help=True)


@db_app.command("upgrade")
def upgrade_database(
    backup: Annotated[
        bool, typer.Option("--backup/--no-backup", help="On SQLite: copy the database beside itself first.")
    ] = True,
) -> None:
    """Create the database's tables, or upgrade them to what this version needs: completely, or not at all."""
    from sqlalchemy.exc import DBAPIError

    from storage.engine import create_store_engine
    from storage.migrate import MigrationError, SchemaState, schema_state, upgrade
    from storage.sqlite_file import FileGoneError, why_no_database

    url = database_url()
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and Path(url.database or "").exists() and (wrong := why_no_database(url)):
        fail_on_settings(wrong)
    engine = create_store_engine(url, may_create=True)
    try:
        before = schema_state(engine)
        if before is SchemaState.NEWER:
            fail_on_settings("The database is newer than this version of Kaiku. Install the newer version.")
        if before is SchemaState.OLDER and is_sqlite and backup:
            _back_up_before_upgrade(engine)
        upgrade(url)
    except MigrationError as error:
        fail_on_problem(f"The upgrade failed, and the database is as it was: {error}.")
    except DBAPIError as error:
        fail_on_settings(
            f"The database (KAIKU_DATABASE_URL) can't be reached or changed, and is as it was: {error.orig}"
        )
    except FileGoneError as error:
        fail_on_settings(str(error))
    finally:
        engine.dispose()
    done = "was up to date" if before is SchemaState.CURRENT else "is up to date now"
    typer.echo(f"The database {done}.")


def _back_up_before_upgrade(engine: "Engine") -> None:
    from storage.backup import BackupError

    folder = Path(f"{engine.url.database}.before-upgrade")
    try:
        _, file = make_backup(engine, folder)
    except BackupError as error:
        fail_on_settings(
            f"The database can't be backed up, so it was not upgraded: {error}. To upgrade without, add "
            "--no-backup."
        )
    typer.echo(f"The database as it was is in {file}, without people's keys. Delete it when all is well.")


@db_app.command("backup", hidden=True)
def back_up_database(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    erasures: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the list of erasures goes; beside the copy if left out."),
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
        fail_on_settings("This command is for SQLite. Use `kaiku backup DIR`.")
    # Operators back up before an upgrade, so an old schema is accepted.
    with (
        open_store(accept={SchemaState.OLDER}) as store,
        new_file(file, replace=replace, never=database_files()) as unfinished,
    ):
        try:
            copy_without_keys(store.engine, unfinished)
        except BackupError as error:
            fail_on_settings(f"The backup failed, and {file} is as it was: {error}")
    typer.echo(f"The database is in {file}, without people's keys. Save these apart: `kaiku keys save`.")
    _back_up_erasures(erasures or Path(f"{file}.erasures.json"))


def _back_up_erasures(file: Path) -> None:
    """The list of erasures as it is now; a restored backup needs the newest. An old schema has none."""
    from sqlalchemy import inspect

    from bot.cli.erasures import write_list
    from storage.migrate import SchemaState
    from storage.tables import Erased

    with open_store(accept={SchemaState.OLDER}) as store:
        if not inspect(store.reading_engine).has_table(Erased.__tablename__):
            return
        with new_file(file, replace=True, never=database_files()) as unfinished:
            write_list(store, unfinished)
    typer.echo(f"Who was erased is listed in {file}. Keep the newest list apart from the backups.")
