"""Whatever Kaiku does by itself goes on when one item of it can't be dealt with, and says so."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, insert, select, update

from bot.domain.acts import Signer
from bot.domain.calendars import wall_time
from bot.domain.sending.outcomes import CRASHED, Refused
from bot.housekeeping import Job
from bot.scheduler import _repeat
from bot.services.facilitation.news import days_to_tell
from bot.services.people.addresses import look_up_addresses
from bot.services.privacy import retention
from bot.services.privacy.erasures import ErasureKeys
from bot.services.privacy.retention import keep_retention
from storage.channels import add_channel, lease_channel, list_kept, update_channel
from storage.engine import Store
from storage.isolation import faults
from storage.offerings.facilitators import list_unknown
from storage.retention import claim_work
from storage.rooms import set_rooms
from storage.sending.claims import list_set_aside
from storage.tables import (
    Delivery,
    Enrolment,
    FacilitatorAddress,
    GroupChannel,
    Offering,
    OfferingSession,
    Person,
    Programme,
    Prompt,
    RoomMember,
    Strand,
)
from storage.transaction import Tx
from tests.conftest import FakeClock
from tests.support.enrolling import add_people
from tests.support.filled_tables import AINO, ELSA
from tests.support.prompting import joined
from tests.support.reflecting import CODE
from tests.support.running import NOTICE, Running, start_app, start_workspace

BROKEN = "coaching-1"
"""Its code comes before CODE, so that whatever goes through all of them meets it first."""


def break_one(tx: Tx, code: str = BROKEN) -> int:
    """Move an offering into a programme of which this machine does not know the time zone; its id."""
    broken = {"id": 99, "code": "broken", "title": {"fi": "x"}, "timezone": "Europe/Nowhere"}
    tx.execute(insert(Programme).values(broken))
    tx.execute(insert(Strand).values(id=99, programme_id=99, number=1, title={"fi": "x"}))
    tx.execute(update(Offering).where(Offering.c.code == code).values(strand_id=99))
    tx.execute(update(Offering).where(Offering.c.code == CODE).values(position=10_000))
    return tx.scalars(select(Offering.c.id).where(Offering.c.code == code)).one()


async def test_an_offering_that_cannot_be_dealt_with_holds_up_no_other(
    planned_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_time, "zone_of", ZoneInfo)  # in whose place no other stands
    server = await start_workspace(clock)
    scopes = server.workspace.manifest.scopes | {"groups:read", "groups:write"}
    server.workspace.manifest = replace(server.workspace.manifest, scopes=scopes)
    kaiku = Running(await start_app(server, planned_url, clock, ticks=False), server, clock)
    await joined(kaiku, "UAINO")
    counted = faults.total()
    with kaiku.store.transaction() as tx:
        broken, sound = break_one(tx), tx.scalars(select(Offering.c.id).where(Offering.c.code == CODE)).one()
        tx.execute(delete(Delivery).where(Delivery.c.kind == "brief"))  # as planned by an older Kaiku
        for offering_id in (broken, sound):
            add_channel(tx, offering_id=offering_id, state="wanted", author="UFASI", made_at=clock.now())
            set_rooms(tx, offering_id, 1, {"UAINO": 1})
    await kaiku.app.stop()

    app = await start_app(server, planned_url, clock, ticks=False)
    with app.store.transaction() as tx:
        assert days_to_tell(tx, clock.now()) is not None
        tx.execute(update(Offering).where(Offering.c.code == BROKEN).values(kind="not known yet"))
    await app.housekeeping.keep_channels()
    with app.store.read_transaction() as tx:
        about = set(tx.scalars(select(Delivery.c.subject).where(Delivery.c.kind == "brief")))
        channels = {each.offering_id: each for each in tx.execute(select(GroupChannel))}
    assert f"{CODE}/1" in about
    assert not any(each.startswith(BROKEN) for each in about)
    assert channels[sound].state == "kept"
    assert channels[broken].retry_at > clock.now(), "set aside, not asked about every few seconds"

    with app.store.transaction() as tx:
        tx.execute(update(OfferingSession).values(ends_at=clock.now() - timedelta(days=2)))
    await app.housekeeping.forget_ended()
    with app.store.read_transaction() as tx:
        assert sound not in set(tx.scalars(select(RoomMember.c.offering_id)))
    assert faults.total() > counted
    assert f"kaiku_crashes_total {float(faults.total())}" in (await app._metrics()).decode()
    await app.stop()
    await server.stop()


async def test_a_programme_in_a_zone_that_this_machine_lacks_is_joined_like_any_other(
    planned_url: str, clock: FakeClock
) -> None:
    server = await start_workspace(clock)
    kaiku = Running(await start_app(server, planned_url, clock, ticks=False), server, clock)
    with kaiku.store.transaction() as tx:
        break_one(tx, CODE)
    await joined(kaiku, "UAINO")
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku mine")
    await kaiku.settle()
    with kaiku.store.read_transaction() as tx:
        assert set(tx.scalars(select(Enrolment.c.status))) == {"seated"}
        assert "failed" not in set(tx.scalars(select(Delivery.c.state)))
        assert not list_set_aside(tx, CRASHED)
    await kaiku.app.stop()
    await server.stop()


async def test_what_is_added_while_kaiku_runs_has_its_prompts_without_a_restart(
    planned_url: str, clock: FakeClock
) -> None:
    server = await start_workspace(clock)
    app = await start_app(server, planned_url, clock, ticks=False)
    await app.housekeeping.keep_series()

    def series() -> int:
        with app.store.read_transaction() as tx:
            of_code = select(Offering.c.id).where(Offering.c.code == CODE).scalar_subquery()
            return len(tx.scalars(select(Prompt.c.id).where(Prompt.c.offering_id == of_code)).all())

    planned = series()
    with app.store.transaction() as tx:
        tx.execute(delete(Prompt))
        of_code = select(Offering.c.id).where(Offering.c.code == CODE).scalar_subquery()
        last = select(func.max(OfferingSession.c.id)).where(OfferingSession.c.offering_id == of_code)
        here = OfferingSession.c.id == last.scalar_subquery()
        tx.execute(update(OfferingSession).where(here).values(sequence=OfferingSession.c.sequence + 1))
    assert planned > 0
    await app.housekeeping.keep_series()
    assert series() == planned
    await app.stop()
    await server.stop()


async def test_a_job_that_raises_or_takes_long_has_its_next_turn_and_owes_none() -> None:
    begun = list[float]()
    enough = asyncio.Event()

    async def work() -> None:
        begun.append(asyncio.get_running_loop().time())
        if len(begun) == 1:
            raise ValueError("x")
        if len(begun) == 2:
            await asyncio.sleep(0.1)  # misses two turns
        if len(begun) == 4:
            enough.set()

    running = asyncio.create_task(_repeat(Job(work, timedelta(seconds=0.05), timedelta())))
    await asyncio.wait_for(enough.wait(), timeout=10)
    running.cancel()
    assert begun[3] - begun[2] > 0.04, "not one at once for each turn missed"


async def test_what_a_clock_that_ran_ahead_has_leased_is_free_once_it_is_set_back(
    planned_url: str, clock: FakeClock
) -> None:
    store, now = Store(planned_url), clock.now()
    ahead = now + timedelta(days=1)
    with store.transaction() as tx:
        offering_id = tx.scalars(select(Offering.c.id).where(Offering.c.code == CODE)).one()
        add_channel(tx, offering_id=offering_id, state="wanted", author="UFASI", made_at=ahead)
        assert claim_work(tx, "x", ahead, ahead)
        assert lease_channel(tx, offering_id, ahead, ahead + timedelta(minutes=5))
        update_channel(tx, offering_id, retry_at=ahead + timedelta(hours=1))
        tx.execute(delete(FacilitatorAddress))
        tx.execute(insert(FacilitatorAddress).values(address="a@virasto.example", looked_at=ahead))
    with store.transaction() as tx:
        assert claim_work(tx, "x", now, now)
        assert [each.offering_id for each in list_kept(tx, now)] == [offering_id]
        assert lease_channel(tx, offering_id, now, now + timedelta(minutes=5))
        assert not lease_channel(tx, offering_id, now, now + timedelta(minutes=5)), "a true lease holds"
        assert list_unknown(tx, now - timedelta(hours=6), now) == ["a@virasto.example"]
    store.close()


async def test_a_person_or_a_table_that_retention_cannot_erase_holds_up_no_other(
    planned_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(planned_url)
    with store.transaction() as tx:
        add_people(tx, dict.fromkeys((AINO, ELSA), "vero"), clock.now())
    erase_person, erase_rows = retention.erase_person, retention._erase_rows

    def fails_for_aino(tx: Tx, person_id: str, *rest: object, **more: object) -> bool:
        if person_id == AINO:
            raise ValueError(person_id)
        return erase_person(tx, person_id, *rest, **more)

    def fails_for_drafts(tx: Tx, step: retention._Step, *rest: object) -> int:
        if step.table == "reflection_draft":
            raise ValueError(step.table)
        return erase_rows(tx, step, *rest)

    monkeypatch.setattr(retention, "erase_person", fails_for_aino)
    monkeypatch.setattr(retention, "_erase_rows", fails_for_drafts)
    clock.advance(days=1000)
    keys, tally = ErasureKeys((b"k" * 32,)), dict[str, int]()
    assert await asyncio.wait_for(
        keep_retention(store, NOTICE, keys, Signer(b"k" * 32), clock, tally), timeout=30
    )
    with store.read_transaction() as tx:
        assert set(tx.scalars(select(Person.c.id))) == {AINO}
    assert tally["person"] == 1
    store.close()


async def test_an_address_that_slack_refuses_holds_up_no_other(planned_url: str, clock: FakeClock) -> None:
    store, asked = Store(planned_url), list[str]()

    class Directory:
        async def find_by_address(self, address: str) -> Refused:
            asked.append(address)
            return Refused("invalid_arguments" if len(asked) == 1 else "token_revoked")

    with store.transaction() as tx:
        tx.execute(delete(FacilitatorAddress))
        tx.execute(insert(FacilitatorAddress), [{"address": f"{each}@virasto.example"} for each in "abc"])
    assert await look_up_addresses(store, Directory(), clock.now()) == "token_revoked"
    assert len(asked) == 2, "the second is a refusal of us: the third would get it too"
    store.close()
