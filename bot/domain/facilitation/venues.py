"""The decision about a session's venue: the people it is for, and whether it is kept."""

from msgspec import Struct

from bot.domain.facilitation.brief import Brief
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.model import Venue


class Booking(Struct, frozen=True):
    """``brief`` says who comes to the session and who cannot, ``waiting`` how many wait for a seat."""

    brief: Brief
    venue: Venue
    waiting: int

    @property
    def offering(self) -> Offering:
        return self.brief.offering

    @property
    def session(self) -> Session:
        return self.brief.session

    @property
    def is_kept(self) -> bool:
        """Whether somebody has decided to keep it."""
        until = self.session.free_until
        return until is not None and self.session.kept_until == until
