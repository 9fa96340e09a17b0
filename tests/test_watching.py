"""What Kaiku counts of itself, and the id of a request in all that is done for it."""

import asyncio
import json
import logging
import re
import threading
from contextvars import Context
from typing import Any

import pytest

from bot import watching
from bot.deadline import answering_within, current_deadline
from bot.logs import set_up_logs
from bot.request import RequestMark, begin_request, current_request, end_request
from bot.watching import Histogram, Watching, kind_of, outcome_of
from storage.transaction import Tx
from storage.worker import Job, Work, Worker
from tests.support.running import Running
from tests.support.slack_requests import JSON, command, now, post, signed

log = logging.getLogger("kaiku.test")


async def metrics_of(kaiku: Running) -> str:
    return (await kaiku.app._metrics()).decode()


async def test_requests_are_counted_by_kind_and_outcome_with_their_times(kaiku: Running) -> None:
    before = await metrics_of(kaiku)
    assert 'kind="command"' not in before
    await post(kaiku, command(), signed(command(), now(kaiku)))
    await post(kaiku, command(), signed(command(), now(kaiku), "another secret"))
    event = json.dumps({"type": "event_callback", "event": {"type": "message"}}).encode()
    await post(kaiku, event, signed(event, now(kaiku)), JSON)
    broken = json.dumps({"type": "block_actions", "user": 7}).encode()
    await post(kaiku, broken, signed(broken, now(kaiku)), JSON)
    text = await metrics_of(kaiku)
    assert 'kaiku_requests_total{kind="command",outcome="answered"} 1.0' in text
    assert 'kaiku_requests_total{kind="unsigned",outcome="refused"} 1.0' in text
    assert 'kaiku_requests_total{kind="event",outcome="answered"} 1.0' in text
    assert 'kaiku_requests_total{kind="click",outcome="refused"} 1.0' in text
    assert 'kaiku_request_seconds_bucket{kind="command",le="+Inf"} 1.0' in text
    assert 'kaiku_queue_length{queue="writer"} 0.0' in text
    assert "kaiku_loop_lag_seconds_count" in text


async def test_a_request_whose_listener_fails_is_failed_and_its_reference_is_its_id(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("handlers.listening.find_people", broken)
    seen = []
    caplog.handler.addFilter(lambda record: seen.append((record, current_request())) or True)
    _, text = await post(kaiku, command(), signed(command(), now(kaiku)))
    assert 'kaiku_requests_total{kind="command",outcome="failed"} 1.0' in await metrics_of(kaiku)
    ((record, mark),) = [each for each in seen if getattr(each[0], "action", "") == "listener_failed"]
    assert mark is not None
    assert mark.id == record.reference
    assert mark.id in text


async def test_what_is_done_for_a_request_carries_its_id_and_what_is_not_does_not(kaiku: Running) -> None:
    ids: dict[str, str | None] = {}

    def note(where: str) -> None:
        mark = current_request()
        ids[where] = mark.id if mark is not None else None

    async def afterwards() -> None:
        note("after")
        done.set()

    def in_batch(_tx: Tx, items: list[int]) -> list[None]:
        note("batch")
        return [None] * len(items)

    done = asyncio.Event()
    mark, token = begin_request()
    await kaiku.store.run(lambda _tx: note("writer"))
    await kaiku.store.read(lambda _tx: note("reader"))
    await kaiku.store.run_batched(in_batch, 1)
    kaiku.app.kaiku.do_after(afterwards())
    await done.wait()
    assert ids == dict.fromkeys(("writer", "reader", "batch", "after"), mark.id)
    end_request(token)
    await kaiku.store.run(lambda _tx: note("writer"))
    assert ids["writer"] is None


async def test_a_run_of_the_sender_has_neither_the_deadline_nor_the_id_of_who_woke_it(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    ran = asyncio.Event()

    async def send_batches() -> None:
        seen.extend((current_deadline(), current_request()))
        ran.set()

    monkeypatch.setattr(kaiku.app.sender, "_send_batches", send_batches)
    _, token = begin_request()
    with answering_within(2):
        kaiku.app.sender.wake()
    end_request(token)
    await ran.wait()
    assert seen == [None, None]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_line_names_the_request_that_it_is_about(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def say() -> str:
        mark, _ = begin_request()
        log.warning("inside")
        return mark.id

    try:
        set_up_logs(log_format)
        mark_id = Context().run(say)
        log.warning("outside")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    inside, outside = capsys.readouterr().err.splitlines()
    if log_format == "json":
        assert json.loads(inside)["request"] == mark_id
        assert "request" not in json.loads(outside)
    else:
        assert f" kaiku.test [{mark_id}]: inside" in inside
        assert " kaiku.test: outside" in outside


@pytest.mark.parametrize(
    ("status", "has_failed", "seconds", "outcome"),
    [
        (200, False, 0.1, "answered"), (200, False, 3.1, "late"), (200, True, 0.1, "failed"),
        (503, False, 0.1, "failed"), (401, False, 9.0, "refused"),
    ],
)  # fmt: skip
def test_an_outcome_is_what_the_person_saw(
    status: int, has_failed: bool, seconds: float, outcome: str
) -> None:
    mark = RequestMark("1")
    mark.has_failed = has_failed
    assert outcome_of(mark, status, seconds) == outcome


def test_a_stranger_makes_no_kinds_of_their_own() -> None:
    assert {kind_of({"type": each}) for each in ("x", "y", 7, None, ["z"])} == {"other"}


def test_a_histogram_counts_from_the_bottom_up() -> None:
    histogram = Histogram()
    for seconds in (0.005, 0.02, 2.9, 30.0):
        histogram.note(seconds)
    buckets = dict(histogram.buckets)
    assert [buckets[each] for each in ("0.005", "0.025", "2.0", "3.0", "+Inf")] == [1, 2, 2, 3, 4]


class Loop:
    """An event loop whose time the test decides."""

    def __init__(self) -> None:
        self.now, self.calls = 100.0, []

    def time(self) -> float:
        return self.now

    def call_at(self, due: float, work: Any) -> None:
        self.calls.append((due, work))


def test_the_loops_lag_is_how_much_later_than_asked_it_comes_round(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Loop()
    monkeypatch.setattr(watching.asyncio, "get_running_loop", lambda: loop)
    figures = Watching(dict)
    figures.start()
    due, look = loop.calls.pop()
    loop.now = due + 0.3
    look()
    assert figures.lag.total == pytest.approx(0.3)
    assert len(loop.calls) == 1, "it looks again"


async def test_a_queue_says_how_many_wait_and_for_how_long() -> None:
    taken, go_on = threading.Event(), threading.Event()

    def run_batch(jobs: list[Job]) -> None:
        taken.set()
        go_on.wait()
        for job in jobs:
            job.succeed(None)

    worker = Worker("test", run_batch)
    assert worker.waiting == (0, 0.0)
    jobs = [Job(Work(lambda *_: []), None, asyncio.get_running_loop()) for _ in range(3)]
    worker.put(jobs[0])
    await asyncio.to_thread(taken.wait)
    for job in jobs[1:]:
        worker.put(job)
    number, seconds = worker.waiting
    assert number == 2
    assert seconds >= 0
    go_on.set()
    await asyncio.gather(*(job.done for job in jobs))
    assert worker.waiting == (0, 0.0)
    worker.close()


def test_ids_are_what_a_person_can_read_out() -> None:
    mark, token = begin_request()
    end_request(token)
    assert re.fullmatch(r"[0-9a-f]{8}", mark.id)
