"""Queries about facilitators whom the plan names by e-mail address."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, update

from storage.statements import execute, execute_many, or_keep
from storage.tables import FacilitatorAddress, Offering
from storage.transaction import Tx

_add = or_keep(FacilitatorAddress, ("address", "person_id", "looked_at"))
_set_led_by = (
    update(Offering)
    .where(Offering.c.id == bindparam("offering_id"))
    .values(led_by=bindparam("people", type_=Offering.c.led_by.type))
)


def list_named(tx: Tx) -> list[tuple[int, list[str], list[str] | None]]:
    """Every offering's id, its facilitators as the plan names them, and with ids for known addresses."""
    rows = tx.execute(
        select(Offering.c.id, Offering.c.facilitators, Offering.c.led_by).order_by(Offering.c.id)
    )
    return [(row.id, row.facilitators, row.led_by) for row in rows]


def list_led_by(tx: Tx, person_id: str) -> list[int]:
    """The ids of the offerings that this person facilitates."""
    return [
        offering_id
        for offering_id, named, led_by in list_named(tx)
        if person_id in (named if led_by is None else led_by)
    ]


def set_led_by(tx: Tx, led_by: Mapping[int, list[str] | None]) -> None:
    """Set the facilitators of these offerings, by id; None: as the plan names them."""
    execute_many(tx, _set_led_by, [{"offering_id": each, "people": led_by[each]} for each in led_by])


def keep_addresses(tx: Tx, addresses: Collection[str]) -> None:
    """Store these addresses and delete all others."""
    execute(tx, delete(FacilitatorAddress).where(FacilitatorAddress.c.address.not_in(addresses)))
    _add.run_many(tx, [{"address": each, "person_id": None, "looked_at": None} for each in sorted(addresses)])


def list_known(tx: Tx) -> dict[str, str]:
    """The user id of each address whose account is known."""
    rows = tx.execute(
        select(FacilitatorAddress.c.address, FacilitatorAddress.c.person_id).where(
            FacilitatorAddress.c.person_id.is_not(None)
        )
    )
    return {row.address: row.person_id for row in rows}


def is_of(tx: Tx, address: str, person_id: str) -> bool | None:
    """Whether the address is known to be this person's; None if the plan names no such address."""
    found = tx.execute(
        select(FacilitatorAddress.c.person_id).where(FacilitatorAddress.c.address == address)
    ).first()
    return found.person_id == person_id if found is not None else None


def list_unknown(tx: Tx, looked_before: datetime, now: datetime) -> Sequence[str]:
    """Addresses without a known account that were not looked up since then, the longest waiting first."""
    is_due = or_(
        FacilitatorAddress.c.looked_at.is_(None),
        FacilitatorAddress.c.looked_at <= looked_before,
        FacilitatorAddress.c.looked_at > now,
    )
    return tx.scalars(
        select(FacilitatorAddress.c.address)
        .where(FacilitatorAddress.c.person_id.is_(None), is_due)
        .order_by(
            FacilitatorAddress.c.looked_at.is_not(None),
            FacilitatorAddress.c.looked_at,
            FacilitatorAddress.c.address,
        )
    ).all()


def set_looked(tx: Tx, address: str, person_id: str | None, now: datetime) -> None:
    execute(
        tx,
        update(FacilitatorAddress)
        .where(FacilitatorAddress.c.address == address)
        .values(person_id=person_id, looked_at=now),
    )
