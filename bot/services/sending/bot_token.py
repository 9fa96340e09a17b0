"""Renews the bot token where Slack's token rotation is on: one instance for all, before the token expires.

The newest tokens are stored encrypted under KAIKU_SECRET_KEY; the settings hold those that renewing started
from. docs/decisions/0034-token-rotation.md says what happens when a process dies in between.
"""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Protocol

from bot.clock import Clock
from bot.config import Settings
from bot.domain.sending.bot_token import LEASE, BotToken, is_leased
from bot.domain.sending.outcomes import NotNow, Refused, Unknown
from storage.engine import Store
from storage.sending import bot_token as token_rows
from storage.transaction import Tx

log = logging.getLogger(__name__)


class TokenSealedError(Exception):
    """The stored token was encrypted with another KAIKU_SECRET_KEY."""


class Renewing(Protocol):
    """The part of Slack's client that is needed."""

    def use_token(self, token: str) -> None: ...

    def renew_token(
        self, client_id: str, client_secret: str, refresh_token: str, now: datetime
    ) -> Awaitable[BotToken | Refused | NotNow | Unknown]: ...


@dataclass(frozen=True, slots=True)
class Rotation:
    """The settings: the app's id and secret, and the tokens that Slack showed when the app was installed.
    ``secrets`` encrypt: the current key first, then the previous one.
    """

    client_id: str
    client_secret: str = field(repr=False)
    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)

    @property
    def first(self) -> str:
        return hashlib.sha256(self.refresh_token.encode()).hexdigest()

    def seal(self, found: BotToken) -> bytes:
        return self._box().encrypt(json.dumps([found.token, found.refresh_token]).encode())

    def unseal(self, row: token_rows.BotTokenRow) -> BotToken:
        """The decrypted token. Raises TokenSealedError."""
        cipher = _cipher()
        try:
            token, refresh_token = json.loads(self._box().decrypt(row.sealed))
        except cipher.InvalidToken:
            raise TokenSealedError from None
        return BotToken(token, refresh_token, row.ends_at)

    def _box(self) -> "_Box":
        cipher = _cipher()
        keys = [hmac.digest(secret, b"kaiku bot token", "sha256") for secret in self.secrets]
        box: _Box = cipher.MultiFernet([cipher.Fernet(base64.urlsafe_b64encode(key)) for key in keys])
        return box


def rotation_of(settings: Settings) -> Rotation | None:
    """The settings for renewing; None where the bot token does not expire."""
    if settings.refresh_token is None or settings.secret_key is None:
        return None
    secrets = (settings.secret_key, settings.previous_secret_key)
    return Rotation(
        settings.client_id,
        settings.client_secret,
        settings.bot_token,
        settings.refresh_token,
        tuple(each for each in secrets if each is not None),
    )


class _Box(Protocol):
    def encrypt(self, plain: bytes) -> bytes: ...

    def decrypt(self, sealed: bytes) -> bytes: ...


def _cipher() -> ModuleType:
    """The library, loaded when needed: most apps have tokens that do not expire."""
    from cryptography import fernet  # noqa: PLC0415

    return fernet


def stored_token(tx: Tx, rotation: Rotation) -> BotToken | None:
    """The newest token; None if renewing has not started from this refresh token. Raises TokenSealedError."""
    row = token_rows.get_bot_token(tx)
    return rotation.unseal(row) if row is not None and row.first == rotation.first else None


def take_turn(tx: Tx, rotation: Rotation, now: datetime) -> tuple[BotToken, bool]:
    """The newest token, and whether the caller is to renew it: then nobody else does while ``LEASE`` lasts.
    Raises TokenSealedError.
    """
    first = BotToken(
        rotation.token, rotation.refresh_token, now
    )  # Slack does not show when it expires: renewed now
    token_rows.begin_bot_token(tx, first=rotation.first, sealed=rotation.seal(first), ends_at=now)
    row = token_rows.lock_bot_token(tx)
    assert row is not None
    found = rotation.unseal(row)
    if not found.is_to_be_renewed(now) or is_leased(row.leased_until, now):
        return found, False
    token_rows.lease_bot_token(tx, now + LEASE)
    return found, True


def keep_renewed(tx: Tx, rotation: Rotation, renewed: BotToken) -> None:
    """Store the renewed tokens."""
    token_rows.replace_bot_token(tx, sealed=rotation.seal(renewed), ends_at=renewed.ends_at)


async def keep_token(store: Store, slack: Renewing, rotation: Rotation, clock: Clock) -> None:
    """Use the newest token, and renew it when it is time. Raises StoreUnavailableError, TokenSealedError."""
    stored = await store.read(stored_token, rotation)
    if stored is not None and not stored.is_to_be_renewed(clock.now()):
        slack.use_token(stored.token)
        return
    found, is_ours = await store.run(take_turn, rotation, clock.now())
    if is_ours:
        found = await _renew(store, slack, rotation, found, clock)
    slack.use_token(found.token)


async def _renew(
    store: Store, slack: Renewing, rotation: Rotation, found: BotToken, clock: Clock
) -> BotToken:
    """The new token, or the old one if Slack gave none; then renewing is tried again when the lease
    is over.
    """
    renewed = await slack.renew_token(
        rotation.client_id, rotation.client_secret, found.refresh_token, clock.now()
    )
    if isinstance(renewed, BotToken):
        await store.run(keep_renewed, rotation, renewed)
        log.info("bot token renewed", extra={"action": "token_renewed"})
        return renewed
    remedy = ""
    if isinstance(renewed, Refused):
        remedy = ". Put the tokens that the app's page shows now into SLACK_BOT_TOKEN and SLACK_REFRESH_TOKEN"
    log.error("bot token not renewed: %s%s", renewed.reason, remedy, extra={"action": "token_not_renewed"})
    return found
