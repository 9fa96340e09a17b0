"""Queries about prompts, people's choices about them, and whose prompts must be planned again (stale)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, delete, insert, literal_column, or_, select, update

from storage.offerings.catalogue import is_seated
from storage.statements import Upsert, execute, fetch, fetch_one, or_keep
from storage.tables import (
    Enrolment,
    PreparationDates,
    Prompt,
    PromptChoice,
    SavedPrompt,
    StalePrompts,
)
from storage.transaction import Tx, wake_sender


class ChoiceRow(NamedTuple):
    """What a person chose about prompts; see ``storage.tables.PromptChoice``."""

    frequency: str = "all"
    paused_until: date | None = None
    hour: int | None = None
    away_until: datetime | None = None
    asked_to_fade_at: datetime | None = None


class PreparationRow(NamedTuple):
    """The dates that a person entered; see ``storage.tables.PreparationDates``."""

    asking_on: date | None = None
    receiving_on: date | None = None
    discussion_on: date | None = None


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


class SavedRow(NamedTuple):
    """See ``storage.tables.SavedPrompt``."""

    id: int
    moment: str
    questions: list[dict[str, Any]]


class SetAsidePersonRow(NamedTuple):
    """Somebody whose planning has failed; see ``storage.tables.StalePrompts``."""

    person_id: str
    retry_at: datetime
    tries: int
    reason: str


_columns = Prompt.c[PromptRow._fields]
_prompts = select(*_columns)
_get_prompt = _prompts.where(Prompt.c.id == bindparam("prompt_id"))
_lock_prompt = _get_prompt.with_for_update()
_add_prompt = insert(Prompt).returning(*_columns)
_change_prompt = update(Prompt).where(Prompt.c.id == bindparam("prompt_id")).returning(*_columns)
_list_saved = (
    select(SavedPrompt.c.id, SavedPrompt.c.moment, SavedPrompt.c.questions)
    .where(SavedPrompt.c.strand_id == bindparam("strand_id"))
    .order_by(SavedPrompt.c.id)
)
_add_saved = insert(SavedPrompt)
_list_prompts = _prompts.where(Prompt.c.offering_id == bindparam("offering_id")).order_by(Prompt.c.id)
_list_prompts_of = _prompts.where(Prompt.c.offering_id.in_(bindparam("ids", expanding=True))).order_by(
    Prompt.c.id
)
_claim = (
    select(StalePrompts.c.person_id)
    .where(StalePrompts.c.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(StalePrompts.c.person_id)
    .with_for_update(skip_locked=True)
)
_not_stale = delete(StalePrompts).where(StalePrompts.c.person_id.in_(bindparam("ids", expanding=True)))
_list_choices = select(PromptChoice.c.person_id, *PromptChoice.c[ChoiceRow._fields]).where(
    PromptChoice.c.person_id.in_(bindparam("ids", expanding=True))
)
LONGEST_ASIDE = timedelta(hours=1)
"""Longer than any pause: one that seems longer was written by a clock that ran ahead."""

_mark_stale = or_keep(StalePrompts, ("person_id", "tries"))
_mark_seated_stale = or_keep(
    StalePrompts,
    ("person_id", "tries"),
    of=select(Enrolment.c.person_id, literal_column("0"))
    .where(Enrolment.c.offering_id.in_(bindparam("ids", expanding=True)), is_seated)
    .distinct()
    .order_by(Enrolment.c.person_id),
)
_stale = (
    select(StalePrompts.c.person_id)
    .where(
        or_(
            StalePrompts.c.retry_at.is_(None),
            StalePrompts.c.retry_at <= bindparam("now", type_=StalePrompts.c.retry_at.type),
            StalePrompts.c.retry_at > bindparam("soon", type_=StalePrompts.c.retry_at.type),
        )
    )
    .order_by(StalePrompts.c.person_id)
    .limit(bindparam("most", type_=Integer))
)
_list_set_aside = (
    select(StalePrompts.c.person_id, StalePrompts.c.retry_at, StalePrompts.c.tries, StalePrompts.c.reason)
    .where(StalePrompts.c.tries > 0)
    .order_by(StalePrompts.c.person_id)
)
_get_choice = select(*PromptChoice.c[ChoiceRow._fields]).where(
    PromptChoice.c.person_id == bindparam("person_id")
)
_set_choice = Upsert(
    PromptChoice,
    ("person_id", *ChoiceRow._fields),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["person_id"],
        set_={name: getattr(insert.excluded, name) for name in ChoiceRow._fields},
    ),
)


_list_preparations = select(PreparationDates.c.person_id, *PreparationDates.c[PreparationRow._fields]).where(
    PreparationDates.c.person_id.in_(bindparam("ids", expanding=True))
)
_set_preparation = Upsert(
    PreparationDates,
    ("person_id", *PreparationRow._fields),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["person_id"],
        set_={name: getattr(insert.excluded, name) for name in PreparationRow._fields},
    ),
)


# -- prompts ------------------------------------------------------------------------------------------


def get_prompt(tx: Tx, prompt_id: int) -> PromptRow | None:
    return fetch_one(tx, _get_prompt, PromptRow, prompt_id=prompt_id)


def lock_prompt(tx: Tx, prompt_id: int) -> PromptRow | None:
    """The prompt, locked until the commit: one transaction at a time edits, stops or sends it."""
    return fetch_one(tx, _lock_prompt, PromptRow, prompt_id=prompt_id)


def list_prompts(tx: Tx, offering_id: int) -> Sequence[PromptRow]:
    """All prompts of this offering, including drafts, in order of creation."""
    return fetch(tx, _list_prompts, PromptRow, offering_id=offering_id)


def add_prompt(tx: Tx, **values: Any) -> PromptRow:  # noqa: ANN401 - columns
    return PromptRow._make(execute(tx, _add_prompt, **values).one())


def change_prompt(tx: Tx, prompt_id: int, **values: Any) -> PromptRow:  # noqa: ANN401 - columns
    """Set these columns; return the prompt as it is now."""
    return PromptRow._make(execute(tx, _change_prompt, prompt_id=prompt_id, **values).one())


def find_by_form(tx: Tx, author: str, form_key: str) -> int | None:
    """The id of the prompt that came from this form."""
    return tx.scalar(select(Prompt.c.id).where(Prompt.c.author == author, Prompt.c.form_key == form_key))


def find_replacing(tx: Tx, author: str, prompt_id: int) -> int | None:
    """The id of this person's draft that is to replace the prompt."""
    mine = select(Prompt.c.id).where(
        Prompt.c.author == author, Prompt.c.replaces == prompt_id, Prompt.c.state == "draft"
    )
    return tx.scalars(mine.order_by(Prompt.c.id).limit(1)).first()


