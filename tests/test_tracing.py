"""Traces say what was waited for, and nothing of people; where they are off nothing of them is loaded."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bot.tracing import TracesMissingError, is_wanted, span, tracing
from tests.conftest import ROOT, FakeClock
from tests.support.joining import INTRODUCTION
from tests.support.reflecting import CODE
from tests.support.running import start_kaiku

WORD = re.compile(r"[\w.<>-]{1,120}")


@dataclass
class Collector:
    """Stands where the operator's collector is, and keeps what it is sent."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Any]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            each
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for each in scope.spans
        ]


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    here = Collector()

    async def take(request: web.Request) -> web.Response:
        here.bodies.append(await request.read())
        return web.Response(content_type="application/x-protobuf")

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield here
    await runner.cleanup()


def said(of: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in of.attributes}


async def test_a_join_is_one_trace_of_its_transactions_and_calls_and_says_nothing_of_people(
    collector: Collector, planned_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    traces = tracing(os.environ)
    traces.__enter__()
    kaiku = await start_kaiku(planned_url, clock)
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    await aino.submit(**INTRODUCTION)
    await kaiku.settle()
    await kaiku.app.stop()
    await kaiku.server.stop()
    await asyncio.to_thread(traces.__exit__, None, None, None)

    spans = collector.spans()
    forms = [each for each in spans if said(each).get("kaiku.kind") == "form"]
    assert [said(each)["kaiku.outcome"] for each in forms] == ["answered"]
    inside = {said(each).get("kaiku.work") for each in spans if each.trace_id == forms[0].trace_id}
    assert any(work and "enrol" in work for work in inside), inside
    assert {said(each).get("kaiku.method") for each in spans} >= {
        "auth_test",
        "users_info",
        "chat_postMessage",
    }
    assert {each.name for each in spans} == {"request", "transaction", "read", "slack", "delivery"}
    values = {value for each in spans for value in said(each).values()}
    assert {value for value in values if not WORD.fullmatch(value)} == set()
    for word in (b"UAINO", b"Aino", CODE.encode(), b"xoxb"):
        assert not any(word in body for body in collector.bodies)


async def test_of_an_exception_a_trace_has_the_name_and_not_the_text(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{collector.url}/v1/traces")

    def fails() -> None:
        with tracing(os.environ), span("read", work=fails):
            raise ValueError("what Aino wrote")

    with pytest.raises(ValueError, match="Aino"):
        await asyncio.to_thread(fails)
    (only,) = collector.spans()
    assert only.status.message == "ValueError"
    assert not any(b"Aino" in body for body in collector.bodies)


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_traces_are_wanted_where_they_have_somewhere_to_go(environment: dict[str, str], wanted: bool) -> None:
    assert is_wanted(environment) is wanted


def test_where_they_are_off_nothing_of_them_is_loaded() -> None:
    script = """
import sys
from bot.tracing import span, tracing
with tracing({}), span("read", work=print) as note:
    note(outcome="Sent")
assert not any(name.startswith("opentelemetry") for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=30)


def test_where_the_packages_are_missing_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(TracesMissingError) as missing, tracing({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}):
        pass
    assert missing.value.sentence.key == "start.no_traces"
