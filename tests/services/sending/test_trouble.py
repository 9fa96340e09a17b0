"""One fault never stops the rest, nothing is lost by what passes, and whatever holds up sending is seen."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace
from sqlalchemy.exc import OperationalError

from bot.domain.sending.outcomes import Outcome, Refused
from bot.services.deliveries.listing import list_deliveries, list_set_aside
from bot.services.deliveries.rendered import Rendered, Skipped
from bot.services.prompts import planning
from bot.services.sending.claims import LEASE, Claim
from bot.services.sending.sender import STUCK_SECONDS, Sender
from sandbox.workspace import Fault
from tests.conftest import FakeClock
from tests.support.joining import INTRODUCTION
from tests.support.running import Running, start_kaiku

CODE = "dialogue-2"
US = ["token_revoked", "account_inactive", "org_login_required", "invalid_auth", "team_access_not_granted"]
TOO_MUCH = ["rate_limited", "message_limit_exceeded"]


@pytest.fixture
async def kaiku(planned_url: str, clock: FakeClock) -> AsyncIterator[Running]:
    """Without the check that the workspace refused nothing: here it does."""
    running = await start_kaiku(planned_url, clock)
    yield running
    await running.app.stop()
    await running.server.stop()


async def join(kaiku: Running, *people: str) -> None:
    for person in people:
        visitor = kaiku.visitor(person)
        await visitor.command(f"/kaiku join {CODE}")
        await visitor.submit(**INTRODUCTION)
        await visitor.close()
    await kaiku.server.link.settled()


async def run_for(kaiku: Running, minutes: float, step: float = 15) -> None:
    for _ in range(int(minutes * 60 / step)):
        await kaiku.app.sender.tick()
        kaiku.clock.advance(seconds=step)


async def get(kaiku: Running, path: str) -> tuple[int, str]:
    address = f"http://127.0.0.1:{kaiku.app.port}{path}"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()


async def metrics_of(kaiku: Running) -> str:
    """As they are now: over HTTP they may be some moments old."""
    return (await kaiku.app._metrics()).decode()


def confirmations(kaiku: Running, person: str) -> int:
    messages = kaiku.visitor(person).direct_messages
    return sum("ilmoittautumisesi on kirjattu" in each["text"] for each in messages)


def states(kaiku: Running) -> set[tuple[str, str]]:
    with kaiku.store.read_transaction() as tx:
        return {(row.kind, row.state) for row in list_deliveries(tx)}


def calls(kaiku: Running, method: str) -> int:
    return sum(entry["what"] == method for entry in kaiku.server.workspace.log)


def refuse(kaiku: Running, code: str, times: int) -> None:
    body = json.dumps({"ok": False, "error": code}).encode()
    fault = Fault("chat.postMessage", times, "junk_before", junk=body, content_type="application/json")
    kaiku.server.workspace.faults.append(fault)


@pytest.mark.parametrize("code", US)
async def test_a_refusal_of_us_pauses_everything_is_seen_and_loses_nothing(kaiku: Running, code: str) -> None:
    await join(kaiku, "UAINO", "UOLLI")
    kaiku.server.workspace.token_refused = code
    await run_for(kaiku, 10)
    assert not {state for _, state in states(kaiku)} & {"failed", "unknown"}
    assert await get(kaiku, "/readyz") == (503, f"slack {code}")
    assert f'kaiku_slack_refuses{{reason="{code}"}} 1.0' in await metrics_of(kaiku)
    asked = calls(kaiku, "auth.test")
    assert 3 <= asked <= 10, "asked again, less and less often"
    assert calls(kaiku, "chat.postMessage") <= 2
    kaiku.server.workspace.token_refused = None
    await run_for(kaiku, 6)
    assert [confirmations(kaiku, each) for each in ("UAINO", "UOLLI")] == [1, 1]
    assert await get(kaiku, "/readyz") == (200, "ready")
    assert "kaiku_slack_refuses{" not in await metrics_of(kaiku)


@pytest.mark.parametrize("code", TOO_MUCH)
async def test_a_refusal_of_how_much_we_send_pauses_and_is_tried_one_at_a_time(
    kaiku: Running, code: str
) -> None:
    await join(kaiku, "UAINO", "UOLLI", "UHELI")
    refuse(kaiku, code, 1000)
    await run_for(kaiku, 10)
    assert not {state for _, state in states(kaiku)} & {"failed", "unknown"}
    assert await get(kaiku, "/readyz") == (503, f"slack {code}")
    assert calls(kaiku, "chat.postMessage") <= 3 + 10
    kaiku.server.workspace.faults.clear()
    await run_for(kaiku, 6)
    assert [confirmations(kaiku, each) for each in ("UAINO", "UOLLI", "UHELI")] == [1, 1, 1]
    assert await get(kaiku, "/readyz") == (200, "ready")


async def test_one_message_that_is_refused_as_if_it_were_us_holds_up_no_other(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = kaiku.app.slack.post_message

    async def refuses_aino(recipient: str, *rest: Any) -> Outcome:
        return Refused("team_access_not_granted") if recipient == "UAINO" else await post(recipient, *rest)

    monkeypatch.setattr(kaiku.app.slack, "post_message", refuses_aino)
    await join(kaiku, "UAINO")
    await run_for(kaiku, 12)
    await join(kaiku, "UOLLI")
    await run_for(kaiku, 6)
    assert confirmations(kaiku, "UOLLI") == 1
    monkeypatch.undo()
    await run_for(kaiku, 16)
    assert confirmations(kaiku, "UAINO") == 1


async def test_a_refusal_of_one_message_fails_that_one(kaiku: Running) -> None:
    await join(kaiku, "UAINO")
    refuse(kaiku, "channel_not_found", 1)
    await kaiku.settle()
    await join(kaiku, "UOLLI")
    await kaiku.settle()
    assert ("confirmation", "failed") in states(kaiku)
    assert confirmations(kaiku, "UOLLI") == 1
    assert await get(kaiku, "/readyz") == (200, "ready")


@pytest.mark.parametrize("code", ["token_revoked", "org_login_required"])
async def test_a_refusal_of_us_while_looking_leaves_nothing_unknown(kaiku: Running, code: str) -> None:
    await join(kaiku, "UAINO")
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1, "http_500_after"))
    await kaiku.app.sender.tick()
    kaiku.server.workspace.token_refused = code
    await run_for(kaiku, 2)
    kaiku.server.workspace.token_refused = None
    await run_for(kaiku, 6)
    assert confirmations(kaiku, "UAINO") == 1
    assert ("confirmation", "sent") in states(kaiku)


@pytest.mark.parametrize("retry_after", [1_000_000, 10**20, -5, float("inf"), float("nan")])
async def test_whatever_retry_after_says_sending_goes_on_within_a_quarter_of_an_hour(
    kaiku: Running, retry_after: Any
) -> None:
    await join(kaiku, "UAINO")
    fault = Fault("chat.postMessage", 1, "rate_limited", retry_after=retry_after)
    kaiku.server.workspace.faults.append(fault)
    await kaiku.app.sender.tick()
    paused = await metrics_of(kaiku)
    assert 'kaiku_paused_seconds{method="chat.postMessage"}' in paused
    await run_for(kaiku, 16)
    assert confirmations(kaiku, "UAINO") == 1


async def test_a_retry_after_of_nothing_is_not_tried_again_and_again(kaiku: Running) -> None:
    await join(kaiku, "UAINO")
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1000, "rate_limited", retry_after=0))
    await run_for(kaiku, 0.5, step=0.5)
    assert calls(kaiku, "chat.postMessage") <= 5


async def test_when_sending_is_late_it_is_said_for_as_long_as_it_is(kaiku: Running) -> None:
    await join(kaiku, "UAINO")
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1000, "rate_limited", retry_after=60))
    await run_for(kaiku, 14)
    assert await get(kaiku, "/readyz") == (200, "ready")
    await run_for(kaiku, 2)
    status, word = await get(kaiku, "/readyz")
    assert (status, word.split()[0]) == (503, "late")
    metrics = await metrics_of(kaiku)
    assert "kaiku_sending_late 1.0" in metrics
    assert "kaiku_deliveries_behind_seconds 960" in metrics
    kaiku.server.workspace.faults.clear()
    await run_for(kaiku, 16)
    assert await get(kaiku, "/readyz") == (200, "ready")


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1)])
async def test_a_clock_that_was_ahead_holds_up_nothing_once_it_is_set_back(
    kaiku: Running, ahead: timedelta
) -> None:
    true_time = kaiku.clock.now()
    kaiku.clock.move_to(true_time + ahead)
    await join(kaiku, "UAINO")
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1, "rate_limited", retry_after=60))
    await kaiku.settle()
    kaiku.clock.move_to(true_time)
    await join(kaiku, "UOLLI")
    await kaiku.settle()
    assert confirmations(kaiku, "UOLLI") == 1


async def test_a_conversation_heard_of_in_the_future_is_not_silent_until_then(kaiku: Running) -> None:
    true_time = kaiku.clock.now()
    kaiku.clock.move_to(true_time + timedelta(hours=1))
    await join(kaiku, "UAINO")
    await kaiku.settle()
    kaiku.clock.move_to(true_time)
    aino = kaiku.visitor("UAINO")
    heard = len(aino.direct_messages)
    await aino.command("/kaiku join dialogue-skype-1")
    await aino.submit()
    await kaiku.settle()
    assert len(aino.direct_messages) == heard + 1


def another_sender(kaiku: Running, **options: Any) -> Sender:
    app = kaiku.app
    return Sender(app.store, app.slack, app.sender._kinds, app.kaiku.defaults, kaiku.clock, **options)


@pytest.mark.parametrize("checks_lease", [True, False], ids=["with the check", "without"])
@pytest.mark.parametrize("stands_still", ["wall clock", "monotonic clock"])
async def test_a_process_that_was_paused_between_claim_and_send_does_not_send(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch, stands_still: str, checks_lease: bool
) -> None:
    """Without the check it does, or this test would show nothing."""
    await join(kaiku, "UAINO")
    machine = [0.0]
    paused = another_sender(kaiku, checks_lease=checks_lease, monotonic=lambda: machine[0])
    rendering = paused._render

    async def pause(claim: Claim) -> Rendered:
        rendered = await rendering(claim)
        if claim.kind == "confirmation":
            kaiku.clock.advance(seconds=LEASE.total_seconds() + 1)
            await kaiku.app.sender.tick()  # somebody else finds the lease over, and sends
            kaiku.clock.advance(seconds=2)
            if stands_still == "wall clock":
                kaiku.clock.move_to(claim.at)
                machine[0] += LEASE.total_seconds() + 3
        return rendered

    monkeypatch.setattr(paused, "_render", pause)
    await paused.tick()
    await paused.drain()
    await kaiku.settle()
    assert confirmations(kaiku, "UAINO") == (1 if checks_lease else 2)


@pytest.mark.parametrize("watches_clock", [True, False], ids=["watching the clock", "not watching"])
async def test_what_another_process_has_on_the_wire_when_the_clock_is_set_ahead_ends_first(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch, watches_clock: bool
) -> None:
    """Without the watch it is sent a second time, or this test would show nothing."""
    await join(kaiku, "UAINO")
    machine = [0.0]
    other = another_sender(kaiku, watches_clock=watches_clock, monotonic=lambda: machine[0])
    posting = kaiku.app.slack.post_message

    async def post(*arguments: Any) -> Outcome:
        monkeypatch.setattr(kaiku.app.slack, "post_message", posting)
        kaiku.clock.advance(days=1)  # while the request is on its way
        await other.send_due()
        return await posting(*arguments)

    await other.access.allows()
    monkeypatch.setattr(kaiku.app.slack, "post_message", post)
    if watches_clock:
        assert other._watch is not None
        assert other._watch.even_now() is not None
    await kaiku.app.sender.tick()
    machine[0] += LEASE.total_seconds()
    kaiku.clock.advance(seconds=LEASE.total_seconds())
    await join(kaiku, "UOLLI")
    await other.send_due()
    assert confirmations(kaiku, "UAINO") == (1 if watches_clock else 2)
    assert confirmations(kaiku, "UOLLI") == 1, "it goes on"


async def test_a_429_while_looking_is_no_refusal_of_us(kaiku: Running) -> None:
    await join(kaiku, "UAINO")
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1, "http_500_after"))
    await kaiku.app.sender.tick()
    kaiku.server.workspace.faults.append(Fault("conversations.history", 1, "rate_limited", retry_after=3))
    kaiku.clock.advance(seconds=10)
    await kaiku.app.sender.tick()
    assert calls(kaiku, "conversations.history") == 1
    assert kaiku.app.sender.access.refusal is None
    await run_for(kaiku, 1)
    assert confirmations(kaiku, "UAINO") == 1


async def test_a_look_that_takes_minutes_holds_up_nobody_else_and_ends_in_one_message(kaiku: Running) -> None:
    workspace = kaiku.server.workspace
    await join(kaiku, "UAINO")
    workspace.faults.append(Fault("chat.postMessage", 1, "http_500_before"))
    await kaiku.app.sender.tick()
    for n in range(70):
        workspace.add_message("DAINO", "UAINO", str(n))
    workspace.is_commercial = True
    kaiku.clock.advance(seconds=10)
    await kaiku.app.sender.tick()
    await join(kaiku, "UOLLI")
    await run_for(kaiku, 0.5)
    assert [confirmations(kaiku, each) for each in ("UAINO", "UOLLI")] == [0, 1]
    await run_for(kaiku, 7)
    assert confirmations(kaiku, "UAINO") == 1, "five pages and what is new, at one a minute"


async def test_a_short_pause_between_claim_and_send_costs_nothing(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await join(kaiku, "UAINO")
    rendering = kaiku.app.sender._render

    async def pause(claim: Claim) -> Rendered:
        kaiku.clock.advance(seconds=1)
        return await rendering(claim)

    monkeypatch.setattr(kaiku.app.sender, "_render", pause)
    await kaiku.settle()
    assert confirmations(kaiku, "UAINO") == 1


@pytest.fixture
def nobody_plans(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Planning for this person raises, until it is called again with None."""
    plan = planning.plan_prompts
    whom: list[str | None] = [None]

    def plan_prompts(tx: Any, person_ids: Sequence[str], *rest: Any) -> None:
        plan(tx, person_ids, *rest)
        if whom[0] in person_ids:
            raise ValueError("no holidays loaded for 2019")

    monkeypatch.setattr(planning, "plan_prompts", plan_prompts)
    return lambda person: whom.__setitem__(0, person)


