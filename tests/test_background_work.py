"""Whatever Kaiku does by itself goes on when one item of it can't be dealt with, and says so."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.domain.acts import Signer
from bot.domain.sending.outcomes import Refused
from bot.services.facilitation.news import days_to_tell
from bot.services.people.addresses import look_up_addresses
from bot.services.privacy import retention
from bot.services.privacy.erasures import ErasureKeys
from bot.services.privacy.retention import keep_retention
from storage.engine import Store
from storage.isolation import faults
from storage.tables import (
    Delivery,
    FacilitatorAddress,
    GroupChannel,
    Offering,
    OfferingSession,
    Person,
    Programme,
    RoomMember,
    Strand,
)
from storage.transaction import Tx
from tests.conftest import FakeClock
from tests.support.filled_tables import AINO, ELSA
from tests.support.prompting import joined
from tests.support.reflecting import CODE
from tests.support.running import NOTICE, Running, start_app, start_workspace

BROKEN = "coaching-1"
"""Its code comes before CODE, so that whatever goes through all of them meets it first."""


def break_one(tx: Tx) -> int:
    """Move an offering into a programme of which this machine does not know the time zone; its id."""
    tx.add(Programme(id=99, code="broken", title={"fi": "x"}, timezone="Europe/Nowhere"))
    tx.flush()
    tx.add(Strand(id=99, programme_id=99, number=1, title={"fi": "x"}))
    tx.flush()
    tx.execute(update(Offering).where(Offering.code == BROKEN).values(strand_id=99))
    tx.execute(update(Offering).where(Offering.code == CODE).values(position=10_000))
    return tx.scalars(select(Offering.id).where(Offering.code == BROKEN)).one()


async def test_an_offering_that_cannot_be_dealt_with_holds_up_no_other(
    planned_url: str, clock: FakeClock
) -> None:
    server = await start_workspace(clock)
    scopes = server.workspace.manifest.scopes | {"groups:read", "groups:write"}
    server.workspace.manifest = replace(server.workspace.manifest, scopes=scopes)
    kaiku = Running(await start_app(server, planned_url, clock, ticks=False), server, clock)
    await joined(kaiku, "UAINO")
    counted = faults.total()
    with kaiku.store.transaction() as tx:
        broken, sound = break_one(tx), tx.scalars(select(Offering.id).where(Offering.code == CODE)).one()
        tx.execute(delete(Delivery).where(Delivery.kind == "brief"))  # as planned by an older Kaiku
        for offering_id in (broken, sound):
            tx.add(GroupChannel(offering_id=offering_id, state="wanted", author="UFASI", made_at=clock.now()))
            tx.add(RoomMember(offering_id=offering_id, number=1, person_id="UAINO", room=1))
    await kaiku.app.stop()

    app = await start_app(server, planned_url, clock, ticks=False)
    with app.store.transaction() as tx:
        assert days_to_tell(tx, clock.now()) is not None
        tx.execute(update(Offering).where(Offering.code == BROKEN).values(kind="not known yet"))
    await app.housekeeping.keep_channels()
    with app.store.read_transaction() as tx:
        about = set(tx.scalars(select(Delivery.subject).where(Delivery.kind == "brief")))
        channels = {each.offering_id: each for each in tx.scalars(select(GroupChannel))}
    assert f"{CODE}/1" in about
    assert not any(each.startswith(BROKEN) for each in about)
    assert channels[sound].state == "kept"
    assert channels[broken].retry_at > clock.now(), "set aside, not asked about every few seconds"

    with app.store.transaction() as tx:
        tx.execute(update(OfferingSession).values(ends_at=clock.now() - timedelta(days=2)))
    await app.housekeeping.forget_ended()
    with app.store.read_transaction() as tx:
        assert sound not in set(tx.scalars(select(RoomMember.offering_id)))
    assert faults.total() > counted
    assert f"kaiku_crashes_total {float(faults.total())}" in (await app._metrics()).decode()
    await app.stop()
    await server.stop()


async def test_a_person_or_a_table_that_retention_cannot_erase_holds_up_no_other(
    planned_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(planned_url)
    with store.transaction() as tx:
        for person_id in (AINO, ELSA):
            tx.add(Person(id=person_id, name=person_id, met_at=clock.now(), language="fi"))
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
        assert set(tx.scalars(select(Person.id))) == {AINO}
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
        tx.add_all([FacilitatorAddress(address=f"{each}@virasto.example") for each in "abc"])
    assert await look_up_addresses(store, Directory(), clock.now()) == "token_revoked"
    assert len(asked) == 2, "the second is a refusal of us: the third would get it too"
    store.close()
