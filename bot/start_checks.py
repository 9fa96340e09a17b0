"""Checks before Kaiku starts; each error says what to do about it."""

import logging
import os

from sqlalchemy.exc import DBAPIError

from bot.domain.file_faults import FileFaultError
from bot.domain.language import operators_language
from bot.domain.privacy import PrivacyNotice
from bot.i18n import SentenceError, words_for
from bot.services.privacy.notice_file import read_notice
from bot.services.prompts.library import Library, read_library
from bot.services.reflections.vault import Vault
from bot.views.file_faults import lines_for
from storage.engine import Store
from storage.erasures import is_live
from storage.migrate import SchemaState, schema_state
from storage.sqlite_file import why_no_database
from storage.transaction import Tx

log = logging.getLogger(__name__)

TOKEN_REFUSED = {"invalid_auth", "not_authed", "account_inactive", "token_revoked"}
"""Slack's answers to a token that it does not accept. At the start the operator has to correct that."""


class StartError(SentenceError):
    """Kaiku can't start; ``sentence`` says why and what to do about it."""


class DatabaseAwayError(StartError):
    """The database can't be reached, or is locked, for now."""


def _wrong_file(file: str, error: FileFaultError) -> StartError:
    """The error for a faulty file, in the operator's language."""
    words = words_for(operators_language(os.environ), "UTC")
    return StartError("cli.not_usable", file=file, reason="\n".join(lines_for(error, words)))


def require_library() -> Library:
    """The shipped prompts, or the operator's own instead. Raises StartError."""
    try:
        return read_library()
    except FileFaultError as error:
        raise _wrong_file("programmes/prompts", error) from None
    except OSError as error:
        raise StartError("cli.not_read", file="programmes/prompts", reason=error.strerror) from None


def require_notice() -> PrivacyNotice:
    """The privacy notice. Raises StartError."""
    try:
        return read_notice()
    except FileFaultError as error:
        raise _wrong_file("programmes/privacy.yml", error) from None
    except OSError as error:
        raise StartError("cli.not_read", file="programmes/privacy.yml", reason=error.strerror) from None


def why_no_socket(reason: str) -> StartError:
    match reason:
        case "missing_scope":
            return StartError("start.no_socket_scope")
        case "link_disabled":
            return StartError("start.socket_is_off")
        case _:
            return StartError("start.no_socket", reason=reason)


def require_fitting_secret(tx: Tx, vault: Vault) -> None:
    """Raise StartError if KAIKU_SECRET_KEY opens nobody's key: another secret must have been meant."""
    closed, keys = vault.count_unopenable(tx)
    if closed and closed == keys:
        raise StartError("start.other_secret", keys=keys)
    if closed:
        log.warning(
            "KAIKU_SECRET_KEY does not open %d of %d keys: what these people wrote can't be read. `kaiku "
            "keys check` tells more.",
            closed,
            keys,
            extra={"action": "keys_not_opened"},
        )


def require_live(tx: Tx) -> None:
    """Raise StartError in a restored backup in which people erased since have not been erased again."""
    if not is_live(tx):
        raise StartError("start.not_erased_again")


def require_current_schema(store: Store) -> None:
    """Raise StartError unless the database has the schema this code needs; DatabaseAwayError while it can't
    be asked."""
    if wrong := why_no_database(store.url):
        raise StartError(wrong.key, **wrong.params)
    try:
        state = schema_state(store.engine)
    except DBAPIError as error:
        raise DatabaseAwayError("store.away", reason=error.orig) from None
    match state:
        case SchemaState.EMPTY:
            raise StartError("start.empty")
        case SchemaState.OLDER:
            raise StartError("start.older")
        case SchemaState.NEWER:
            raise StartError("start.newer")
        case SchemaState.CURRENT:
            return
