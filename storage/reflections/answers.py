"""Queries about what people wrote, which is stored encrypted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from storage.erasure import mark_erasing
from storage.statements import Upsert, execute, fetch, fetch_one
from storage.tables import PersonKey, Reflection, ReflectionDraft, SuccessCase
from storage.transaction import Tx


class ReflectionRow(NamedTuple):
    """A reflection as it is stored; see ``storage.tables.Reflection``."""

    id: int
    person_id: str
    prompt_id: int | None
    sealed: bytes
    shared: str
    written_at: datetime


_reflections = select(*Reflection.c[ReflectionRow._fields])
_get_reflection = _reflections.where(Reflection.c.id == bindparam("reflection_id"))
_get_answer = _reflections.where(
    Reflection.c.person_id == bindparam("person_id"), Reflection.c.prompt_id == bindparam("prompt_id")
)
_list_of_person = _reflections.where(Reflection.c.person_id == bindparam("person_id")).order_by(
    Reflection.c.written_at.desc(), Reflection.c.id.desc()
)
_list_answered = select(Reflection.c.prompt_id).where(
    Reflection.c.person_id == bindparam("person_id"), Reflection.c.prompt_id.is_not(None)
)
_list_answered_by = select(Reflection.c.person_id, Reflection.c.prompt_id).where(
    Reflection.c.person_id.in_(bindparam("ids", expanding=True)), Reflection.c.prompt_id.is_not(None)
)
_list_shared = _reflections.where(
    Reflection.c.prompt_id == bindparam("prompt_id"), Reflection.c.shared != "private"
).order_by(Reflection.c.sealed)
_add = insert(Reflection).returning(Reflection.c.id)
_change = (
    update(Reflection)
    .where(Reflection.c.id == bindparam("reflection_id"))
    .values({name: bindparam(f"new_{name}") for name in ("sealed", "shared", "changed_at")})
)
_get_draft = select(ReflectionDraft.c.sealed).where(
    ReflectionDraft.c.person_id == bindparam("person_id"), ReflectionDraft.c.about == bindparam("about")
)
_set_draft = Upsert(
    ReflectionDraft,
    ("person_id", "about", "sealed", "saved_at"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["person_id", "about"],
        set_={"sealed": insert.excluded.sealed, "saved_at": insert.excluded.saved_at},
    ),
)


def get_reflection(tx: Tx, reflection_id: int) -> ReflectionRow | None:
    return fetch_one(tx, _get_reflection, ReflectionRow, reflection_id=reflection_id)


def get_answer(tx: Tx, person_id: str, prompt_id: int) -> ReflectionRow | None:
    """This person's answer to this prompt."""
    return fetch_one(tx, _get_answer, ReflectionRow, person_id=person_id, prompt_id=prompt_id)


def add_reflection(
    tx: Tx,
    person_id: str,
    prompt_id: int | None,
    sealed: bytes,
    shared: str,
    now: datetime,
    form_key: str | None = None,
) -> ReflectionRow:
    row = ReflectionRow(0, person_id, prompt_id, sealed, shared, now)
    values = row._asdict() | {"changed_at": now, "form_key": form_key}
    del values["id"]
    return row._replace(id=execute(tx, _add, **values).scalar_one())


def lock_writer(tx: Tx, person_id: str) -> None:
    """Lock the person's key until the commit: one of their forms is stored at a time."""
    tx.execute(select(PersonKey.c.person_id).where(PersonKey.c.person_id == person_id).with_for_update())


def find_by_form(tx: Tx, person_id: str, form_key: str) -> int | None:
    """The id of the reflection that came from this form."""
    return tx.scalar(
        select(Reflection.c.id).where(Reflection.c.person_id == person_id, Reflection.c.form_key == form_key)
    )


def change_reflection(tx: Tx, reflection_id: int, sealed: bytes, shared: str, now: datetime) -> None:
    execute(
        tx, _change, reflection_id=reflection_id, new_sealed=sealed, new_shared=shared, new_changed_at=now
    )


def delete_reflection(tx: Tx, reflection_id: int) -> None:
    mark_erasing(tx)
    tx.execute(delete(Reflection).where(Reflection.c.id == reflection_id))


def delete_all_of(tx: Tx, person_id: str) -> None:
    """Delete a person's reflections, drafts and cases. Of a case in a report an empty row stays: the report's
    readers know the writer already.
    """
    mark_erasing(tx)
    tx.execute(delete(Reflection).where(Reflection.c.person_id == person_id))
    tx.execute(delete(ReflectionDraft).where(ReflectionDraft.c.person_id == person_id))
    own = SuccessCase.c.person_id == person_id
    tx.execute(delete(SuccessCase).where(own, SuccessCase.c.issued_at.is_(None)))
    tx.execute(update(SuccessCase).where(own).values(sealed=b""))


def list_of_person(tx: Tx, person_id: str) -> Sequence[ReflectionRow]:
    """Everything a person wrote, newest first."""
    return fetch(tx, _list_of_person, ReflectionRow, person_id=person_id)


def list_answered(tx: Tx, person_id: str) -> set[int]:
    """The prompts, by id, that this person has answered."""
    return set(execute(tx, _list_answered, person_id=person_id).scalars())


def list_answered_by(tx: Tx, person_ids: Collection[str]) -> dict[str, set[int]]:
    """``list_answered`` for each of these people."""
    found: dict[str, set[int]] = {person_id: set() for person_id in person_ids}
    for person_id, prompt_id in execute(tx, _list_answered_by, ids=list(person_ids)).all():
        found[person_id].add(prompt_id)
    return found


def list_shared(tx: Tx, prompt_id: int) -> Sequence[ReflectionRow]:
    """Shared answers to this prompt, in an order that does not reveal who wrote which."""
    return fetch(tx, _list_shared, ReflectionRow, prompt_id=prompt_id)


def count_answers(tx: Tx, prompt_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By prompt id, how many answers are shared in which way."""
    rows = tx.execute(
        select(Reflection.c.prompt_id, Reflection.c.shared, func.count())
        .where(Reflection.c.prompt_id.in_(prompt_ids))
        .group_by(Reflection.c.prompt_id, Reflection.c.shared)
    )
    found: dict[int, dict[str, int]] = {prompt_id: {} for prompt_id in prompt_ids}
    for prompt_id, shared, number in rows:
        assert prompt_id is not None
        found[prompt_id][shared] = number
    return found


def get_draft(tx: Tx, person_id: str, about: int) -> bytes | None:
    found: bytes | None = execute(tx, _get_draft, person_id=person_id, about=about).scalar()
    return found


def set_draft(tx: Tx, person_id: str, about: int, sealed: bytes, now: datetime) -> None:
    _set_draft.run(tx, person_id=person_id, about=about, sealed=sealed, saved_at=now)


def delete_draft(tx: Tx, person_id: str, about: int) -> None:
    tx.execute(
        delete(ReflectionDraft).where(
            ReflectionDraft.c.person_id == person_id, ReflectionDraft.c.about == about
        )
    )


def delete_drafts_before(tx: Tx, before: datetime) -> None:
    tx.execute(delete(ReflectionDraft).where(ReflectionDraft.c.saved_at < before))
