"""The endpoint under hostile requests, over real HTTP: never a 5xx, nothing of a stranger's in the log."""

import asyncio
import json
import logging
from itertools import islice

import aiohttp
import pytest

from bot import http_server
from bot.app import App
from bot.demo import demo_settings
from bot.slack import endpoint
from bot.views import ids
from bot.web import MetricsEndpoint
from faults.hostile import TOKEN, signed_requests, unsigned_requests
from tests.conftest import FakeClock
from tests.support.joining import join
from tests.support.running import SECRET, Running, start_kaiku, start_workspace
from tests.support.shipped_plan import BOOK
from tests.support.slack_requests import JSON, command, now, post, signed

SIGNED, UNSIGNED = 400, 300


async def raw(kaiku: Running, request: bytes) -> bytes:
    """The answer to these bytes; empty when the connection is closed without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", kaiku.app.port)
    writer.write(request)
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def status(answer: bytes) -> int:
    return int(answer.split()[1]) if answer else 0


async def test_no_signed_payload_with_parts_changed_gets_a_5xx(
    kaiku: Running, caplog: pytest.LogCaptureFixture
) -> None:
    statuses = set()
    for body, content_type in islice(signed_requests(7), SIGNED):
        found, _ = await post(kaiku, body, signed(body, now(kaiku)), content_type)
        assert found in {200, 400, 401}, body
        statuses.add(found)
        failed = [record for record in caplog.records if record.exc_info]
        assert not failed, (body, failed)
    assert statuses >= {200, 400}
    kaiku.server.workspace.log.clear()  # which holds that triggers no click made were refused: rightly


async def test_no_request_of_a_stranger_gets_a_5xx_or_a_word_into_the_log(
    kaiku: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for request in islice(unsigned_requests(7), UNSIGNED):
        assert status(await raw(kaiku, request)) in {0, 400, 401, 404, 405, 413, 415, 417}, request
    assert TOKEN not in caplog.text
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    told = [record for record in caplog.records if getattr(record, "action", "") == "request_refused"]
    assert len(told) == 1


def head(*lines: str, at: float = 0, body: bytes = b"x") -> bytes:
    """The headers of a request that looks signed."""
    signature = [f"{name}: {value}" for name, value in signed(body, at).items()]
    return "\r\n".join(["POST /slack/events HTTP/1.1", "Host: x", *signature, *lines, "", ""]).encode()


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "nonsense", "gzip, gzip"])
async def test_a_compressed_body_is_refused_before_it_is_read(kaiku: Running, encoding: str) -> None:
    request = head(f"Content-Encoding: {encoding}", "Content-Length: 900000", at=now(kaiku))
    assert status(await raw(kaiku, request)) == 415


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(kaiku: Running) -> None:
    assert status(await raw(kaiku, head(f"Content-Length: {1024 * 1024 + 1}", at=now(kaiku)))) == 413


async def test_a_body_of_no_stated_length_is_read_up_to_the_limit(kaiku: Running) -> None:
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    request = head("Transfer-Encoding: chunked", at=now(kaiku)) + 17 * chunk
    assert status(await raw(kaiku, request)) in {0, 413}  # it may still be writing when the connection goes


async def test_what_is_not_signed_is_refused_before_its_body_is_read(kaiku: Running) -> None:
    unsigned = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
    assert status(await raw(kaiku, unsigned)) == 401


async def test_a_connection_that_says_nothing_is_closed(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.05)
    assert await raw(kaiku, b"") == b""
    assert await raw(kaiku, b"GET /healthz HTTP/1.1\r\nHost: x\r\n") == b""


async def test_a_body_that_does_not_come_is_not_waited_for(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "BODY_SECONDS", 0.05)
    assert status(await raw(kaiku, head("Content-Length: 10", at=now(kaiku)) + b"abc")) == 408


async def test_too_many_connections_close_the_one_that_was_silent_longest(
    planned_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "MAX_CONNECTIONS", 5)
    kaiku = await start_kaiku(planned_url, clock)
    silent = [await asyncio.open_connection("127.0.0.1", kaiku.app.port) for _ in range(6)]
    body = command()
    assert (await post(kaiku, body, signed(body, now(kaiku))))[0] == 200
    assert await silent[0][0].read() == b""
    for _, writer in silent:
        writer.close()
    await kaiku.app.stop()
    await kaiku.server.stop()


async def test_unfinished_requests_together_hold_no_more_than_the_bound(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "MAX_HELD", 100_000)
    held = [await asyncio.open_connection("127.0.0.1", kaiku.app.port) for _ in range(3)]
    for _, writer in held[:2]:
        writer.write(head("Content-Length: 900000", at=now(kaiku)) + bytes(60_000))
        await writer.drain()
    ended = [asyncio.create_task(reader.read()) for reader, _ in held[:2]]
    done, _ = await asyncio.wait(ended, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    assert done
    body = command()
    assert (await post(kaiku, body, signed(body, now(kaiku))))[0] == 200
    for _, writer in held:
        writer.close()
    await asyncio.gather(*ended, return_exceptions=True)


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/nothing", "/calendar/x.ics", "/calendar/%00.ics", "\x00"]
)
async def test_no_answer_may_be_guessed_at_or_names_what_runs_here(kaiku: Running, path: str) -> None:
    answer = await raw(kaiku, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert b"X-Content-Type-Options: nosniff" in answer
    assert b"Server: Kaiku\r\n" in answer
    assert b"aiohttp" not in answer


async def test_slacks_check_of_the_certificate_is_answered(kaiku: Running) -> None:
    body = b"ssl_check=1&token=x"
    assert (await post(kaiku, body, signed(body, now(kaiku))))[0] == 200


FORGED_VALUES = {
    "nothing": {},
    "no date": {
        ids.FREQUENCY: {"selected_option": {"value": "all"}},
        ids.PAUSED_UNTIL: {"selected_date": "2019-13-45"},
    },
}


@pytest.mark.parametrize("block", FORGED_VALUES.values(), ids=FORGED_VALUES)
async def test_a_forged_form_is_answered_without_an_error(
    kaiku: Running, block: dict, caplog: pytest.LogCaptureFixture
) -> None:
    await kaiku.visitor("UAINO").command("/kaiku mine")
    view = {"type": "modal", "callback_id": ids.SETTINGS_FORM, "state": {"values": {"b": block}}}
    form = {"type": "view_submission", "user": {"id": "UAINO"}, "view": view}
    body = json.dumps(form).encode()
    assert (await post(kaiku, body, signed(body, now(kaiku)), JSON))[0] == 200
    assert not [record for record in caplog.records if record.exc_info]


ODD_EVENTS = {
    "home without user": {"type": "app_home_opened", "tab": "home"},
    "home of null": {"type": "app_home_opened", "tab": "home", "user": None},
    "changed null": {"type": "user_change", "user": None},
    "changed without id": {"type": "user_change", "user": {"name": "aino"}},
}


@pytest.mark.parametrize("event", ODD_EVENTS.values(), ids=ODD_EVENTS)
async def test_an_event_that_lacks_what_it_tells_of_is_refused(kaiku: Running, event: dict) -> None:
    body = json.dumps({"type": "event_callback", "event_id": "E1", "event": event}).encode()
    assert (await post(kaiku, body, signed(body, now(kaiku)), JSON))[0] == 400


async def test_an_event_that_is_no_object_is_refused_whatever_else_is_posted(kaiku: Running) -> None:
    body = json.dumps({"type": "block_actions", "event": 1.5, "user": {"id": "UAINO"}}).encode()
    assert (await post(kaiku, body, signed(body, now(kaiku)), JSON))[0] == 400


@pytest.mark.parametrize("deleted", [False, True], ids=["here", "deactivated"])
@pytest.mark.parametrize("zone", [" ", "Mars/Olympus", "x" * 5000, "../etc/passwd"])
async def test_a_time_zone_that_nobody_knows_holds_up_nothing(
    kaiku: Running, zone: str, deleted: bool, caplog: pytest.LogCaptureFixture
) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, "dialogue-2")
    await aino.close()
    for number, tells in enumerate(({"tz": zone}, {"tz": zone, "deleted": deleted}, {"tz": zone})):
        event = {"type": "user_change", "user": {"id": "UAINO", "team_id": "TKAIKU"} | tells}
        body = json.dumps({"type": "event_callback", "event_id": f"E{number}", "event": event}).encode()
        assert (await post(kaiku, body, signed(body, now(kaiku)), JSON))[0] == 200
    await kaiku.settle()
    await aino.command("/kaiku asetukset")
    await aino.submit(language="fi")
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("expires", [10**18, -1, "soon", None, 1.5, 253402300800])
async def test_a_status_that_expires_at_no_instant_there_is_is_taken(kaiku: Running, expires: object) -> None:
    profile = {"status_text": "Lomalla", "status_expiration": expires}
    event = {"type": "user_change", "user": {"id": "UAINO", "profile": profile}}
    await kaiku.visitor("UAINO").command("/kaiku mine")
    body = json.dumps({"type": "event_callback", "event_id": "E1", "event": event}).encode()
    assert (await post(kaiku, body, signed(body, now(kaiku)), JSON))[0] == 200


async def test_metrics_are_counted_by_one_reader_at_a_time() -> None:
    asked, go_on = 0, asyncio.Event()

    async def count() -> bytes:
        nonlocal asked
        asked += 1
        await go_on.wait()
        return b"figures"

    metrics = MetricsEndpoint(count)
    scrapes = [asyncio.create_task(metrics.fetch(None)) for _ in range(20)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    go_on.set()
    assert {scrape.body for scrape in await asyncio.gather(*scrapes)} == {b"figures"}
    assert asked == 1


async def test_metrics_may_have_a_port_of_their_own(planned_url: str, clock: FakeClock) -> None:
    server = await start_workspace(clock)
    settings = demo_settings(server, planned_url, SECRET).model_copy(update={"metrics_port": 0})
    app = App(settings, clock, book=BOOK, strict=True)
    await app.start()
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{app.metrics_port}/metrics") as answer:
            assert "kaiku_deliveries_behind_seconds" in await answer.text()
        async with session.get(f"http://127.0.0.1:{app.metrics_port}/readyz") as answer:
            assert answer.status == 404
        async with session.get(f"http://127.0.0.1:{app.port}/metrics") as answer:
            assert answer.status == 404
    await app.stop()
    await server.stop()


async def test_a_flood_of_refusals_is_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    refusals = http_server.RefusalLog()
    for _ in range(500):
        refusals.count("signature")
    assert [record.getMessage() for record in caplog.records] == ["requests refused: signature 1"]
    refusals.close()
    assert caplog.records[-1].getMessage() == "requests refused: signature 499"
