"""Queries about roles that are not in the plan file, and messages about roles. ``storage.offerings`` has
facilitators by address.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, exists, select, update

from bot.domain.deliveries import DeliveryState
from storage.deliveries import DeliveryRow
from storage.statements import Upsert, execute
from storage.tables import Coordinator, Delivery, FacilitatorChange, Person
from storage.transaction import Tx

_add = Upsert(
    Coordinator,
    ("person_id", "from_settings", "named_at"),
    lambda insert: insert.on_conflict_do_nothing().returning(Coordinator.c.person_id),
)
_change = Upsert(
    FacilitatorChange,
    ("offering_id", "person_id", "is_added", "changed_at"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "person_id"],
        set_={"is_added": insert.excluded.is_added, "changed_at": insert.excluded.changed_at},
    ),
)
_others = (
    select(Delivery.c.subject, Delivery.c.id)
    .where(
        Delivery.c.kind == bindparam("kind"),
        Delivery.c.recipient == bindparam("recipient"),
        Delivery.c.id != bindparam("but"),
        Delivery.c.state == DeliveryState.PLANNED,
        Delivery.c.maybe_sent.is_(False),
    )
    .order_by(Delivery.c.id)
)


class CoordinatorRow(NamedTuple):
    """See ``storage.tables.Coordinator``."""

    person_id: str
    from_settings: bool


def list_coordinators(tx: Tx) -> list[CoordinatorRow]:
    """Coordinators in the order in which they were named."""
    rows = tx.execute(
        select(Coordinator.c.person_id, Coordinator.c.from_settings).order_by(
            Coordinator.c.named_at, Coordinator.c.person_id
        )
    )
    return [CoordinatorRow(*row) for row in rows]


def keep_from_settings(tx: Tx, ids: Collection[str], now: datetime) -> None:
    """Make exactly these people coordinators by the settings; those named in Slack stay."""
    execute(tx, delete(Coordinator).where(Coordinator.c.from_settings, Coordinator.c.person_id.not_in(ids)))
    for person_id in sorted(ids):
        add_coordinator(tx, person_id, now, from_settings=True)
    execute(tx, update(Coordinator).where(Coordinator.c.person_id.in_(ids)).values(from_settings=True))


def add_coordinator(tx: Tx, person_id: str, now: datetime, *, from_settings: bool = False) -> bool:
    """Add a coordinator; False if they are one already."""
    added = _add.run(tx, person_id=person_id, from_settings=from_settings, named_at=now)
    return added.scalar() is not None


def delete_coordinator(tx: Tx, person_id: str) -> bool:
    """Remove a coordinator; False if they are none."""
    table = Coordinator
    gone = execute(tx, delete(table).where(table.c.person_id == person_id).returning(table.c.person_id))
    return gone.scalar() is not None


def list_changes(tx: Tx) -> dict[int, dict[str, bool]]:
    """By offering, the people added (True) or removed (False) in Slack."""
    found: dict[int, dict[str, bool]] = {}
    table = FacilitatorChange
    for row in tx.execute(
        select(table.c.offering_id, table.c.person_id, table.c.is_added).order_by(
            table.c.changed_at, table.c.person_id
        )
    ):
        found.setdefault(row.offering_id, {})[row.person_id] = row.is_added
    return found


def set_change(tx: Tx, offering_id: int, person_id: str, now: datetime, *, is_added: bool) -> None:
    _change.run(tx, offering_id=offering_id, person_id=person_id, is_added=is_added, changed_at=now)


def delete_change(tx: Tx, offering_id: int, person_id: str) -> None:
    table = FacilitatorChange
    execute(tx, delete(table).where(table.c.offering_id == offering_id, table.c.person_id == person_id))


def list_others(tx: Tx, delivery: DeliveryRow) -> dict[str, int]:
    """By subject, the ids of other deliveries of this kind planned for the same recipient and certainly
    unsent.
    """
    found = execute(tx, _others, kind=delivery.kind, recipient=delivery.recipient, but=delivery.id)
    return {row.subject: row.id for row in found}


def list_unmet(tx: Tx, kinds: Collection[str]) -> Sequence[str]:
    """People who are owed a delivery of these kinds and whom Kaiku has never met."""
    return tx.scalars(
        select(Delivery.c.recipient)
        .where(
            Delivery.c.state == DeliveryState.PLANNED,
            Delivery.c.kind.in_(kinds),
            ~exists().where(Person.c.id == Delivery.c.recipient),
        )
        .distinct()
        .order_by(Delivery.c.recipient)
    ).all()
