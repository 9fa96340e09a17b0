"""The bot token for commands that ask Slack: the newest, where Slack's token rotation is on."""

from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from bot.config import Settings
from bot.services.sending.bot_token import TokenSealedError, rotation_of, stored_token
from storage.engine import parse_database_url
from storage.look import looking
from storage.sqlite_file import why_no_database

PATIENCE = 5.0
"""Seconds that the database may take to answer."""


def newest_bot_token(settings: Settings) -> str:
    """The newest bot token; the one in the settings if the database is away or before the first renewal;
    empty if none is set."""
    rotation = rotation_of(settings)
    if rotation is None:
        return settings.bot_token
    with suppress(ValueError, DBAPIError, TokenSealedError):
        url = parse_database_url(settings.database_url)
        if not why_no_database(url):
            with looking(url, PATIENCE) as tx:
                stored = stored_token(tx, rotation)
                return stored.token if stored is not None else settings.bot_token
    return settings.bot_token
