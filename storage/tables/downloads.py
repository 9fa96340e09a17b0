"""Files that are fetched once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Download(Base):
    """One secret address, of which only the digest is stored. ``about`` says of what the file is."""

    __tablename__ = "download"
    __table_args__ = (Index("ix_download_person", "person_id"), Index("ix_download_expires", "expires_at"))

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
