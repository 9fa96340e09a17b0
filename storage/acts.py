"""Writing the log of acts."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from storage.statements import execute, execute_many
from storage.tables import Act, ActReason, Person
from storage.transaction import Tx


def _pseudonym_of(who: str) -> object:
    return select(Person.pseudonym).where(Person.id == bindparam(who)).scalar_subquery()


_columns = ("at", "kind", "done_by", "offering", "number")
_add_each = insert(Act).values(
    **{name: bindparam(name) for name in _columns},
    actor=_pseudonym_of("actor_id"),
    person=_pseudonym_of("person_id"),
)
_add = _add_each.returning(Act.id)
_add_reason = insert(ActReason)
_get_reason = select(ActReason.reason).where(ActReason.act_id == bindparam("act_id"))


def add_act(
    tx: Tx,
    *,
    kind: str,
    done_by: str,
    actor: str | None,
    person: str | None,
    offering: str | None,
    number: int | None,
    reason: Mapping[str, str],
    now: datetime,
) -> int:
    """Add a line and return its id; ``actor`` and ``person`` are Slack ids, and their pseudonyms are
    written."""
    act_id: int = execute(
        tx,
        _add,
        at=now,
        kind=kind,
        done_by=done_by,
        actor_id=actor,
        person_id=person,
        offering=offering,
        number=number,
    ).scalar_one()
    if reason:
        execute(tx, _add_reason, act_id=act_id, person_id=person, reason=dict(reason))
    return act_id


def add_own_acts(
    tx: Tx, *, kind: str, done_by: str, people: Iterable[str], offering: str, now: datetime
) -> None:
    """Add a line for each of these people, who all did the same for themselves."""
    same = {"at": now, "kind": kind, "done_by": done_by, "offering": offering, "number": None}
    execute_many(tx, _add_each, [same | {"actor_id": each, "person_id": each} for each in people])


def get_reason(tx: Tx, act_id: int) -> Mapping[str, str]:
    """Why this was done, in the actor's words by language; empty where there is none (any more)."""
    found: Mapping[str, str] | None = execute(tx, _get_reason, act_id=act_id).scalar()
    return found or {}