async def test_one_whose_prompts_can_not_be_planned_is_set_aside_and_all_else_goes_on(
    kaiku: Running, nobody_plans: Callable[[str | None], None], caplog: pytest.LogCaptureFixture
) -> None:
    nobody_plans("UAINO")
    await join(kaiku, "UAINO", "UOLLI", "UHELI")
    await run_for(kaiku, 1)
    assert [confirmations(kaiku, each) for each in ("UAINO", "UOLLI", "UHELI")] == [1, 1, 1]
    assert {row.recipient for row in prompts(kaiku)} == {"UOLLI", "UHELI"}
    metrics = await metrics_of(kaiku)
    assert 'kaiku_set_aside{what="people"} 1.0' in metrics
    assert "kaiku_crashes_total" in metrics
    assert caplog.text.count("prompts not planned") < 10, "with a growing pause"
    with kaiku.store.read_transaction() as tx:
        (said,) = list_set_aside(tx)
    assert "the prompts of UAINO can't be planned (ValueError" in said
    assert await get(kaiku, "/readyz") == (200, "ready")
    nobody_plans(None)
    await run_for(kaiku, 5)
    assert {row.recipient for row in prompts(kaiku)} == {"UAINO", "UOLLI", "UHELI"}
    assert 'kaiku_set_aside{what="people"} 0.0' in await metrics_of(kaiku)


