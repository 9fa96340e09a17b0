"""The end of an offering: what the closing message tells, and what a certificate may say."""

import secrets
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.deliveries import DeliveryKind
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.model import Reading, UseQuestion
from bot.domain.reflections import Reflection

LEAST_COUNTED: Final = 5
"""Answers are counted from this many people up, choice by choice."""


class Occasion(StrEnum):
    """When people are asked about use: in the closing message, and three and six months later."""

    CLOSING = "closing"
    AFTER_3 = "after_3"
    AFTER_6 = "after_6"

    @property
    def kind(self) -> DeliveryKind:
        """The kind of the message that asks."""
        return _KINDS[self]

    @property
    def months(self) -> int:
        """Months after the last session."""
        return _MONTHS[self]


_KINDS: Final = {
    Occasion.CLOSING: DeliveryKind.CLOSING_LETTER,
    Occasion.AFTER_3: DeliveryKind.USE_AFTER_3,
    Occasion.AFTER_6: DeliveryKind.USE_AFTER_6,
}
_MONTHS: Final = {Occasion.CLOSING: 0, Occasion.AFTER_3: 3, Occasion.AFTER_6: 6}

_ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # without characters that look like others
_CODE_LENGTH: Final = 16


class Ending(Struct, frozen=True):
    """What the closing message tells one person. ``use``: each question with the choice they made, if any;
    ``next_up``: what comes next in the strand. Somebody who is marked as absent from every session gets no
    certificate, is not thanked for taking part and is asked nothing."""

    offering: Offering
    materials: Sequence[Reading]
    own_words: Sequence[Reflection]
    use: Sequence[tuple[UseQuestion, int | None]]
    next_up: Sequence[Offering]
    has_certificate: bool


class FollowUp(Struct, frozen=True):
    """What one person is asked some months after an offering: each question with the choice they made, if
    any."""

    offering: Offering
    occasion: Occasion
    use: Sequence[tuple[UseQuestion, int | None]]


class UseCount(Struct, frozen=True):
    """How many people, at least, made each choice of a question: rounded down to a multiple of five, so that
    the counts don't reveal what one more answer was. None for a choice that fewer than five made, and for all
    while no choice has five."""

    question: UseQuestion
    counts: Sequence[int | None] | None


class Certified(Struct, frozen=True):
    """What a certificate says. ``sessions`` are those marked as attended, with True, and the unmarked ones
    that the person was signed up to, with False."""

    offering: Offering
    name: str
    language: str
    code: str
    sessions: Sequence[tuple[Session, bool]]

    @property
    def is_confirmed(self) -> bool:
        return all(is_marked for _, is_marked in self.sessions)

    @property
    def lasts(self) -> timedelta:
        return sum((each.ends_at - each.starts_at for each, _ in self.sessions), timedelta())

    @property
    def hours(self) -> float:
        """Hours of all sessions, to a quarter: 6.5."""
        return round(self.lasts.total_seconds() / 900) / 4

    @property
    def ended_on(self) -> date:
        return max(each.on for each in self.offering.standing_sessions)

    @property
    def initials(self) -> str:
        """``A. V.``: enough to compare with a known name, not enough to learn one."""
        return " ".join(f"{part[0].upper()}." for part in self.name.split())


def certified_sessions(
    offering: Offering, seated_at: datetime, attended: Mapping[int, bool], absent: Collection[int]
) -> list[tuple[Session, bool]]:
    """The sessions that a certificate may name, each with whether attendance is marked.

    Left out: sessions before the person had the seat, sessions marked as missed, and unmarked sessions that
    the person said they could not come to.
    """
    named = []
    for session in offering.standing_sessions:
        was_there = attended.get(session.number)
        if session.ends_at <= seated_at or was_there is False:
            continue
        if was_there is None and session.number in absent:
            continue
        named.append((session, was_there is not None))
    return named


def follow_up_day(offering: Offering, occasion: Occasion) -> date | None:
    """The day ``months`` after the last session, at the latest the last day of that month; None: nothing is
    asked."""
    standing = [each for each in offering.effective_sessions if not each.cancelled]
    if not standing or not offering.closing.follow_up or not occasion.months:
        return None
    last = max(each.on for each in standing)
    year, month = divmod(last.year * 12 + last.month - 1 + occasion.months, 12)
    return date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))


def materials_of(offering: Offering) -> list[Reading]:
    """The materials of each session that took place, then those of the offering."""
    of_sessions = [each for session in offering.standing_sessions for each in session.materials]
    return [*of_sessions, *offering.details.materials]


def handed_out(offering: Offering, now: datetime) -> list[Reading]:
    """The materials of the sessions that are over."""
    over = [each for each in offering.standing_sessions if each.ends_at <= now]
    return [each for session in over for each in session.materials]


def new_code() -> str:
    """About 78 random bits, in groups that can be read from paper: ``K7QX-2MBD-...``."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(letters[n : n + 4] for n in range(0, _CODE_LENGTH, 4))


def tidy_code(typed: str) -> str:
    """A code as it is stored, from what somebody copied from paper."""
    letters = "".join(each for each in typed.upper() if each.isalnum())
    return "-".join(letters[n : n + 4] for n in range(0, len(letters), 4))


def counts_of(question: UseQuestion, choices: Collection[int]) -> UseCount:
    """The counts of each question; ``choices`` are those of all people."""
    made = [sum(each == n for each in choices) for n in range(len(question.choices))]
    told = [n - n % LEAST_COUNTED or None for n in made]
    return UseCount(question, told if any(told) else None)
