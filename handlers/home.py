"""Events that Slack sends by itself: App Home was opened, or an account changed."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.services.people import profiles
from bot.slack.answers import profile_of
from handlers.kaiku import Kaiku
from handlers.listening import identify

log = logging.getLogger(__name__)

EventListener = Callable[[dict[str, Any]], Awaitable[None]]


def on_home_opened(kaiku: Kaiku) -> EventListener:
    """Plan App Home as a delivery; from then on it is published again whenever something on it changes."""

    async def home_opened(event: dict[str, Any]) -> None:
        if event.get("tab") != "home":
            return
        person = await identify(kaiku, event["user"], "")
        if not person.deactivated:
            await kaiku.store.run(profiles.open_home, person.id, kaiku.clock.now())

    return home_opened


def on_user_change(kaiku: Kaiku) -> EventListener:
    """Update a person's name, time zone and kind of account; the seats of a deactivated account are held for
    a while. If the plan names the account's address as a facilitator's, the account gets that role, even a
    new one.
    """

    async def user_changed(event: dict[str, Any]) -> None:
        await kaiku.store.run(
            profiles.refresh_profile,
            profile_of(event["user"], kaiku.slack.ours),
            kaiku.clock.now,
            kaiku.defaults.seat_hold_days,
        )

    return user_changed
