"""Success cases: what a few people volunteered to tell in a report, and whom Kaiku asks for one.

People who found the programme useful and people who did not are asked alike (Brinkerhoff). Nobody is told who
was asked, because that would hint at what they answered.
"""

import random
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec import Struct

from bot.domain.offerings.offering import Offering

MAX_PART: Final = 1500
"""Characters of each of the two parts of a case."""

MOST_TOLD: Final = 4
"""Cases in one report: from so many on no more are taken."""

ASKED_AT_ONCE: Final = (2, 4, 6, 8)
"""How many people a coordinator may have asked at a time."""


class Credit(StrEnum):
    """How the writer of a case is named in the report."""

    NAME = "name"  # with the agency
    AGENCY = "agency"
    NOTHING = "nothing"


class Told(NamedTuple):
    """The text of a case: what somebody ``tried``, and what ``came`` of it or got in the way."""

    tried: str
    came: str
    credit: Credit


class CaseState(StrEnum):
    WRITTEN = "written"  # only its writer sees it
    GIVEN = "given"  # for the next report; can be taken back
    ISSUED = "issued"  # published in a report
    ERASED = "erased"  # was published, until its writer erased it


class Case(Struct, frozen=True):
    """A success case about an offering; ``agency`` is the key of its writer's agency."""

    offering: Offering
    told: Told
    name: str
    agency: str | None
    state: CaseState


class Rating(NamedTuple):
    """How useful somebody found an offering by their own answer: ``place`` is 0 for the first choice of the
    question, 1 for its last."""

    person: str
    offering: str
    place: float
    at: datetime


def whom_to_ask(ratings: Sequence[Rating], most: int, dice: random.Random) -> list[Rating]:
    """Up to ``most`` people, taken in turn from those who found it most useful and least useful. A person's
    newest answer counts; ties are broken by lot."""
    newest = {each.person: each for each in sorted(ratings, key=lambda one: one.at)}
    left = list(newest.values())
    dice.shuffle(left)
    left.sort(key=lambda one: one.place)
    chosen: list[Rating] = []
    while left and len(chosen) < most:
        chosen.append(left.pop(0 if len(chosen) % 2 == 0 else -1))
    return chosen
