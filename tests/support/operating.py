"""Kaiku as its operator meets it: a database that people have written into, and the real command line."""

import base64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from bot.cli.main import app
from bot.domain.people.person import Defaults, Person, Profile
from bot.services.people.profiles import meet
from bot.services.reflections import answers
from bot.services.reflections.vault import Vault
from storage.engine import Store
from storage.reflections.keys import get_key
from tests.conftest import FakeClock

ZONE = "Europe/Helsinki"
OLD, NEW = b"o" * 32, b"n" * 32
OLD_KEY, NEW_KEY = (base64.urlsafe_b64encode(secret).decode("ascii") for secret in (OLD, NEW))


@dataclass
class Site:
    """A database with its folder; ``secret`` is what it runs with."""

    url: str
    folder: Path
    clock: FakeClock
    secret: bytes = OLD

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def cli(self, *words: object, **settings: str | None) -> Result:
        """Run a command line with this database and its secret in the environment, or other ``settings``."""
        environment = {
            "KAIKU_DATABASE_URL": self.url,
            "KAIKU_SECRET_KEY": base64.urlsafe_b64encode(self.secret).decode("ascii"),
            "KAIKU_SECRET_KEY_PREVIOUS": None,
        }
        return CliRunner().invoke(app, [str(word) for word in words], env=environment | settings)

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = Store(self.url)
        try:
            yield store
        finally:
            store.close()

    def write(self, user_id: str, words: str) -> None:
        self.write_as([user_id], words)

    def write_as(self, people: Iterable[str], words: str) -> None:
        with self.store() as store, store.transaction() as tx:
            for user_id in people:
                profile = Profile(user_id=user_id, name=user_id.title(), language="fi", timezone=ZONE)
                person = meet(tx, profile, Defaults("fi", ZONE), self.clock.now())
                vault = Vault(self.secret)
                answers.write_freely(tx, vault, person, words, None, self.clock.now())

    def read(self, user_id: str) -> list[str]:
        """What the person finds of their own words; an empty text for what can't be read."""
        with self.store() as store, store.read_transaction() as tx:
            found = answers.list_own(tx, Vault(self.secret), Person(user_id, "", "fi", ZONE))
            return ["".join(each.answers) for each, _ in found]

    def erase(self, user_id: str) -> None:
        with self.store() as store, store.transaction() as tx:
            answers.erase(tx, user_id, self.clock.now())

    def wrapped_key(self, user_id: str) -> bytes:
        with self.store() as store, store.read_transaction() as tx:
            row = get_key(tx, user_id)
            assert row is not None
            return row.wrapped

    def back_up(self, folder: Path, *options: object) -> Path:
        """The file that the database is in then."""
        done = self.cli("backup", folder, *options)
        assert done.exit_code == 0, done.output
        return max(path for path in folder.iterdir() if path.suffix != ".json")

    def restore(self, folder: Path) -> None:
        """Put the newest backup in the database's place, as docs/operating.md says it."""
        done = self.cli("restore", folder, "--replace")
        assert done.exit_code == 0, done.output
