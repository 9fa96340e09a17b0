"""``kaiku keys``: the secret that encrypts people's keys, and the people's keys."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import Replace, new_file
from bot.cli.output import PROBLEMS, AsJson, fail_on_problem, fail_on_settings, print_json
from bot.cli.store import database_files, now, open_store
from bot.domain.language import counted

if TYPE_CHECKING:
    from bot.services.reflections.key_file import KeyFile, Restored
    from bot.services.reflections.vault import Vault

BATCH = 100

keys_app = typer.Typer(help="The key that reflections are encrypted under.", no_args_is_help=True)


@keys_app.command("new")
def new_key() -> None:
    """Print a fresh value for KAIKU_SECRET_KEY, and nothing else. Keep it where your secrets are kept."""
    from bot.services.reflections.vault import new_secret

    typer.echo(new_secret())


@keys_app.command("check")
def check_keys(as_json: AsJson = False) -> None:
    """Check that KAIKU_SECRET_KEY opens every person's key. Exit code 1 if one can't be opened."""
    from bot.services.reflections.vault import KeyState
    from storage.reflections.keys import list_people_without_key

    vault = _vault()
    with open_store() as store, store.read_transaction() as tx:
        counts = vault.count_keys(tx)
        without_key = len(list_people_without_key(tx))
    closed = counts[KeyState.UNKNOWN] + counts[KeyState.DAMAGED]
    if as_json:
        print_json({state.value: counts[state] for state in KeyState} | {"without_key": without_key})
    else:
        typer.echo(f"{_keys(counts[KeyState.CURRENT])} under KAIKU_SECRET_KEY.")
        typer.echo(f"{_keys(counts[KeyState.PREVIOUS])} under KAIKU_SECRET_KEY_PREVIOUS.")
        typer.echo(f"{_keys(counts[KeyState.UNKNOWN])} under an unknown secret.")
        if counts[KeyState.DAMAGED]:
            typer.echo(f"{_keys(counts[KeyState.DAMAGED])} damaged.")
        if without_key:
            people = counted(without_key, "person", "people")
            typer.echo(f"{people} wrote something whose key is not here: it can't be read.")
        if counts[KeyState.PREVIOUS]:
            typer.echo("Move those under the previous secret: `kaiku keys rotate`.")
    if closed:
        fail_on_problem(f"{_keys(closed)} can't be opened.")


@keys_app.command("rotate")
def rotate_keys() -> None:
    """Re-encrypt keys with KAIKU_SECRET_KEY that are encrypted with KAIKU_SECRET_KEY_PREVIOUS. Safe to
    repeat."""
    from bot.services.reflections.vault import KeyState

    vault = _vault()
    if vault.previous is None:
        fail_on_settings("Set KAIKU_SECRET_KEY to the new key and KAIKU_SECRET_KEY_PREVIOUS to the old.")
    done = 0
    last: str | None = ""
    with open_store() as store:
        while last is not None:
            with store.transaction() as tx:
                moved, last = vault.rotate(tx, BATCH, last)
            done += moved
        with store.read_transaction() as tx:
            counts = vault.count_keys(tx)
    typer.echo(f"{_keys(done)} moved to the new secret.")
    for state, trouble in (
        (KeyState.DAMAGED, "damaged and can't be opened."),
        (KeyState.UNKNOWN, "under neither of the two secrets and can't be opened."),
        (KeyState.PREVIOUS, "made under the old secret meanwhile. Run this again."),
    ):
        if counts[state]:
            typer.echo(f"{_keys(counts[state])} {trouble}", err=True)
    if counts.total() > counts[KeyState.CURRENT]:
        raise typer.Exit(PROBLEMS)
    typer.echo("Unset KAIKU_SECRET_KEY_PREVIOUS now, and destroy the old key.")


@keys_app.command("save")
def save_keys(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the keys go.")],
    replace: Replace = False,
) -> None:
    """Save people's keys, as encrypted as they are in the database, to FILE. Keep only the newest such file,
    apart from the backups: whoever erases what they wrote is gone from the next."""
    from bot.services.reflections import key_file

    with (
        open_store() as store,
        new_file(file, replace=replace, never=database_files()) as unfinished,
    ):
        with store.read_transaction() as tx:
            saved = key_file.save_keys(tx, now())
        unfinished.write_bytes(key_file.to_json(saved))
    typer.echo(f"{_keys(len(saved.keys))} saved in {file}. Destroy older such files now.")


@keys_app.command("restore")
def restore_keys(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="A file of keys."),
    ],
    erased: Annotated[
        list[str] | None,
        typer.Option(metavar="USER", help="Who erased what they wrote after FILE was saved; repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Restore people's keys from FILE after the database was restored: all of them or none. Run it before
    Kaiku starts. A key is restored only to a person who has none and whose words it opens."""
    from bot.services.reflections import key_file

    vault = _vault()
    without = frozenset(erased or ())
    try:
        keys = key_file.read_key_file(file.read_bytes())
        with open_store() as store, store.transaction() as tx:
            done = key_file.restore_keys(tx, vault, keys, without)
    except key_file.KeyFileError as error:
        problems = "\n".join(f"  {problem}" for problem in error.problems)
        fail_on_problem(f"{file} can't be used, and nothing was restored:\n{problems}")
    except OSError as error:
        fail_on_settings(f"{file} can't be read: {error.strerror}.")
    if as_json:
        print_json({"saved_at": keys.saved_at, **asdict(done)})
    else:
        _print_restored(keys, done, without)


def _print_restored(file: "KeyFile", done: "Restored", erased: frozenset[str]) -> None:
    typer.echo(f"{_keys(done.restored)} restored.")
    if done.have_one:
        typer.echo(f"{counted(done.have_one, 'person has', 'people have')} a key already; it stays.")
    if done.open_nothing:
        typer.echo(f"{_keys(done.open_nothing)} left out: nothing in the database opens with them.")
    if done.erased:
        typer.echo(f"{_keys(done.erased)} left out: their people erased what they wrote.")
    unknown = sorted(erased - {key.person_id for key in file.keys})
    if unknown:
        typer.echo(f"Not in the file: {', '.join(unknown)}.")
    if done.still_without:
        people = counted(done.still_without, "person", "people")
        typer.echo(f"What {people} wrote stays unreadable: there is no key to it.")
    if done.restored:
        since = f"{file.saved_at:%Y-%m-%d %H:%M}Z"
        typer.echo(
            f"\nErased after {since}? If this database is from before that too, Kaiku can't know, and the"
            " person's words can be read again. Look for \"reflections erased\" in Kaiku's log from then on,"
            " and run this once more with --erased USER for each person it names, before Kaiku starts."
        )


def _keys(number: int) -> str:
    return counted(number, "key", "keys")


def _vault() -> "Vault":
    """The vault with the secrets of the environment; if they are missing or ill-formed, print
    why and exit."""
    from bot.config import ConfigError, KeySettings
    from bot.services.reflections.vault import Vault

    try:
        settings = KeySettings.read()
    except ConfigError as error:
        fail_on_settings("\n".join(error.problems))
    if settings.secret_key is None:
        fail_on_settings("KAIKU_SECRET_KEY is not set. It is needed to open people's keys.")
    return Vault(settings.secret_key, settings.previous_secret_key)
