"""``kaiku run``: serve Slack. Needs nothing of the command line's library, so that a process that runs for
months does not hold it (7.5 MB, and a tenth of the time to ready): ``bot.__main__`` calls it directly.
"""

import gc
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from bot.domain.language import operators_language
from bot.domain.text import visible

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.people.agencies import AgencyBook
    from bot.i18n import Words

WRONG_SETTINGS = 2


def run() -> None:
    """Serve Slack until stopped, over HTTP or Socket Mode. Settings come from the environment."""
    settings = _settings()  # before what takes seconds to load: a wrong one is said at once
    gc.disable()  # what is loaded at the start is no garbage; looking for some takes a tenth of that time
    import uvloop

    from bot.app import App
    from bot.clock import SystemClock
    from bot.i18n import SentenceError
    from bot.logs import set_up_logs
    from bot.process import run_until_stopped
    from bot.tracing import tracing

    set_up_logs(settings.log_format)
    try:
        with tracing(os.environ):
            uvloop.run(run_until_stopped(App(settings, SystemClock(), book=_agencies())))
    except SentenceError as error:
        words = _words()
        _fail(words("start.failed", problem=words.say(error.sentence)))


def _settings() -> "Settings":
    """The settings; if any is wrong, print all that are and exit."""
    from bot.config import Settings
    from storage.engine import DatabaseAddressError, parse_database_url

    settings, problems = Settings.look()
    try:
        parse_database_url(settings.database_url)
    except DatabaseAddressError as error:
        problems.append(error.sentence)
    if problems:
        words = _words()
        _fail(words("start.failed", problem="".join(f"\n  {words.say(each)}" for each in problems)))
    return settings


def _agencies() -> "AgencyBook":
    from bot.domain.file_faults import FileFaultError
    from bot.services.people.agency_book import AGENCIES_FILE, read_agencies
    from bot.views.file_faults import lines_for

    words = _words()
    try:
        return read_agencies()
    except FileFaultError as error:
        lines = "\n".join(lines_for(error, words))
        _fail(words("cli.not_usable", file=AGENCIES_FILE.name, reason=lines))
    except OSError as error:
        _fail(words("cli.not_usable", file=AGENCIES_FILE.name, reason=error.strerror))


def _words() -> "Words":
    from bot.i18n import words_for

    return words_for(operators_language(os.environ), "UTC")


def _fail(message: str) -> NoReturn:
    """Nothing in it that a terminal obeys: it may quote what settings and files say."""
    print("\n".join(map(visible, message.split("\n"))), file=sys.stderr)  # noqa: T201 - no typer here
    raise SystemExit(WRONG_SETTINGS)
