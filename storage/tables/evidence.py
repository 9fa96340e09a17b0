"""What reports have told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class ReportEdition(Base):
    """The figures of a programme as reports have told them; what was withheld stands there as a key only."""

    __tablename__ = "report_edition"
    __table_args__ = (Index("ix_report_edition_programme", "programme", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
