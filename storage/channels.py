"""Queries about groups' own channels and who is in them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from bot.domain.group_channels import MemberState
from storage.tables import ChannelMember, Enrolment, GroupChannel, Person
from storage.transaction import Tx

LONGEST: Final = timedelta(hours=2)
"""Longer than any lease and any pause: one that seems longer was written by a clock that ran ahead."""


def get_channel(tx: Tx, offering_id: int, *, lock: bool = False) -> GroupChannel | None:
    """``lock``: locked until the commit."""
    return tx.get(GroupChannel, offering_id, with_for_update=lock or None, populate_existing=lock)


def find_by_slack_id(tx: Tx, channel: str) -> GroupChannel | None:
    return tx.scalars(select(GroupChannel).where(GroupChannel.channel == channel)).one_or_none()


def add_channel(tx: Tx, **values: Any) -> None:  # noqa: ANN401 - the table's columns
    tx.add(GroupChannel(**values))
    tx.flush()


def delete_channel(tx: Tx, offering_id: int) -> None:
    tx.execute(delete(ChannelMember).where(ChannelMember.offering_id == offering_id))
    tx.execute(delete(GroupChannel).where(GroupChannel.offering_id == offering_id))


def update_channel(tx: Tx, offering_id: int, **values: Any) -> None:  # noqa: ANN401 - the table's columns
    tx.execute(
        update(GroupChannel).where(GroupChannel.offering_id == offering_id).values(**values),
        execution_options={"synchronize_session": False},
    )


def list_kept(tx: Tx, now: datetime) -> Sequence[GroupChannel]:
    """Channels that are to be made or kept in step, and may be dealt with now."""
    return tx.scalars(
        select(GroupChannel)
        .where(
            GroupChannel.state.in_(("wanted", "kept")),
            _is_over(GroupChannel.retry_at, now),
            _is_over(GroupChannel.leased_until, now),
        )
        .order_by(GroupChannel.offering_id)
    ).all()


def lease_channel(tx: Tx, offering_id: int, now: datetime, until: datetime) -> bool:
    """Take the channel for this process; False if another has it."""
    taken = tx.execute(
        update(GroupChannel)
        .where(GroupChannel.offering_id == offering_id, _is_over(GroupChannel.leased_until, now))
        .values(leased_until=until)
        .returning(GroupChannel.offering_id),
        execution_options={"synchronize_session": False},
    )
    return taken.scalar() is not None


def _is_over(until: InstrumentedAttribute[datetime | None], now: datetime) -> ColumnElement[bool]:
    """Whether the lease or the pause has come to its end."""
    return or_(until.is_(None), until <= now, until > now + LONGEST)


def list_members(tx: Tx, offering_id: int) -> dict[str, MemberState]:
    rows = tx.execute(
        select(ChannelMember.person_id, ChannelMember.state)
        .where(ChannelMember.offering_id == offering_id)
        .order_by(ChannelMember.person_id)
    )
    return {person_id: MemberState(state) for person_id, state in rows}


def list_refused(tx: Tx, offering_id: int, before: datetime) -> Sequence[str]:
    """Whom Slack let nobody invite when it was last tried, before that time."""
    query = select(ChannelMember.person_id).where(
        ChannelMember.offering_id == offering_id,
        ChannelMember.state == MemberState.REFUSED,
        ChannelMember.since_at <= before,
    )
    return tx.scalars(query.order_by(ChannelMember.person_id)).all()


def set_members(
    tx: Tx, offering_id: int, states: Mapping[str, MemberState], now: datetime, reason: str | None = None
) -> None:
    for person_id, state in states.items():
        row = tx.get(ChannelMember, (offering_id, person_id))
        if row is None:
            row = ChannelMember(offering_id=offering_id, person_id=person_id)
            tx.add(row)
        row.state, row.reason, row.since_at = state.value, reason, now
    tx.flush()


def delete_members(tx: Tx, offering_id: int, person_ids: Collection[str]) -> None:
    tx.execute(
        delete(ChannelMember).where(
            ChannelMember.offering_id == offering_id, ChannelMember.person_id.in_(person_ids)
        )
    )


def list_seated_accounts(tx: Tx, offering_id: int) -> list[str]:
    """Who holds a seat with an account that is in use, in order of sign-up."""
    found = tx.scalars(
        select(Person.id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.offering_id == offering_id, Enrolment.status == "seated", Person.deactivated.is_(False)
        )
        .order_by(Enrolment.id)
    )
    return list(found)


def list_deactivated(tx: Tx, person_ids: Collection[str]) -> set[str]:
    found = tx.scalars(select(Person.id).where(Person.id.in_(person_ids), Person.deactivated.is_(True)))
    return set(found)