def delete_prompt(tx: Tx, prompt_id: int) -> None:
    tx.execute(delete(Prompt).where(Prompt.c.id == prompt_id))


def delete_old_drafts(tx: Tx, before: datetime) -> None:
    tx.execute(delete(Prompt).where(Prompt.c.state == "draft", Prompt.c.made_at < before))


# -- the library's own part ---------------------------------------------------------------------------


def list_saved(tx: Tx, strand_id: int) -> Sequence[SavedRow]:
    return fetch(tx, _list_saved, SavedRow, strand_id=strand_id)


def add_saved(tx: Tx, strand_id: int, prompt: PromptRow, author: str, now: datetime) -> None:
    """Add the prompt's questions to the strand's library, unless they are there already."""
    if prompt.questions not in [each.questions for each in list_saved(tx, strand_id)]:
        values = {"moment": prompt.moment, "questions": prompt.questions}
        execute(tx, _add_saved, strand_id=strand_id, author=author, saved_at=now, **values)


# -- whose prompts must be planned again --------------------------------------------------------------


def mark_stale(tx: Tx, person_ids: Iterable[str]) -> None:
    """Mark these people's prompts to be planned again before anything is sent."""
    _mark_stale.run_many(tx, [{"person_id": person_id, "tries": 0} for person_id in person_ids])
    wake_sender(tx)


