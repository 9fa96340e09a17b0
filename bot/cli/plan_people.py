"""Looks up in Slack the people whom a plan names: for ``plan check --online`` and ``plan apply``."""

import asyncio
from typing import TYPE_CHECKING

from bot.cli.output import fail_on_settings
from bot.cli.spoken import told

if TYPE_CHECKING:
    from bot.domain.plan.model import Plan
    from bot.domain.plan.people import Looked


def look_up_people(plan: "Plan") -> "Looked | None":
    """Slack's answers on these people; None without a SLACK_BOT_TOKEN. Raises ValueError for an invalid
    SLACK_API_URL."""
    from bot.cli.bot_token import newest_bot_token
    from bot.config import Settings, SlackSettings
    from bot.services.plan.people import look_at_people
    from bot.slack.client import SlackClient

    settings = SlackSettings.read()
    if not settings.bot_token:
        return None

    async def look() -> "Looked":
        slack = SlackClient(newest_bot_token(Settings.look()[0]), settings.api_url)
        await slack.start()
        try:
            return await look_at_people(plan, slack)
        finally:
            await slack.stop()

    return asyncio.run(look())


def people_of(plan: "Plan") -> "Looked":
    """Slack's answers on the people whom the plan names; exits if Slack can't be asked."""
    try:
        looked = look_up_people(plan)
    except ValueError:
        fail_on_settings(told("config.no_https", name="SLACK_API_URL"))
    if looked is None:
        fail_on_settings(told("cli.no_token"))
    return looked
