"""The database for commands: where it is, whether this version can use it, and its current time.

Slow imports are made in the command that needs them.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.cli.output import fail_on_settings

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from bot.domain.people.agencies import AgencyBook
    from storage.engine import Store
    from storage.migrate import SchemaState

DEMO_FOLDER = Path(".demo")

InDemo = Annotated[bool, typer.Option("--demo", help="Work on the demo: its database and its time.")]


def database_url() -> "URL":
    """The address of the database by the settings."""
    from bot.config import DatabaseSettings
    from storage.engine import parse_database_url

    try:
        return parse_database_url(DatabaseSettings.read().database_url)
    except ValueError as error:
        fail_on_settings(f"KAIKU_DATABASE_URL {error}.")


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
        SchemaState.EMPTY: "The database is empty. Run `kaiku db upgrade` first.",
        SchemaState.OLDER: "The database is older than this version of Kaiku. Run `kaiku db upgrade` first.",
        SchemaState.NEWER: "The database is newer than this version of Kaiku. Install the newer version.",
    }
    url = _demo_database_url() if in_demo else database_url()
    if url.get_backend_name() == "sqlite":
        if wrong := why_no_database(url):
            fail_on_settings(wrong)
        if Path(url.database or "").stat().st_size == 0:  # opening it would begin to fill it
            fail_on_settings(advice[SchemaState.EMPTY])
    store = Store(url)
    try:
        state = schema_state(store.engine)
        if state in advice and state not in accept:
            fail_on_settings(advice[state])
        yield store
    except DBAPIError as error:
        _fail_on_database(error.orig)
    except FileGoneError as error:
        _fail_on_database(error)
    finally:
        store.close()


def _fail_on_database(error: BaseException | None) -> NoReturn:
    fail_on_settings(
        f"The database (KAIKU_DATABASE_URL) can't be used now, and what was begun is undone: {error}"
    )


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
    from bot.views.file_faults import lines_in_english

    try:
        return read_agencies()
    except FileFaultError as error:
        fail_on_settings(f"{AGENCIES_FILE.name} can't be used: " + "\n".join(lines_in_english(error)))
    except OSError as error:
        fail_on_settings(f"{AGENCIES_FILE.name} can't be used: {error}")


def _demo_database_url() -> "URL":
    from storage.engine import parse_database_url

    if not (DEMO_FOLDER / "kaiku.db").exists():
        fail_on_settings("There is no demo here yet. Start it first: make demo.")
    return parse_database_url(f"sqlite:///{DEMO_FOLDER / 'kaiku.db'}")
