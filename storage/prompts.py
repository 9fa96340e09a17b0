"""Queries about prompts, what people chose about them, and whose plan of them is out of date."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, func, select, update
from sqlalchemy.exc import OperationalError

from storage.offerings.catalogue import is_called_off, is_held
from storage.statements import Upsert, execute, fetch, fetch_one, literals, or_keep
from storage.tables import (
    Attendance,
    Delivery,
    Enrolment,
    Offering,
    Person,
    Prompt,
    PromptChoice,
    SavedPrompt,
    StalePrompts,
)
from storage.transaction import Tx

PROMPT, ROUND = "prompt", "round"
UNSENT = ("planned", "cancelled")
LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's SQLSTATE. On SQLite a transaction that writes is alone anyway."""


class ChoiceRow(NamedTuple):
    """What a person chose about prompts; see ``storage.tables.PromptChoice``."""

    frequency: str = "all"
    paused_until: date | None = None
    hour: int | None = None
    away_until: datetime | None = None
    asked_to_fade_at: datetime | None = None


class PromptRow(NamedTuple):
    """A prompt as it is stored; see ``storage.tables.Prompt``."""

    id: int
    offering_id: int
    series: str | None
    author: str | None
    moment: str
    questions: list[dict[str, Any]]
    library_key: str | None
    after_session: int | None
    before_session: int | None
    working_days: int | None
    at: datetime | None
    audience: str
    has_reminder: bool
    channel: str | None
    in_thread: bool
    state: str
    replaces: int | None


class SeatRow(NamedTuple):
    """A held seat in an offering that is not cancelled."""

    offering_id: int
    seated_at: datetime | None


class DeliveryRow(NamedTuple):
    """What planning needs to know of a delivery about prompts; see ``storage.tables.Delivery``."""

    id: int
    kind: str
    subject: str
    state: str
    due_at: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    reason: str | None
    maybe_sent: bool
    ts: str | None


_prompts = select(*(getattr(Prompt, name) for name in PromptRow._fields))
_get_prompt = _prompts.where(Prompt.id == bindparam("prompt_id"))
_list_prompts = _prompts.where(Prompt.offering_id == bindparam("offering_id")).order_by(Prompt.id)
_list_seats = (
    select(Enrolment.offering_id, Enrolment.seated_at)
    .join(Offering, Offering.id == Enrolment.offering_id)
    .where(Enrolment.person_id == bindparam("person_id"), is_held, ~is_called_off)
    .order_by(Enrolment.offering_id)
)
_list_attendance = select(Attendance.offering_id, Attendance.number, Attendance.attended).where(
    Attendance.person_id == bindparam("person_id")
)
_plan_anew = (
    update(Delivery)
    .where(
        Delivery.id == bindparam("delivery_id"),
        Delivery.state.in_(literals(UNSENT)),
    )
    .values({name: bindparam(f"new_{name}") for name in ("state", "reason", "due_at", "expires_at")})
)
_mark_stale = or_keep(StalePrompts, ("person_id",))
_first_stale = select(StalePrompts.person_id).limit(1)
_get_choice = select(*(getattr(PromptChoice, name) for name in ChoiceRow._fields)).where(
    PromptChoice.person_id == bindparam("person_id")
)
_set_choice = Upsert(
    PromptChoice,
    ("person_id", *ChoiceRow._fields),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["person_id"],
        set_={name: getattr(insert.excluded, name) for name in ChoiceRow._fields},
    ),
)


# -- prompts ------------------------------------------------------------------------------------------


def get_prompt(tx: Tx, prompt_id: int) -> PromptRow | None:
    return fetch_one(tx, _get_prompt, PromptRow, prompt_id=prompt_id)


