"""What a report counts: the store's rows of one programme, as plain values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, field

from bot.domain.offerings.offering import Offering


class SeatState(StrEnum):
    """The outcome of somebody's newest sign-up to an offering."""

    SEATED = "seated"
    WAITING = "waiting"  # waits, or has been offered a seat
    IN_VAIN = "in_vain"  # waited until the offering began or was cancelled
    GAVE_UP = "gave_up"  # had a seat
    LEFT_QUEUE = "left_queue"  # never had one


class Seat(NamedTuple):
    """``agency`` is the key that seats are counted by; ``at`` is when the seat was taken or given up."""

    offering: str
    person: str
    agency: str
    state: SeatState
    at: datetime


class Member(NamedTuple):
    role: str
    language: str


class Mark(NamedTuple):
    offering: str
    session: int
    person: str
    attended: bool


class Asked(NamedTuple):
    """A prompt that was sent to one person, when they were reminded of it and when they answered."""

    offering: str
    person: str
    sent_at: datetime
    reminded_at: datetime | None
    answered_at: datetime | None


class Inquiry(NamedTuple):
    """Questions that were asked together: ``asked`` are offering and person, ``choices`` the numbers of
    choices by question, ``chosen`` what each of them chose, by question, offering and person."""

    name: str
    asked: frozenset[tuple[str, str]]
    choices: Mapping[str, int]
    chosen: Mapping[tuple[str, str, str], int]


class Facts(Struct, frozen=True):
    """``stopped`` are people who chose no prompts, ``fewer`` people who chose fewer, ``faded`` people who
    were asked whether to go on. ``tellers`` are the people whose cases are in this report or an earlier one,
    with the time since when."""

    offerings: Sequence[Offering]
    members: Mapping[str, Member]
    seats: Sequence[Seat]
    marks: Sequence[Mark]
    asked: Sequence[Asked]
    inquiries: Sequence[Inquiry]
    stopped: frozenset[str]
    fewer: frozenset[str]
    faded: frozenset[str]
    at: datetime
    tellers: Mapping[str, datetime] = field(default_factory=dict)
