"""What must be in order before Kaiku starts; each trouble says what to do about it."""

import logging

from sqlalchemy.exc import DBAPIError

from bot.domain.file_faults import FileFaultError
from bot.domain.privacy import PrivacyNotice
from bot.services.privacy.notice_file import read_notice
from bot.services.prompts.library import Library, read_library
from bot.services.reflections.vault import Vault
from bot.views.file_faults import lines_in_english
from storage.engine import Store
from storage.migrate import SchemaState, schema_state
from storage.sqlite_file import why_no_database
from storage.transaction import Tx

log = logging.getLogger(__name__)

TOKEN_REFUSED = {"invalid_auth", "not_authed", "account_inactive", "token_revoked"}
"""How Slack answers a token that it does not take. At the start that is an operator's to mend."""


class StartError(Exception):
    """Kaiku can't start; ``args[0]`` says why and what to do about it."""


class DatabaseAwayError(StartError):
    """The database can't be reached, or is locked: later it may be."""


def require_library() -> Library:
    """The shipped prompts, or the operator's own instead. Raises StartError."""
    try:
        return read_library()
    except FileFaultError as error:
        raise StartError("programmes/prompts: " + "\n".join(lines_in_english(error))) from None
    except OSError as error:
        raise StartError(f"programmes/prompts can't be read: {error.strerror}.") from None


def require_notice() -> PrivacyNotice:
    """The privacy notice. Raises StartError."""
    try:
        return read_notice()
    except FileFaultError as error:
        raise StartError("programmes/privacy.yml: " + "\n".join(lines_in_english(error))) from None
    except OSError as error:
        raise StartError(f"programmes/privacy.yml can't be read: {error.strerror}.") from None


def why_no_socket(reason: str) -> str:
    where = "on the app's page: Basic Information, App-Level Tokens"
    match reason:
        case "missing_scope":
            return f"SLACK_APP_TOKEN lacks the scope connections:write. Make a token that has it {where}."
        case "link_disabled":
            return "Socket Mode is off for this app. Turn it on on the app's page, or unset SLACK_APP_TOKEN."
        case _:
            return (
                f"Slack does not accept SLACK_APP_TOKEN ({reason}). Make an app-level token with the scope "
                f"connections:write {where}."
            )


def require_fitting_secret(tx: Tx, vault: Vault) -> None:
    """Raise StartError if KAIKU_SECRET_KEY opens nobody's key: another secret must have been meant."""
    closed, keys = vault.count_unopenable(tx)
    if closed and closed == keys:
        raise StartError(
            "KAIKU_SECRET_KEY is not the secret that this database was used with: it opens none of its "
            f"{keys} keys. Set the right one, or KAIKU_SECRET_KEY_PREVIOUS while you change it (`kaiku keys "
            "rotate`)."
        )
    if closed:
        log.warning(
            "KAIKU_SECRET_KEY does not open %d of %d keys: what these people wrote can't be read. `kaiku "
            "keys check` tells more.",
            closed,
            keys,
            extra={"action": "keys_not_opened"},
        )


def require_current_schema(store: Store) -> None:
    """Raise StartError unless the database has the schema this code needs; DatabaseAwayError while it can't
    be asked."""
    if wrong := why_no_database(store.url):
        raise StartError(wrong)
    try:
        state = schema_state(store.engine)
    except DBAPIError as error:
        raise DatabaseAwayError(
            f"KAIKU_DATABASE_URL: the database cannot be reached ({error.orig})."
        ) from None
    match state:
        case SchemaState.EMPTY:
            raise StartError("the database is empty. Run `kaiku db upgrade`, then `kaiku plan apply FILE`.")
        case SchemaState.OLDER:
            raise StartError(
                "the database is older than this Kaiku. Back it up, then run `kaiku db upgrade`."
            )
        case SchemaState.NEWER:
            raise StartError(
                "the database is newer than this Kaiku. Start the newer version; nothing was changed."
            )
        case SchemaState.CURRENT:
            return
