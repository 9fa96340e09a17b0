"""The log of acts: writing and reading its lines, and the chain that links them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Row, and_, bindparam, delete, exists, func, insert, or_, select

from bot.domain.acts import BEGINNING, DoneBy, Line, Place
from storage.statements import Upsert, execute, execute_many, fetch, fetch_one, or_keep
from storage.tables import Act, ActLink, ActReason, ActSeal, Enrolment, Offering, Person
from storage.transaction import Tx


def _pseudonym_of(who: str) -> object:
    return select(Person.c.pseudonym).where(Person.c.id == bindparam(who)).scalar_subquery()


_columns = ("at", "kind", "done_by", "offering", "number")
_add_each = insert(Act).values(
    **{name: bindparam(name) for name in _columns},
    actor=_pseudonym_of("actor_id"),
    person=_pseudonym_of("person_id"),
)
_add = _add_each.returning(Act.c.id)
_add_reason = insert(ActReason)
_get_reason = select(ActReason.c.reason).where(ActReason.c.act_id == bindparam("act_id"))


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


def add_acts(
    tx: Tx,
    *,
    kind: str,
    done_by: str,
    people: Iterable[str],
    offering: str,
    now: datetime,
    actor: str | None,
) -> None:
    """Add a line for each of these people. Where the actor is not a person, each did it for themselves."""
    same = {"at": now, "kind": kind, "done_by": done_by, "offering": offering, "number": None}
    is_person = done_by == DoneBy.PERSON
    rows = [{"actor_id": (actor or each) if is_person else None, "person_id": each} for each in people]
    execute_many(tx, _add_each, [same | row for row in rows])


def get_reason(tx: Tx, act_id: int) -> Mapping[str, str]:
    """Why this was done, in the actor's words by language; empty if no reason was given or it was erased."""
    found: Mapping[str, str] | None = execute(tx, _get_reason, act_id=act_id).scalar()
    return found or {}


# -- reading ---------------------------------------------------------------------------------------------


class ActRow(NamedTuple):
    """A line, with the ids and names of its actor and person while they are known."""

    line: Line
    actor: tuple[str, str] | None
    person: tuple[str, str] | None
    reason: dict[str, str] | None


_actor, _about = Person.alias(), Person.alias()
_line = (
    Act.c.id,
    Act.c.at,
    Act.c.kind,
    Act.c.done_by,
    Act.c.actor,
    Act.c.person,
    Act.c.offering,
    Act.c.number,
)
_list = (
    select(*_line, _actor.c.id, _actor.c.name, _about.c.id, _about.c.name, ActReason.c.reason)
    .select_from(Act)
    .outerjoin(_actor, _actor.c.pseudonym == Act.c.actor)
    .outerjoin(_about, _about.c.pseudonym == Act.c.person)
    .outerjoin(ActReason, ActReason.c.act_id == Act.c.id)
    .order_by(Act.c.id.desc())
)


def pseudonym_of(tx: Tx, person_id: str) -> str | None:
    return tx.scalar(select(Person.c.pseudonym).where(Person.c.id == person_id))


def list_acts(
    tx: Tx,
    *,
    pseudonym: str | None,
    offering: str | None,
    since: datetime | None,
    older_than: int | None,
    most: int | None,
) -> list[ActRow]:
    """Lines, newest first; for a person, what they did and what was done to them."""
    query = _list
    if pseudonym is not None:
        query = query.where(or_(Act.c.actor == pseudonym, Act.c.person == pseudonym))
    if offering is not None:
        query = query.where(Act.c.offering == offering)
    if since is not None:
        query = query.where(Act.c.at >= since)
    if older_than is not None:
        query = query.where(Act.c.id < older_than)
    if most is not None:
        query = query.limit(most)
    return [_to_row(row) for row in execute(tx, query)]


def _to_row(row: Row[*tuple[Any, ...]]) -> ActRow:
    *line, actor_id, actor_name, person_id, person_name, reason = row
    return ActRow(
        Line(*line),
        (actor_id, actor_name) if actor_id is not None else None,
        (person_id, person_name) if person_id is not None else None,
        reason,
    )


# -- the chain ------------------------------------------------------------------------------------------


class Seal(NamedTuple):
    """See ``storage.tables.ActSeal``."""

    position: int
    digest: str
    act_id: int
    before: datetime | None
    signature: str


