"""Encrypts reflections: each person's words with their own key, each key with the operator's secret.

docs/decisions/0006-encryption.md says why, and what this protects against.
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
"""The length of every encrypted key."""


class VaultError(Exception):
    """Something can't be decrypted; ``code`` says why: ``no_key``, ``wrong_secret`` or ``damaged``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class KeyState(StrEnum):
    """Which secret opens a person's key: the current one, the previous one, or neither; or the key is
    damaged."""

    CURRENT = "current"
    PREVIOUS = "previous"
    UNKNOWN = "unknown"
    DAMAGED = "damaged"


class Rotated(NamedTuple):
    """How many keys were re-encrypted, and the last person, after whom to continue; None when
    all are done."""

    moved: int
    last: str | None


@dataclass(frozen=True, slots=True)
class Vault:
    """Encrypts and decrypts what people write. ``secret`` is KAIKU_SECRET_KEY, 32 bytes; ``previous`` is the
    one before it, while keys are being rotated."""

    secret: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)

    def seal(self, tx: Tx, person_id: str, texts: Sequence[str], now: datetime) -> bytes:
        """Encrypt these texts with the person's key, which is created at first use."""
        plain = json.dumps(list(texts), ensure_ascii=False).encode()
        return _seal(self._key_of(tx, person_id, now), plain, _purpose("reflection", person_id))

    def open(self, tx: Tx, person_id: str, sealed: bytes) -> list[str]:
        """Decrypt what was encrypted for this person. Raises VaultError."""
        row = key_rows.get_key(tx, person_id)
        if row is None:
            raise VaultError("no_key")
        key = self._unwrap(person_id, row.wrapped, row.made_with)
        texts: list[str] = json.loads(_open(key, sealed, _purpose("reflection", person_id)))
        return texts

    def state_of(self, person_id: str, wrapped: bytes, made_with: str) -> KeyState:
        """Try to open this key of a person, and tell with which secret it opens."""
        try:
            self._unwrap(person_id, wrapped, made_with)
        except VaultError as error:
            return KeyState.UNKNOWN if error.code == "wrong_secret" else KeyState.DAMAGED
        return KeyState.CURRENT if made_with == fingerprint(self.secret) else KeyState.PREVIOUS

    def fits(self, person_id: str, wrapped: bytes, made_with: str, sealed: Sequence[bytes]) -> bool:
        """Whether this key opens any of ``sealed``. Raises VaultError if the key itself can't be opened."""
        key = self._unwrap(person_id, wrapped, made_with)
        return any(_opens(key, each, _purpose("reflection", person_id)) for each in sealed)

    def is_same_key(self, person_id: str, one: tuple[bytes, str], other: tuple[bytes, str]) -> bool:
        """Whether two encrypted keys of a person (with the fingerprints of their secrets) are known to be the
        same key, such as before and after a rotation."""
        try:
            return self._unwrap(person_id, *one) == self._unwrap(person_id, *other)
        except VaultError:
            return False

    def rotate(self, tx: Tx, limit: int, after: str = "") -> Rotated:
        """Re-encrypt up to ``limit`` people's keys with the current secret, in order of people's ids after
        ``after``. Safe to repeat. A damaged key stays as it is."""
        if self.previous is None:
            return Rotated(0, None)
        rows = key_rows.list_keys_made_with(tx, fingerprint(self.previous), after, limit)
        moved = []
        for row in rows:
            try:
                key = self._unwrap(row.person_id, row.wrapped, row.made_with)
            except VaultError:
                continue  # `count_keys` reports it to the operator
            wrapped = self._wrap(row.person_id, key)
            moved.append(row._replace(wrapped=wrapped, made_with=fingerprint(self.secret)))
        key_rows.wrap_anew(tx, moved)
        return Rotated(len(moved), rows[-1].person_id if rows else None)

    def count_keys(self, tx: Tx) -> Counter[KeyState]:
        """How many people's keys open with which secret, and how many don't open."""
        return Counter(
            self.state_of(row.person_id, row.wrapped, row.made_with) for row in key_rows.list_keys(tx)
        )

    def count_unopenable(self, tx: Tx) -> tuple[int, int]:
        """How many people's keys neither secret was used for, and how many there are: by the fingerprints,
        without opening any."""
        known = {fingerprint(each) for each in (self.secret, self.previous) if each is not None}
        counts = key_rows.count_made_with(tx)
        return sum(n for made_with, n in counts.items() if made_with not in known), sum(counts.values())

    def _key_of(self, tx: Tx, person_id: str, now: datetime) -> bytes:
        row = key_rows.get_key(tx, person_id)
        if row is None:
            wrapped = self._wrap(person_id, _ciphers().AESGCM.generate_key(_KEY_BITS))
            key_rows.add_key(tx, person_id, wrapped, fingerprint(self.secret), now)
            row = key_rows.get_key(tx, person_id)  # a concurrent first use may have stored its own
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
    """Delete the person's key, after which nothing they wrote can be read. Needs no secret."""
    key_rows.delete_key(tx, person_id)


def new_secret() -> str:
    """A fresh KAIKU_SECRET_KEY: 32 random bytes in urlsafe base64."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BITS // 8)).decode("ascii")


def fingerprint(secret: bytes) -> str:
    """Identifies a secret without revealing anything about it."""
    return hashlib.sha256(b"kaiku-key-id" + secret).hexdigest()[:16]


def _purpose(what: str, person_id: str) -> bytes:
    """Bound into the ciphertext, so that one person's words don't open as another's, nor a key as words."""
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
