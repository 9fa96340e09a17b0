"""Who acts for offerings: their facilitators by the plan file, and coordinators."""

import logging
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, may_lead
from bot.domain.people.person import Person
from bot.services.offerings.catalogue import load_offering

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leader:
    """Who acts, and who are coordinators."""

    person: Person
    coordinators: frozenset[str]

    def may_lead(self, offering: Offering) -> bool:
        return may_lead(self.person.id, offering, self.coordinators)

    @property
    def is_coordinator(self) -> bool:
        return self.person.id in self.coordinators

    def refused(self, error: KaikuError, act: str, about: object = "") -> KaikuError:
        """``error``, once it is logged who tried what: somebody without the role, or a forged payload.

        ``act`` names feature and deed, ``announcement_withdraw``; ``about`` is a code or an id.
        """
        log.warning(
            "refused: %s of %s by %s",
            act,
            about,
            self.person.id,
            extra={"action": f"{act}_refused", "user": self.person.id, "about": str(about)},
        )
        return error


def load_led(tx: Session, leader: Leader, code: str, act: str) -> Offering:
    """The offering, for whoever may act for it. Raises KaikuError."""
    offering = load_offering(tx, code)
    if not leader.may_lead(offering):
        raise leader.refused(KaikuError(Refusal.NOT_YOURS_TO_ASK, offering=offering), act, code)
    return offering
