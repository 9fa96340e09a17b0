"""The secret tokens in people's calendar addresses: derived each time one is shown, and never stored."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from storage import calendars as token_rows
from storage.calendars import StoredToken
from storage.transaction import Tx

_PURPOSE = b"kaiku: calendar addresses"


@dataclass(frozen=True, slots=True)
class CalendarTokens:
    """Derives tokens: new ones with ``secrets[0]``, those made before a change of the secret with the others.

    The database holds a token's nonce, and its digest, by which a calendar is found: so an address works
    after its secret has gone, but can't be shown again.
    """

    secrets: tuple[bytes, ...] = field(repr=False)

    def find(self, tx: Tx, person_id: str) -> str | None:
        """The person's token; None if they have none, or none that can be derived again."""
        stored = token_rows.get_token(tx, person_id)
        if stored is None or stored.nonce is None:
            return None
        built = (_build(secret, person_id, stored.nonce) for secret in self.secrets)
        return next((token for token in built if digest_of(token) == stored.digest), None)

    def new(self, person_id: str) -> StoredToken:
        """What to store of a new token."""
        nonce = secrets.token_urlsafe(16)
        return StoredToken(digest_of(_build(self.secrets[0], person_id, nonce)), nonce)


def digest_of(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _build(secret: bytes, person_id: str, nonce: str) -> str:
    key = hmac.digest(secret, _PURPOSE, "sha256")
    built = hmac.digest(key, f"{person_id}/{nonce}".encode(), "sha256")
    return base64.urlsafe_b64encode(built).decode("ascii").rstrip("=")