def mark_seated_stale(tx: Tx, offering_ids: Collection[int]) -> None:
    """Mark everyone with a seat in any of these offerings."""
    _mark_seated_stale.run(tx, ids=list(offering_ids))
    wake_sender(tx)


def list_stale(tx: Tx, now: datetime, limit: int) -> list[str]:
    """Up to ``limit`` people whose prompts must be planned again, without those set aside for now."""
    return list(execute(tx, _stale, now=now, soon=now + LONGEST_ASIDE, most=limit).scalars())


def is_any_stale(tx: Tx, person_ids: Collection[str]) -> bool:
    """Whether the plan of any of these people is out of date."""
    found = select(StalePrompts.c.person_id).where(StalePrompts.c.person_id.in_(person_ids)).limit(1)
    return tx.execute(found).first() is not None


def claim_stale(tx: Tx, person_ids: Sequence[str]) -> list[str]:
    """Take these people off the list, except those that another instance is taking; return the people taken.
    The caller plans for them before the commit.
    """
    found = list(execute(tx, _claim, ids=list(person_ids)).scalars().all())
    if found:
        execute(tx, _not_stale, ids=found)
    return found


def set_stale_aside(tx: Tx, person_id: str, reason: str, retry_at: datetime) -> None:
    """Record that planning for this person failed once more; it is not tried before ``retry_at``."""
    tx.execute(
        update(StalePrompts)
        .where(StalePrompts.c.person_id == person_id)
        .values(retry_at=retry_at, tries=StalePrompts.c.tries + 1, reason=reason[:200])
    )


def get_stale_tries(tx: Tx, person_id: str) -> int:
    return tx.scalar(select(StalePrompts.c.tries).where(StalePrompts.c.person_id == person_id)) or 0


def list_set_aside(tx: Tx) -> Sequence[SetAsidePersonRow]:
    return fetch(tx, _list_set_aside, SetAsidePersonRow)


# -- what people chose --------------------------------------------------------------------------------


def get_choice(tx: Tx, person_id: str) -> ChoiceRow:
    return fetch_one(tx, _get_choice, ChoiceRow, person_id=person_id) or ChoiceRow()


def set_choice(tx: Tx, person_id: str, choice: ChoiceRow) -> None:
    _set_choice.run(tx, person_id=person_id, **choice._asdict())


def list_preparations(tx: Tx, person_ids: Collection[str]) -> dict[str, PreparationRow]:
    """The dates that these people entered; people without any are left out."""
    rows = execute(tx, _list_preparations, ids=list(person_ids))
    return {person_id: PreparationRow(*dates) for person_id, *dates in rows}


def set_preparation(tx: Tx, person_id: str, dates: PreparationRow) -> None:
    _set_preparation.run(tx, person_id=person_id, **dates._asdict())


def delete_preparation(tx: Tx, person_id: str) -> None:
    tx.execute(delete(PreparationDates).where(PreparationDates.c.person_id == person_id))


# -- what planning needs to know ----------------------------------------------------------------------


def list_choices(tx: Tx, person_ids: Collection[str]) -> dict[str, ChoiceRow]:
    """The choices of these people, by person; people without any are left out."""
    rows = execute(tx, _list_choices, ids=list(person_ids))
    return {person_id: ChoiceRow(*choice) for person_id, *choice in rows}


def list_prompts_of(tx: Tx, offering_ids: Collection[int]) -> dict[int, list[PromptRow]]:
    """``list_prompts`` of each of these offerings."""
    found: dict[int, list[PromptRow]] = {offering_id: [] for offering_id in offering_ids}
    for row in fetch(tx, _list_prompts_of, PromptRow, ids=list(offering_ids)):
        found[row.offering_id].append(row)
    return found
