"""The list of erasures: kept apart from the database, so that erasures can be repeated in a restored backup.

It holds keyed hashes of Slack ids. With the secret and a backup one can find the erased people in that
backup; without them the list reveals nothing.
"""

import asyncio
import hmac
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot.i18n import SentenceError
from bot.services.reflections.vault import fingerprint
from storage import erasures as rows
from storage.engine import Store
from storage.erasures import ErasedRow
from storage.transaction import Tx

FORMAT: Final = 1
_PURPOSE: Final = b"kaiku: list of erasures"


class ErasureListError(SentenceError):
    """The list can't be used; ``sentence`` says why."""


@dataclass(frozen=True, slots=True)
class ErasureKeys:
    """The secrets under which ids are hashed: ``secrets[0]`` now, the others earlier."""

    secrets: tuple[bytes, ...] = field(repr=False)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.secrets[0])

    def digest_of(self, person_id: str, made_with: str | None = None) -> str:
        """The keyed hash of an id. Raises ErasureListError for a secret that is not known."""
        secret = next(
            (each for each in self.secrets if made_with is None or fingerprint(each) == made_with), None
        )
        if secret is None:
            raise ErasureListError("erasures.other_secret")
        return hmac.new(hmac.digest(secret, _PURPOSE, "sha256"), person_id.encode(), "sha256").hexdigest()


def export_erasures(tx: Tx, now: datetime) -> str:
    """The list as a file's text."""
    return as_text(rows.list_erased(tx), now)


def as_text(listed: Sequence[ErasedRow], now: datetime) -> str:
    return json.dumps(
        {
            "format": FORMAT,
            "written_at": now.astimezone(UTC).isoformat(),
            "newest": listed[-1].number if listed else 0,
            "erased": [
                {
                    "number": each.number,
                    "digest": each.digest,
                    "made_with": each.made_with,
                    "erased_at": each.erased_at.isoformat(),
                }
                for each in listed
            ],
        },
        indent=1,
    )


def require_no_longer(path: Path, text: str) -> None:
    """Raise ErasureListError if the existing list names erasures that ``text``, the new one, does not."""
    try:
        there = read_erasures(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise ErasureListError("erasures.no_list") from error
    if _newest(there) > _newest(read_erasures(text)):
        raise ErasureListError("erasures.longer")


def _newest(listed: Sequence[ErasedRow]) -> int:
    return max((each.number for each in listed), default=0)


class ErasureFile:
    """The list as a file apart from the database, written again after each erasure: a backup that is restored
    an hour later needs the erasures of that hour.
    """

    def __init__(self, store: Store, path: Path) -> None:
        self._store, self._path = store, path
        self._written: int | None = None

    async def keep(self, now: datetime) -> None:
        """Write the list if it has become longer, or does not exist. Raises ErasureListError, OSError."""
        newest = await self._store.read(rows.newest_number)
        if newest == self._written and self._path.exists():
            return
        text = await self._store.read(export_erasures, now)
        await asyncio.to_thread(_write, self._path, text)
        self._written = newest


def _write(path: Path, text: str) -> None:
    """Write completely or not at all, readable by the owner only."""
    require_no_longer(path, text)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def read_erasures(text: str) -> Sequence[ErasedRow]:
    """The entries of a list. Raises ErasureListError."""
    try:
        written: dict[str, Any] = json.loads(text)
        if written["format"] != FORMAT:
            raise ErasureListError("erasures.too_new")
        return [
            ErasedRow(
                int(each["number"]),
                str(each["digest"]),
                str(each["made_with"]),
                datetime.fromisoformat(each["erased_at"]),
            )
            for each in written["erased"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise ErasureListError("erasures.no_list") from error


def who_is_left(tx: Tx, listed: Sequence[ErasedRow], keys: ErasureKeys) -> dict[str, datetime]:
    """People in the database who were erased after it was copied, with when they were. Raises
    ErasureListError, also for a list older than the copy, which can't be the newest.
    """
    if (newest := rows.newest_number(tx)) > _newest(listed):
        raise ErasureListError("erasures.too_old", newest=newest)
    by_secret: dict[str, dict[str, datetime]] = {}
    for each in listed:
        known = by_secret.setdefault(each.made_with, {})
        known[each.digest] = max(each.erased_at, known.get(each.digest, each.erased_at))
    left = {}
    for person_id, met_at in rows.list_people(tx):
        erased_at = [
            found[digest]
            for made_with, found in by_secret.items()
            if (digest := keys.digest_of(person_id, made_with)) in found
        ]
        if erased_at and met_at <= max(erased_at):
            left[person_id] = max(erased_at)
    return left


def take_over(tx: Tx, listed: Sequence[ErasedRow]) -> None:
    """Store the list's entries, so that the next list is not shorter."""
    for each in listed:
        if not rows.is_listed(tx, each.digest, each.erased_at):
            rows.add_erased(tx, each.digest, each.made_with, each.erased_at)
