"""``kaiku backup`` and ``kaiku restore``: the database as a file with a manifest, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.erasures import erase_again, read_list, require_usable, save_list
from bot.cli.files import new_file
from bot.cli.output import fail_on_problem, fail_on_settings
from bot.cli.spoken import moment, say, told, told_many
from bot.cli.store import database_files, database_url, now, open_store

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.domain.backups import Manifest


ErasuresPlace = Annotated[
    Path | None,
    typer.Option(
        "--erasures", metavar="FILE", dir_okay=False, envvar="KAIKU_ERASURES", help="opt.erasures_at"
    ),
]


def back_up(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="opt.backup_dir", envvar="KAIKU_BACKUP_DIR")],
    verify: Annotated[bool, typer.Option("--verify", help="opt.backup_verify")] = False,
    keep: Annotated[int | None, typer.Option(min=1, help="opt.backup_keep")] = None,
    erasures: ErasuresPlace = None,
) -> None:
    """Back up the database into DIR, with a manifest beside it, without the keys to what people wrote, and
    write the list of erasures to another place. Kaiku may run meanwhile."""
    from bot.domain.backups import to_delete
    from storage.backup import BackupError, try_out
    from storage.migrate import SchemaState

    # Operators back up before an upgrade, so an old schema is accepted.
    with open_store(accept={SchemaState.OLDER}) as store:
        try:
            manifest, file = make_backup(store.engine, folder)
            say("backup.made", file=file)
            save_list(store, erasures or _beside(folder))
            if verify:
                try_out(manifest, file, store.url)
                typer.echo(told_many("backup.tried", sum(manifest.rows.values())))
        except BackupError as error:
            fail_on_problem(told("backup.failed", problem=error.sentence))
    if keep is not None:
        old = to_delete([each.name for each in folder.iterdir()], keep)
        for name in old:
            (folder / name).unlink(missing_ok=True)
            say("backup.deleted", file=folder / name)


def _beside(folder: Path) -> Path:
    """The default place of the list of erasures: outside the folder of backups, in which files are deleted
    and copied back."""
    whole = folder.absolute()
    return whole.with_name(f"{whole.name}.erasures.json")


def make_backup(engine: "Engine", folder: Path) -> "tuple[Manifest, Path]":
    """Write the database and then its manifest into the folder, which is created if missing. Raises
    BackupError."""
    from bot.domain.backups import SUFFIX, stem, to_json
    from storage.backup import write_backup

    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        fail_on_settings(told("cli.not_written", path=folder, reason=error.strerror))
    at = now()
    name = folder / stem(at)
    file, listed = name.with_suffix(SUFFIX[engine.dialect.name]), name.with_suffix(".json")
    with new_file(file, replace=False, never=database_files()) as unfinished:
        manifest = write_backup(engine, unfinished, at)
    with new_file(listed, replace=False, never=database_files()) as unfinished:
        unfinished.write_text(to_json(manifest), encoding="utf-8")
    return manifest, file


def restore_backup(
    source: Annotated[Path, typer.Argument(metavar="DIR", exists=True, help="opt.restore_source")],
    replace: Annotated[bool, typer.Option("--replace", help="opt.restore_replace")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="opt.restore_verify")] = False,
    erasures: ErasuresPlace = None,
) -> None:
    """Put the newest backup in DIR (or the one whose manifest is named) in the database's place, upgraded if
    need be, and erase again the people who were erased since. Stop Kaiku first."""
    from sqlalchemy.exc import DBAPIError

    from bot.services.privacy.erasures import ErasureListError
    from storage.backup import BackupError, require_whole, restore, try_out
    from storage.erasures import take_mark
    from storage.migrate import MigrationError, upgrade

    manifest, file = read_backup(source)
    url = database_url()
    try:
        require_whole(manifest, file)
        if verify:
            try_out(manifest, file, url)
            typer.echo(told_many("backup.tried", sum(manifest.rows.values())))
            return
        _require_replaceable(manifest, replace=replace)
        listed = read_list(erasures or _beside(source if source.is_dir() else source.parent))
        require_usable(listed, manifest.rows.get("erased", 0), url)
        restore(manifest, file, url)
        upgrade(url)
        with open_store() as store:
            with store.transaction() as tx:
                take_mark(tx)  # a backup older than the marks got one with the upgrade
            left = erase_again(store, listed)
    except (BackupError, ErasureListError, MigrationError) as error:
        fail_on_problem(told("backup.restore_failed", problem=error.sentence))
    except DBAPIError as error:
        fail_on_settings(told("store.away", reason=error.orig))
    say("erasures.applied", left=left, listed=len(listed))
    say("backup.restored", made_at=moment(manifest.made_at))
    say("backup.then_keys")


def _require_replaceable(manifest: "Manifest", *, replace: bool) -> None:
    from storage.backup import count_what_is_there

    if not replace and count_what_is_there(database_url()):
        fail_on_settings(told("backup.not_empty", made_at=moment(manifest.made_at)))


def read_backup(source: Path) -> "tuple[Manifest, Path]":
    """The newest backup of a folder, or the one with this manifest; if it can't be read, say why and exit."""
    from bot.domain.backups import ManifestError, from_json, newest

    path = source
    if source.is_dir():
        found = newest([each.name for each in source.iterdir()])
        if found is None:
            fail_on_settings(told("backup.none", folder=source))
        path = source / found
    try:
        manifest = from_json(path.read_text(encoding="utf-8"))
    except ManifestError as error:
        fail_on_problem(told(f"backup.{error.args[0]}", path=path, said=error.args[1]))
    except (OSError, UnicodeDecodeError):
        fail_on_problem(told("backup.manifest_not_read", path=path))
    return manifest, path.parent / manifest.file
