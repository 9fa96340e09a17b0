"""``kaiku run``: serve Slack. Needs nothing of the command line's library, so that a process that runs for
months does not hold it (7.5 MB, and a tenth of the time to ready): ``bot.__main__`` calls it directly.
"""

import gc
import sys
from typing import TYPE_CHECKING, NoReturn

from bot.domain.text import visible

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.people.agencies import AgencyBook

WRONG_SETTINGS = 2


def run() -> None:
    """Serve Slack until stopped, over HTTP or Socket Mode. Settings come from the environment."""
    gc.disable()  # what is loaded at the start is no garbage; looking for some takes a tenth of that time
    import uvloop

    from bot.app import App, run_until_stopped
    from bot.clock import SystemClock
    from bot.logs import set_up_logs
    from bot.start_checks import StartError

    settings = _settings()
    set_up_logs(settings.log_format)
    try:
        uvloop.run(run_until_stopped(App(settings, SystemClock(), book=_agencies())))
    except StartError as error:
        _fail(f"Kaiku can't start: {error}")


def _settings() -> "Settings":
    """The settings; if any is wrong, print all that are and exit."""
    from bot.config import ConfigError, DatabaseSettings, Settings
    from storage.engine import parse_database_url

    problems, settings = [], None
    try:
        settings = Settings.read()
    except ConfigError as error:
        problems = error.problems
    try:
        parse_database_url(DatabaseSettings.read().database_url)
    except ValueError as error:
        problems.append(f"KAIKU_DATABASE_URL {error}")
    if problems or settings is None:
        _fail("Kaiku can't start:\n" + "\n".join(f"  {problem}" for problem in problems))
    return settings


def _agencies() -> "AgencyBook":
    from bot.domain.file_faults import FileFaultError
    from bot.services.people.agency_book import AGENCIES_FILE, read_agencies
    from bot.views.file_faults import lines_in_english

    try:
        return read_agencies()
    except FileFaultError as error:
        _fail(f"{AGENCIES_FILE.name} can't be used: " + "\n".join(lines_in_english(error)))
    except OSError as error:
        _fail(f"{AGENCIES_FILE.name} can't be used: {error}")


def _fail(message: str) -> NoReturn:
    """Nothing in it that a terminal obeys: it may quote what settings and files say."""
    print("\n".join(map(visible, message.split("\n"))), file=sys.stderr)  # noqa: T201 - no typer here
    raise SystemExit(WRONG_SETTINGS)
