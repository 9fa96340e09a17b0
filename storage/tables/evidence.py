"""The figures that reports gave, and the success cases in them."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from storage.tables.base import Instant, metadata

ReportEdition = Table(
    "report_edition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("programme", String(40), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("content", JSON, nullable=False),
    Index("ix_report_edition_programme", "programme", "made_at"),
)
"""A programme's figures as a report gave them; withheld ones are there as a key only."""


SuccessCase = Table(
    "success_case",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("credit", String(8), nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("given_at", Instant),
    Column("issued_at", Instant),
    CheckConstraint("credit in ('name', 'agency', 'nothing')", name="credit_known"),
    Index("ix_success_case_person", "person_id"),
)
"""A case that somebody volunteered for a report, encrypted with their own key. ``credit`` is whom the report
names with it; without ``given_at`` only its writer sees it, and from ``issued_at`` on it is in reports.
``sealed`` is empty once its writer has erased it after that.
"""
