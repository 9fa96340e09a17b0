"""While Kaiku does not know its own workspace nobody from outside is let in; it asks until it does."""

from collections.abc import AsyncIterator

import pytest

from bot.slack.answers import profile_of
from sandbox import WorkspaceServer
from sandbox.workspace import TEAM, Fault
from storage.people import get_person
from tests.conftest import FakeClock
from tests.support.joining import kaiku_answer
from tests.support.running import Running, start_app, start_workspace

UNKNOWN_YET = "Slack ei juuri nyt kerro, kuka olet"
NOT_OURS = "Vierastilillä tai toisen organisaation tilillä ei voi ilmoittautua"
JUNK = [b"ok", b'"x"', b'{"ok": true}', b"\xff"]
OURS = frozenset({"TOURS", "EOURS"})


@pytest.fixture
async def slack(clock: FakeClock) -> AsyncIterator[WorkspaceServer]:
    server = await start_workspace(clock)
    server.workspace.change_person({"id": "UULKO", "name": "Ulla", "locale": "fi-FI"})
    server.workspace.data["people"]["UULKO"]["team_id"] = "TOTHER"
    yield server
    await server.stop()


async def start(slack: WorkspaceServer, url: str, clock: FakeClock, junk: bytes, times: int) -> Running:
    kind = "text/plain" if junk in {b"ok", b"\xff"} else "application/json"
    slack.workspace.faults.append(Fault("auth.test", times, "junk_before", junk=junk, content_type=kind))
    return Running(await start_app(slack, url, clock), slack, clock)


@pytest.mark.parametrize("junk", JUNK)
async def test_whatever_auth_test_answers_the_start_is_a_warning_and_it_is_asked_again(
    slack: WorkspaceServer, planned_url: str, clock: FakeClock, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    kaiku = await start(slack, planned_url, clock, junk, 2)
    assert "Slack has not said who we are" in caplog.text
    assert not [record for record in caplog.records if record.exc_info and record.levelno > 10]
    await kaiku.app.sender.tick()
    assert not kaiku.app.slack.ours
    clock.advance(seconds=6)
    await kaiku.app.sender.tick()
    assert kaiku.app.slack.ours == {TEAM}
    await kaiku.app.stop()


async def test_until_the_team_is_known_nobody_is_let_in_and_then_each_is_learnt_anew(
    slack: WorkspaceServer, planned_url: str, clock: FakeClock
) -> None:
    kaiku = await start(slack, planned_url, clock, b"ok", 10)
    outsider, aino = kaiku.visitor("UULKO"), kaiku.visitor("UAINO")
    for person in (outsider, aino):
        await person.command("/kaiku join dialogue-2")
        assert UNKNOWN_YET in kaiku_answer(kaiku, person)["text"]
    slack.workspace.change_person({"id": "UULKO", "name": "Ulla Toinen"})
    await slack.link.settled()
    with kaiku.store.read_transaction() as tx:
        known = get_person(tx, "UULKO")
    assert known is not None
    assert known.timezone is None, "what was learnt without the team makes nobody verified"

    slack.workspace.faults.clear()
    clock.advance(minutes=6)
    await kaiku.app.sender.tick()
    assert kaiku.app.slack.ours
    await outsider.command("/kaiku join dialogue-2")
    assert NOT_OURS in kaiku_answer(kaiku, outsider)["text"]
    await aino.command("/kaiku join dialogue-2")
    assert aino.modal["blocks"]
    await kaiku.app.stop()


@pytest.mark.parametrize(
    ("user", "is_guest"),
    [
        ({"team_id": "TOURS"}, False),
        ({"team_id": "TOTHER"}, True),
        ({"team_id": "TOTHER", "enterprise_user": {"enterprise_id": "EOURS", "teams": ["TOTHER"]}}, False),
        ({"team_id": "TOTHER", "enterprise_user": {"enterprise_id": "EX", "teams": ["TOURS"]}}, False),
        ({"team_id": "TOTHER", "enterprise_user": {"enterprise_id": "EX", "teams": ["TX"]}}, True),
        ({"team_id": "EOURS"}, False),
        ({"team_id": "TOTHER", "is_stranger": True}, True),
        ({"team_id": "TOTHER", "is_stranger": True, "enterprise_user": {"enterprise_id": "EOURS"}}, False),
        ({"team_id": "TOURS", "is_restricted": True}, True),
        ({"is_stranger": True}, True),
    ],
)
def test_a_member_of_our_enterprise_organisation_counts_as_ours(
    user: dict[str, object], is_guest: bool
) -> None:
    assert profile_of({"id": "U1", **user}, OURS).is_guest is is_guest


def test_without_knowing_who_we_are_only_our_guests_are_known_as_guests() -> None:
    assert profile_of({"id": "U1", "team_id": "TOTHER"}, frozenset()).is_guest is None
    assert profile_of({"id": "U1", "is_ultra_restricted": True}, frozenset()).is_guest is True
