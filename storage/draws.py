"""Queries about draws, and about people's preferences in them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from storage.statements import Upsert, execute, execute_many, fetch, fetch_one
from storage.tables import Draw, Person, Preference
from storage.transaction import Tx


class DrawRow(NamedTuple):
    """See ``storage.tables.Draw``."""

    offering_id: int
    seed: str
    fixed_at: datetime
    proposed_at: datetime | None
    drawn_at: datetime | None
    drawn_with: int | None
    seats_each: int | None
    room: dict[str, Any] | None
    result: str | None


class PreferenceRow(NamedTuple):
    """See ``storage.tables.Preference``."""

    offering_id: int
    person_id: str
    rank: int
    wished_at: datetime
    agency: str | None = None
    role: str | None = None
    waited: bool | None = None


class WisherRow(NamedTuple):
    """A preference with the person as they are now."""

    offering_id: int
    person_id: str
    rank: int
    agency: str | None
    agency_name: str | None
    role: str | None


_draws = select(*Draw.c[DrawRow._fields]).order_by(Draw.c.offering_id)
_list_draws = _draws.where(Draw.c.offering_id.in_(bindparam("ids", expanding=True)))
_get_draw = _draws.where(Draw.c.offering_id == bindparam("offering_id"))
_list_drawn_with = _draws.where(Draw.c.drawn_with == bindparam("leader"))
_add_seed = Upsert(
    Draw,
    ("offering_id", "seed", "fixed_at"),
    lambda insert: insert.on_conflict_do_nothing().returning(Draw.c.offering_id),
)
_propose = (
    update(Draw)
    .where(Draw.c.offering_id.in_(bindparam("ids", expanding=True)), Draw.c.proposed_at.is_(None))
    .values(proposed_at=bindparam("now"))
    .returning(Draw.c.offering_id)
)
_confirm = (
    update(Draw)
    .where(Draw.c.offering_id == bindparam("of"))
    .values(
        drawn_at=bindparam("now"),
        drawn_with=bindparam("leader"),
        seats_each=bindparam("each"),
        room=bindparam("drawn_by"),
        result=bindparam("outcome"),
    )
)
_preferences = select(*Preference.c[PreferenceRow._fields]).order_by(
    Preference.c.rank, Preference.c.offering_id, Preference.c.person_id
)
_of_person = _preferences.where(Preference.c.person_id == bindparam("person"))
_in_offerings = _preferences.where(Preference.c.offering_id.in_(bindparam("ids", expanding=True)))
_get = _preferences.where(
    Preference.c.person_id == bindparam("person"), Preference.c.offering_id == bindparam("offering_id")
)
_wishers = (
    select(
        Preference.c.offering_id,
        Preference.c.person_id,
        Preference.c.rank,
        Person.c.agency,
        Person.c.agency_name,
        Person.c.role,
    )
    .join(Person, Person.c.id == Preference.c.person_id)
    .where(
        Preference.c.offering_id.in_(bindparam("ids", expanding=True)),
        Person.c.is_guest.is_(False),
        Person.c.is_bot.is_(False),
        Person.c.deactivated.is_(False),
    )
    .order_by(Preference.c.person_id, Preference.c.rank)
)
_delete = delete(Preference).where(
    Preference.c.person_id == bindparam("person"),
    Preference.c.offering_id.in_(bindparam("ids", expanding=True)),
)
_add = insert(Preference)
_close_ranks = (
    update(Preference)
    .where(
        Preference.c.person_id == bindparam("person"),
        Preference.c.offering_id.in_(bindparam("ids", expanding=True)),
        Preference.c.rank > bindparam("gone"),
    )
    .values(rank=Preference.c.rank - 1)
)
_keep_drawn_by = (
    update(Preference)
    .where(Preference.c.offering_id == bindparam("of"), Preference.c.person_id == bindparam("who"))
    .values(agency=bindparam("by_agency"), role=bindparam("by_role"), waited=bindparam("by_waited"))
)


def get_draw(tx: Tx, offering_id: int) -> DrawRow | None:
    return fetch_one(tx, _get_draw, DrawRow, offering_id=offering_id)


def list_draws(tx: Tx, offering_ids: Collection[int]) -> dict[int, DrawRow]:
    """Draws by offering id."""
    found = fetch(tx, _list_draws, DrawRow, ids=list(offering_ids))
    return {row.offering_id: row for row in found}


def list_drawn_with(tx: Tx, leader: int) -> Sequence[DrawRow]:
    """The offerings of a draw that has been confirmed."""
    return fetch(tx, _list_drawn_with, DrawRow, leader=leader)


def fix_seed(tx: Tx, offering_id: int, seed: str, now: datetime) -> bool:
    """Fix the seed of an offering for good; False if it has one."""
    return _add_seed.run(tx, offering_id=offering_id, seed=seed, fixed_at=now).first() is not None


def note_proposed(tx: Tx, offering_ids: Collection[int], now: datetime) -> list[int]:
    """Record that a proposal was made; returns the offerings for which it is the first."""
    return [row.offering_id for row in execute(tx, _propose, ids=list(offering_ids), now=now)]


def confirm(
    tx: Tx,
    offering_id: int,
    *,
    leader: int,
    seats_each: int,
    room: dict[str, Any],
    result: str,
    now: datetime,
) -> None:
    """Record that an offering was drawn, with which others, and the limits used."""
    values = {"leader": leader, "each": seats_each, "drawn_by": room, "outcome": result}
    execute(tx, _confirm, of=offering_id, now=now, **values)


def list_preferences_of(tx: Tx, person_id: str) -> Sequence[PreferenceRow]:
    """A person's preferences, by rank."""
    return fetch(tx, _of_person, PreferenceRow, person=person_id)


