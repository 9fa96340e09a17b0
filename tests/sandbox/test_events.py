"""Events that Slack sends of itself: subscribed ones only, and again at once when the app fails."""

from aiohttp import web

from sandbox import WorkspaceServer
from tests.sandbox.conftest import Listening


async def test_a_changed_profile_and_a_direct_message_are_told(slack, bolt) -> None:
    changed, written = [], []

    async def on_change(event) -> None:
        changed.append(event["user"])

    async def on_message(event) -> None:
        written.append(event)

    bolt.event("user_change")(on_change)
    bolt.event("message")(on_message)
    slack.workspace.change_person({"id": "UAINO", "locale": "sv-SE"})
    slack.link.person_changed("UAINO")
    await slack.visitor("UAINO").say("Hei!")
    await slack.visitor("UAINO").say("Not for the app", channel="CYLEINEN")
    await slack.link.settled()
    assert [(user["id"], user["locale"]) for user in changed] == [("UAINO", "sv-SE")]
    assert [(e["text"], e["channel"], e["channel_type"]) for e in written] == [("Hei!", "DAINO", "im")]


async def test_an_event_that_fails_comes_again_at_once_and_says_so(slack: WorkspaceServer) -> None:
    seen = []

    async def fail_once(request: web.Request) -> web.Response:
        seen.append((await request.json(), dict(request.headers)))
        return web.Response(status=500 if len(seen) == 1 else 200)

    async with Listening(fail_once) as url:
        slack.app_url = url
        assert (await slack.visitor("UAINO").open_home()).acked
    (first, headers), (second, again) = seen
    assert first == second
    assert first["type"] == "event_callback"
    assert "X-Slack-Retry-Num" not in headers
    assert (again["X-Slack-Retry-Num"], again["X-Slack-Retry-Reason"]) == ("1", "http_error")


async def test_an_event_is_not_sent_again_to_an_app_that_asks_for_that(slack: WorkspaceServer) -> None:
    seen = []

    async def fail(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async with Listening(fail) as url:
        slack.app_url = url
        assert not (await slack.visitor("UAINO").open_home()).acked
    assert len(seen) == 1
