"""Success cases: what a few people volunteered to tell in a report, and whom Kaiku asks for one.

Both those whom the programme was of use to and those whom it was not are asked (Brinkerhoff). Whom Kaiku asks
it tells nobody: from being asked it could be guessed what somebody answered.
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
    """What stands with a case in the report."""

    NAME = "name"  # with the agency
    AGENCY = "agency"
    NOTHING = "nothing"


class Told(NamedTuple):
    """What somebody wrote: what they ``tried``, what ``came`` of it or got in the way."""

    tried: str
    came: str
    credit: Credit


class CaseState(StrEnum):
    WRITTEN = "written"  # only its writer sees it
    GIVEN = "given"  # for the next report; can be taken back
    ISSUED = "issued"  # stands in a report
    ERASED = "erased"  # stood in one, until its writer erased what they wrote


class Case(Struct, frozen=True):
    """What somebody tells of an offering; ``agency`` is the key of their agency."""

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
    """Up to ``most`` people, from both ends in turn: who found it most useful, who found it least useful.
    Everybody is judged by their newest answer; among equals it is drawn."""
    newest = {each.person: each for each in sorted(ratings, key=lambda one: one.at)}
    left = list(newest.values())
    dice.shuffle(left)
    left.sort(key=lambda one: one.place)
    chosen: list[Rating] = []
    while left and len(chosen) < most:
        chosen.append(left.pop(0 if len(chosen) % 2 == 0 else -1))
    return chosen
