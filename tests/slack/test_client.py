"""The client against answers that are none: every call ends as one of its outcomes."""

import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.domain.sending.outcomes import CannotTell, Found, NotNow, NotThere, Refused, Sent, Unknown
from bot.slack.answers import LONGEST_ANSWER, LONGEST_CALM, UNREADABLE
from bot.slack.client import SlackClient, SlackUnavailableError
from bot.views.blocks import Message

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
VIEW = {"type": "home", "blocks": []}
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "x"},
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "x"}}],
}


@dataclass
class Stand:
    """Stands in Slack's place and answers as a test says, by method or to whatever comes."""

    client: SlackClient
    answers: dict[str, tuple[bytes, str, int, dict[str, str]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def say(
        self, method: str, body: object, kind: str = "application/json", status: int = 200, **headers: str
    ) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[method] = raw, kind, status, {name.replace("_", "-"): it for name, it in headers.items()}


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async def answer(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        here.calls.append(method)
        body, kind, status, headers = here.answers.get(method) or here.answers["*"]
        return web.Response(body=body, status=status, headers={"Content-Type": kind, **headers})

    app = web.Application()
    app.router.add_route("*", "/api/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = SlackClient("xoxb-x", f"http://127.0.0.1:{runner.addresses[0][1]}/api/", strict=True)
    await client.start()
    here = Stand(client)
    yield here
    await client.stop()
    await runner.cleanup()


JUNK: dict[str, tuple[bytes, str]] = {
    "plain text": (b"ok", "text/plain"),
    "a string": (b'"x"', "application/json"),
    "a list": (b"[1]", "application/json"),
    "a number": (b"1", "application/json"),
    "null": (b"null", "application/json"),
    "nothing": (b"", "application/json"),
    "nothing in no type": (b"", ""),
    "bad UTF-8": (b'{"ok": true, "x": "\xff\xfe"}', "application/json"),
    "bad UTF-8 in plain text": (b"\xff\xfe", "text/plain"),
    "a page": (b"<html>Welcome</html>", "text/html"),
    "half an object": (b'{"ok": tr', "application/json"),
    "deep": (b"[" * 200_000, "application/json"),
    "bytes": (gzip.compress(b'{"ok": true}'), "application/gzip"),
    "an error that is no code": (b'{"ok": false, "error": {"a": 1}}', "application/json"),
    "an error with a NUL": (b'{"ok": false, "error": "\\u0000"}', "application/json"),
    "a long error": (json.dumps({"ok": False, "error": "x" * 5000}).encode(), "application/json"),
    "huge": (b'{"ok": true, "x": "' + b"x" * LONGEST_ANSWER + b'"}', "application/json"),
}
WRONG: dict[str, object] = {
    "bare ok": {"ok": True},
    "nulls": {"ok": True, "channel": None, "ts": None, "user": None, "messages": None, "user_id": None},
    "numbers": {"ok": True, "channel": 1, "ts": 1, "user": 1, "messages": 1, "user_id": 1, "url": 1},
    "long ids": {"ok": True, "channel": "C" * 99, "ts": "1" * 99, "user": [], "messages": [[]], "url": "x"},
    "NUL in ids": {"ok": True, "channel": "\0", "ts": "\0", "user_id": "\0", "url": "\0", "messages": [1]},
}
ANSWERS = {
    **JUNK,
    **{name: (json.dumps(body).encode(), "application/json") for name, body in WRONG.items()},
}
junk = pytest.mark.parametrize("name", ANSWERS)
no_object = pytest.mark.parametrize("name", JUNK)


@junk
async def test_after_a_post_whatever_is_no_answer_is_unknown_not_unsent(stand: Stand, name: str) -> None:
    stand.say("*", *ANSWERS[name])
    assert isinstance(await stand.client.post_message("U1", Message("x", []), 1), Unknown)
    assert stand.calls == ["chat.postMessage"], "it is not sent again here"


@no_object
async def test_an_edit_and_a_home_without_an_answer_are_unknown(stand: Stand, name: str) -> None:
    stand.say("*", *ANSWERS[name])
    assert isinstance(await stand.client.update_message("D1", "1.1", Message("x", [])), Unknown)
    assert isinstance(await stand.client.publish_home("U1", VIEW), Unknown)


@junk
async def test_what_the_history_says_in_no_answer_is_that_it_can_not_tell(stand: Stand, name: str) -> None:
    stand.say("*", *ANSWERS[name])
    for recipient in ("U1", "C1"):
        trace = await stand.client.find_message(recipient, 1, NOW)
        assert isinstance(trace, CannotTell)
        assert not trace.final, "it may be asked again"
    stand.say("conversations.open", {"ok": True, "channel": {"id": "D1"}})
    assert isinstance(await stand.client.find_message("U1", 1, NOW), CannotTell)


@junk
async def test_for_a_listener_whatever_is_no_answer_is_slack_being_away(stand: Stand, name: str) -> None:
    stand.say("*", *ANSWERS[name])
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: stand.client.open_socket("xapp-1"),
        lambda: stand.client.fetch_profile("U1"),
        lambda: stand.client.fetch_channel("C1"),
    ]
    if name in JUNK:
        calls += [
            lambda: stand.client.open_view("1.2.x", MODAL),
            lambda: stand.client.push_view("1.2.x", MODAL),
            lambda: stand.client.update_view("V1", None, MODAL),
        ]
    for call in calls:
        with pytest.raises(SlackUnavailableError):
            await call()
    assert isinstance(await stand.client.introduce(), Unknown)
    assert not stand.client.ours
    assert await stand.client.undisturbed_from("U1", NOW) is None


@pytest.mark.parametrize(
    "profile",
    [
        {"id": 5},
        {"id": "U" * 99},
        {"id": "U\u0000"},
        {"name": "x"},
    ],
)
async def test_a_profile_of_nonsense_is_no_profile(stand: Stand, profile: dict[str, Any]) -> None:
    stand.say("users.info", {"ok": True, "user": profile})
    with pytest.raises(SlackUnavailableError, match=UNREADABLE):
        await stand.client.fetch_profile("U1")


async def test_a_do_not_disturb_that_ends_in_no_year_disturbs_nobody(stand: Stand) -> None:
    stand.say("dnd.info", {"ok": True, "dnd_enabled": True, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1e300})
    assert await stand.client.undisturbed_from("U1", NOW) is None


async def test_a_do_not_disturb_for_ever_is_asked_about_again(stand: Stand) -> None:
    ends = int(datetime(9998, 1, 1, tzinfo=UTC).timestamp())
    stand.say("dnd.info", {"ok": True, "dnd_enabled": True, "next_dnd_start_ts": 1, "next_dnd_end_ts": ends})
    assert await stand.client.undisturbed_from("U1", NOW) == NOW + LONGEST_CALM


ODD_IDS = [
    {"team_id": ["T1"]},
    {"enterprise_id": {"id": "E1"}},
    {"bot_id": 1},
    {"team_id": None},
    {"user_id": ""},
]


@pytest.mark.parametrize("odd", ODD_IDS)
async def test_an_introduction_with_odd_ids_is_none(stand: Stand, odd: dict[str, Any]) -> None:
    stand.say("auth.test", {"ok": True, "user_id": "U1", "bot_id": "B1", "team_id": "T1", **odd})
    assert await stand.client.introduce() == Unknown(UNREADABLE)
    assert not stand.client.ours


async def test_a_history_that_goes_round_in_circles_ends(stand: Stand) -> None:
    page = {"ok": True, "messages": [], "response_metadata": {"next_cursor": "again"}}
    stand.say("conversations.history", page)
    assert await stand.client.find_message("C1", 1, NOW) == CannotTell(UNREADABLE)
    assert len(stand.calls) == 2


async def test_answers_that_make_sense_are_read_as_before(stand: Stand) -> None:
    stand.say("chat.postMessage", {"ok": True, "channel": "D1", "ts": "1549872000.000100"})
    assert await stand.client.post_message("U1", Message("x", []), 1) == Sent("D1", "1549872000.000100")
    marked = {"event_type": "kaiku_delivery", "event_payload": {"id": "1"}}
    stand.say(
        "conversations.history",
        {"ok": True, "messages": [{"ts": "1.1"}, {"metadata": None}, {"ts": "2.2", "metadata": marked}]},
    )
    assert await stand.client.find_message("C1", 1, NOW) == Found("C1", "2.2")
    assert await stand.client.find_message("C1", 2, NOW) == NotThere()
    stand.say("chat.postMessage", {"ok": False, "error": "channel_not_found"})
    assert await stand.client.post_message("U1", Message("x", []), 1) == Refused("channel_not_found")


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("30", 30), ("0", 1), ("0.2", 1), ("1000000", 900), ("1e20", 900), ("inf", 900),
        ("nan", 30), ("-5", 30), ("soon", 30), ("", 30), (None, 30),
    ],
)  # fmt: skip
@pytest.mark.parametrize("body", [b'{"ok": false, "error": "ratelimited"}', b"slow down", b"\xff", b""])
async def test_a_retry_after_is_believed_within_bounds(
    stand: Stand, given: str | None, seconds: float, body: bytes
) -> None:
    kind = "application/json" if body.startswith(b"{") else "text/plain"
    headers = {} if given is None else {"Retry_After": given}
    stand.say("chat.postMessage", body, kind, 429, **headers)
    outcome = await stand.client.post_message("U1", Message("x", []), 1)
    if body == b"\xff":  # slack_sdk gives up before it tells the status
        assert outcome == Unknown(UNREADABLE)
    else:
        assert outcome == NotNow("ratelimited", seconds)
