"""A draw as its facilitators see it: the proposal, and whether they can confirm it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.enrolment.allocation import Allocation, Applicant
from bot.domain.offerings.offering import Offering


class ReviewState(StrEnum):
    """The state of a proposal as a facilitator opens it: ``early``, people may still state their choices;
    ``ready`` to be confirmed; ``changed`` since they opened it; ``confirmed`` by them just now; ``known``,
    confirmed before."""

    EARLY = "early"
    READY = "ready"
    CHANGED = "changed"
    CONFIRMED = "confirmed"
    KNOWN = "known"


MAY_CONFIRM = frozenset({ReviewState.READY, ReviewState.CHANGED})


class DrawReview(Struct, frozen=True):
    """The outcome of a draw, with who took part by user id."""

    offerings: Sequence[Offering]
    allocation: Allocation
    applicants: Mapping[str, Applicant]
    seed: str
    state: ReviewState
    drawn_at: datetime | None = None

    def count_agencies(self, people: Sequence[str]) -> int:
        return len({self.applicants[name].agency for name in people})

    @property
    def seated(self) -> Sequence[str]:
        """Everybody with a seat, once each."""
        return list(dict.fromkeys(name for names in self.allocation.seated.values() for name in names))


class DrawSummary(Struct, frozen=True):
    """A draw in one line, for the desk: how many take part, when sign-up ends, when it was confirmed."""

    applicants: int
    ends_at: datetime
    drawn_at: datetime | None
    state: ReviewState