def lock_prompt(tx: Tx, prompt_id: int) -> Prompt | None:
    """The prompt as an entity, to be changed, held to commit: it is edited, stopped or sent by one at a
    time."""
    return tx.scalars(
        select(Prompt)
        .where(Prompt.id == prompt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def list_prompts(tx: Tx, offering_id: int) -> Sequence[PromptRow]:
    """All prompts of this offering, drafts included, in the order they were made."""
    return fetch(tx, _list_prompts, PromptRow, offering_id=offering_id)


def add_prompt(tx: Tx, **values: Any) -> Prompt:  # noqa: ANN401 - columns
    prompt = Prompt(**values)
    tx.add(prompt)
    tx.flush()
    return prompt


def delete_prompt(tx: Tx, prompt_id: int) -> None:
    tx.execute(delete(Prompt).where(Prompt.id == prompt_id))


def delete_old_drafts(tx: Tx, before: datetime) -> None:
    tx.execute(delete(Prompt).where(Prompt.state == "draft", Prompt.made_at < before))


def cancel_unsent(tx: Tx, subject: str, reason: str) -> int:
    """Cancel what is not yet sent about this prompt; return how many."""
    result = tx.execute(
        update(Delivery)
        .where(Delivery.subject == subject, Delivery.state == "planned")
        .values(state="cancelled", reason=reason)
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )
    return len(result.all())


def delete_unsent_rounds(tx: Tx, subject: str) -> None:
    """Make room for the round as it is planned now, perhaps in another channel."""
    tx.execute(
        delete(Delivery).where(
            Delivery.subject == subject,
            Delivery.kind == ROUND,
            Delivery.state.in_(("planned", "cancelled")),
        )
    )


def list_recipients(tx: Tx, subject: str) -> Sequence[str]:
    """Who got this prompt, or is getting it right now."""
    return tx.scalars(
        select(Delivery.recipient)
        .where(Delivery.subject == subject, Delivery.kind == PROMPT, Delivery.state.in_(("sent", "sending")))
        .order_by(Delivery.id)
    ).all()


def count_by_state(tx: Tx, subjects: Collection[str]) -> dict[str, dict[str, int]]:
    """By subject, how many deliveries of the prompt itself (or of its round) there are in each state."""
    found: dict[str, dict[str, int]] = {subject: {} for subject in subjects}
    rows = tx.execute(
        select(Delivery.subject, Delivery.state, func.count())
        .where(Delivery.subject.in_(subjects), Delivery.kind.in_((PROMPT, ROUND)))
        .group_by(Delivery.subject, Delivery.state)
    )
    for subject, state, number in rows:
        found[subject][state] = number
    return found


def count_sent(tx: Tx, subject: str) -> int:
    """How many people got this prompt, or are getting it right now; of a round, how many channels."""
    counts = count_by_state(tx, [subject])[subject]
    return counts.get("sent", 0) + counts.get("sending", 0)


def hold_back(tx: Tx, subject: str) -> bool:
    """Keep what is still to be sent of this prompt from being claimed until the commit. False if some of it
    is being claimed at this very moment; the transaction is then of no further use."""
    planned = select(Delivery.id).where(Delivery.subject == subject, Delivery.state == "planned")
    try:
        tx.execute(planned.with_for_update(nowait=True)).all()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            return False
        raise
    return True


def count_seated_languages(tx: Tx, offering_id: int) -> dict[str, int]:
    """By language, how many of the seated read it."""
    rows = tx.execute(
        select(Person.language, func.count())
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.offering_id == offering_id, is_held)
        .group_by(Person.language)
    )
    return {row[0]: row[1] for row in rows}


def list_first_sent(tx: Tx, subjects: Collection[str]) -> dict[str, datetime]:
    """By subject, when the first person got this prompt; those that nobody got are left out."""
    rows = tx.execute(
        select(Delivery.subject, func.min(Delivery.sent_at))
        .where(Delivery.subject.in_(subjects), Delivery.kind == PROMPT, Delivery.sent_at.is_not(None))
        .group_by(Delivery.subject)
    )
    return {subject: sent_at for subject, sent_at in rows if sent_at is not None}


# -- the library's own part ---------------------------------------------------------------------------


def list_saved(tx: Tx, strand_id: int) -> Sequence[SavedPrompt]:
    return tx.scalars(
        select(SavedPrompt).where(SavedPrompt.strand_id == strand_id).order_by(SavedPrompt.id)
    ).all()


def add_saved(tx: Tx, saved: SavedPrompt) -> None:
    """Add it to the strand's library, unless the same is there already."""
    there = [each.questions for each in list_saved(tx, saved.strand_id)]
    if saved.questions not in there:
        tx.add(saved)


def get_strand_id(tx: Tx, offering_id: int) -> int | None:
    return tx.scalar(select(Offering.strand_id).where(Offering.id == offering_id))


# -- whose plan is out of date ------------------------------------------------------------------------


def mark_stale(tx: Tx, person_ids: Iterable[str]) -> None:
    """These people's prompts are to be planned anew, before anything is sent."""
    for person_id in person_ids:
        _mark_stale.run(tx, person_id=person_id)
    tx.info["planned"] = True


def mark_offering_stale(tx: Tx, offering_id: int) -> None:
    """The same for everyone with a seat in this offering."""
    mark_stale(tx, list_seated(tx, offering_id))


def list_seated(tx: Tx, offering_id: int) -> Sequence[str]:
    """The ids of those who hold a seat."""
    return tx.scalars(
        select(Enrolment.person_id)
        .where(Enrolment.offering_id == offering_id, is_held)
        .order_by(Enrolment.id)
    ).all()


def has_stale(tx: Tx) -> bool:
    return execute(tx, _first_stale).first() is not None


def claim_stale(tx: Tx, limit: int) -> list[str]:
    """Take up to ``limit`` people off the list; whoever takes them plans for them before the commit."""
    found = tx.scalars(
        select(StalePrompts.person_id)
        .order_by(StalePrompts.person_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if found:
        tx.execute(delete(StalePrompts).where(StalePrompts.person_id.in_(found)))
    return list(found)


# -- what people chose --------------------------------------------------------------------------------


def get_choice(tx: Tx, person_id: str) -> ChoiceRow:
    return fetch_one(tx, _get_choice, ChoiceRow, person_id=person_id) or ChoiceRow()


def set_choice(tx: Tx, person_id: str, choice: ChoiceRow) -> None:
    _set_choice.run(tx, person_id=person_id, **choice._asdict())


# -- what planning needs to know ----------------------------------------------------------------------


def list_seats(tx: Tx, person_id: str) -> list[SeatRow]:
    """The offerings in which this person holds a seat now, and that are not cancelled."""
    return fetch(tx, _list_seats, SeatRow, person_id=person_id)


def list_other_seats(tx: Tx, offering_id: int) -> dict[str, list[int]]:
    """By person with a seat in this offering, the other offerings they hold one in that are not cancelled."""
    here = select(Enrolment.person_id).where(Enrolment.offering_id == offering_id, is_held)
    rows = tx.execute(
        select(Enrolment.person_id, Enrolment.offering_id)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .where(
            Enrolment.person_id.in_(here),
            Enrolment.offering_id != offering_id,
            is_held,
            ~is_called_off,
        )
        .order_by(Enrolment.person_id, Enrolment.offering_id)
    )
    found: dict[str, list[int]] = {}
    for person_id, other_id in rows:
        found.setdefault(person_id, []).append(other_id)
    return found


def list_attendance(tx: Tx, person_id: str) -> dict[int, dict[int, bool]]:
    """By offering id and session number, whether this person was there."""
    found: dict[int, dict[int, bool]] = {}
    for offering_id, number, attended in execute(tx, _list_attendance, person_id=person_id):
        found.setdefault(offering_id, {})[number] = attended
    return found


def list_attendance_of(tx: Tx, offering_id: int, number: int) -> dict[str, bool]:
    """By person, whether they were at this session; who nobody has said anything of is left out."""
    rows = tx.scalars(
        select(Attendance).where(Attendance.offering_id == offering_id, Attendance.number == number)
    )
    return {row.person_id: row.attended for row in rows}


def has_attendance(tx: Tx, offering_id: int) -> bool:
    """Whether anybody has said who was at a session of this offering."""
    found = tx.scalar(select(Attendance.number).where(Attendance.offering_id == offering_id).limit(1))
    return found is not None


def set_attendance(tx: Tx, offering_id: int, number: int, attended: Mapping[str, bool]) -> None:
    for person_id, was_there in attended.items():
        tx.merge(Attendance(offering_id=offering_id, number=number, person_id=person_id, attended=was_there))


def list_prompt_deliveries(tx: Tx, person_id: str, kinds: Collection[str]) -> Sequence[DeliveryRow]:
    """Everything about prompts that this person was or will be sent."""
    return fetch(tx, _deliveries_of(frozenset(kinds)), DeliveryRow, person_id=person_id)


def plan_anew(tx: Tx, delivery: DeliveryRow) -> None:
    """Write what became of the plan for this delivery, unless somebody is sending it meanwhile."""
    execute(
        tx,
        _plan_anew,
        delivery_id=delivery.id,
        new_state=delivery.state,
        new_reason=delivery.reason,
        new_due_at=delivery.due_at,
        new_expires_at=delivery.expires_at,
    )


@cache
def _deliveries_of(kinds: frozenset[str]) -> Select[Any]:
    return select(*(getattr(Delivery, name) for name in DeliveryRow._fields)).where(
        Delivery.recipient == bindparam("person_id"),
        Delivery.kind.in_(literals(sorted(kinds))),
    )


def has_prompts(tx: Tx, offering_id: int) -> bool:
    """Whether the plan file wants the offering's own series."""
    return bool(tx.scalar(select(Offering.has_prompts).where(Offering.id == offering_id)))
