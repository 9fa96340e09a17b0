"""Queries about what people wrote: sealed bytes, never text."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.tables import Prompt, Reflection, ReflectionDraft


def get_reflection(tx: Session, reflection_id: int) -> Reflection | None:
    return tx.get(Reflection, reflection_id)


def get_answer(tx: Session, person_id: str, prompt_id: int) -> Reflection | None:
    """This person's answer to this prompt."""
    return tx.scalars(
        select(Reflection).where(Reflection.person_id == person_id, Reflection.prompt_id == prompt_id)
    ).one_or_none()


def add_reflection(
    tx: Session, person_id: str, prompt_id: int | None, sealed: bytes, shared: str, now: datetime
) -> Reflection:
    row = Reflection(
        person_id=person_id,
        prompt_id=prompt_id,
        sealed=sealed,
        shared=shared,
        written_at=now,
        changed_at=now,
    )
    tx.add(row)
    tx.flush()
    return row


def delete_reflection(tx: Session, reflection_id: int) -> None:
    tx.execute(delete(Reflection).where(Reflection.id == reflection_id))


def delete_all_of(tx: Session, person_id: str) -> None:
    tx.execute(delete(Reflection).where(Reflection.person_id == person_id))
    tx.execute(delete(ReflectionDraft).where(ReflectionDraft.person_id == person_id))


def list_of_person(tx: Session, person_id: str) -> Sequence[tuple[Reflection, Prompt | None]]:
    """All that a person wrote, the newest first, each with the prompt it answers."""
    rows = tx.execute(
        select(Reflection, Prompt)
        .outerjoin(Prompt, Prompt.id == Reflection.prompt_id)
        .where(Reflection.person_id == person_id)
        .order_by(Reflection.written_at.desc(), Reflection.id.desc())
    )
    return [(reflection, prompt) for reflection, prompt in rows]


def list_answered(tx: Session, person_id: str) -> set[int]:
    """The prompts, by id, that this person has answered."""
    return set(
        tx.scalars(
            select(Reflection.prompt_id).where(
                Reflection.person_id == person_id, Reflection.prompt_id.is_not(None)
            )
        )
    )


def list_shared(tx: Session, prompt_id: int) -> Sequence[Reflection]:
    """Answers to this prompt that their writers have shared, in no order that gives anybody away."""
    return tx.scalars(
        select(Reflection)
        .where(Reflection.prompt_id == prompt_id, Reflection.shared != "private")
        .order_by(Reflection.sealed)
    ).all()


def count_answers(tx: Session, prompt_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By prompt id, how many answers are shared in which way."""
    rows = tx.execute(
        select(Reflection.prompt_id, Reflection.shared, func.count())
        .where(Reflection.prompt_id.in_(prompt_ids))
        .group_by(Reflection.prompt_id, Reflection.shared)
    )
    counts: dict[int, dict[str, int]] = {}
    for prompt_id, shared, number in rows:
        if prompt_id is not None:
            counts.setdefault(prompt_id, {})[shared] = number
    return counts


def get_draft(tx: Session, person_id: str, about: int) -> ReflectionDraft | None:
    return tx.get(ReflectionDraft, (person_id, about))


def set_draft(tx: Session, person_id: str, about: int, sealed: bytes, now: datetime) -> None:
    tx.merge(ReflectionDraft(person_id=person_id, about=about, sealed=sealed, saved_at=now))


def delete_draft(tx: Session, person_id: str, about: int) -> None:
    tx.execute(
        delete(ReflectionDraft).where(ReflectionDraft.person_id == person_id, ReflectionDraft.about == about)
    )


def delete_drafts_before(tx: Session, before: datetime) -> None:
    tx.execute(delete(ReflectionDraft).where(ReflectionDraft.saved_at < before))
