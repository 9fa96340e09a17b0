"""The log of acts: append-only, with pseudonyms instead of people."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Act(Base):
    """Who did what to whom: a line that is never changed.

    ``actor`` and ``person`` are ``person.pseudonym``; ``actor`` is None where ``done_by`` is not a person.
    Once a person is erased, nothing tells whose pseudonym it was.
    """

    __tablename__ = "act"
    __table_args__ = (
        Index("ix_act_person", "person"),
        Index("ix_act_actor", "actor"),
        Index("ix_act_offering", "offering", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    done_by: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str | None] = mapped_column(String(32))
    person: Mapped[str | None] = mapped_column(String(32))
    offering: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[int | None]


class ActReason(Base):
    """Why, in the actor's words by language. Apart from the line, so that it can be erased with the person it
    was about."""

    __tablename__ = "act_reason"
    __table_args__ = (Index("ix_act_reason_person", "person_id"),)

    act_id: Mapped[int] = mapped_column(ForeignKey("act.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    reason: Mapped[dict[str, str]] = mapped_column(JSON)


class ActLink(Base):
    """A line's place in the chain: ``digest`` covers the line and the digest before it. Written after the
    commit, by a worker, so that acts share no lock."""

    __tablename__ = "act_link"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64))


class ActSeal(Base):
    """A signed place in the chain. ``which`` is head, the last link, or anchor, the last that retention
    deleted.

    ``act_id`` is the highest that is linked. ``before`` is the instant that retention deleted up to.
    ``signature`` is empty while there is no KAIKU_SECRET_KEY.
    """

    __tablename__ = "act_seal"

    which: Mapped[str] = mapped_column(String(8), primary_key=True)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    act_id: Mapped[int]
    before: Mapped[datetime | None]
    signature: Mapped[str] = mapped_column(String(64))
