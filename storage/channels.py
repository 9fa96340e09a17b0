"""Queries about groups' own channels and who is in them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, bindparam, delete, insert, or_, select, update

from bot.domain.group_channels import MemberState
from storage.statements import Upsert, execute, fetch, fetch_one, literals
from storage.tables import ChannelMember, Enrolment, GroupChannel, Person
from storage.transaction import Tx

LONGEST: Final = timedelta(hours=2)
"""Longer than any lease and any pause: one that seems longer was written by a clock that ran ahead."""


class ChannelRow(NamedTuple):
    """See ``storage.tables.GroupChannel``."""

    offering_id: int
    state: str
    channel: str | None
    attempt: int
    maybe_made: bool
    trouble: str | None


def _is_over(until: Column[datetime | None]) -> ColumnElement[bool]:
    """Whether the lease or the pause has ended."""
    return or_(until.is_(None), until <= bindparam("now"), until > bindparam("too_late"))


_channels = select(*GroupChannel.c[ChannelRow._fields])
_get = _channels.where(GroupChannel.c.offering_id == bindparam("offering_id"))
_get_locked = _get.with_for_update()
_find = select(GroupChannel.c.offering_id).where(GroupChannel.c.channel == bindparam("channel"))
_list_kept = _channels.where(
    GroupChannel.c.state.in_(literals(("wanted", "kept"))),
    _is_over(GroupChannel.c.retry_at),
    _is_over(GroupChannel.c.leased_until),
).order_by(GroupChannel.c.offering_id)
_lease = (
    update(GroupChannel)
    .where(GroupChannel.c.offering_id == bindparam("of"), _is_over(GroupChannel.c.leased_until))
    .values(leased_until=bindparam("until"))
    .returning(GroupChannel.c.offering_id)
)
_set_member = Upsert(
    ChannelMember,
    ("offering_id", "person_id", "state", "reason", "since_at"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "person_id"],
        set_={name: insert.excluded[name] for name in ("state", "reason", "since_at")},
    ),
)


def get_channel(tx: Tx, offering_id: int, *, lock: bool = False) -> ChannelRow | None:
    """The channel; with ``lock``, locked until the commit."""
    return fetch_one(tx, _get_locked if lock else _get, ChannelRow, offering_id=offering_id)


def find_by_slack_id(tx: Tx, channel: str) -> int | None:
    """The id of the offering whose channel this is."""
    return fetch_one(tx, _find, int, channel=channel)


def add_channel(tx: Tx, **values: Any) -> None:  # noqa: ANN401 - the table's columns
    execute(tx, insert(GroupChannel).values(**values))


def delete_channel(tx: Tx, offering_id: int) -> None:
    tx.execute(delete(ChannelMember).where(ChannelMember.c.offering_id == offering_id))
    tx.execute(delete(GroupChannel).where(GroupChannel.c.offering_id == offering_id))


def update_channel(tx: Tx, offering_id: int, **values: Any) -> None:  # noqa: ANN401 - the table's columns
    execute(tx, update(GroupChannel).where(GroupChannel.c.offering_id == offering_id).values(**values))


def list_kept(tx: Tx, now: datetime) -> Sequence[ChannelRow]:
    """Channels to be created or kept in step that no lease or pause holds back now."""
    return fetch(tx, _list_kept, ChannelRow, now=now, too_late=now + LONGEST)


def lease_channel(tx: Tx, offering_id: int, now: datetime, until: datetime) -> bool:
    """Take the channel for this process; False if another has it."""
    taken = execute(tx, _lease, of=offering_id, now=now, too_late=now + LONGEST, until=until)
    return taken.scalar() is not None


def list_members(tx: Tx, offering_id: int) -> dict[str, MemberState]:
    rows = tx.execute(
        select(ChannelMember.c.person_id, ChannelMember.c.state)
        .where(ChannelMember.c.offering_id == offering_id)
        .order_by(ChannelMember.c.person_id)
    )
    return {person_id: MemberState(state) for person_id, state in rows}


def list_refused(tx: Tx, offering_id: int, before: datetime) -> Sequence[str]:
    """The people Slack refused to invite, last tried before that time."""
    query = select(ChannelMember.c.person_id).where(
        ChannelMember.c.offering_id == offering_id,
        ChannelMember.c.state == MemberState.REFUSED,
        ChannelMember.c.since_at <= before,
    )
    return tx.scalars(query.order_by(ChannelMember.c.person_id)).all()


def set_members(
    tx: Tx, offering_id: int, states: Mapping[str, MemberState], now: datetime, reason: str | None = None
) -> None:
    now_known = {"offering_id": offering_id, "reason": reason, "since_at": now}
    _set_member.run_many(
        tx, [now_known | {"person_id": each, "state": state.value} for each, state in states.items()]
    )


def delete_members(tx: Tx, offering_id: int, person_ids: Collection[str]) -> None:
    tx.execute(
        delete(ChannelMember).where(
            ChannelMember.c.offering_id == offering_id, ChannelMember.c.person_id.in_(person_ids)
        )
    )


def list_seated_accounts(tx: Tx, offering_id: int) -> list[str]:
    """Seat holders whose accounts are active, in order of sign-up."""
    found = tx.scalars(
        select(Person.c.id)
        .join(Enrolment, Enrolment.c.person_id == Person.c.id)
        .where(
            Enrolment.c.offering_id == offering_id,
            Enrolment.c.status == "seated",
            Person.c.deactivated.is_(False),
        )
        .order_by(Enrolment.c.id)
    )
    return list(found)


def list_deactivated(tx: Tx, person_ids: Collection[str]) -> set[str]:
    found = tx.scalars(select(Person.c.id).where(Person.c.id.in_(person_ids), Person.c.deactivated.is_(True)))
    return set(found)
