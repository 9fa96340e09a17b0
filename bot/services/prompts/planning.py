"""Plans each person's prompts, again whenever something that the plan depends on changes.

The plan depends on enrolments, sessions, prompts, choices and what was sent. A transaction that changes one
of them marks the person as stale (``storage.prompts.mark_stale``); before anything is sent, the plans of all
stale people are updated here.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.domain.deliveries import PROMPT_KINDS, DeliveryKind, DeliveryState
from bot.domain.people.person import Defaults, Person
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.prompt import Frequency, Prompt
from bot.domain.prompts.schedule import Participation, Recipient
from bot.domain.sending.rate_limit import backoff
from bot.services.deliveries.recipients import find_people
from bot.services.prompts.owed import Owed, Situation, owed_by
from bot.services.prompts.preparation import load_preparations
from bot.services.prompts.series import Timeline, load_timelines
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import facilitation as facilitation_rows
from storage import prompt_deliveries as prompt_delivery_rows
from storage import prompts as prompt_rows
from storage.deliveries import DeliveryRow
from storage.engine import Store, StoreUnavailableError
from storage.reflections import answers as reflection_rows
from storage.transaction import Tx

log = logging.getLogger(__name__)

BATCH = 50


def plan_stale(tx: Tx, people: Sequence[str], defaults: Defaults, now: datetime) -> int:
    """Update the plans of the stale people among these; return how many there were."""
    claimed = prompt_rows.claim_stale(tx, people)
    plan_prompts(tx, claimed, defaults, now)
    return len(claimed)


async def plan_all_stale(store: Store, defaults: Defaults, now: datetime) -> int:
    """Plan again for all stale people, a batch a transaction; another instance may do so as well. Returns for
    how many people it failed: each is set aside, and holds up nobody.
    """
    failed = 0
    while people := await store.read(prompt_rows.list_stale, now, BATCH):
        try:
            if not await store.run(plan_stale, people, defaults, now):
                break
        except StoreUnavailableError:
            raise
        except Exception:
            # Planning for each person alone shows whose plan fails.
            failed += await _plan_each(store, people, defaults, now)
    return failed


async def _plan_each(store: Store, people: Sequence[str], defaults: Defaults, now: datetime) -> int:
    failed = 0
    for person_id in people:
        try:
            await store.run(plan_stale, [person_id], defaults, now)
        except StoreUnavailableError:
            raise
        except Exception as error:
            failed += 1
            log.exception("prompts not planned", extra={"action": "prompts_not_planned", "person": person_id})
            await store.run(_set_aside, person_id, type(error).__name__, now)
    return failed


def _set_aside(tx: Tx, person_id: str, reason: str, now: datetime) -> None:
    tries = prompt_rows.get_stale_tries(tx, person_id)
    prompt_rows.set_stale_aside(tx, person_id, reason, now + backoff(tries + 1))


def plan_prompts(tx: Tx, person_ids: Sequence[str], defaults: Defaults, now: datetime) -> None:
    """Bring the planned deliveries about prompts of these people up to date, with few statements however many
    they are.

    Sent ones stay; those no longer required are cancelled with a reason; skipped ones are stored with their
    reason, so that they can be looked up.
    """
    people = [person for person in find_people(tx, person_ids, defaults) if person is not None]
    ids = [person.id for person in people]
    answered = reflection_rows.list_answered_by(tx, ids)
    prepared = load_preparations(tx, ids)
    changed: list[DeliveryRow] = []
    new: list[dict[str, Any]] = []
    skipped: list[dict[str, Any]] = []
    for person, situation in zip(people, load_situations(tx, people, now, {}), strict=True):
        owes = owed_by(situation, answered[person.id], prepared[person.id], now)
        wanted = {(owed.kind, owed.subject): owed for owed in owes}
        changed += _change_planned(situation.stored, wanted)
        for owed in wanted.values():
            row = {"kind": owed.kind, "recipient": person.id, "subject": owed.subject, "occurrence": ""}
            if owed.due_at is not None:
                new.append(row | {"due_at": owed.due_at, "expires_at": owed.expires_at})
            elif owed.dropped in SHOWN_WHEN_SKIPPED:
                skipped.append(row | {"reason": owed.dropped.value})
    delivery_rows.plan_anew(tx, changed)
    delivery_rows.add_deliveries(tx, new, now)
    delivery_rows.add_cancelled(tx, skipped, now)


def load_situations(
    tx: Tx,
    people: Sequence[Person],
    now: datetime,
    timelines: dict[int, Timeline],
    *,
    also: Sequence[Prompt] = (),
) -> list[Situation]:
    """The situation of each of these people, in as many statements as for one person.

    ``timelines`` are by offering id; missing ones are loaded and added, with ``also`` prompts that are not
    stored yet.
    """
    ids = [person.id for person in people]
    choices = prompt_rows.list_choices(tx, ids)
    stored = prompt_delivery_rows.list_prompt_deliveries_of(tx, ids, PROMPT_KINDS)
    held = enrolment_rows.list_seats(tx, [person.id for person in people if person.may_take_part])
    attendance = facilitation_rows.list_attendance(tx, ids)
    needed = {seat.offering_id for seats in held.values() for seat in seats}
    needed |= {prompt.offering_id for prompt in also}
    timelines |= load_timelines(tx, needed - timelines.keys(), also=also)
    found = []
    for person in people:
        seats = {
            seat.offering_id: Participation(
                seat.seated_at or now, attendance[person.id].get(seat.offering_id, {})
            )
            for seat in held.get(person.id, [])
        }
        choice = choices.get(person.id, prompt_rows.ChoiceRow())
        recipient = to_recipient(person.timezone, choice)
        found.append(Situation([timelines[each] for each in seats], seats, recipient, stored[person.id]))
    return found


def to_recipient(timezone: str, choice: prompt_rows.ChoiceRow) -> Recipient:
    return Recipient(
        timezone, choice.hour, Frequency(choice.frequency), choice.paused_until, choice.away_until
    )


def _change_planned(
    stored: Sequence[DeliveryRow], wanted: dict[tuple[DeliveryKind, str], Owed]
) -> Iterator[DeliveryRow]:
    """Update the planned deliveries as ``wanted``, and remove them from ``wanted``."""
    for delivery in stored:
        if delivery.kind == DeliveryKind.PROMPT_AGAIN:
            continue  # the person postponed it; it is checked again when it is due
        owed = wanted.pop((DeliveryKind(delivery.kind), delivery.subject), None)
        if delivery.state not in {DeliveryState.PLANNED, DeliveryState.CANCELLED} or delivery.maybe_sent:
            continue
        planned = _planned_anew(delivery, owed)
        if planned != delivery:
            yield planned


def _planned_anew(delivery: DeliveryRow, owed: Owed | None) -> DeliveryRow:
    """The unsent delivery, as the plan requires it now."""
    if owed is not None and owed.due_at is not None:
        return delivery._replace(
            state=DeliveryState.PLANNED, reason=None, due_at=owed.due_at, expires_at=owed.expires_at
        )
    if owed is not None and owed.dropped is Reason.PAST:
        return (
            delivery._replace(state=DeliveryState.MISSED, reason="too_late")
            if _is_planned(delivery)
            else delivery
        )
    if owed is not None and owed.dropped is not None:
        return delivery._replace(state=DeliveryState.CANCELLED, reason=owed.dropped.value)
    return (
        delivery._replace(state=DeliveryState.CANCELLED, reason="no_longer_due")
        if _is_planned(delivery)
        else delivery
    )


def _is_planned(delivery: DeliveryRow) -> bool:
    return delivery.state == DeliveryState.PLANNED


SHOWN_WHEN_SKIPPED = frozenset(
    {
        Reason.WEEKLY_CAP,
        Reason.NO_PLAN,
        Reason.AFTER_SESSION,
        Reason.QUIET_DAY,
        Reason.PAUSED,
        Reason.AWAY,
    }
)
"""Reasons for which skipped prompts are stored, because they may be looked up in the list of deliveries."""
