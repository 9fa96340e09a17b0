"""Everything that goes wrong on demand: calls, events, the token, the clock."""

import time
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from sandbox import MovableClock, Workspace
from tests.sandbox.conftest import EVERY_EVENT, EVERY_SCOPE, PEOPLE, full_workspace, manifest, refusal

CHANNEL = "CYLEINEN"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


async def posted(slack, http) -> int | None:
    """The status of a post to the channel; None where no answer came."""
    headers = {"Authorization": f"Bearer {slack.workspace.bot_token}"}
    form = {"channel": CHANNEL, "text": "x"}
    try:
        async with http.post(f"{slack.api_url}chat.postMessage", data=form, headers=headers) as response:
            return int(response.status)
    except aiohttp.ServerDisconnectedError:
        return None


@pytest.mark.parametrize(
    ("fault", "status", "messages"),
    [
        ("http_500_before", 500, 0),
        ("http_500_after", 500, 1),
        ("drop_before", None, 0),
        ("drop_after", None, 1),
        ("rate_limited", 429, 0),
        ("junk_before", 200, 0),
        ("junk_after", 200, 1),
    ],
)
async def test_an_ordered_fault_comes_before_or_after_the_effect(
    slack, http, control, fault, status, messages
) -> None:
    assert (await control("faults", method="chat.postMessage", fault=fault, times=1))["ok"]
    assert await posted(slack, http) == status
    assert len(slack.visitor("UAINO").messages()) == messages
    assert await posted(slack, http) == 200


@pytest.mark.parametrize("fault", ["slow_answer", "slow_accept"])
async def test_an_ordered_delay_is_as_long_as_was_ordered(slack, http, control, fault) -> None:
    await control("faults", method="*", fault=fault, seconds=0.05)
    began = time.monotonic()
    assert await posted(slack, http) == 200
    assert 0.05 <= time.monotonic() - began < slack.workspace.slow_seconds


async def test_rate_limiting_says_for_how_long(slack, client, control) -> None:
    await control("faults", method="chat.postMessage", fault="rate_limited", retry_after=30)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=CHANNEL, text="x")
    assert refused.value.response.headers["Retry-After"] == "30"


async def test_an_unknown_fault_is_refused(control) -> None:
    answer = await control("faults", method="*", fault="earthquake")
    assert answer["error"] == "unknown_fault"
    assert "event_twice" in answer["detail"]


async def test_the_same_event_comes_twice_with_one_id(slack, control, event_app) -> None:
    await control("faults", method="message", fault="event_twice")
    await slack.visitor("UAINO").say("one")
    await slack.visitor("UAINO").say("two")
    assert sorted(each["text"] for each in await event_app.events()) == ["one", "one", "two"]
    one, other = (each for each in event_app.envelopes if each["event"]["text"] == "one")
    assert one["event_id"] == other["event_id"]


async def test_an_event_comes_after_the_one_that_followed_it(slack, control, event_app) -> None:
    await control("faults", method="message", fault="event_late")
    await slack.visitor("UAINO").say("first")
    assert await event_app.events() == []
    await slack.visitor("UAINO").say("second")
    await slack.link.settled()
    assert [each["event"]["text"] for each in event_app.envelopes] == ["second", "first"]


async def test_an_event_is_lost_and_the_log_says_so(slack, control, event_app) -> None:
    await control("faults", method="user_change", fault="event_lost")
    await control("person", id="UAINO", title="Johtaja")
    await slack.visitor("UAINO").say("heard")
    assert [each["type"] for each in await event_app.events()] == ["message"]
    assert any(each["error"] == "event_lost" for each in slack.workspace.log)


async def test_a_fault_of_calls_spares_events_and_the_other_way_round(
    slack, control, http, event_app
) -> None:
    await control("faults", method="*", fault="event_lost")
    assert await posted(slack, http) == 200
    await control("faults", method="*", fault="http_500_before")
    await slack.visitor("UAINO").say("heard")
    assert [each["text"] for each in await event_app.events()] == ["heard"]
    assert await posted(slack, http) == 500


@pytest.mark.parametrize(
    ("code", "event"), [("token_revoked", "tokens_revoked"), ("account_inactive", "app_uninstalled")]
)
async def test_a_token_that_is_taken_away_opens_nothing(
    slack, client, control, event_app, code, event
) -> None:
    assert (await control("token", refused=code))["ok"]
    trigger = slack.workspace.new_trigger("UAINO")
    for call in (
        client.auth_test(),
        client.chat_postMessage(channel=CHANNEL, text="x"),
        client.users_info(user="UAINO"),
        client.views_open(trigger_id=trigger, view={}),
    ):
        assert await refusal(call) == code
    assert [each["type"] for each in await event_app.events()] == [event]
    assert (await control("token", refused="no_such_code"))["error"] == "unknown_refusal"
    await control("token", refused=None)
    assert (await client.auth_test())["ok"]


SKEWS = [(0, 200), (280, 200), (-280, 200), (320, 401), (-320, 401)]


class TestSkew:
    """Bolt checks signatures by the machine's own clock."""

    @pytest.fixture
    def workspace(self, tmp_path: Path) -> Workspace:
        file = manifest(tmp_path, scopes=EVERY_SCOPE, events=EVERY_EVENT)
        return Workspace.load(manifest=file, people=PEOPLE, clock=MovableClock())

    @pytest.mark.parametrize(("seconds", "status"), SKEWS)
    async def test_requests_stamped_over_5_minutes_off_are_refused_by_bolt(
        self, slack, bolt, control, seconds, status
    ) -> None:
        async def listener(ack) -> None:
            await ack()

        bolt.command("/echo")(listener)
        assert (await control("skew", seconds=seconds))["ok"]
        outcome = await slack.visitor("UAINO").command("/echo")
        assert outcome.status == status
        assert outcome.acked is (status == 200)


async def test_a_reset_ends_all_trouble(slack, client, control, http) -> None:
    await control("token", refused="token_revoked")
    await control("skew", seconds=1000)
    await control("faults", method="*", fault="http_500_before", times=9)
    await control("settings", edit_window_minutes=1)
    slack.link.events.subscriptions.enabled = False
    await control("reset")
    async with http.get(f"{slack.url}/control/state", params={"as": "UAINO"}) as response:
        trouble = (await response.json())["trouble"]
    assert trouble == {
        "token_refused": None, "skew_seconds": 0, "subscriptions_enabled": True, "faults": [],
    }  # fmt: skip
    assert (slack.workspace.skew, slack.workspace.data["settings"]) == (timedelta(), {})
    assert (await client.chat_postMessage(channel=CHANNEL, text="x"))["ok"]
