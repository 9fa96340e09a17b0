"""The database for commands: where it is, whether this version can use it, and its current time.

Slow imports are made in the command that needs them.
"""

import base64
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.cli.output import fail_on_settings
from bot.cli.spoken import told, words

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from bot.config import ConfigError
    from bot.domain.people.agencies import AgencyBook
    from bot.services.reflections.vault import Vault
    from storage.engine import Store
    from storage.migrate import SchemaState

DEMO_FOLDER = Path(".demo")

InDemo = Annotated[bool, typer.Option("--demo", help="opt.demo")]


def database_url() -> "URL":
    """The address of the database by the settings."""
    from bot.config import ConfigError, DatabaseSettings
    from storage.engine import DatabaseAddressError, parse_database_url

    try:
        return parse_database_url(DatabaseSettings.read().database_url)
    except ConfigError as error:
        fail_on_problems_of_settings(error)
    except DatabaseAddressError as error:
        fail_on_settings(words().say(error.sentence))


def fail_on_problems_of_settings(error: "ConfigError") -> NoReturn:
    """Print every wrong setting, and exit with code 2."""
    fail_on_settings("\n".join(map(words().say, error.problems)))


def vault(*, in_demo: bool = False) -> "Vault | None":
    """The vault that decrypts people's own words; None without the secrets."""
    from bot.config import ConfigError, KeySettings
    from bot.services.reflections.vault import Vault

    if in_demo:
        from bot.demo import demo_secret

        return Vault(base64.urlsafe_b64decode(demo_secret(DEMO_FOLDER)))
    try:
        settings = KeySettings.read()
    except ConfigError as error:
        fail_on_problems_of_settings(error)
    return Vault(settings.secret_key, settings.previous_secret_key) if settings.secret_key else None


def database_files() -> tuple[Path, ...]:
    """The database's files, if it is SQLite: commands must not write anything else there."""
    url = database_url()
    if url.get_backend_name() != "sqlite":
        return ()
    return tuple(Path(f"{url.database}{ending}") for ending in ("", "-wal", "-shm", "-journal"))


@contextmanager
def open_store(*, in_demo: bool = False, accept: "Collection[SchemaState]" = ()) -> "Iterator[Store]":
    """Open the database if its schema is current or in a state to ``accept``; else print what to do and exit.
    Never creates a database."""
    from sqlalchemy.exc import DBAPIError

    from storage.engine import Store
    from storage.migrate import SchemaState, schema_state
    from storage.sqlite_file import FileGoneError, why_no_database

    advice = {
        SchemaState.EMPTY: "store.empty",
        SchemaState.OLDER: "store.older",
        SchemaState.NEWER: "store.newer",
    }
    url = _demo_database_url() if in_demo else database_url()
    if url.get_backend_name() == "sqlite":
        if wrong := why_no_database(url):
            fail_on_settings(words().say(wrong))
        if Path(url.database or "").stat().st_size == 0:  # opening it would begin to fill it
            fail_on_settings(told(advice[SchemaState.EMPTY]))
    store = Store(url)
    try:
        state = schema_state(store.engine)
        if state in advice and state not in accept:
            fail_on_settings(told(advice[state]))
        yield store
    except DBAPIError as error:
        _fail_on_database(error.orig)
    except FileGoneError as error:
        fail_on_settings(words().say(error.sentence))
    finally:
        store.close()


def _fail_on_database(error: BaseException | None) -> NoReturn:
    fail_on_settings(told("store.not_usable", reason=error))


def now(*, in_demo: bool = False) -> datetime:
    """The current time, real or the demo's."""
    from bot.clock import SystemClock

    if in_demo:
        from bot.demo import demo_now

        return demo_now(DEMO_FOLDER)
    return SystemClock().now()


def agencies() -> "AgencyBook":
    """The agencies; if their file has problems, print them and exit."""
    from bot.domain.file_faults import FileFaultError
    from bot.services.people.agency_book import AGENCIES_FILE, read_agencies
    from bot.views.file_faults import lines_for

    try:
        return read_agencies()
    except FileFaultError as error:
        reason = "\n".join(lines_for(error, words()))
        fail_on_settings(told("cli.not_usable", file=AGENCIES_FILE.name, reason=reason))
    except OSError as error:
        fail_on_settings(told("cli.not_usable", file=AGENCIES_FILE.name, reason=error.strerror))


def _demo_database_url() -> "URL":
    from storage.engine import parse_database_url

    if not (DEMO_FOLDER / "kaiku.db").exists():
        fail_on_settings(told("cli.no_demo"))
    return parse_database_url(f"sqlite:///{DEMO_FOLDER / 'kaiku.db'}")
