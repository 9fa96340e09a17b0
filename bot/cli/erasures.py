"""``kaiku privacy erasures``: the list of erasures, and erasing again after a backup was restored."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import Replace, new_file
from bot.cli.output import AsJson, fail_on_problem, fail_on_settings, print_json
from bot.cli.spoken import CommandLine, say, told
from bot.cli.store import database_files, fail_on_problems_of_settings, now, open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import URL

    from bot.services.privacy.erasures import ErasureKeys
    from storage.engine import Store
    from storage.erasures import ErasedRow

erasures_app = CommandLine("cmd.erasures")


@erasures_app.spoken("export", "cmd.erasures_export")
def export_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="opt.erasures_file")],
    replace: Replace = False,
) -> None:
    """Write the list to FILE. Keep the newest apart from the database: a restored backup needs it."""
    from bot.services.privacy.erasures import export_erasures

    with (
        open_store() as store,
        store.read_transaction() as tx,
        new_file(file, replace=replace, never=database_files()) as unfinished,
    ):
        unfinished.write_text(export_erasures(tx, now()), encoding="utf-8")
    say("erasures.written", file=file)


@erasures_app.spoken("apply", "cmd.erasures_apply")
def apply_list(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="opt.erasures_list"),
    ],
    as_json: AsJson = False,
) -> None:
    """Erase again, in a restored database, the people that FILE lists as erased. Run it before Kaiku
    starts."""
    from bot.services.privacy.erasures import ErasureListError

    try:
        listed = read_list(file)
        with open_store() as store:
            left = erase_again(store, listed)
    except ErasureListError as error:
        fail_on_problem(told("erasures.not_usable", file=file, problem=error.sentence))
    if as_json:
        print_json({"listed": len(listed), "erased_again": left})
    else:
        say("erasures.applied", left=left, listed=len(listed))


def save_list(store: "Store", path: Path) -> None:
    """Write the list into its place, unless a longer one is there, because then this database does not know
    of all erasures. A database of an older version has none."""
    from sqlalchemy import inspect

    from bot.services.privacy.erasures import ErasureListError, as_text, require_no_longer
    from storage.erasures import list_erased
    from storage.tables import Erased

    knows = inspect(store.reading_engine).has_table(Erased.name)
    with store.read_transaction() as tx:
        text = as_text(list_erased(tx) if knows else [], now())
    try:
        require_no_longer(path, text)
    except ErasureListError as error:
        fail_on_problem(told("erasures.not_usable", file=path, problem=error.sentence))
    with new_file(path, replace=True, never=database_files()) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    say("erasures.written", file=path)


def read_list(file: Path) -> "Sequence[ErasedRow]":
    """The entries of a list; if it is not there, say why it is needed and exit. Raises ErasureListError."""
    from bot.services.privacy.erasures import read_erasures

    try:
        return read_erasures(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fail_on_settings(told("erasures.missing", file=file))
    except OSError as error:
        fail_on_settings(told("cli.not_read", file=file, reason=error.strerror))
    except UnicodeDecodeError:
        fail_on_settings(told("cli.not_text", file=file))


def require_usable(listed: "Sequence[ErasedRow]", in_backup: int, url: "URL") -> None:
    """Raise ErasureListError for a list that is shorter than that of the backup or of the database to be
    replaced, or that the secrets do not open."""
    from bot.services.privacy.erasures import ErasureListError
    from storage.backup import newest_erasure

    newest = max(newest_erasure(url), in_backup)
    if max((each.number for each in listed), default=0) < newest:
        raise ErasureListError("erasures.too_old", newest=newest)
    for made_with in {each.made_with for each in listed}:
        erasure_keys().digest_of("", made_with)


def erase_again(store: "Store", listed: "Sequence[ErasedRow]") -> int:
    """Erase the listed people, and only then let Kaiku start; return how many. Raises ErasureListError."""
    from bot.clock import SystemClock
    from bot.services.privacy.erase import erase_person
    from bot.services.privacy.erasures import ErasureKeys, take_over, who_is_left
    from bot.services.privacy.notice_file import read_notice
    from storage.erasures import mark_live

    keys = erasure_keys() if listed else ErasureKeys(())
    locks = read_notice().locks if listed else {}
    with store.transaction() as tx:
        left = who_is_left(tx, listed, keys)
    for person_id, erased_at in left.items():
        with store.transaction() as tx:
            erase_person(tx, person_id, keys, SystemClock().now, locks=locks, erased_at=erased_at)
    with store.transaction() as tx:
        take_over(tx, listed)
        mark_live(tx, now())
    return len(left)


def erasure_keys() -> "ErasureKeys":
    """The secrets under which ids are hashed, as the running Kaiku has them."""
    from bot.config import ConfigError, KeySettings, SlackSettings
    from bot.services.privacy.erasures import ErasureKeys

    try:
        settings, token = KeySettings.read(), SlackSettings.read().bot_token
    except ConfigError as error:
        fail_on_problems_of_settings(error)
    known = (settings.secret_key, settings.previous_secret_key, token.encode() or None)
    secrets = tuple(each for each in known if each is not None)
    if not secrets:
        fail_on_settings(told("erasures.no_secret"))
    return ErasureKeys(secrets)
