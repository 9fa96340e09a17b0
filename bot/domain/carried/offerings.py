"""What buttons about offerings, sessions, seats and posts carry."""

from datetime import date
from typing import Self

from msgspec import Struct

from bot.domain.carried.ids import MAX_ID_DIGITS, parse_id, parse_number
from bot.domain.errors import KaikuError, Refusal


class SessionRef(Struct, frozen=True):
    """A session of an offering: ``dialogue-2/1``. What is not a number becomes 0, which the services refuse:
    no session has it."""

    code: str
    number: int

    def __str__(self) -> str:
        return f"{self.code}/{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, number = text.partition("/")
        return cls(code, parse_number(number, MAX_ID_DIGITS) or 0)


class VenueRef(Struct, frozen=True):
    """A session's venue and the last day on which it can be cancelled free of charge, as it was shown:
    ``dialogue-2/1/2019-03-26``, or ``dialogue-2/1/`` if there is no such day."""

    code: str
    number: int
    free_until: date | None

    def __str__(self) -> str:
        return f"{self.code}/{self.number}/{self.free_until or ''}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: CHANGED_MEANWHILE."""
        code, number, until = [*text.split("/", 2), "", ""][:3]
        try:
            free_until = date.fromisoformat(until) if until else None
        except ValueError as error:
            raise KaikuError(Refusal.CHANGED_MEANWHILE) from error
        return cls(code, parse_number(number, MAX_ID_DIGITS) or 0, free_until)

    @classmethod
    def of_delivery(cls, code: str, number: int, occurrence: str) -> Self:
        """Of a message that asks about the venue: see ``session_notes.venue_occurrence_of``."""
        return cls(code, number, date.fromisoformat(occurrence))


class TextsTarget(Struct, frozen=True):
    """The texts of an offering (session 0) or of a session, and the digest of the texts that the form showed:
    ``dialogue-2/0/9f2c0d``."""

    session: SessionRef
    mark: str

    def __str__(self) -> str:
        return f"{self.session}/{self.mark}"

    @classmethod
    def parse(cls, text: str) -> Self:
        about, _, mark = text.rpartition("/")
        return cls(SessionRef.parse(about), mark)


class OfferRef(Struct, frozen=True):
    """A seat that was offered, and the offering: ``7:dialogue-2``."""

    offer_id: int
    code: str

    def __str__(self) -> str:
        return f"{self.offer_id}:{self.code}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: OFFER_GONE."""
        offer_id, _, code = text.partition(":")
        return cls(parse_id(offer_id, Refusal.OFFER_GONE), code)


class PostRef(Struct, frozen=True):
    """A post in a channel and the offering that a button under it is about: ``5:dialogue-2``."""

    post_id: int
    code: str

    def __str__(self) -> str:
        return f"{self.post_id}:{self.code}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: ANNOUNCEMENT_GONE."""
        post_id, _, code = text.partition(":")
        return cls(parse_id(post_id, Refusal.ANNOUNCEMENT_GONE), code)


class JoinTarget(Struct, frozen=True):
    """What a join form is for: ``dialogue-2``, and the post that it was opened from: ``dialogue-2@5``. A post
    that can't be parsed is left out: it only serves statistics."""

    code: str
    post_id: int | None = None

    def __str__(self) -> str:
        return self.code if self.post_id is None else f"{self.code}@{self.post_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, post_id = text.partition("@")
        return cls(code, parse_number(post_id, MAX_ID_DIGITS))


class ProposalRef(Struct, frozen=True):
    """The draw of an offering and the digest of the outcome that was shown: ``coaching-1:9f2c0d``; with a
    user id, the message to that person: ``coaching-1:9f2c0d:UAINO``."""

    code: str
    digest: str
    reader: str | None = None

    def __str__(self) -> str:
        return ":".join(filter(None, (self.code, self.digest, self.reader)))

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, rest = text.partition(":")
        digest, _, reader = rest.partition(":")
        return cls(code, digest, reader or None)


class UseChoice(Struct, frozen=True):
    """A choice for a question on use in the closing message: ``dialogue-2:used:1``. What is not a number
    becomes -1, which the services refuse: no choice has it."""

    code: str
    key: str
    choice: int

    def __str__(self) -> str:
        return f"{self.code}:{self.key}:{self.choice}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, rest = text.partition(":")
        key, _, choice = rest.partition(":")
        found = parse_number(choice, 1)
        return cls(code, key, -1 if found is None else found)
