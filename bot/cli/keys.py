"""``kaiku keys``: the secret that encrypts people's keys, and the people's keys."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import asdict

from bot.cli.files import Replace, new_file
from bot.cli.output import PROBLEMS, AsJson, fail_on_problem, fail_on_settings, print_json
from bot.cli.spoken import CommandLine, moment, say, told, told_many, words
from bot.cli.store import database_files, fail_on_problems_of_settings, now, open_store

if TYPE_CHECKING:
    from bot.services.reflections.key_file import KeyFile, Restored
    from bot.services.reflections.vault import Vault

BATCH = 100

keys_app = CommandLine("cmd.keys")


@keys_app.spoken("new", "cmd.keys_new")
def new_key() -> None:
    """Print a fresh value for KAIKU_SECRET_KEY, and nothing else. Keep it where your secrets are kept."""
    from bot.services.reflections.vault import new_secret

    typer.echo(new_secret())


@keys_app.spoken("check", "cmd.keys_check")
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
        _say_keys("keys.current", counts[KeyState.CURRENT])
        _say_keys("keys.previous", counts[KeyState.PREVIOUS])
        _say_keys("keys.unknown", counts[KeyState.UNKNOWN])
        if counts[KeyState.DAMAGED]:
            _say_keys("keys.damaged", counts[KeyState.DAMAGED])
        if without_key:
            _say_keys("keys.without", without_key)
        if counts[KeyState.PREVIOUS]:
            say("keys.do_rotate")
    if closed:
        fail_on_problem(told_many("keys.closed", closed))


@keys_app.spoken("rotate", "cmd.keys_rotate")
def rotate_keys() -> None:
    """Re-encrypt keys with KAIKU_SECRET_KEY that are encrypted with KAIKU_SECRET_KEY_PREVIOUS. Safe to
    repeat."""
    from bot.services.reflections.vault import KeyState

    vault = _vault()
    if vault.previous is None:
        fail_on_settings(told("keys.set_both"))
    done = 0
    last: str | None = ""
    with open_store() as store:
        while last is not None:
            with store.transaction() as tx:
                moved, last = vault.rotate(tx, BATCH, last)
            done += moved
        with store.read_transaction() as tx:
            counts = vault.count_keys(tx)
    _say_keys("keys.moved", done)
    for state, trouble in (
        (KeyState.DAMAGED, "keys.left_damaged"),
        (KeyState.UNKNOWN, "keys.left_unknown"),
        (KeyState.PREVIOUS, "keys.left_previous"),
    ):
        if counts[state]:
            typer.echo(told_many(trouble, counts[state]), err=True)
    if counts.total() > counts[KeyState.CURRENT]:
        raise typer.Exit(PROBLEMS)
    say("keys.rotated")


@keys_app.spoken("save", "cmd.keys_save")
def save_keys(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="opt.keys_file")],
    replace: Replace = False,
) -> None:
    """Save people's keys, as encrypted as they are in the database, to FILE. Keep only the newest such file,
    apart from the backups: a person who erases their words is missing from the next one."""
    from bot.services.reflections import key_file

    with (
        open_store() as store,
        new_file(file, replace=replace, never=database_files()) as unfinished,
    ):
        with store.read_transaction() as tx:
            saved = key_file.save_keys(tx, now())
        unfinished.write_bytes(key_file.to_json(saved))
    typer.echo(told_many("keys.saved", len(saved.keys), file=file))


@keys_app.spoken("restore", "cmd.keys_restore")
def restore_keys(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="opt.keys_saved"),
    ],
    erased: Annotated[
        list[str] | None,
        typer.Option(metavar="USER", help="opt.keys_erased"),
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
        problems = "".join(f"\n  {words().say(problem)}" for problem in error.problems)
        fail_on_problem(told("keys.not_usable", file=file, problems=problems))
    except OSError as error:
        fail_on_settings(told("cli.not_read", file=file, reason=error.strerror))
    if as_json:
        print_json({"saved_at": keys.saved_at, **asdict(done)})
    else:
        _print_restored(keys, done, without)


def _print_restored(file: "KeyFile", done: "Restored", erased: frozenset[str]) -> None:
    _say_keys("keys.restored", done.restored)
    if done.have_one:
        _say_keys("keys.have_one", done.have_one)
    if done.open_nothing:
        _say_keys("keys.open_nothing", done.open_nothing)
    if done.erased:
        _say_keys("keys.of_erased", done.erased)
    unknown = sorted(erased - {key.person_id for key in file.keys})
    if unknown:
        say("keys.not_in_file", people=", ".join(unknown))
    if done.still_without:
        _say_keys("keys.still_without", done.still_without)
    if done.restored:
        say("keys.erased_since", since=moment(file.saved_at))


def _say_keys(key: str, number: int) -> None:
    typer.echo(told_many(key, number))


def _vault() -> "Vault":
    """The vault with the secrets of the environment; if they are missing or ill-formed, print
    why and exit."""
    from bot.config import ConfigError, KeySettings
    from bot.services.reflections.vault import Vault

    try:
        settings = KeySettings.read()
    except ConfigError as error:
        fail_on_problems_of_settings(error)
    if settings.secret_key is None:
        fail_on_settings(told("keys.no_secret"))
    return Vault(settings.secret_key, settings.previous_secret_key)