def prompts(kaiku: Running) -> list[Any]:
    with kaiku.store.read_transaction() as tx:
        return [row for row in list_deliveries(tx) if row.kind == "prompt"]


async def test_a_delivery_that_can_not_be_rendered_is_set_aside_and_makes_nothing_late(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendering = kaiku.app.sender._render

    async def fail(claim: Claim) -> Rendered:
        if claim.recipient == "UAINO":
            raise ValueError("nobody has thought of this")
        return await rendering(claim)

    monkeypatch.setattr(kaiku.app.sender, "_render", fail)
    await join(kaiku, "UAINO", "UOLLI")
    await run_for(kaiku, 20)
    assert confirmations(kaiku, "UOLLI") == 1
    with kaiku.store.read_transaction() as tx:
        assert any("to UAINO) can't be dealt with" in each for each in list_set_aside(tx))
    assert await get(kaiku, "/readyz") == (200, "ready")


async def test_what_follows_from_a_message_may_fail_without_sending_it_again(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(tx: Any, settled: Any) -> None:
        raise ValueError("nobody has thought of this")

    kinds = kaiku.app.sender._kinds._by_kind
    monkeypatch.setitem(kinds, "confirmation", replace(kinds["confirmation"], after=fail))
    await join(kaiku, "UAINO", "UOLLI")
    await run_for(kaiku, 3)
    assert [confirmations(kaiku, each) for each in ("UAINO", "UOLLI")] == [1, 1]
    assert ("confirmation", "sent") in states(kaiku)
    assert "not followed up" in caplog.text


async def test_what_follows_where_nothing_is_sent_is_tried_again(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when an offer or the time to undo a removal ends: given up, the seat would be held for ever."""
    tried = []

    def fail_once(tx: Any, settled: Any) -> None:
        tried.append(settled.outcome)
        if len(tried) == 1:
            raise ValueError("nobody has thought of this")

    kinds = kaiku.app.sender._kinds._by_kind
    ends = replace(kinds["confirmation"], to_person=lambda _tx, _due: Skipped("ended"), after=fail_once)
    monkeypatch.setitem(kinds, "confirmation", ends)
    await join(kaiku, "UAINO")
    await kaiku.app.sender.tick()
    with kaiku.store.read_transaction() as tx:
        assert list_set_aside(tx)
    await run_for(kaiku, 5)
    assert tried == [Skipped("ended")] * 2
    assert ("confirmation", "cancelled") in states(kaiku)


async def test_a_round_that_can_not_be_prepared_still_sends_what_is_due(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(now: datetime) -> int:
        raise ValueError("nobody has thought of this")

    monkeypatch.setattr(kaiku.app.sender, "_prepare", fail)
    await join(kaiku, "UAINO")
    await kaiku.settle()
    assert confirmations(kaiku, "UAINO") == 1


async def test_without_a_round_that_ends_since_the_start_it_is_not_ready(kaiku: Running) -> None:
    machine = [0.0]
    sender = another_sender(kaiku, monotonic=lambda: machine[0])
    kaiku.app.readiness.sender = sender
    sender.begin()
    assert await get(kaiku, "/readyz") == (200, "ready")
    machine[0] = STUCK_SECONDS + 1
    assert await get(kaiku, "/readyz") == (503, "tick")
    await sender.tick()
    assert await get(kaiku, "/readyz") == (200, "ready")


async def test_with_nothing_to_be_written_it_is_not_ready(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a full disk: reading goes on."""

    def fail(tx: Any, now: datetime) -> None:
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    assert await get(kaiku, "/readyz") == (200, "ready")
    monkeypatch.setattr("bot.readiness.note_write", fail)
    assert await get(kaiku, "/readyz") == (200, "ready"), "not at every question"
    monkeypatch.setattr("bot.readiness.WRITE_SECONDS", 0.0)
    assert await get(kaiku, "/readyz") == (503, "database")
