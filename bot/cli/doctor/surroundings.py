"""What all checks need: settings, database, time limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from bot.config import Settings
from bot.i18n import Sentence
from bot.services.people.agency_book import AGENCIES_FILE
from bot.services.privacy.notice_file import NOTICE_FILE
from bot.services.prompts.library import LIBRARY
from storage.engine import parse_database_url
from storage.look import looking
from storage.migrate import SchemaState, schema_state
from storage.sqlite_file import why_no_database
from storage.transaction import Tx

MANIFEST = Path(__file__).parents[3] / "manifest.yml"


class CannotLookError(Exception):
    """Something that a check needs can't be used; another check reports that."""


class Surroundings(Struct, frozen=True):
    """``seconds`` is how long one check may take."""

    settings: Settings
    problems: list[Sentence]
    now: datetime
    seconds: float = 10.0
    agencies: Path = AGENCIES_FILE
    notice: Path = NOTICE_FILE
    library: Path = LIBRARY
    manifest: Path = MANIFEST

    @property
    def patience(self) -> float:
        """The time limit of one step in a check, short enough that the check itself can report the
        failure."""
        return self.seconds * 0.6

    @contextmanager
    def database(self) -> Iterator[Tx]:
        """A look at a database that this version can use. Raises CannotLookError."""
        try:
            url = parse_database_url(self.settings.database_url)
        except ValueError as error:
            raise CannotLookError from error
        if why_no_database(url):
            raise CannotLookError
        with looking(url, self.patience) as tx:
            if schema_state(tx.engine) is not SchemaState.CURRENT:
                raise CannotLookError
            yield tx