def get_preference(tx: Tx, person_id: str, offering_id: int) -> PreferenceRow | None:
    return fetch_one(tx, _get, PreferenceRow, person=person_id, offering_id=offering_id)


def list_preferences_in(tx: Tx, offering_ids: Collection[int]) -> Sequence[PreferenceRow]:
    return fetch(tx, _in_offerings, PreferenceRow, ids=list(offering_ids))


def list_wishers(tx: Tx, offering_ids: Collection[int]) -> Sequence[WisherRow]:
    """The participants of a draw, by person and rank; guests and deactivated accounts are left out."""
    return fetch(tx, _wishers, WisherRow, ids=list(offering_ids))


def set_preferences(
    tx: Tx, person_id: str, offering_ids: Sequence[int], among: Collection[int], now: datetime
) -> None:
    """Replace a person's preferences ``among`` the offerings of a draw by these, in order."""
    execute(tx, _delete, person=person_id, ids=list(among))
    execute_many(
        tx,
        _add,
        [
            PreferenceRow(offering_id, person_id, rank, now)._asdict()
            for rank, offering_id in enumerate(offering_ids, start=1)
        ],
    )


def delete_preference(tx: Tx, gone: PreferenceRow, among: Collection[int]) -> None:
    """Delete a preference; later ones ``among`` the offerings of the draw move up."""
    execute(tx, _delete, person=gone.person_id, ids=[gone.offering_id])
    execute(tx, _close_ranks, person=gone.person_id, ids=list(among), gone=gone.rank)


def keep_drawn_by(tx: Tx, people: Mapping[tuple[int, str], tuple[str, str, bool]]) -> None:
    """Store the facts that people were drawn by: agency, role and whether they had waited in vain; by
    offering and person.
    """
    execute_many(
        tx,
        _keep_drawn_by,
        [
            {"of": of, "who": who, "by_agency": agency, "by_role": role, "by_waited": waited}
            for (of, who), (agency, role, waited) in people.items()
        ],
    )
