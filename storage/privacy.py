"""Queries about the privacy notice: its versions, and whom a new one concerns."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from storage.offerings.catalogue import is_standing
from storage.statements import Upsert, execute, fetch_one
from storage.tables import Enrolment, NoticeVersion, Person
from storage.transaction import Tx


class NoticeVersionRow(NamedTuple):
    """A version of the notice, and the digest of its content."""

    version: int
    digest: str


_latest = (
    select(NoticeVersion.c.version, NoticeVersion.c.digest).order_by(NoticeVersion.c.version.desc()).limit(1)
)
_correct = (
    update(NoticeVersion).where(NoticeVersion.c.version == bindparam("of")).values(digest=bindparam("digest"))
)
_add = Upsert(
    NoticeVersion,
    ("version", "digest", "noted_at"),
    lambda insert: insert.on_conflict_do_nothing().returning(NoticeVersion.c.version),
)


class Concerned(NamedTuple):
    """Somebody who has a seat or waits, and their time zone if known."""

    person_id: str
    timezone: str | None


def latest_version(tx: Tx) -> NoticeVersionRow | None:
    return fetch_one(tx, _latest, NoticeVersionRow)


def add_version(tx: Tx, version: int, digest: str, now: datetime) -> bool:
    """Record a version; False if another instance already has."""
    return _add.run(tx, version=version, digest=digest, noted_at=now).scalar() is not None


def correct_version(tx: Tx, version: int, digest: str) -> None:
    """Record a corrected text of this version under the same number."""
    execute(tx, _correct, of=version, digest=digest)


def list_concerned(tx: Tx) -> Sequence[Concerned]:
    """Everybody who has a seat or waits, in any offering."""
    rows = tx.execute(
        select(Person.c.id, Person.c.timezone)
        .where(
            Person.c.id.in_(select(Enrolment.c.person_id).where(is_standing)), Person.c.deactivated.is_(False)
        )
        .order_by(Person.c.id)
    )
    return [Concerned(*row) for row in rows]


def is_concerned(tx: Tx, person_id: str) -> bool:
    found = select(Enrolment.c.id).where(Enrolment.c.person_id == person_id, is_standing).limit(1)
    return tx.scalar(found) is not None
