"""Retention: erasing data whose period in the privacy notice is over, in small steps, once a day and by one
instance at a time. ``storage.retention`` has the conditions.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct

from bot.clock import Clock
from bot.domain.acts import ActKind, Signer
from bot.domain.privacy import DataKind, PrivacyNotice
from bot.services.acts import note_act
from bot.services.acts.chain import ChainBrokenError, delete_acts_before
from bot.services.privacy.erase import erase_person
from bot.services.privacy.erasures import ErasureKeys
from storage import retention as rows
from storage.engine import Store, StoreUnavailableError
from storage.isolation import note_fault
from storage.personal_data import PERSONAL
from storage.tables import Act, LockedRecord, Person
from storage.transaction import Tx

log = logging.getLogger(__name__)

WORK: Final = "retention"
ROWS_IN_A_STEP: Final = 200
PEOPLE_IN_A_STEP: Final = 20


class Expired(Struct, frozen=True):
    """How many rows of a table have expired; for ``person``, how many people are erased."""

    kind: DataKind
    table: str
    number: int


class _Step(Struct, frozen=True):
    kind: DataKind
    table: str
    before: datetime


def steps_of(notice: PrivacyNotice, now: datetime) -> Iterator[_Step]:
    """Every table with the moment before which its rows have expired; people last, because their rows go by
    their own periods first.
    """
    keeps = {each.kind: each.keep for each in notice.retention if each.keep is not None}
    tables = [(name, declared.kept) for name, declared in PERSONAL.items()]
    for name, kind in (*tables, (Act.name, DataKind.ACTS)):
        if name not in rows.WITH_THEIR_PERSON | rows.WITH_THE_PLAN:
            yield _Step(kind, name, keeps[kind].ends_before(now))
    yield _Step(DataKind.PROFILE, LockedRecord.name, now)
    profile = PERSONAL[Person.name].kept
    yield _Step(profile, Person.name, keeps[profile].ends_before(now))


def list_expired(tx: Tx, notice: PrivacyNotice, now: datetime) -> list[Expired]:
    """What the next run would erase; nothing is changed."""
    found = []
    for step in steps_of(notice, now):
        if step.table == Person.name:
            number = len(rows.list_people_to_erase(tx, step.before))
        else:
            number = rows.count_expired(tx, step.table, step.before)
        if number:
            found.append(Expired(step.kind, step.table, number))
    return found


async def keep_retention(
    store: Store,
    notice: PrivacyNotice,
    keys: ErasureKeys,
    signer: Signer,
    clock: Clock,
    tally: dict[str, int],
) -> bool:
    """Erase what is due, unless that was done today; False if it was, or another instance is doing it.
    ``tally`` counts erased rows, by table.
    """
    now = clock.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if not await store.run(rows.claim_work, WORK, today, now):
        return False
    for step in steps_of(notice, now):
        try:
            gone = await _take(store, step, keys, signer, clock)
        except StoreUnavailableError:
            raise
        except Exception:
            # A fault in one table must not hold up the others; it is tried again tomorrow.
            note_fault("retention_crashed", table=step.table)
            continue
        if gone:
            tally[step.table] = tally.get(step.table, 0) + gone
            log.info("retention: %d of %s", gone, step.table, extra={"action": "retention"})
    await store.run(rows.end_work, WORK, now)
    return True


async def _take(store: Store, step: _Step, keys: ErasureKeys, signer: Signer, clock: Clock) -> int:
    """Do one step, in small transactions; return how many rows or people were erased."""
    if step.table == Person.name:
        return await _erase_people(store, step, keys, clock)
    if step.table == Act.name:
        return await store.run(_delete_acts, step, signer, clock.now())
    gone = 0
    while number := await store.run(_erase_rows, step, clock.now()):
        gone += number
    return gone


async def _erase_people(store: Store, step: _Step, keys: ErasureKeys, clock: Clock) -> int:
    """Erase each person in a transaction of their own; one for whom it fails is tried again tomorrow."""
    gone, failed = 0, set[str]()
    while True:
        most = PEOPLE_IN_A_STEP + len(failed)
        found = await store.read(rows.list_people_to_erase, step.before, most)
        people = [each for each in found if each not in failed]
        if not people:
            return gone
        for person_id in people:
            try:
                gone += await store.run(_erase_person, person_id, step.before, keys, clock)
            except StoreUnavailableError:
                raise
            except Exception:
                failed.add(person_id)
                note_fault("person_not_erased", person=person_id)


def _erase_rows(tx: Tx, step: _Step, now: datetime) -> int:
    number = rows.erase_expired(tx, step.table, step.before, ROWS_IN_A_STEP)
    rows.go_on_with(tx, WORK, now)
    if number:
        note_act(tx, ActKind.EXPIRED, number=number, now=now)  # for acts the number is how many
    return number


def _delete_acts(tx: Tx, step: _Step, signer: Signer, now: datetime) -> int:
    """Delete the oldest lines in one step, because their chain begins again after them; of a broken chain
    none.
    """
    if not rows.count_expired(tx, step.table, step.before):
        return 0
    try:
        return delete_acts_before(tx, rows.acts_before(tx, step.before), signer, now)
    except ChainBrokenError:
        log.error("old lines of the log of acts stay: its chain is broken", extra={"action": "acts_kept"})
        return 0


def _erase_person(tx: Tx, person_id: str, before: datetime, keys: ErasureKeys, clock: Clock) -> bool:
    """Erase the person, unless they have become active since they were listed."""
    rows.go_on_with(tx, WORK, clock.now())
    if person_id not in rows.list_people_to_erase(tx, before):
        return False
    return erase_person(tx, person_id, keys, clock.now, by=ActKind.ERASED_BY_RULE)
