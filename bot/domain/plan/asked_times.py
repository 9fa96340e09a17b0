"""The times that a facilitator wants to ask a group about, as carried by a form and its preview."""

from collections.abc import Sequence
from typing import Self

from msgspec import Struct

from bot.domain.carried.ids import parse_number
from bot.domain.carried.offerings import SessionRef
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.time_poll import MOST_TIMES, Candidate

_NO_LONGER = "-"


class AskedTimes(Struct, frozen=True):
    """Up to five times for a session: ``dialogue-2/1;3;2019-04-24 12:30 16:00;...``. ``version`` is that of
    the timetable that was shown."""

    session: SessionRef
    version: int
    times: Sequence[Candidate] = ()

    def __str__(self) -> str:
        return ";".join([str(self.session), str(self.version), *map(str, self.times)])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: CHANGED_MEANWHILE."""
        ref, version, *times = [*text.split(";"), ""][: MOST_TIMES + 2] if ";" in text else [text, "0"]
        try:
            found = tuple(Candidate.parse(each) for each in times if each)
        except ValueError as error:
            raise KaikuError(Refusal.CHANGED_MEANWHILE) from error
        return cls(SessionRef.parse(ref), parse_number(version, 9) or 0, found)


class TimeChoice(Struct, frozen=True):
    """One time of a poll, by its index: ``7/2``, and ``7/2-`` if it no longer suits; ``7``: none of the times
    suits. The button carries the new state, not a toggle, so that a click that arrives twice has no further
    effect."""

    poll_id: int
    index: int | None = None
    suits: bool = True

    def __str__(self) -> str:
        if self.index is None:
            return str(self.poll_id)
        return f"{self.poll_id}/{self.index}{'' if self.suits else _NO_LONGER}"

    def added_to(self, suiting: frozenset[int]) -> frozenset[int]:
        """The indexes of the times that suit after this choice."""
        if self.index is None:
            return frozenset()
        return suiting | {self.index} if self.suits else suiting - {self.index}

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: POLL_OVER."""
        poll_id, slash, index = text.partition("/")
        numbers = parse_number(poll_id, 9), parse_number(index.removesuffix(_NO_LONGER), 1)
        if numbers[0] is None or (slash and numbers[1] is None):
            raise KaikuError(Refusal.POLL_OVER)
        return cls(numbers[0], numbers[1] if slash else None, not index.endswith(_NO_LONGER))
