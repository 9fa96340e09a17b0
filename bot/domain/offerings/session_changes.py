"""What changed in a session since one person was last told about it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.language import Texts, pick
from bot.domain.offerings.offering import Session


class SessionChangeKind(StrEnum):
    ADDED = "added"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    MOVED = "moved"
    PLACE_CHANGED = "place_changed"  # the session is live now
    LINK_CHANGED = "link_changed"  # the session is remote now


class SessionChange(Struct, frozen=True):
    """What to tell about one session.

    ``old`` is None for an added session, ``new`` for one that left the plan. ``kinds`` is one of added,
    cancelled and reinstated; or moved, a changed place or link, or both.
    """

    kinds: tuple[SessionChangeKind, ...]
    old: Session | None
    new: Session | None

    @property
    def number(self) -> int:
        """The session's number."""
        session = self.new or self.old
        assert session is not None
        return session.number


def compare_session(
    told: Session | None, current: Session | None, *, language: str, sees_link: bool
) -> SessionChange | None:
    """What is new in ``current`` for somebody who was told ``told``; None when nothing is.

    A place has changed when its name in ``language`` has. ``sees_link`` is true only for people with a seat:
    others are not told of a changed link.
    """
    kinds = tuple(_kinds(told, current, language, sees_link))
    return SessionChange(kinds, told, current) if kinds else None


def compare_sessions(
    told: Iterable[Session], current: Iterable[Session], now: datetime, *, language: str, sees_link: bool
) -> list[SessionChange]:
    """What is new in all sessions of an offering, by number. Sessions that were over by ``now`` and still are
    have no news."""
    was = {session.number: session for session in told}
    is_now = {session.number: session for session in current}
    changes = []
    for number in sorted(was.keys() | is_now.keys()):
        pair = (was.get(number), is_now.get(number))
        if all(session is None or session.ends_at <= now for session in pair):
            continue
        change = compare_session(*pair, language=language, sees_link=sees_link)
        if change is not None:
            changes.append(change)
    return changes


def _kinds(
    told: Session | None, current: Session | None, language: str, sees_link: bool
) -> Iterable[SessionChangeKind]:
    stands = current is not None and not current.cancelled
    if told is None:
        if stands:
            yield SessionChangeKind.ADDED
    elif told.cancelled:
        if stands:
            yield SessionChangeKind.REINSTATED
    elif current is None or current.cancelled:
        yield SessionChangeKind.CANCELLED
    else:
        if _is_moved(told, current):
            yield SessionChangeKind.MOVED
        if _where(told, language, sees_link) != _where(current, language, sees_link):
            remote = current.is_remote
            yield SessionChangeKind.LINK_CHANGED if remote else SessionChangeKind.PLACE_CHANGED


def _is_moved(told: Session, current: Session) -> bool:
    """Within one zone the wall time decides: 9:00 stays 9:00 even if its UTC instant changes."""
    if told.timezone == current.timezone:
        return (told.on, told.starts, told.ends) != (current.on, current.starts, current.ends)
    return (told.starts_at, told.ends_at) != (current.starts_at, current.ends_at)


def _where(session: Session, language: str, sees_link: bool) -> tuple[str, bool, str | None, str | None]:
    link = session.link if sees_link else None
    return _said(session.place, language), session.is_remote, link, session.link_label


def _said(texts: Texts | None, language: str) -> str:
    return pick(texts, language) if texts else ""
