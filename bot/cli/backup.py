"""``kaiku backup`` and ``kaiku restore``: the database as a file with a manifest, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import new_file
from bot.cli.output import fail_on_problem, fail_on_settings
from bot.cli.store import database_files, database_url, now, open_store

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.domain.backups import Manifest

KEYS_APART = (
    "People's keys are not in it. Save them apart, and keep only the newest: `kaiku keys save FILE`. The "
    "list of who was erased belongs apart from both: `kaiku privacy erasures export FILE`."
)


def back_up(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where backups are kept.", envvar="KAIKU_BACKUP_DIR")
    ],
    verify: Annotated[
        bool, typer.Option("--verify", help="Restore it into a scratch database and count what is there.")
    ] = False,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Delete all backups in DIR but so many, the newest.")
    ] = None,
) -> None:
    """Back up the database into DIR, with a manifest beside it, without the keys to what people wrote. Kaiku
    may run meanwhile."""
    from bot.domain.backups import to_delete
    from storage.backup import BackupError, try_out
    from storage.migrate import SchemaState

    # Operators back up before an upgrade, so an old schema is accepted.
    with open_store(accept={SchemaState.OLDER}) as store:
        try:
            manifest, file = make_backup(store.engine, folder)
            typer.echo(f"The database is in {file}. {KEYS_APART}")
            if verify:
                try_out(manifest, file, store.url)
                rows = sum(manifest.rows.values())
                typer.echo(f"Restored for trial: all {rows} rows are there.")
        except BackupError as error:
            fail_on_problem(f"The backup failed: {error}.")
    if keep is not None:
        old = to_delete([each.name for each in folder.iterdir()], keep)
        for name in old:
            (folder / name).unlink(missing_ok=True)
            typer.echo(f"Deleted: {folder / name}")


def make_backup(engine: "Engine", folder: Path) -> "tuple[Manifest, Path]":
    """What a backup and an upgrade do: write the database and then its manifest into the folder, which is
    made if need be. Raises BackupError."""
    from bot.domain.backups import SUFFIX, stem, to_json
    from storage.backup import write_backup

    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        fail_on_settings(f"{folder} can't be written: {error.strerror}.")
    at = now()
    name = folder / stem(at)
    file, listed = name.with_suffix(SUFFIX[engine.dialect.name]), name.with_suffix(".json")
    with new_file(file, replace=False, never=database_files()) as unfinished:
        manifest = write_backup(engine, unfinished, at)
    with new_file(listed, replace=False, never=database_files()) as unfinished:
        unfinished.write_text(to_json(manifest), encoding="utf-8")
    return manifest, file


def restore_backup(
    source: Annotated[
        Path,
        typer.Argument(metavar="DIR", exists=True, help="A folder of backups, or one backup's manifest."),
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what is in the database; all of it is lost.")
    ] = False,
) -> None:
    """Put the newest backup in DIR (or the one whose manifest is named) in the database's place. Stop Kaiku
    first."""
    from sqlalchemy.exc import DBAPIError

    from storage.backup import BackupError, count_what_is_there, require_whole, restore
    from storage.migrate import revisions

    manifest, file = read_backup(source)
    url = database_url()
    try:
        require_whole(manifest, file)
        rows = count_what_is_there(url)
        if rows and not replace:
            fail_on_settings(
                "The database (KAIKU_DATABASE_URL) is not empty. To lose what is in it and have the backup "
                f"of {manifest.made_at:%Y-%m-%d %H:%M}Z instead, add --replace."
            )
        restore(manifest, file, url)
    except BackupError as error:
        fail_on_problem(f"The restore failed: {error}.")
    except DBAPIError as error:
        fail_on_settings(f"The database (KAIKU_DATABASE_URL) can't be reached: {error.orig}")
    typer.echo(f"The database is as it was at {manifest.made_at:%Y-%m-%d %H:%M}Z. Before Kaiku starts:")
    if manifest.revision != revisions()[-1]:
        typer.echo("- It is of an older version: run `kaiku db upgrade`.")
    typer.echo("- Restore people's keys: `kaiku keys restore FILE`. Else what they wrote stays unreadable.")
    typer.echo(
        "- Erase again whoever was erased since, by the newest list: `kaiku privacy erasures apply FILE`."
    )


def read_backup(source: Path) -> "tuple[Manifest, Path]":
    """The newest backup of a folder, or the one with this manifest; if it can't be read, say why and exit."""
    from bot.domain.backups import ManifestError, from_json, newest

    path = source
    if source.is_dir():
        found = newest([each.name for each in source.iterdir()])
        if found is None:
            fail_on_settings(f"There is no backup in {source}.")
        path = source / found
    try:
        manifest = from_json(path.read_text(encoding="utf-8"))
    except ManifestError as error:
        fail_on_problem(f"{path} can't be used: {error}.")
    except (OSError, UnicodeDecodeError):
        fail_on_problem(f"{path} can't be used: it can't be read.")
    return manifest, path.parent / manifest.file
