"""Who was erased, by keyed hashes, and work done once a day."""

from sqlalchemy import JSON, Column, Integer, String, Table

from storage.tables.base import Instant, metadata

Erased = Table(
    "erased",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("made_with", String(16), nullable=False),
    Column("erased_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
"""A person who was erased, recognisable only with their id and the secret: ``digest`` is a keyed hash of the
id, and ``made_with`` the fingerprint of the secret. ``number`` orders the list.
"""


LockedRecord = Table(
    "locked_record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("content", JSON, nullable=False),
    Column("erased_at", Instant, nullable=False),
    Column("until_at", Instant, index=True, nullable=False),
)
"""What a rule requires to be kept of an erased person, of one ``kind`` of data: in no view, tied to no
person's row, and deleted after ``until_at``.
"""


LiveMark = Table(
    "live_mark",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("marked_at", Instant, nullable=False),
)
"""Its one row marks a live database. Backups lack it: a restored one has people who were erased since, who
must be erased again before Kaiku starts.
"""


DailyWork = Table(
    "daily_work",
    metadata,
    Column("work", String(24), primary_key=True),
    Column("done_at", Instant),
    Column("leased_until", Instant),
)
"""Work that one instance does once a day: when it was last done, and how long an instance's lease lasts."""
