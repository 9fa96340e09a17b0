"""The versions of each programme's plan that were in force."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class PlanVersion(Base):
    """A plan that was in force, as the text of its file. It is never changed, but that
    ``U0ERASED`` takes the place of somebody who is erased.

    ``origin`` is where the change came from: ``file`` or ``slack``. ``given`` is the file as it was given,
    where changes made in Slack won over it; the next file is compared with that one. ``made_by`` is a Slack
    id, or the account of whoever ran the command. ``digest`` is SHA-256 of ``text``, in hexadecimal.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        CheckConstraint("origin in ('file', 'slack')", name="origin_known"),
        Index("ix_plan_version_programme", "programme_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    given: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime]
