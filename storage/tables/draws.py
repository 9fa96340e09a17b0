"""Offerings whose seats are drawn: the draw, and what people would like."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Draw(Base):
    """An offering's part in a draw. ``seed`` is fixed once, when sign-up opens; offerings that are drawn
    together use that of the one with the lowest id, ``drawn_with``. What follows it is set when a facilitator
    confirms: ``room`` is what was drawn by, so that it can be reproduced, and ``result`` names the
    outcome."""

    __tablename__ = "draw"

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[str] = mapped_column(String(32))
    fixed_at: Mapped[datetime]
    proposed_at: Mapped[datetime | None]
    drawn_at: Mapped[datetime | None]
    drawn_with: Mapped[int | None]
    seats_each: Mapped[int | None]
    room: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    result: Mapped[str | None] = mapped_column(String(16))


class Preference(Base):
    """Somebody would like a seat in an offering that is drawn; ``rank`` orders their preferences in one draw,
    from 1. ``agency``, ``role`` and ``waited`` are set when the draw is confirmed: what they were drawn
    by."""

    __tablename__ = "preference"
    __table_args__ = (Index("ix_preference_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int]
    wished_at: Mapped[datetime]
    agency: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(16))
    waited: Mapped[bool | None]
