"""The log of acts: append-only, with pseudonyms instead of people."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from storage.tables.base import Instant, metadata

Act = Table(
    "act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("done_by", String(8), nullable=False),
    Column("actor", String(32)),
    Column("person", String(32)),
    Column("offering", String(40)),
    Column("number", Integer),
    Index("ix_act_person", "person"),
    Index("ix_act_actor", "actor"),
    Index("ix_act_offering", "offering", "at"),
    sqlite_autoincrement=True,
)
"""Who did what to whom: a line that is never changed.

``actor`` and ``person`` are ``person.pseudonym``; ``actor`` is None where ``done_by`` is not a person. Once a
person is erased, nothing tells whose pseudonym it was.
"""


ActReason = Table(
    "act_reason",
    metadata,
    Column("act_id", Integer, ForeignKey("act.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE")),
    Column("reason", JSON, nullable=False),
    Index("ix_act_reason_person", "person_id"),
)
"""The reason in the actor's words, by language. Apart from the line, so that it can be erased with the person
it is about.
"""


ActLink = Table(
    "act_link",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("act_id", Integer, ForeignKey("act.id"), unique=True, nullable=False),
    Column("digest", String(64), nullable=False),
)
"""A line's place in the chain: ``digest`` covers the line and the digest before it. Written after the commit,
by a worker, so that acts share no lock.
"""


ActSeal = Table(
    "act_seal",
    metadata,
    Column("which", String(8), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("act_id", Integer, nullable=False),
    Column("before", Instant),
    Column("signature", String(64), nullable=False),
)
"""A signed place in the chain. ``which`` is ``head``, the last link, or ``anchor``, the last one that
retention deleted.

``act_id`` is the highest linked act. ``before`` is the instant that retention deleted up to. ``signature`` is
empty while there is no KAIKU_SECRET_KEY.
"""
