"""Who acts for offerings: their facilitators and coordinators."""

import logging

from msgspec import Struct

from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, may_facilitate
from bot.domain.people.person import Person
from bot.services.offerings.catalogue import load_offering
from storage.offerings import facilitators as rows
from storage.transaction import Tx

log = logging.getLogger(__name__)


class Actor(Struct, frozen=True):
    """The acting person, and who the coordinators are."""

    person: Person
    coordinators: frozenset[str]

    def may_facilitate(self, offering: Offering) -> bool:
        return may_facilitate(self.person.id, offering, self.coordinators)

    @property
    def is_coordinator(self) -> bool:
        return self.person.id in self.coordinators

    def refused(self, error: KaikuError, act: str, about: object = "") -> KaikuError:
        """Log who tried what, then return ``error``: the person lacks the role, or the payload was forged.
        ``act`` names the feature and the act, ``announcement_withdraw``; ``about`` is a code or an id.
        """
        log.warning(
            "refused: %s of %s by %s",
            act,
            about,
            self.person.id,
            extra={"action": f"{act}_refused", "user": self.person.id, "about": str(about)},
        )
        return error


def actor_of(person: Person, coordinators: frozenset[str]) -> Actor:
    """The person as an actor. ``coordinators`` are those from the settings; others are stored, and read with
    the person."""
    stored = {person.id} if person.is_coordinator else set()
    return Actor(person, coordinators | stored)


def load_facilitated(tx: Tx, actor: Actor, code: str, act: str) -> Offering:
    """The offering, if this person may act for it. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK."""
    return require_facilitator(load_offering(tx, code), actor, act)


def require_facilitator(offering: Offering, actor: Actor, act: str) -> Offering:
    """Return the offering if this person may act for it. Raises KaikuError: NOT_YOURS_TO_ASK."""
    if not actor.may_facilitate(offering):
        raise actor.refused(KaikuError(Refusal.NOT_YOURS_TO_ASK, offering=offering), act, offering.code)
    return offering


def leads_any(tx: Tx, person_id: str) -> bool:
    """Whether this person facilitates any offering."""
    return bool(rows.list_led_by(tx, person_id))
