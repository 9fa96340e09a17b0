"""Slack's token rotation: the bot token is renewed before it ends, once for all instances."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.app import App
from bot.cli.bot_token import newest_bot_token
from bot.demo import demo_settings
from bot.domain.people.person import Profile
from bot.domain.sending.bot_token import LEASE
from bot.domain.sending.outcomes import Sent
from bot.start_checks import StartError
from sandbox import WorkspaceServer
from sandbox.workspace import CLIENT_ID, CLIENT_SECRET
from storage.sending import bot_token as token_rows
from tests.conftest import FakeClock
from tests.support.running import NOTICE, PATIENCE, SECRET, Running, start_workspace
from tests.support.shipped_plan import BOOK

FIRST, REFRESH = "xoxe.xoxb-1-first", "xoxe-1-first"
OTHER_SECRET = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@dataclass
class Rotating:
    """A workspace whose tokens end, and how to start a Kaiku beside it."""

    server: WorkspaceServer
    database_url: str
    clock: FakeClock
    apps: list[App]

    async def start(
        self, *, secret: str = SECRET, token: str = FIRST, refresh_token: str = REFRESH
    ) -> Running:
        settings = demo_settings(self.server, self.database_url, secret).model_copy(
            update={
                "bot_token": token,
                "refresh_token": refresh_token,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
            }
        )
        app = App(
            settings, self.clock, book=BOOK, notice=NOTICE, strict=True, ticks=False, answer_within=PATIENCE
        )
        self.apps.append(app)
        await app.start()
        self.server.link.app_url = f"http://127.0.0.1:{app.port}/slack/events"
        return Running(app, self.server, self.clock)

    @property
    def renewals(self) -> list[bool]:
        """Whether Slack took each."""
        return [entry["ok"] for entry in self.server.workspace.log if entry["what"] == "oauth.v2.access"]


@pytest.fixture
async def rotating(database_url: str, clock: FakeClock) -> AsyncIterator[Rotating]:
    server = await start_workspace(clock)
    server.workspace.bot_token, server.workspace.refresh_token = FIRST, REFRESH
    found = Rotating(server, database_url, clock, [])
    yield found
    for app in found.apps:
        await app.stop()
    await server.stop()


async def test_a_token_is_renewed_at_the_first_start_and_two_hours_before_each_end(
    rotating: Rotating,
) -> None:
    kaiku = await rotating.start()
    assert rotating.renewals == [True]
    await kaiku.app.housekeeping.keep_token()
    rotating.clock.advance(hours=9, minutes=59)
    await kaiku.app.housekeeping.keep_token()
    assert rotating.renewals == [True], "it is good for two hours and more"
    rotating.clock.advance(minutes=1)
    await kaiku.app.housekeeping.keep_token()
    assert rotating.renewals == [True, True]


async def test_slack_is_called_with_the_newest_token(rotating: Rotating) -> None:
    kaiku = await rotating.start()
    for _ in range(4):
        rotating.clock.advance(hours=10)
        await kaiku.app.housekeeping.keep_token()
    assert isinstance(await kaiku.app.slack.find_profile("UAINO"), Profile)
    assert isinstance(await kaiku.app.slack.introduce(), Sent)
    assert kaiku.refused == []


async def test_one_instance_renews_for_all_and_the_others_use_its_token(rotating: Rotating) -> None:
    one, other = await rotating.start(), await rotating.start()
    assert rotating.renewals == [True], "the second begins with what the first got"
    rotating.clock.advance(hours=10)
    for kaiku in (one, other):
        await kaiku.app.housekeeping.keep_token()
    assert rotating.renewals == [True, True]
    assert one.app.slack.token == other.app.slack.token == rotating.server.workspace.bot_token


async def test_while_one_instance_renews_the_others_leave_it_alone(rotating: Rotating) -> None:
    """As when its process has just died: the lease ends, and another tries."""
    kaiku = await rotating.start()
    rotating.clock.advance(hours=10)
    with kaiku.store.transaction() as tx:
        token_rows.lease_bot_token(tx, rotating.clock.now() + LEASE)
    await kaiku.app.housekeeping.keep_token()
    assert rotating.renewals == [True]
    rotating.clock.advance(minutes=1)
    await kaiku.app.housekeeping.keep_token()
    assert rotating.renewals == [True, True]


async def test_a_spent_refresh_token_is_said_in_the_log_and_the_old_token_is_used(
    rotating: Rotating, caplog: pytest.LogCaptureFixture
) -> None:
    kaiku = await rotating.start()
    before = kaiku.app.slack.token
    rotating.server.workspace.refresh_token = "xoxe-1-another"
    rotating.clock.advance(hours=10)
    with caplog.at_level(logging.ERROR):
        await kaiku.app.housekeeping.keep_token()
    assert "bot token not renewed: invalid_refresh_token. Put the tokens" in caplog.text
    assert before not in caplog.text
    assert kaiku.app.slack.token == before


async def test_new_tokens_in_the_settings_go_before_stored_ones(rotating: Rotating) -> None:
    await rotating.start()
    rotating.server.workspace.bot_token = "xoxe.xoxb-1-again"
    rotating.server.workspace.refresh_token = "xoxe-1-again"
    kaiku = await rotating.start(token="xoxe.xoxb-1-again", refresh_token="xoxe-1-again")
    assert rotating.renewals == [True, True]
    assert kaiku.app.slack.token == rotating.server.workspace.bot_token


async def test_tokens_are_stored_encrypted_and_another_key_stops_the_start(rotating: Rotating) -> None:
    kaiku = await rotating.start()
    row = await kaiku.store.read(token_rows.get_bot_token)
    assert row is not None
    assert kaiku.app.slack.token.encode() not in row.sealed
    with pytest.raises(StartError, match="another KAIKU_SECRET_KEY"):
        await rotating.start(secret=OTHER_SECRET)


async def test_commands_ask_slack_with_the_newest_token(rotating: Rotating) -> None:
    kaiku = await rotating.start()
    settings = kaiku.app.settings
    assert newest_bot_token(settings) == kaiku.app.slack.token != settings.bot_token
    assert newest_bot_token(settings.model_copy(update={"database_url": "sqlite:///none.db"})) == FIRST
