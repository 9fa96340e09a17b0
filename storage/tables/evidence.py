"""What reports have told, and the cases that people volunteered for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
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


class SuccessCase(Base):
    """What somebody volunteered to tell in a report, encrypted with their own key. ``credit`` is what stands
    with it; without ``given_at`` only its writer sees it, and from ``issued_at`` on it stands in reports.
    ``sealed`` is empty once its writer has erased it after that."""

    __tablename__ = "success_case"
    __table_args__ = (
        CheckConstraint("credit in ('name', 'agency', 'nothing')", name="credit_known"),
        Index("ix_success_case_person", "person_id"),
    )

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    credit: Mapped[str] = mapped_column(String(8))
    written_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
