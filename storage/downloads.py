"""Queries about addresses whose file is fetched once."""

from datetime import datetime

from sqlalchemy import delete, update

from storage.tables import Download
from storage.transaction import Tx


def add_download(
    tx: Tx, *, digest: str, person_id: str, kind: str, about: str, now: datetime, expires_at: datetime
) -> None:
    """Store a new address. Older ones of the same person for the same file stop working."""
    tx.execute(
        delete(Download).where(
            Download.person_id == person_id,
            Download.kind == kind,
            Download.about == about,
            Download.used_at.is_(None),
        )
    )
    tx.add(
        Download(
            digest=digest, person_id=person_id, kind=kind, about=about, made_at=now, expires_at=expires_at
        )
    )
    tx.flush()


def get_download(tx: Tx, digest: str) -> Download | None:
    return tx.get(Download, digest)


def use_download(tx: Tx, digest: str, now: datetime) -> Download | None:
    """Use the address; None if it has been used, has expired or is unknown. Of two at once one gets it: the
    other waits for the row, and finds it used."""
    used = tx.execute(
        update(Download)
        .where(Download.digest == digest, Download.used_at.is_(None), Download.expires_at > now)
        .values(used_at=now)
        .returning(Download.digest),
        execution_options={"synchronize_session": False},
    ).scalar()
    return tx.get(Download, used, populate_existing=True) if used is not None else None


def delete_expired(tx: Tx, before: datetime) -> None:
    """Delete what expired before that time."""
    tx.execute(delete(Download).where(Download.expires_at < before))
