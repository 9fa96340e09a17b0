"""Queries about single-use download addresses."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from storage.statements import execute, fetch_one
from storage.tables import Download
from storage.transaction import Tx


class DownloadRow(NamedTuple):
    """See ``storage.tables.Download``."""

    person_id: str
    kind: str
    about: str
    expires_at: datetime
    used_at: datetime | None


_columns = Download.c[DownloadRow._fields]
_get = select(*_columns).where(Download.c.digest == bindparam("digest"))
_use = (
    update(Download)
    .where(
        Download.c.digest == bindparam("which"),
        Download.c.used_at.is_(None),
        Download.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(*_columns)
)
_add = insert(Download)
_delete_unused = delete(Download).where(
    Download.c.person_id == bindparam("person_id"),
    Download.c.kind == bindparam("kind"),
    Download.c.about == bindparam("about"),
    Download.c.used_at.is_(None),
)
_delete_expired = delete(Download).where(Download.c.expires_at < bindparam("before"))


def add_download(
    tx: Tx, *, digest: str, person_id: str, kind: str, about: str, now: datetime, expires_at: datetime
) -> None:
    """Store a new address. The person's older addresses for the same file stop working."""
    of = {"person_id": person_id, "kind": kind, "about": about}
    execute(tx, _delete_unused, **of)
    execute(tx, _add, digest=digest, **of, made_at=now, expires_at=expires_at)


def get_download(tx: Tx, digest: str) -> DownloadRow | None:
    return fetch_one(tx, _get, DownloadRow, digest=digest)


def use_download(tx: Tx, digest: str, now: datetime) -> DownloadRow | None:
    """Use the address; None if it is used, expired or unknown. Of two concurrent requests one gets it: the
    other waits for the row, and finds it used.
    """
    return fetch_one(tx, _use, DownloadRow, which=digest, now=now)


def delete_expired(tx: Tx, before: datetime) -> None:
    """Delete addresses that expired before that time."""
    execute(tx, _delete_expired, before=before)
