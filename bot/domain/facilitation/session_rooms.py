"""The dialogue rooms of one session, as facilitators and participants see them."""

import hashlib
from collections.abc import Mapping, Sequence

from msgspec import Struct

from bot.domain.facilitation.rooms import Quality
from bot.domain.offerings.offering import Offering, Session


class Room(Struct, frozen=True):
    """A room with its number, its people (ids) and who opens the dialogue."""

    number: int
    people: Sequence[str]
    host: str

    @property
    def mark(self) -> str:
        """Identifies the people in the room: somebody who was told of them need not be told again."""
        return hashlib.sha256(f"{self.number}:{','.join(sorted(self.people))}".encode()).hexdigest()[:16]


class SessionRooms(Struct, frozen=True):
    """``called`` and ``agency_of`` have everybody with a seat, by id; ``rooms`` is empty at first;
    ``missing`` are people without a room or who are not expected."""

    offering: Offering
    session: Session
    called: Mapping[str, str]
    agency_of: Mapping[str, str]
    rooms: Sequence[Room]
    quality: Quality | None
    missing: frozenset[str]
    moved: int | None = None
    told: int | None = None