_seal_columns = ("which", *Seal._fields)
_keep_seal = or_keep(ActSeal, _seal_columns)
_write_seal = Upsert(
    ActSeal,
    _seal_columns,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["which"], set_={name: insert.excluded[name] for name in Seal._fields}
    ),
)
_seal = select(*ActSeal.c[Seal._fields]).where(ActSeal.c.which == bindparam("which"))
_unlinked = ~exists().where(ActLink.c.act_id == Act.c.id)
_unchained = (
    select(*_line)
    .where(Act.c.id > bindparam("since", type_=Integer), _unlinked)
    .order_by(Act.c.id)
    .limit(bindparam("most", type_=Integer))
)
_count_unchained = select(func.count()).select_from(Act).where(_unlinked)
_add_link = insert(ActLink)
_links = (
    select(ActLink.c.position, ActLink.c.digest, *_line)
    .outerjoin(Act, Act.c.id == ActLink.c.act_id)
    .order_by(ActLink.c.position)
)
_first_since = (
    select(func.min(ActLink.c.position))
    .join(Act, Act.c.id == ActLink.c.act_id)
    .where(Act.c.at >= bindparam("before"))
)


def get_seal(tx: Tx, which: str) -> Seal | None:
    return fetch_one(tx, _seal, Seal, which=which)


def lock_seal(tx: Tx, which: str) -> Seal:
    """The seal, locked until the commit; created if there is none. One worker chains at a time."""
    _keep_seal.run(tx, which=which, position=0, digest=BEGINNING, act_id=0, before=None, signature="")
    found = fetch_one(tx, _seal.with_for_update(), Seal, which=which)
    assert found is not None
    return found


def set_seal(tx: Tx, which: str, place: Place, act_id: int, signature: str) -> None:
    _write_seal.run(
        tx,
        which=which,
        position=place.position,
        digest=place.digest,
        act_id=act_id,
        before=place.before,
        signature=signature,
    )


def list_unchained(tx: Tx, since: int, most: int) -> list[Line]:
    """Lines with an id above ``since`` that have no place in the chain yet, by id."""
    return fetch(tx, _unchained, Line, since=since, most=most)


def count_unchained(tx: Tx) -> int:
    found: int = execute(tx, _count_unchained).scalar_one()
    return found


def add_links(tx: Tx, links: Sequence[Mapping[str, Any]]) -> None:
    execute_many(tx, _add_link, links)


def iterate_links(tx: Tx) -> Iterator[tuple[int, str, Line | None]]:
    """Every place of the chain in order: its position, its digest, and its line if that still exists."""
    for position, digest, *line in execute(tx, _links):
        yield position, digest, Line(*line) if line[0] is not None else None


def last_place_before(tx: Tx, before: datetime) -> tuple[int, str, int] | None:
    """Position, digest and act of the last place before the first line written at or after the instant."""
    first = execute(tx, _first_since, before=before).scalar()
    query = (
        select(ActLink.c.position, ActLink.c.digest, ActLink.c.act_id)
        .order_by(ActLink.c.position.desc())
        .limit(1)
    )
    if first is not None:
        query = query.where(ActLink.c.position < first)
    row = execute(tx, query).first()
    return (row.position, row.digest, row.act_id) if row is not None else None


def delete_up_to(tx: Tx, position: int) -> int:
    """Delete the lines up to this place, with their links and reasons. Returns how many."""
    gone = list(
        execute(
            tx, delete(ActLink).where(ActLink.c.position <= position).returning(ActLink.c.act_id)
        ).scalars()
    )
    for start in range(0, len(gone), 500):
        execute(tx, delete(Act).where(Act.c.id.in_(gone[start : start + 500])))
    return len(gone)


# -- what a person sees --


class AboutMe(NamedTuple):
    """A line about somebody; ``actor`` is the actor's id, None if nobody who is still known."""

    at: datetime
    kind: str
    done_by: str
    actor: str | None
    offering: str | None
    number: int | None
    reason: dict[str, str] | None


def list_about(tx: Tx, person_id: str, on_the_group: Collection[str]) -> Sequence[AboutMe]:
    """What others did to this person, or to a group while they were in it; newest first."""
    pseudonym = select(Person.c.pseudonym).where(Person.c.id == person_id).scalar_subquery()
    theirs = (
        select(Enrolment.c.id)
        .join(Offering, Offering.c.id == Enrolment.c.offering_id)
        .where(
            Offering.c.code == Act.c.offering,
            Enrolment.c.person_id == person_id,
            Enrolment.c.seated_at.is_not(None),
            Enrolment.c.seated_at <= Act.c.at,
        )
        .exists()
    )
    to_the_group = and_(Act.c.person.is_(None), Act.c.kind.in_(on_the_group), theirs)
    rows = tx.execute(
        select(
            Act.c.at, Act.c.kind, Act.c.done_by, Person.c.id, Act.c.offering, Act.c.number, ActReason.c.reason
        )
        .outerjoin(Person, Person.c.pseudonym == Act.c.actor)
        .outerjoin(ActReason, ActReason.c.act_id == Act.c.id)
        .where(
            or_(Act.c.person == pseudonym, to_the_group), or_(Act.c.actor.is_(None), Act.c.actor != pseudonym)
        )
        .order_by(Act.c.at.desc(), Act.c.id.desc())
    )
    return [AboutMe(*row) for row in rows]
