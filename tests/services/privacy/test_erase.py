"""Erasing a person: no table names them afterwards, others keep theirs, and no backup can undo it."""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot.domain.acts import ActKind
from bot.services.plan.file import plan_in
from bot.services.privacy.erase import SLACK_CLOCK, erase_person, record_of
from bot.services.privacy.erasures import (
    ErasureKeys,
    ErasureListError,
    export_erasures,
    read_erasures,
    take_over,
    who_is_left,
)
from storage.engine import Store
from storage.my_data import list_own_rows
from storage.people import get_person
from storage.personal_data import PERSONAL, Erasure
from storage.tables import Act, Delivery, Enrolment, FacilitatorAddress, Offering, Person, PlanVersion
from storage.transaction import Tx
from tests.conftest import ROOT, FakeClock
from tests.support.enrolling import join
from tests.support.filled_tables import AINO, CODE, ELSA, fill, naming

AFTER_WORK = {name for name, each in PERSONAL.items() if each.erase is Erasure.AFTER_WORK}
"""Tables whose rows still name somebody until what is owed to them in Slack has been done."""
KEYS = ErasureKeys((b"k" * 32,))


@pytest.fixture
def filled(planned_url: str) -> Iterator[Store]:
    """The shipped plan, and two people with a row in every table."""
    store = Store(planned_url)
    with store.transaction() as tx:
        fill(tx)
    yield store
    store.close()


def test_an_erased_person_stands_in_no_column_and_others_lose_nothing(
    filled: Store, clock: FakeClock
) -> None:
    with filled.read_transaction() as tx:
        assert {each.split(".")[0] for each in naming(tx, AINO)} == set(PERSONAL), "all tables are filled"
        others = list_own_rows(tx, ELSA)
    with filled.transaction() as tx:
        assert erase_person(tx, AINO, KEYS, clock.now)
    with filled.read_transaction() as tx:
        assert {each.split(".")[0] for each in naming(tx, AINO)} == AFTER_WORK
        left = list_own_rows(tx, ELSA)
        others["offering"] = [
            each | {"facilitators": [ELSA], "led_by": [ELSA]} for each in others["offering"]
        ]
        assert left.keys() == others.keys()
        for name, rows in others.items():
            assert [row for row in left[name] if row in rows] == rows, name
        assert ActKind.ERASED in tx.scalars(select(Act.c.kind)).all(), (
            "the log keeps a line that names nobody"
        )


def test_no_version_of_a_plan_names_whoever_is_erased_and_each_can_still_be_read(
    filled: Store, clock: FakeClock
) -> None:
    shipped = (ROOT / "programmes/2019.yml").read_text(encoding="utf-8")
    both = "[UFASI, kompleksisuus@kaiku.example]"
    assert both in shipped
    text = f"# Aino (UAINO) vetää.\n{shipped}".replace(both, "[UAINO, 'Aino.V@kaiku.example', UAINO2, UELSA]")
    with filled.transaction() as tx:
        address = {"address": "aino.v@kaiku.example", "person_id": AINO, "looked_at": clock.now()}
        tx.execute(insert(FacilitatorAddress).values(address))
        first = select(func.min(PlanVersion.c.id)).scalar_subquery()
        tx.execute(update(PlanVersion).where(PlanVersion.c.id == first).values(text=text, given=text))
    with filled.transaction() as tx:
        erase_person(tx, AINO, KEYS, clock.now)
        erase_person(tx, ELSA, KEYS, clock.now)
    with filled.read_transaction() as tx:
        version = tx.execute(select(PlanVersion).order_by(PlanVersion.c.id)).first()
        assert version is not None
        assert version.given == version.text
        assert version.digest == hashlib.sha256(version.text.encode()).hexdigest()
        for name in ("UAINO ", "UAINO,", "aino.v@", "UELSA"):
            assert name not in version.text
        assert "UAINO2" in version.text, "somebody else"
        assert plan_in(version.text).code == "kaiku-2019"


def test_a_second_erasure_of_the_same_person_changes_nothing(filled: Store, clock: FakeClock) -> None:
    with filled.transaction() as tx:
        record = record_of(tx, AINO)
        assert erase_person(tx, AINO, KEYS, clock.now, record=record)
    with filled.transaction() as tx:
        assert not erase_person(tx, AINO, KEYS, clock.now, record=record)
    clock.advance(seconds=1)
    with filled.transaction() as tx:  # the second click made Kaiku meet them anew
        tx.execute(insert(Person).values(id=AINO, name="Aino", language="fi", met_at=clock.now()))
        assert erase_person(tx, AINO, KEYS, clock.now, record=record)
        assert {each.split(".")[0] for each in naming(tx, AINO)} <= AFTER_WORK


