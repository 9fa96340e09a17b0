"""People."""

from datetime import datetime
from secrets import token_hex

from sqlalchemy import (
    Index,
    String,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Person(Base):
    """A Slack user Kaiku has met. ``agency`` is a code of ``programmes/agencies.yml``, or ``other``
    with ``agency_name`` in the person's own words; None until the first join.

    The secret token in the address of their calendar is not stored: ``calendar_digest`` is its SHA-256, by
    which it is known again; ``calendar_nonce`` is what it is built from, with KAIKU_SECRET_KEY. A token
    without a nonce is older than that and can't be built again. ``pseudonym`` stands for the person in
    the log of acts.
    """

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_pseudonym", "pseudonym", unique=True),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    agency: Mapped[str | None] = mapped_column(String(40))
    agency_name: Mapped[str | None] = mapped_column(String(150))
    role: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str | None] = mapped_column(String(64))
    language_chosen: Mapped[bool] = mapped_column(default=False)
    timezone_chosen: Mapped[bool] = mapped_column(default=False)
    is_guest: Mapped[bool] = mapped_column(default=False)
    is_bot: Mapped[bool] = mapped_column(default=False)
    deactivated: Mapped[bool] = mapped_column(default=False)
    home_opened: Mapped[bool] = mapped_column(default=False)
    daily_line: Mapped[bool] = mapped_column(default=True, server_default=true())
    link_before: Mapped[bool] = mapped_column(default=False, server_default=false())
    calendar_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    calendar_nonce: Mapped[str | None] = mapped_column(String(24))
    met_at: Mapped[datetime]
    pseudonym: Mapped[str | None] = mapped_column(String(32), default=lambda: token_hex(16))
