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
        """Names who is in it: whoever has been told of these people need not hear of them again."""
        return hashlib.sha256(f"{self.number}:{','.join(sorted(self.people))}".encode()).hexdigest()[:16]


class SessionRooms(Struct, frozen=True):
    """Everybody with a seat by id, as they are called in lists, and their agencies; the rooms, none at first;
    ``missing`` are those who have no room or are not expected."""

    offering: Offering
    session: Session
    called: Mapping[str, str]
    agency_of: Mapping[str, str]
    rooms: Sequence[Room]
    quality: Quality | None
    missing: frozenset[str]
    moved: int | None = None
    told: int | None = None