def set_met_at(tx: Tx, met_at: datetime) -> None:
    tx.execute(update(Person).where(Person.c.id == AINO).values(met_at=met_at))


def test_an_old_form_does_not_erase_somebody_who_has_come_back(filled: Store, clock: FakeClock) -> None:
    with filled.transaction() as tx:
        record = record_of(tx, AINO)
        erase_person(tx, AINO, KEYS, clock.now)
        join(tx, AINO, CODE)
        set_met_at(tx, clock.now() + timedelta(days=1))
        assert not erase_person(tx, AINO, KEYS, clock.now, record=record)
        assert get_person(tx, AINO) is not None


def test_a_freed_seat_is_passed_on_and_the_clearing_names_nobody(planned_url: str, clock: FakeClock) -> None:
    store = Store(planned_url)
    with store.transaction() as tx:
        one_seat = {"capacity": 1, "offer_rules": {"on": False}}
        tx.execute(update(Offering).where(Offering.c.code == CODE).values(one_seat))
        for person_id in (AINO, ELSA):
            join(tx, person_id, CODE)
        confirmed = tx.scalars(select(Delivery.c.id).where(Delivery.c.recipient == AINO)).first()
        was_sent = update(Delivery).where(Delivery.c.id == confirmed)
        tx.execute(was_sent.values(state="sent", channel="DAINO", ts="1.1"))
    with store.transaction() as tx:
        assert erase_person(tx, AINO, KEYS, clock.now)
    with store.read_transaction() as tx:
        assert [*tx.execute(select(Enrolment.c.person_id, Enrolment.c.status))] != []
        assert tx.scalars(select(Enrolment.c.person_id).where(Enrolment.c.status != "waiting")).all() == [
            ELSA
        ]
        (clearing,) = tx.execute(
            select(Delivery.c.recipient, Delivery.c.due_at).where(Delivery.c.kind == "clearing")
        )
        assert tuple(clearing) == ("DAINO", clock.now() + SLACK_CLOCK)
    store.close()


def test_what_fails_in_the_middle_leaves_everything_as_it_was(
    filled: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled.read_transaction() as tx:
        before = sorted(naming(tx, AINO))

    def crash(*_: object) -> None:
        raise OSError("power")

    monkeypatch.setattr("bot.services.privacy.erase.erasure_rows.add_erased", crash)
    with pytest.raises(OSError, match="power"):
        asyncio.run(filled.run(erase_person, AINO, KEYS, clock.now))
    with filled.read_transaction() as tx:
        assert sorted(naming(tx, AINO)) == before


def test_a_restored_backup_is_erased_again_by_the_newest_list_and_by_no_older_one(
    filled: Store, clock: FakeClock
) -> None:
    with filled.transaction() as tx:
        older = export_erasures(tx, clock.now())
        erase_person(tx, AINO, KEYS, clock.now)
        newest = export_erasures(tx, clock.now())
        assert AINO not in newest
        with pytest.raises(ErasureListError, match="older than the database"):
            who_is_left(tx, read_erasures(older), KEYS)
        assert not who_is_left(tx, read_erasures(newest), KEYS)
        join(tx, AINO, CODE)  # as if the backup had been restored: they were met before they were erased
        assert who_is_left(tx, read_erasures(newest), KEYS) == {AINO: clock.now()}
        rotated = ErasureKeys((b"n" * 32, b"k" * 32))
        assert [*who_is_left(tx, read_erasures(newest), rotated)] == [AINO]
        with pytest.raises(ErasureListError, match="KAIKU_SECRET_KEY"):
            who_is_left(tx, read_erasures(newest), ErasureKeys((b"n" * 32,)))
        set_met_at(tx, clock.now() + timedelta(seconds=1))
        assert not who_is_left(tx, read_erasures(newest), KEYS), "somebody who came back is new"
        take_over(tx, read_erasures(newest))
        assert export_erasures(tx, clock.now()) == newest


def test_a_file_that_is_no_list_is_refused() -> None:
    for text in ("", "{}", '{"format": 2, "erased": []}', '{"format": 1, "erased": [{}]}'):
        with pytest.raises(ErasureListError):
            read_erasures(text)
