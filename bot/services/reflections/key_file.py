"""Saves people's keys apart from database backups, and restores them: ``kaiku keys save`` and ``restore``.

Keys are in the file as in the database: each encrypted under KAIKU_SECRET_KEY.
docs/decisions/0006-encryption.md explains why a destroyed key does not come back with a restore.
"""

import base64
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from bot.i18n import Sentence
from bot.services.reflections.vault import WRAPPED_BYTES, KeyState, Vault, destroy_key
from storage.reflections import keys as key_rows
from storage.transaction import Tx

MOST_PROBLEMS = 10
"""How many of a file's problems are reported at once."""


class KeyFileError(Exception):
    """A file of keys can't be used; ``problems`` has a sentence for each problem."""

    def __init__(self, problems: list[Sentence]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def _wrapped(value: object) -> bytes:
    try:
        found = value if isinstance(value, bytes) else base64.b64decode(str(value), validate=True)
    except ValueError:
        found = b""
    if len(found) != WRAPPED_BYTES:
        raise ValueError(f"must be {WRAPPED_BYTES} bytes in base64")
    return found


class SavedKey(BaseModel):
    """One person's key, as stored in ``person_key``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person_id: str = Field(min_length=1, max_length=32)
    wrapped: Annotated[
        bytes, BeforeValidator(_wrapped), PlainSerializer(lambda raw: base64.b64encode(raw).decode("ascii"))
    ]
    made_with: str = Field(pattern="^[0-9a-f]{16}$")
    made_at: AwareDatetime


class KeyFile(BaseModel):
    """All people's keys at ``saved_at``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kaiku_person_keys: Literal[1] = 1
    saved_at: AwareDatetime
    keys: tuple[SavedKey, ...]


class Restored(Struct, frozen=True):
    """The outcome of a restore, in numbers of people; ``still_without`` have reflections but no key."""

    restored: int
    have_one: int
    open_nothing: int
    erased: int
    still_without: int


def save_keys(tx: Tx, now: datetime) -> KeyFile:
    """Every person's key, still encrypted."""
    keys = tuple(
        SavedKey(person_id=row.person_id, wrapped=row.wrapped, made_with=row.made_with, made_at=row.made_at)
        for row in key_rows.list_keys(tx)
    )
    return KeyFile(saved_at=now, keys=keys)


def to_json(file: KeyFile) -> bytes:
    return file.model_dump_json(indent=1).encode() + b"\n"


def read_key_file(raw: bytes) -> KeyFile:
    """Parse a file that ``to_json`` wrote. Raises KeyFileError with the problems."""
    try:
        file = KeyFile.model_validate_json(raw)
    except ValidationError as error:
        found = [_problem(each["loc"], each["msg"]) for each in error.errors()]
        raise KeyFileError(_at_most(found)) from None
    seen: set[str] = set()
    twice = []
    for number, key in enumerate(file.keys, start=1):
        if key.person_id in seen:
            twice.append(Sentence("keyfile.twice", number=number, person=key.person_id))
        seen.add(key.person_id)
    if twice:
        raise KeyFileError(_at_most(twice))
    return file


def restore_keys(tx: Tx, vault: Vault, file: KeyFile, erased: Collection[str]) -> Restored:
    """Restore people's keys. Raises KeyFileError, after which the transaction must be rolled back.

    A key is restored only to a person who has none, and only if it opens something stored for them. An
    erasure deletes the words with the key, so after one that the database knows of, a destroyed key opens
    nothing. ``erased`` are people whose erasure the database does not know of: they get no key, and lose one
    that an earlier restore of this file gave them.
    """
    _require_usable(vault, file, erased)
    without = set(key_rows.list_people_without_key(tx))
    restored = have_one = open_nothing = taken = 0
    for key in file.keys:
        row = key_rows.get_key(tx, key.person_id)
        if key.person_id in erased:
            taken += 1
            if row is not None and _is_same(vault, key, (row.wrapped, row.made_with)):
                destroy_key(tx, key.person_id)
        elif row is not None:
            have_one += 1
        elif key.person_id in without and vault.fits(
            key.person_id, key.wrapped, key.made_with, key_rows.list_sealed(tx, key.person_id)
        ):
            key_rows.add_key(tx, key.person_id, key.wrapped, key.made_with, key.made_at)
            restored += 1
        else:
            open_nothing += 1
    still_without = len(key_rows.list_people_without_key(tx))
    return Restored(restored, have_one, open_nothing, taken, still_without)


def _require_usable(vault: Vault, file: KeyFile, erased: Collection[str]) -> None:
    """Check that every key that may be restored opens, before anything is changed: it may be damaged, or
    encrypted with another secret."""
    problems = []
    for number, key in enumerate(file.keys, start=1):
        match vault.state_of(key.person_id, key.wrapped, key.made_with):
            case KeyState.UNKNOWN if key.person_id not in erased:
                problems.append(Sentence("keyfile.other_secret", number=number, person=key.person_id))
            case KeyState.DAMAGED:
                problems.append(Sentence("keyfile.changed", number=number, person=key.person_id))
    if problems:
        raise KeyFileError(_at_most(problems))


def _is_same(vault: Vault, key: SavedKey, stored: tuple[bytes, str]) -> bool:
    saved = (key.wrapped, key.made_with)
    return saved == stored or vault.is_same_key(key.person_id, saved, stored)


def _at_most(problems: list[Sentence]) -> list[Sentence]:
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], *([Sentence("keyfile.more", more=more)] if more > 0 else [])]


def _problem(where: tuple[int | str, ...], message: str) -> Sentence:
    """The place in the file of the problem, without the value that pydantic's own message would repeat."""
    match where:
        case (_, int(number), *_, str(field)):
            return Sentence("keyfile.wrong_key", number=number + 1, field=field)
        case (_, int(number), *_):
            return Sentence("keyfile.no_key", number=number + 1)
        case ("kaiku_person_keys",):
            return Sentence("keyfile.other_version")
        case (str(field),):
            return Sentence("keyfile.wrong_field", field=field)
        case _:
            return Sentence("keyfile.no_file", reason=message)
