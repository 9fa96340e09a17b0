"""What changed for one person between a session as they were last told of it and as it is now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.language import Texts, pick
from bot.domain.offerings.offering import Meeting


class MeetingChangeKind(StrEnum):
    ADDED = "added"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    MOVED = "moved"
    PLACE_CHANGED = "place_changed"  # the session is live now
    LINK_CHANGED = "link_changed"  # the session is remote now


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """What to tell about one session. ``old`` is None for one that was added, ``new`` for one that
    left the plan. ``kinds`` is one of added, cancelled, reinstated; or moved, or where it takes place,
    or both."""

    kinds: tuple[MeetingChangeKind, ...]
    old: Meeting | None
    new: Meeting | None

    @property
    def number(self) -> int:
        """The session's number."""
        meeting = self.new or self.old
        assert meeting is not None
        return meeting.number


def compare_meeting(
    told: Meeting | None, current: Meeting | None, *, language: str, sees_link: bool
) -> MeetingChange | None:
    """The news in ``current`` for somebody who knows ``told``; None when there is none for them.

    A place counts as changed when its name in ``language`` is another. ``sees_link`` is true for the
    seated only: to the others another link is no news, nor is it theirs to see.
    """
    kinds = tuple(_kinds(told, current, language, sees_link))
    return MeetingChange(kinds, told, current) if kinds else None


def compare_meetings(
    told: Iterable[Meeting], current: Iterable[Meeting], now: datetime, *, language: str, sees_link: bool
) -> list[MeetingChange]:
    """The news in all sessions of an offering, by number. What was over by ``now`` and still is has none."""
    was = {meeting.number: meeting for meeting in told}
    is_now = {meeting.number: meeting for meeting in current}
    changes = []
    for number in sorted(was.keys() | is_now.keys()):
        pair = (was.get(number), is_now.get(number))
        if all(meeting is None or meeting.ends_at <= now for meeting in pair):
            continue
        change = compare_meeting(*pair, language=language, sees_link=sees_link)
        if change is not None:
            changes.append(change)
    return changes


def _kinds(
    told: Meeting | None, current: Meeting | None, language: str, sees_link: bool
) -> Iterable[MeetingChangeKind]:
    stands = current is not None and not current.cancelled
    if told is None:
        if stands:
            yield MeetingChangeKind.ADDED
    elif told.cancelled:
        if stands:
            yield MeetingChangeKind.REINSTATED
    elif current is None or current.cancelled:
        yield MeetingChangeKind.CANCELLED
    else:
        if _is_moved(told, current):
            yield MeetingChangeKind.MOVED
        if _where(told, language, sees_link) != _where(current, language, sees_link):
            remote = current.is_remote
            yield MeetingChangeKind.LINK_CHANGED if remote else MeetingChangeKind.PLACE_CHANGED


def _is_moved(told: Meeting, current: Meeting) -> bool:
    """In one zone the wall clock decides: what was agreed is 9:00, whatever the law makes of it in UTC."""
    if told.timezone == current.timezone:
        return (told.on, told.starts, told.ends) != (current.on, current.starts, current.ends)
    return (told.starts_at, told.ends_at) != (current.starts_at, current.ends_at)


def _where(meeting: Meeting, language: str, sees_link: bool) -> tuple[str, bool, str | None, str | None]:
    link = meeting.link if sees_link else None
    return _said(meeting.place, language), meeting.is_remote, link, meeting.link_label


def _said(texts: Texts | None, language: str) -> str:
    return pick(texts, language) if texts else ""
