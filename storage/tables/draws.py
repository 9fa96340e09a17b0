"""Draws of seats, and people's preferences in them."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table

from storage.tables.base import Instant, metadata

Draw = Table(
    "draw",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("seed", String(32), nullable=False),
    Column("fixed_at", Instant, nullable=False),
    Column("proposed_at", Instant),
    Column("drawn_at", Instant),
    Column("drawn_with", Integer),
    Column("seats_each", Integer),
    Column("room", JSON(none_as_null=True)),
    Column("result", String(16)),
)
"""An offering's part in a draw. ``seed`` is fixed once, when sign-up opens; offerings that are drawn together
use that of the one with the lowest id, ``drawn_with``. The columns from ``drawn_at`` on are set when a
facilitator confirms: ``room`` is the limits that the draw used, so that it can be reproduced, and ``result``
names the outcome.
"""


Preference = Table(
    "preference",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("wished_at", Instant, nullable=False),
    Column("agency", String(200)),
    Column("role", String(16)),
    Column("waited", Boolean),
    Index("ix_preference_person", "person_id"),
)
"""Somebody would like a seat in an offering that is drawn; ``rank`` orders their preferences in one draw,
from 1. ``agency``, ``role`` and ``waited`` are set when the draw is confirmed: what they were drawn by.
"""
