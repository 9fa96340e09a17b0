"""A poll on the time of one session: the candidates, who can come to which, and when it is over."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from msgspec import Struct

from bot.domain.calendars.wall_time import end_day, to_instant
from bot.domain.offerings.offering import Offering, Session, agreed_time

MOST_TIMES: Final = 5


class Candidate(Struct, frozen=True, order=True):
    """A time that the session may move to, as wall time."""

    on: date
    starts: time
    ends: time

    def __str__(self) -> str:
        return agreed_time(self.on, self.starts, self.ends)

    @classmethod
    def parse(cls, text: str) -> "Candidate":
        """Raises ValueError."""
        on, starts, ends = text.split(" ")
        return cls(date.fromisoformat(on), time.fromisoformat(starts), time.fromisoformat(ends))

    @classmethod
    def of(cls, session: Session) -> "Candidate":
        return cls(session.on, session.starts, session.ends)

    def starts_at(self, timezone: str) -> datetime:
        return to_instant(self.on, self.starts, timezone)

    def ends_at(self, timezone: str) -> datetime:
        return to_instant(end_day(self.on, self.starts, self.ends), self.ends, timezone)


class TimePoll(Struct, frozen=True):
    """A poll, with the numbers of the candidates that suit each person who has answered. ``was`` is the
    session's time when the poll began; ``asked`` are the people whose answers count now, in order: those with
    a seat, and the facilitators except the one who asked."""

    id: int
    offering: Offering
    number: int
    was: Candidate
    times: Sequence[Candidate]
    asked_by: str | None
    seated: Sequence[str]
    facilitators: Sequence[str]
    closed_at: datetime | None
    answers: Mapping[str, frozenset[int]]

    @property
    def asked(self) -> list[str]:
        return list(dict.fromkeys([*self.seated, *self.facilitators]))

    @property
    def session(self) -> Session | None:
        """The session as it is now; None if it is cancelled."""
        found = (each for each in self.offering.standing_sessions if each.number == self.number)
        return None if self.offering.cancelled else next(found, None)

    @property
    def closes_at(self) -> datetime:
        """When the poll ends by itself: at the start of the session, or of the last candidate."""
        zone = self.offering.timezone
        return min(self.was.starts_at(zone), max(each.starts_at(zone) for each in self.times))

    def is_open(self, now: datetime) -> bool:
        """Whether answers still count: the session has not moved, and there is time left."""
        stands = self.session is not None and Candidate.of(self.session) == self.was
        return self.closed_at is None and stands and now < self.closes_at

    def can(self, index: int) -> list[str]:
        """The people whom this time suits."""
        return [each for each in self.asked if index in self.answers.get(each, ())]

    def cannot(self, index: int) -> list[str]:
        """The people who have answered and whom this time does not suit."""
        return [each for each in self.asked if each in self.answers and index not in self.answers[each]]

    @property
    def silent(self) -> list[str]:
        return [each for each in self.asked if each not in self.answers]
