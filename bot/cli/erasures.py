"""``kaiku privacy erasures``: the list of erasures, and erasing again after a backup was restored."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import Replace, new_file
from bot.cli.output import AsJson, fail_on_problem, fail_on_settings, print_json
from bot.cli.store import database_files, now, open_store
from bot.domain.language import counted

if TYPE_CHECKING:
    from bot.services.privacy.erasures import ErasureKeys
    from storage.engine import Store

erasures_app = typer.Typer(help="The list of erasures.", no_args_is_help=True)


@erasures_app.callback()
def _group() -> None:
    """The list of who was erased, by keyed hashes; it belongs apart from the database and its backups."""


@erasures_app.command("export")
def export_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the list goes.")],
    replace: Replace = False,
) -> None:
    """Write the list to FILE. Keep the newest apart from the database: a restored backup needs it."""
    with open_store() as store, new_file(file, replace=replace, never=database_files()) as unfinished:
        write_list(store, unfinished)
    typer.echo(f"The list of erasures is in {file}.")


@erasures_app.command("apply")
def apply_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    as_json: AsJson = False,
) -> None:
    """Erase again, in a restored database, whom FILE says to be erased. Run it before Kaiku starts."""
    from bot.clock import SystemClock
    from bot.services.privacy.erase import erase_person
    from bot.services.privacy.erasures import ErasureListError, read_erasures, take_over, who_is_left

    keys = erasure_keys()
    try:
        listed = read_erasures(file.read_text(encoding="utf-8"))
        with open_store() as store:
            with store.transaction() as tx:
                left = who_is_left(tx, listed, keys)
            for person_id in left:
                with store.transaction() as tx:
                    erase_person(tx, person_id, keys, SystemClock().now)
            with store.transaction() as tx:
                take_over(tx, listed)
    except ErasureListError as error:
        fail_on_problem(f"{file} can't be used, and nothing was erased: {error}.")
    except (OSError, UnicodeDecodeError) as error:
        fail_on_settings(f"{file} can't be read: {error}.")
    if as_json:
        print_json({"listed": len(listed), "erased_again": len(left)})
    else:
        typer.echo(f"{counted(len(left), 'person', 'people')} erased again; {len(listed)} listed.")


def write_list(store: "Store", path: Path) -> None:
    """Write the list to ``path``."""
    from bot.services.privacy.erasures import export_erasures

    with store.read_transaction() as tx:
        path.write_text(export_erasures(tx, now()), encoding="utf-8")


def erasure_keys() -> "ErasureKeys":
    """The secrets under which ids are hashed, as the running Kaiku has them."""
    from bot.config import ConfigError, KeySettings, SlackSettings
    from bot.services.privacy.erasures import ErasureKeys

    try:
        settings, token = KeySettings.read(), SlackSettings.read().bot_token
    except ConfigError as error:
        fail_on_settings("\n".join(error.problems))
    known = (settings.secret_key, settings.previous_secret_key, token.encode() or None)
    secrets = tuple(each for each in known if each is not None)
    if not secrets:
        fail_on_settings("KAIKU_SECRET_KEY is not set. The list of erasures can't be read without it.")
    return ErasureKeys(secrets)
