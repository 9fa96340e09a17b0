"""The endpoint refuses every request that is not provably Slack's and fresh."""

import io
import json
import logging
import os
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from sqlalchemy import func, select

from storage.engine import create_store_engine, parse_database_url
from storage.tables import Person
from tests.support.running import Running
from tests.support.slack_requests import FORM, JSON, command, now, post, signed


async def test_what_slack_signed_gets_in(kaiku: Running) -> None:
    status, text = await post(kaiku, command(), signed(command(), now(kaiku)))
    assert status == 200
    assert "/kaiku lista" in text


@pytest.mark.parametrize(
    "case", ["unsigned", "wrong secret", "stale", "future", "not a number", "other body"]
)
async def test_what_slack_did_not_sign_just_now_is_refused(
    kaiku: Running, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, at = command(), now(kaiku)
    headers = {
        "unsigned": {},
        "wrong secret": signed(body, at, "another-secret"),
        "stale": signed(body, at - 301),
        "future": signed(body, at + 301),
        "not a number": signed(body, at) | {"X-Slack-Request-Timestamp": "yesterday"},
        "other body": signed(command("list"), at),
    }[case]
    status, _ = await post(kaiku, body, headers)
    assert status == 401
    await nothing_happened(kaiku, caplog)


async def test_the_same_bytes_a_second_time_are_a_replay(kaiku: Running) -> None:
    headers = signed(command(), now(kaiku))
    assert (await post(kaiku, command(), headers))[0] == 200
    assert await post(kaiku, command(), headers) == (401, "replay")


UNREADABLE = {
    "not UTF-8": (b"\xff\xfe\x00", FORM),
    "half JSON": (b"{", JSON),
    "no object": (b"[1, 2]", JSON),
    "deep JSON": (b"[" * 100_000, JSON),
    "deep payload": (b"payload=" + b"%5B" * 100_000, FORM),
    "no JSON": (b"payload=nonsense", FORM),
    "empty payload": (b"payload=", FORM),
    "empty": (b"", FORM),
    "no payload": (b"no=payload", FORM),
    "two payloads": (b"payload={}&payload=[]", FORM),
    "huge number": (b'{"a": ' + b"9" * 5000 + b"}", JSON),
    "byte order mark": (b"\xef\xbb\xbf{}", JSON),
    "UTF-16": ('{"type": "url_verification"}'.encode("utf-16"), JSON),
    "no type": (b"{}", JSON),
    "odd type": (b'{"type": ["event_callback"]}', JSON),
    "no event": (b'{"type": "event_callback", "event": null}', JSON),
    "odd event": (b'{"type": "event_callback", "event": [1]}', JSON),
    "nobody's command": (b"command=/kaiku&text=help", FORM),
    "no action": (b'payload={"type": "block_actions", "user": {"id": "U"}, "actions": []}', FORM),
    "no view": (b'payload={"type": "view_submission", "user": {"id": "U"}, "view": {}}', FORM),
    "multipart": (b"--x\r\n", "multipart/form-data; boundary=x"),
}


@pytest.mark.parametrize(("body", "content_type"), UNREADABLE.values(), ids=UNREADABLE)
async def test_what_can_not_be_read_is_refused_without_a_traceback(
    kaiku: Running, body: bytes, content_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, _ = await post(kaiku, body, signed(body, now(kaiku)), content_type)
    assert status in {400, 401}
    await nothing_happened(kaiku, caplog)


async def test_a_body_over_a_megabyte_is_not_read(kaiku: Running) -> None:
    body = b"x" * (1024 * 1024 + 1)
    assert (await post(kaiku, io.BytesIO(body), signed(body, now(kaiku))))[0] == 413


@pytest.mark.parametrize(
    "payload",
    [
        {
            "type": "view_submission",
            "view": {"type": "modal", "callback_id": "no.such", "state": {"values": {}}},
        },
        {"type": "view_closed", "view": {"type": "modal", "callback_id": "no.such"}},
        {"type": "block_suggestion", "action_id": "no.such_list", "block_id": "b", "value": "x"},
        {"type": "shortcut", "callback_id": "no.such_shortcut"},
        {"type": "event_callback", "event": {"type": "emoji_changed"}},
    ],
    ids=lambda payload: payload["type"],
)
async def test_what_nobody_listens_to_is_taken_calmly(
    kaiku: Running, payload: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    whole = {"team": {"id": "T1"}, "user": {"id": "UAINO"}, "trigger_id": "1.2.3"} | payload
    is_event = payload["type"] == "event_callback"
    body = json.dumps(whole).encode() if is_event else urlencode({"payload": json.dumps(whole)}).encode()
    status, _ = await post(kaiku, body, signed(body, now(kaiku)), JSON if is_event else FORM)
    assert status == 200
    assert not [record for record in caplog.records if record.exc_info]


async def nothing_happened(kaiku: Running, caplog: pytest.LogCaptureFixture) -> None:
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
    with kaiku.store.read_transaction() as tx:
        assert tx.scalar(select(func.count()).select_from(Person)) == 0


async def test_slacks_check_of_the_address_is_answered(kaiku: Running) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    status, text = await post(kaiku, body, signed(body, now(kaiku)), JSON)
    assert (status, json.loads(text)["challenge"]) == (200, "abc")


async def test_an_event_that_could_not_be_stored_is_not_acked_and_slacks_retry_gets_in(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {"type": "app_home_opened", "user": "UAINO", "tab": "home", "channel": "DAINO"}
    body = json.dumps({"type": "event_callback", "team_id": "T", "event_id": "E1", "event": event}).encode()
    headers = signed(body, now(kaiku))

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(kaiku.store, "run", broken)
        assert (await post(kaiku, body, headers, JSON))[0] == 503
    assert (await post(kaiku, body, headers, JSON))[0] == 200


async def get(kaiku: Running, path: str) -> tuple[int, str]:
    address = f"http://127.0.0.1:{kaiku.app.port}{path}"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()


async def test_it_tells_whether_it_lives_and_can_serve(kaiku: Running) -> None:
    assert await get(kaiku, "/healthz") == (200, "ok")
    assert await get(kaiku, "/readyz") == (200, "ready")


async def test_while_the_database_is_away_it_lives_but_can_not_serve(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = create_store_engine(parse_database_url("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    with monkeypatch.context() as patch:
        patch.setattr(kaiku.store, "reading_engine", away)
        patch.setattr(kaiku.store, "engine", away)
        assert await get(kaiku, "/readyz") == (503, "database")
        assert await get(kaiku, "/healthz") == (200, "ok")
        _, answer = await post(kaiku, command(), signed(command(), now(kaiku)))
        assert "mitään ei muuttunut" in json.loads(answer)["text"]
    assert await get(kaiku, "/readyz") == (200, "ready")


async def test_a_database_file_that_was_moved_is_noticed_and_nothing_more_is_acked(kaiku: Running) -> None:
    if not kaiku.store.is_sqlite:
        return
    path = str(kaiku.store.url.database)
    os.rename(path, f"{path}.moved")
    assert await get(kaiku, "/readyz") == (503, "database")
    _, answer = await post(kaiku, command(), signed(command(), now(kaiku)))
    assert "mitään ei muuttunut" in json.loads(answer)["text"]
    os.rename(f"{path}.moved", path)
    assert await get(kaiku, "/readyz") == (200, "ready")


async def test_a_stuck_tick_is_not_ready(kaiku: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(kaiku.app.sender), "is_stuck", True)
    assert await get(kaiku, "/readyz") == (503, "tick")


async def test_metrics_count_deliveries_by_kind_and_state(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku join dialogue-2")
    await aino.submit(agency="vero", role="expert", language="fi")
    await kaiku.settle()
    status, text = await get(kaiku, "/metrics")
    assert status == 200
    assert 'kaiku_deliveries{kind="confirmation",state="sent"} 1.0' in text
    assert 'kaiku_deliveries{kind="day_before",state="planned"} 4.0' in text
    assert 'kaiku_sends_total{kind="confirmation",outcome="sent",reason=""} 1.0' in text
