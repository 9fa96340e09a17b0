"""A group's own channel: made or adopted, kept in step; Kaiku removes only whom it added."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from msgspec.structs import force_setattr
from sqlalchemy import delete, select, update

from sandbox import Visitor, channel_acts, text_of
from sandbox.workspace import Fault
from storage.tables import Act, ChannelMember, Enrolment, Person
from tests.conftest import FakeClock
from tests.support.prompting import joined
from tests.support.reflecting import CODE
from tests.support.running import Running, start_app, start_workspace

NAME = f"kaiku-{CODE}"
SCOPES = {"groups:read", "groups:write"}


@pytest.fixture
async def kaiku(planned_url: str, clock: FakeClock) -> AsyncIterator[Running]:
    """A Kaiku whose operator has turned channels on, in a workspace that gave it the scopes."""
    server = await start_workspace(clock)
    server.workspace.manifest = replace(
        server.workspace.manifest, scopes=server.workspace.manifest.scopes | SCOPES
    )
    app = await start_app(server, planned_url, clock, channels=True)
    yield Running(app, server, clock)
    await app.stop()
    await server.stop()


async def opened(kaiku: Running) -> Visitor:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("channel.open", on=facilitator.modal)
    return facilitator


async def make(kaiku: Running) -> None:
    facilitator = await opened(kaiku)
    await facilitator.submit()
    await facilitator.close(clear=True)
    await keep(kaiku)


async def keep(kaiku: Running) -> None:
    """Rounds until everything is in step, an hour apart where something hinders."""
    for _ in range(3):
        await kaiku.app.housekeeping.keep_channels()
    await kaiku.settle()


def channel_of(kaiku: Running, name: str = NAME) -> dict:
    return next(each for each in kaiku.server.workspace.data["channels"].values() if each["name"] == name)


def members(kaiku: Running, name: str = NAME) -> set[str]:
    return set(channel_of(kaiku, name)["members"]) - {"UKAIKU"}


def posts(kaiku: Running, name: str = NAME) -> list[str]:
    found = kaiku.server.workspace.data["messages"].get(channel_of(kaiku, name)["id"], [])
    return [each["text"] for each in found if each["bot"] and "subtype" not in each]


async def test_a_private_channel_is_made_and_follows_who_joins_leaves_and_is_erased(kaiku: Running) -> None:
    await joined(kaiku, "UAINO", "UELSA", "UANDERS")
    facilitator = await opened(kaiku)
    assert "lisätään 4 henkilöä" in text_of(facilitator.modal)
    await facilitator.submit()
    await facilitator.close(clear=True)
    await keep(kaiku)
    assert channel_of(kaiku)["is_private"]
    assert members(kaiku) == {"UFASI", "UAINO", "UELSA", "UANDERS"}
    (welcome,) = posts(kaiku)
    assert "Tervetuloa!" in welcome
    assert "Välkommen!" in welcome
    assert "<@UFASI>" in welcome
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    with kaiku.store.transaction() as tx:  # as an erasure does
        tx.execute(delete(Enrolment).where(Enrolment.c.person_id == "UELSA"))
        tx.execute(delete(Person).where(Person.c.id == "UELSA"))
    await keep(kaiku)
    assert members(kaiku) == {"UFASI", "UANDERS"}
    with kaiku.store.read_transaction() as tx:
        assert tx.scalars(select(Act.c.kind).where(Act.c.kind.like("channel%"))).all() == ["channel_kept"]
    assert not kaiku.refused


async def test_who_came_by_themselves_stays_and_who_left_by_themselves_is_not_fetched_back(
    kaiku: Running,
) -> None:
    await joined(kaiku, "UAINO", "UELSA")
    workspace = kaiku.server.workspace
    channel = channel_acts.create_channel(workspace, "UFASI", "oma", is_private=True)
    for each in ("UKAIKU", "UAINO"):
        channel_acts.invite(workspace, "UFASI", channel["id"], each)
    others = channel_acts.create_channel(workspace, "UKOORD", "muiden", is_private=True)
    channel_acts.invite(workspace, "UKOORD", others["id"], "UKAIKU")
    without = channel_acts.create_channel(workspace, "UFASI", "ilman", is_private=True)
    facilitator = await opened(kaiku)
    for unfit in (others["id"], without["id"], "CYLEINEN"):  # not theirs, not Kaiku's, public
        outcome = await facilitator.submit(channel_how="adopt", group_channel=unfit)
        assert outcome.errors is not None, unfit
        assert "group_channel" in outcome.errors
    await facilitator.submit(channel_how="adopt", group_channel=channel["id"])
    assert f"<#{channel['id']}>" in str(facilitator.modal)
    await facilitator.close(clear=True)
    await keep(kaiku)
    assert members(kaiku, "oma") == {"UFASI", "UAINO", "UELSA"}
    channel_acts.remove(workspace, "UELSA", channel["id"], "UELSA")
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await keep(kaiku)
    assert members(kaiku, "oma") == {"UFASI", "UAINO"}, "Aino came without Kaiku, Elsa has left"


async def test_an_answer_that_is_lost_makes_no_second_channel_and_adds_nobody_unseen(kaiku: Running) -> None:
    await joined(kaiku, "UAINO")
    kaiku.server.workspace.faults += [
        Fault("conversations.create", 1, "drop_after", 1, None),
        Fault("conversations.invite", 2, "drop_after", 1, None),
    ]
    await make(kaiku)
    for _ in range(3):
        kaiku.clock.advance(minutes=2)
        await keep(kaiku)
    named = [each["name"] for each in kaiku.server.workspace.data["channels"].values()]
    assert [each for each in named if each.startswith("kaiku-")] == [NAME]
    assert members(kaiku) == {"UFASI", "UAINO"}
    with kaiku.store.transaction() as tx:
        tx.execute(update(Enrolment).where(Enrolment.c.person_id == "UAINO").values(status="removed"))
    await keep(kaiku)
    assert members(kaiku) == {"UFASI"}, "whoever a lost answer added was added by Kaiku"


async def test_what_hinders_is_said_at_the_desk_and_a_lost_channel_can_be_let_go(kaiku: Running) -> None:
    await joined(kaiku, "UAINO")
    workspace = kaiku.server.workspace
    force_setattr(kaiku.app.kaiku, "keeps_channels", False)
    facilitator = await opened(kaiku)
    assert "KAIKU_CHANNELS=on" in text_of(facilitator.modal)
    await facilitator.close(clear=True)
    force_setattr(kaiku.app.kaiku, "keeps_channels", True)
    channel_acts.create_channel(workspace, "UKOORD", NAME, is_private=True)
    workspace.manifest = replace(workspace.manifest, scopes=workspace.manifest.scopes - SCOPES)
    await make(kaiku)
    facilitator = await opened(kaiku)
    assert "groups:write" in text_of(facilitator.modal)
    await facilitator.close(clear=True)
    workspace.manifest = replace(workspace.manifest, scopes=workspace.manifest.scopes | SCOPES)
    kaiku.clock.advance(minutes=61)
    await keep(kaiku)
    suffixed = f"{NAME}-2"  # the name is taken
    assert members(kaiku, suffixed) == {"UFASI", "UAINO"}
    channel_acts.archive_channel(workspace, "UFASI", channel_of(kaiku, suffixed)["id"])
    await joined(kaiku, "UELSA")
    await keep(kaiku)
    facilitator = await opened(kaiku)
    assert "arkistoitu" in text_of(facilitator.modal)
    await facilitator.click("channel.let_go", on=facilitator.modal)
    assert "jäivät ennalleen" in text_of(facilitator.modal)
    assert members(kaiku, suffixed) == {"UFASI", "UAINO"}


async def test_who_was_refused_is_invited_again_a_day_later_and_is_kaikus_only_then(kaiku: Running) -> None:
    await joined(kaiku, "UAINO", "UELSA")
    await make(kaiku)
    channel = channel_of(kaiku)["id"]
    refused = ChannelMember.c.person_id.in_(["UAINO", "UELSA"])
    with kaiku.store.transaction() as tx:
        tx.execute(update(ChannelMember).where(refused).values(state="refused", since_at=kaiku.clock.now()))
    channel_acts.remove(kaiku.server.workspace, "UFASI", channel, "UAINO")
    await keep(kaiku)
    assert "UAINO" not in members(kaiku)
    kaiku.clock.advance(hours=24)
    await keep(kaiku)
    assert members(kaiku) == {"UFASI", "UAINO", "UELSA"}
    with kaiku.store.transaction() as tx:
        states = dict(
            tx.execute(select(ChannelMember.c.person_id, ChannelMember.c.state).where(refused)).all()
        )
    assert states == {"UAINO": "added", "UELSA": "there"}
