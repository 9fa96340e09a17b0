"""Who was erased, by keyed hashes, and work that is done once a day."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Erased(Base):
    """A person who was erased, known again only by whoever has their id and the secret: ``digest`` is a keyed
    hash of the id, and ``made_with`` the fingerprint of the secret. ``number`` orders the list."""

    __tablename__ = "erased"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    made_with: Mapped[str] = mapped_column(String(16))
    erased_at: Mapped[datetime]


class LockedRecord(Base):
    """What a rule requires to be kept of somebody who was erased, of one ``kind`` of data: in no view, tied
    to no person's row, and gone when its time is over."""

    __tablename__ = "locked_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    erased_at: Mapped[datetime]
    until_at: Mapped[datetime] = mapped_column(index=True)


class LiveMark(Base):
    """Its one row says that this is a live database. No backup has it: whoever was erased since comes back
    with a backup, and must be erased again before Kaiku starts."""

    __tablename__ = "live_mark"

    number: Mapped[int] = mapped_column(primary_key=True)
    marked_at: Mapped[datetime]


class DailyWork(Base):
    """Work that one instance does once a day: when it was last done, and until when somebody is at it."""

    __tablename__ = "daily_work"

    work: Mapped[str] = mapped_column(String(24), primary_key=True)
    done_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
