"""Retention: what the notice says is kept for a time is erased when it is over, by itself and no earlier."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.domain.acts import ActKind, Signer
from bot.domain.privacy import Anchor, Keep
from bot.services.acts.chain import chain_all
from bot.services.plan.file import plan_in
from bot.services.privacy.erasures import ErasureKeys
from bot.services.privacy.notice_file import read_notice
from bot.services.privacy.retention import Expired, keep_retention, list_expired, steps_of
from storage.engine import Store
from storage.people import get_person
from storage.personal_data import PERSONAL
from storage.retention import WITH_THE_PLAN, WITH_THEIR_PERSON, claim_work
from storage.tables import Act, Offering, OfferingSession, PlanVersion, metadata
from tests.conftest import ROOT, FakeClock
from tests.support.enrolling import join
from tests.support.filled_tables import AINO, CODE, ELSA, fill, naming

KEYS = ErasureKeys((b"k" * 32,))
NOTICE = read_notice()
SIGNER = Signer(b"k" * 32)


@pytest.mark.parametrize(
    ("months", "days", "expected"),
    [(12, 0, (2019, 2, 28)), (0, 14, (2020, 2, 15)), (1, 0, (2020, 1, 29)), (26, 0, (2017, 12, 29))],
)
def test_a_period_is_counted_back_in_calendar_months(
    months: int, days: int, expected: tuple[int, int, int]
) -> None:
    now = datetime(2020, 2, 29, 8, tzinfo=UTC)
    assert Keep(Anchor.PROGRAMME, months, days).ends_before(now) == datetime(*expected, 8, tzinfo=UTC)


def test_every_table_with_personal_data_has_its_step(planned_url: str, clock: FakeClock) -> None:
    store = Store(planned_url)
    with store.read_transaction() as tx:
        assert list_expired(tx, NOTICE, clock.now()) == []
    stepped = {each.table for each in steps_of(NOTICE, clock.now())}
    assert PERSONAL.keys() - stepped == WITH_THEIR_PERSON - {"person"} | WITH_THE_PLAN
    store.close()


def test_two_years_pass_and_what_is_over_goes_and_no_more(planned_url: str, clock: FakeClock) -> None:
    store, tally, gone_on = Store(planned_url), {}, {}
    with store.transaction() as tx:
        fill(tx)
        chain_all(tx, SIGNER)
        last = max(tx.scalars(select(OfferingSession.c.ends_at)))
        planned = {each.name: len(tx.execute(select(each)).all()) for each in metadata.sorted_tables}

    def left(tx) -> set[str]:
        return {each.split(".")[0] for each in naming(tx, AINO)}

    with store.read_transaction() as tx:
        before = left(tx)
        assert before == set(PERSONAL)
    for day in (1, 20, 360, 380, 720, 760):  # just before and after each period is over
        clock.move_to(last + timedelta(days=day))
        with store.transaction() as tx:
            chain_all(tx, SIGNER)  # as a worker does all the time
            would = list_expired(tx, NOTICE, clock.now())
        told = sum(tally.values())
        assert asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, tally))
        assert (sum(tally.values()) > told) == bool(would), "the dry run says when something goes"
        with store.read_transaction() as tx:
            now_left = left(tx)
        for table in before - now_left:
            gone_on[table] = (clock.now() - last).days
        before = now_left
    assert before == set(), "nothing names them after two years"
    kept = {"wishes": ("opening_wish", "kept_turn"), "drafts": ("reflection_draft",)}
    for kind, tables in kept.items():
        assert all(gone_on[table] <= 30 for table in tables), kind
    for table in ("enrolment", "attendance", "reflection", "delivery", "person", "prompt", "person_key"):
        assert 365 <= gone_on[table] <= 365 + 30, table
    with store.read_transaction() as tx:
        assert get_person(tx, ELSA) is None
        for name in ("programme", "strand", "offering", "session", "prompt"):
            assert len(tx.execute(select(metadata.tables[name])).all()) == planned[name], name
        assert all(not each for each in tx.scalars(select(Offering.c.facilitators)))
        kinds = set(tx.scalars(select(Act.c.kind)))
        assert {ActKind.EXPIRED, ActKind.ERASED_BY_RULE} & kinds, "the log says what went"
    store.close()


def test_the_plans_of_a_programme_that_is_over_name_no_facilitator_when_time_is_over(
    planned_url: str, clock: FakeClock
) -> None:
    """Also one who was never met: only the plan names them, by an address."""
    store = Store(planned_url)
    shipped = (ROOT / "programmes/2019.yml").read_text(encoding="utf-8")
    with store.transaction() as tx:
        values = {"origin": "file", "digest": "", "made_at": clock.now(), "made_by": None, "given": None}
        tx.execute(insert(PlanVersion).values(programme_id=1, text=shipped, **values))
        last = max(tx.scalars(select(OfferingSession.c.ends_at)))
    for day, names in ((360, True), (380, False)):
        clock.move_to(last + timedelta(days=day))
        asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, {}))
        with store.read_transaction() as tx:
            (text,) = tx.scalars(select(PlanVersion.c.text))
        assert ("kompleksisuus@kaiku.example" in text, "UFASI" in text) == (names, names)
        assert plan_in(text).code == "kaiku-2019"
    store.close()


def test_who_takes_part_or_leads_in_a_programme_that_goes_on_is_kept(
    planned_url: str, clock: FakeClock
) -> None:
    store, tally = Store(planned_url), {}
    with store.transaction() as tx:
        for person_id in (AINO, ELSA):
            join(tx, person_id, CODE)
    clock.advance(days=800)  # as if the plan were of a later year: its sessions are not over
    with store.transaction() as tx:
        for session_id, ends_at in tx.execute(select(OfferingSession.c.id, OfferingSession.c.ends_at)).all():
            later = update(OfferingSession).where(OfferingSession.c.id == session_id)
            tx.execute(later.values(ends_at=ends_at + timedelta(days=800)))
    asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, tally))
    with store.read_transaction() as tx:
        assert get_person(tx, AINO) is not None
        assert [each for each in list_expired(tx, NOTICE, clock.now()) if isinstance(each, Expired)] == []
    store.close()


def test_it_is_done_once_a_day_and_by_one_instance(planned_url: str, clock: FakeClock) -> None:
    store, tally = Store(planned_url), {}
    with store.transaction() as tx:
        assert claim_work(tx, "retention", clock.now(), clock.now())
    assert not asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, tally)), "another is at it"
    clock.advance(minutes=11)  # which has died
    assert asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, tally))
    assert not asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, tally)), "done today"
    clock.advance(days=1)
    assert asyncio.run(keep_retention(store, NOTICE, KEYS, SIGNER, clock, tally))
    store.close()
