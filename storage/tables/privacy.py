"""The privacy notice."""

from datetime import datetime

from sqlalchemy import (
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class NoticeVersion(Base):
    """A version of the privacy notice that Kaiku has run with; ``digest`` names its content."""

    __tablename__ = "notice_version"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    noted_at: Mapped[datetime]
