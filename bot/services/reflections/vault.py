"""Reflections at rest: each person's words under a key of their own, each key under the environment's.

Why, and what this protects against, is in docs/decisions/0006-encryption.md.
"""

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import ModuleType
from typing import NamedTuple

from storage.reflections import keys as key_rows
from storage.transaction import Tx

_VERSION = b"\x01"
_NONCE = 12
_KEY_BITS = 256
_TAG = 16
WRAPPED_BYTES = 1 + _NONCE + _KEY_BITS // 8 + _TAG
"""The length of every wrapped key."""


class VaultError(Exception):
    """Something can't be opened; ``code`` says why: ``no_key``, ``wrong_secret`` or ``damaged``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class KeyState(StrEnum):
    """Which secret opens a person's key: today's, the one before it, neither, or the key is damaged."""

    CURRENT = "current"
    PREVIOUS = "previous"
    UNKNOWN = "unknown"
    DAMAGED = "damaged"


class Rotated(NamedTuple):
    """How many keys were moved, and the last person looked at, to go on from; None when all were."""

    moved: int
    last: str | None


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens what people write. ``secret`` is KAIKU_SECRET_KEY, 32 bytes; ``previous`` the one
    before it, as long as keys are being rotated."""

    secret: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)

    def seal(self, tx: Tx, person_id: str, texts: Sequence[str], now: datetime) -> bytes:
        """These texts, readable by nobody without the person's key, which is made at first use."""
        plain = json.dumps(list(texts), ensure_ascii=False).encode()
        return _seal(self._key_of(tx, person_id, now), plain, _purpose("reflection", person_id))

    def open(self, tx: Tx, person_id: str, sealed: bytes) -> list[str]:
        """What was sealed for this person. Raises VaultError."""
        row = key_rows.get_key(tx, person_id)
        if row is None:
            raise VaultError("no_key")
        key = self._unwrap(person_id, row.wrapped, row.made_with)
        texts: list[str] = json.loads(_open(key, sealed, _purpose("reflection", person_id)))
        return texts

    def state_of(self, person_id: str, wrapped: bytes, made_with: str) -> KeyState:
        """Whether this key of a person can be opened, and with which secret; found out by opening it."""
        try:
            self._unwrap(person_id, wrapped, made_with)
        except VaultError as error:
            return KeyState.UNKNOWN if error.code == "wrong_secret" else KeyState.DAMAGED
        return KeyState.CURRENT if made_with == fingerprint(self.secret) else KeyState.PREVIOUS

    def fits(self, person_id: str, wrapped: bytes, made_with: str, sealed: Sequence[bytes]) -> bool:
        """Whether this key opens any of what is ``sealed`` of that person. Raises VaultError if the key
        itself can't be opened."""
        key = self._unwrap(person_id, wrapped, made_with)
        return any(_opens(key, each, _purpose("reflection", person_id)) for each in sealed)

    def is_same_key(self, person_id: str, one: tuple[bytes, str], other: tuple[bytes, str]) -> bool:
        """Whether two wrapped keys of a person (with what each was made with) are known to be the same
        within, such as before and after a rotation."""
        try:
            return self._unwrap(person_id, *one) == self._unwrap(person_id, *other)
        except VaultError:
            return False

    def rotate(self, tx: Tx, limit: int, after: str = "") -> Rotated:
        """Put up to ``limit`` people's keys under the new secret that are under the previous one, in the
        order of people's ids from ``after`` on. Safe to repeat. A damaged key stays as it is."""
        if self.previous is None:
            return Rotated(0, None)
        rows = key_rows.list_keys_made_with(tx, fingerprint(self.previous), after, limit)
        moved = 0
        for row in rows:
            try:
                key = self._unwrap(row.person_id, row.wrapped, row.made_with)
            except VaultError:
                continue  # `count_keys` tells the operator of it
            row.wrapped, row.made_with = self._wrap(row.person_id, key), fingerprint(self.secret)
            moved += 1
        tx.flush()
        return Rotated(moved, rows[-1].person_id if rows else None)

    def count_keys(self, tx: Tx) -> Counter[KeyState]:
        """How many people's keys can be opened with which secret, and how many can't."""
        return Counter(
            self.state_of(row.person_id, row.wrapped, row.made_with) for row in key_rows.list_keys(tx)
        )

    def _key_of(self, tx: Tx, person_id: str, now: datetime) -> bytes:
        row = key_rows.get_key(tx, person_id)
        if row is None:
            wrapped = self._wrap(person_id, _ciphers().AESGCM.generate_key(_KEY_BITS))
            key_rows.add_key(tx, person_id, wrapped, fingerprint(self.secret), now)
            row = key_rows.get_key(tx, person_id)  # of two first uses at once, one key was kept
            assert row is not None
        return self._unwrap(person_id, row.wrapped, row.made_with)

    def _wrap(self, person_id: str, key: bytes) -> bytes:
        return _seal(self.secret, key, _purpose("key", person_id))

    def _unwrap(self, person_id: str, wrapped: bytes, made_with: str) -> bytes:
        secret = next((each for each in self._secrets() if fingerprint(each) == made_with), None)
        if secret is None:
            raise VaultError("wrong_secret")
        return _open(secret, wrapped, _purpose("key", person_id))

    def _secrets(self) -> Iterator[bytes]:
        yield self.secret
        if self.previous is not None:
            yield self.previous


def destroy_key(tx: Tx, person_id: str) -> None:
    """Make all that the person wrote unreadable for good. Needs no secret."""
    key_rows.delete_key(tx, person_id)


def new_secret() -> str:
    """A fresh KAIKU_SECRET_KEY: 32 random bytes in urlsafe base64."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BITS // 8)).decode("ascii")


def fingerprint(secret: bytes) -> str:
    """Which secret a key is under, without saying anything of the secret."""
    return hashlib.sha256(b"kaiku-key-id" + secret).hexdigest()[:16]


def _purpose(what: str, person_id: str) -> bytes:
    """Bound into what is sealed: nobody's words open as another's, and no key as words."""
    return f"{what}:{person_id}".encode()


def _ciphers() -> ModuleType:
    """Loaded with the first words that are written or read: 6.5 MB that an idle Kaiku does without."""
    from cryptography.hazmat.primitives.ciphers import aead  # noqa: PLC0415

    return aead


def _seal(key: bytes, plain: bytes, purpose: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    sealed: bytes = _ciphers().AESGCM(key).encrypt(nonce, plain, purpose)
    return _VERSION + nonce + sealed


def _open(key: bytes, sealed: bytes, purpose: bytes) -> bytes:
    if sealed[:1] != _VERSION:
        raise VaultError("damaged")
    nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see _ciphers

    try:
        plain: bytes = _ciphers().AESGCM(key).decrypt(nonce, rest, purpose)
    except (InvalidTag, ValueError):
        raise VaultError("damaged") from None
    return plain


def _opens(key: bytes, sealed: bytes, purpose: bytes) -> bool:
    try:
        _open(key, sealed, purpose)
    except VaultError:
        return False
    return True
