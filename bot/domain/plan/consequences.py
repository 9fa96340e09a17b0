"""What a changed plan does to people; the operator confirms these consequences before it is applied."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.calendars.wall_time import to_instant
from bot.domain.plan.changes import Change, ChangeKind, PlanDifference, SessionTime, Whereabouts
from bot.domain.plan.model import PlannedOffering, PlannedSession

MANY = 20
"""A plan that messages more people than this has to be confirmed."""

_NEWS = frozenset(
    {
        ChangeKind.TIMEZONE_CHANGED,
        ChangeKind.OFFERING_DROPPED,
        ChangeKind.OFFERING_CANCELLED,
        ChangeKind.OFFERING_RESTORED,
        ChangeKind.SESSION_ADDED,
        ChangeKind.SESSION_DROPPED,
        ChangeKind.SESSION_CANCELLED,
        ChangeKind.SESSION_RESTORED,
        ChangeKind.SESSION_MOVED,
    }
)
"""Changes that people have to be told. A changed place is told, too, but an operator who corrects its
spelling may skip that."""


class Consequence(StrEnum):
    """A consequence to confirm; the comment names the parameters of its sentence."""

    PEOPLE_ARE_TOLD = "people_are_told"  # people
    OFFERING_CANCELLED = "offering_cancelled"  # offering, people
    OFFERING_REMOVED = "offering_removed"  # offering, people
    SESSION_CANCELLED = "session_cancelled"  # offering, session, people
    SESSION_REMOVED = "session_removed"  # offering, session, people
    MOVED_INTO_THE_PAST = "moved_into_the_past"  # offering, session, on
    ADDED_IN_THE_PAST = "added_in_the_past"  # offering, session, on
    LOOKS_RENAMED = "looks_renamed"  # old, new


class Asked(Struct, frozen=True):
    """A consequence and the parameters of its sentence."""

    code: Consequence
    params: dict[str, str | int]


def consequences_of(difference: PlanDifference, timezone: str, now: datetime) -> list[Asked]:
    """What to confirm before ``difference`` is applied, in a programme of ``timezone``."""
    return list(_consequences_of(difference, timezone, now))


def must_be_told(difference: PlanDifference) -> list[Change]:
    """Changes of which people must be told, because they would otherwise come on the wrong day."""
    touching = [each for each in difference.changes if each.seated or each.waiting]
    return [each.change for each in touching if each.change.kind in _NEWS or _is_elsewhere(each.change)]


def _is_elsewhere(change: Change) -> bool:
    """Whether people who came in person would now join remotely, or the other way round."""
    old, new = change.old, change.new
    if not isinstance(old, Whereabouts) or not isinstance(new, Whereabouts):
        return False
    return (old.link is None) != (new.link is None)


_CANCELS = {
    ChangeKind.OFFERING_CANCELLED: Consequence.OFFERING_CANCELLED,
    ChangeKind.OFFERING_DROPPED: Consequence.OFFERING_REMOVED,
    ChangeKind.SESSION_CANCELLED: Consequence.SESSION_CANCELLED,
    ChangeKind.SESSION_DROPPED: Consequence.SESSION_REMOVED,
}


_ADDS = frozenset({ChangeKind.SESSION_ADDED, ChangeKind.SESSION_RESTORED})
"""Changes that add something to an existing offering."""


def _consequences_of(difference: PlanDifference, timezone: str, now: datetime) -> Iterator[Asked]:
    changes = [touching.change for touching in difference.changes]
    for old, new in _renamed(changes):
        yield Asked(Consequence.LOOKS_RENAMED, {"old": old, "new": new})
    for touching in difference.changes:
        change = touching.change
        params: dict[str, str | int] = {"offering": change.offering or "", "session": change.session or 0}
        if change.kind in _CANCELS:
            params["people"] = touching.seated + touching.waiting
            yield Asked(_CANCELS[change.kind], params)
        if change.kind is ChangeKind.SESSION_MOVED and _is_past(change.new, timezone, now):
            assert isinstance(change.new, SessionTime)
            yield Asked(Consequence.MOVED_INTO_THE_PAST, {**params, "on": str(change.new.on)})
        if change.kind in _ADDS and _is_past(change.new, timezone, now):
            assert isinstance(change.new, PlannedSession)
            yield Asked(Consequence.ADDED_IN_THE_PAST, {**params, "on": str(change.new.on)})
    if difference.told > MANY:
        yield Asked(Consequence.PEOPLE_ARE_TOLD, {"people": difference.told})


def _is_past(when: object, timezone: str, now: datetime) -> bool:
    if not isinstance(when, SessionTime | PlannedSession):
        return False
    return to_instant(when.on, when.starts, timezone) <= now


def _renamed(changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Pairs of codes, removed and added, that share a title in at least one language, or the days: most
    likely an offering was renamed, and people would lose their seats."""
    gone = [each.old for each in changes if each.kind is ChangeKind.OFFERING_DROPPED]
    come = [each.new for each in changes if each.kind is ChangeKind.OFFERING_ADDED]
    for old in gone:
        for new in come:
            assert isinstance(old, PlannedOffering)
            assert isinstance(new, PlannedOffering)
            if old.title.items() & new.title.items() or (old.sessions and _days(old) == _days(new)):
                yield old.code, new.code


def _days(offering: PlannedOffering) -> set[tuple[object, ...]]:
    return {(each.on, each.starts, each.ends) for each in offering.sessions}
