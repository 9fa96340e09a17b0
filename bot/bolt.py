"""The Bolt app: how it is set up, and what becomes of an event whose listener fails."""

import logging

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

import handlers
from handlers.kaiku import Kaiku

log = logging.getLogger(__name__)


def create_bolt(kaiku: Kaiku) -> AsyncApp:
    """A Bolt app with all listeners."""

    async def authorize() -> AuthorizeResult:
        slack = kaiku.slack
        return AuthorizeResult(
            enterprise_id=slack.bot.enterprise_id or None,
            team_id=slack.bot.team_id,
            bot_token=slack.token,
            bot_id=slack.bot.bot_id,
            bot_user_id=slack.bot.user_id,
        )

    bolt = AsyncApp(
        name="kaiku",  # otherwise Bolt reads the source of every caller to find one
        authorize=authorize,
        process_before_response=True,  # commit, then ack
        request_verification_enabled=False,  # done on the raw bytes, in bot.slack.endpoint
        ssl_check_enabled=False,
        raise_error_for_unhandled_request=True,  # so that on_error handles it, and nothing is logged
        attaching_function_token_enabled=False,
    )

    @bolt.error
    async def on_error(error: Exception) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            # Not an error: Slack would send it again, and in the end stop sending events at all.
            return BoltResponse(status=200)
        # Listeners answer people themselves, so this is an event. Slack retries unless the status is 200.
        log.error("event failed", exc_info=error, extra={"action": "event_failed"})
        return BoltResponse(status=503)

    handlers.register(bolt, kaiku)
    return bolt
