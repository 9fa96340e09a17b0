"""Erasing a person: in one transaction from every table; then from their conversation in Slack."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Offering
from bot.domain.privacy import DataKind, Lock
from bot.services.acts import note_act
from bot.services.enrolment.leave import leave
from bot.services.enrolment.lock import lock_all_of
from bot.services.offerings.catalogue import state_of
from bot.services.privacy.erasures import ErasureKeys
from bot.services.privacy.locked import lock_records
from bot.services.sending.claims import LEASE
from storage import deliveries as delivery_rows
from storage import erasures as erasure_rows
from storage import my_data as rows
from storage import people as person_rows
from storage.transaction import Tx

log = logging.getLogger(__name__)

SLACK_CLOCK = timedelta(seconds=2)
"""Slack stamps messages by its own clock: one that was answered just now may seem to be later."""


class Consequences(Struct, frozen=True):
    """What erasing takes from the person: ``seats`` they would give up, offerings that they ``lead``; and
    which of their records this is about.
    """

    record: str
    seats: tuple[Offering, ...]
    leads: tuple[Offering, ...]


def erase_person(
    tx: Tx,
    person_id: str,
    keys: ErasureKeys,
    now: Now,
    *,
    record: str | None = None,
    by: ActKind = ActKind.ERASED,
    locks: Mapping[DataKind, Lock] | None = None,
    erased_at: datetime | None = None,
) -> bool:
    """Erase the person; their seats are passed on. False if they are erased already.

    ``record``: only if the person's record is still this one (see ``record_of``), or one just made because
    the request came in twice. ``locks`` are the records to keep nevertheless, counted from ``erased_at``: a
    restored backup has people who were erased before.
    """
    standing = lock_all_of(tx, person_id)
    person_rows.lock_person(tx, person_id)
    at = read(now)
    met_at = erasure_rows.met_at(tx, person_id)
    if met_at is None:
        return False
    if record is not None and record != _record(met_at):
        # A repeated request makes the person known again for a moment; one who has come back is not erased.
        if rows.has_come_back(tx, person_id):
            return False
        rows.delete_person(tx, person_id)
        return True
    for enrolment, offering in standing:
        if state_of(offering, at) not in {SignUpState.PAST, SignUpState.CANCELLED}:
            leave(tx, offering, enrolment.id, Status.WITHDRAWN, at)
    is_own = by is ActKind.ERASED
    note_act(tx, by, now=at, actor=person_id if is_own else None, person=person_id)
    lock_records(tx, person_id, locks or {}, erased_at or at, at)
    conversations = rows.list_conversations(tx, person_id)
    until = at + (LEASE if rows.is_being_sent_to(tx, person_id) else SLACK_CLOCK)
    rows.delete_person(tx, person_id)
    for channel in conversations:
        _clear(tx, channel, until, at)
    erasure_rows.add_erased(tx, keys.digest_of(person_id), keys.fingerprint, at)
    log.info("a person was erased", extra={"action": "person_erased"})
    return True


def record_of(tx: Tx, person_id: str) -> str:
    """Identifies the person's record: somebody who comes back after an erasure has another."""
    met_at = erasure_rows.met_at(tx, person_id)
    return _record(met_at) if met_at is not None else ""


def _record(met_at: datetime) -> str:
    return f"{met_at.timestamp():.6f}"


def _clear(tx: Tx, channel: str, until: datetime, now: datetime) -> None:
    """Delete Kaiku's messages in the conversation up to ``until`` soon; the delivery names nobody."""
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.CLEARING,
        recipient=channel,
        subject="",
        occurrence=f"{until.timestamp():.6f}",
        due_at=until,
        now=now,
    )
