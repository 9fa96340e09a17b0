"""Letters: what a facilitator writes once to the people of an offering."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.enrolment.seats import Status
from bot.domain.language import Texts

MAX_LETTER: Final = 1500
"""Characters of a letter in one language: it fits one section of a message."""

DUTIES: Final = ("fi", "sv")
"""The languages in which a letter must be written; English is optional."""

STAYS_USEFUL: Final = timedelta(days=14)


class LetterAudience(StrEnum):
    """Whom a letter is to. ``session``: those with a seat who have not said that they can't come to it.
    ``not_read``: those of them who were told that it changed and have not acknowledged that."""

    SEATED = "seated"
    WAITING = "waiting"
    BOTH = "both"
    SESSION = "session"
    NOT_READ = "not_read"


OF_SESSION: Final = frozenset({LetterAudience.SESSION, LetterAudience.NOT_READ})
"""Audiences that are about one session."""


class LetterState(StrEnum):
    DRAFT = "draft"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


_STATUSES: Final = {
    LetterAudience.SEATED: frozenset({Status.SEATED}),
    LetterAudience.WAITING: frozenset({Status.WAITING, Status.OFFERED}),
    LetterAudience.BOTH: frozenset({Status.SEATED, Status.WAITING, Status.OFFERED}),
    LetterAudience.SESSION: frozenset({Status.SEATED}),
    LetterAudience.NOT_READ: frozenset({Status.SEATED}),
}


class Letter(Struct, frozen=True):
    """A letter, by whom and to whom; ``session`` is the number of the session that it is about."""

    id: int
    author: str
    audience: LetterAudience
    session: int | None
    text: Texts
    in_office_hours: bool
    state: LetterState = LetterState.DRAFT


def statuses_of(audience: LetterAudience) -> frozenset[Status]:
    """The statuses of enrolment that the audience covers. People who are offered a seat count as waiting."""
    return _STATUSES[audience]
