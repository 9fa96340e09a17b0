"""The list of erasures: kept apart from the database, so that a restored backup can be erased again.

It holds keyed hashes of Slack ids. Who has the secret and a backup finds those in it who were erased; nobody
else learns anything from it.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from bot.services.reflections.vault import fingerprint
from storage import erasures as rows
from storage.erasures import ErasedRow
from storage.transaction import Tx

FORMAT: Final = 1
_PURPOSE: Final = b"kaiku: list of erasures"


class ErasureListError(Exception):
    """The list can't be used; ``args[0]`` says why."""


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
            raise ErasureListError("an entry was made with a KAIKU_SECRET_KEY that is not set here")
        return hmac.new(hmac.digest(secret, _PURPOSE, "sha256"), person_id.encode(), "sha256").hexdigest()


def export_erasures(tx: Tx, now: datetime) -> str:
    """The list as a file's text."""
    listed = rows.list_erased(tx)
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


def read_erasures(text: str) -> Sequence[ErasedRow]:
    """The entries of a list. Raises ErasureListError."""
    try:
        written: dict[str, Any] = json.loads(text)
        if written["format"] != FORMAT:
            raise ErasureListError("the list was written by a newer version of Kaiku")
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
        raise ErasureListError("the file is no list of erasures") from error


def who_is_left(tx: Tx, listed: Sequence[ErasedRow], keys: ErasureKeys) -> list[str]:
    """Those in the database who were erased after it was copied. Raises ErasureListError, also for a list
    that is older than the copy itself: it can't be the newest."""
    if (newest := rows.newest_number(tx)) > max((each.number for each in listed), default=0):
        raise ErasureListError(
            f"the list is older than the database: it ends before erasure {newest}. Find the newest one"
        )
    by_secret: dict[str, dict[str, datetime]] = {}
    for each in listed:
        known = by_secret.setdefault(each.made_with, {})
        known[each.digest] = max(each.erased_at, known.get(each.digest, each.erased_at))
    left = []
    for person_id, met_at in rows.list_people(tx):
        erased_at = [
            found[digest]
            for made_with, found in by_secret.items()
            if (digest := keys.digest_of(person_id, made_with)) in found
        ]
        if any(met_at <= each for each in erased_at):
            left.append(person_id)
    return left


def take_over(tx: Tx, listed: Sequence[ErasedRow]) -> None:
    """Remember what the list says, so that the next list is not shorter."""
    for each in listed:
        if not rows.is_listed(tx, each.digest, each.erased_at):
            rows.add_erased(tx, each.digest, each.made_with, each.erased_at)
