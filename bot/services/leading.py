"""Who acts for offerings: their facilitators by the plan file, and coordinators."""

import logging
from dataclasses import dataclass

from bot.domain.errors import KaikuError
from bot.domain.offerings import Offering, may_lead
from bot.domain.people import Person

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leader:
    """Who acts, and who are coordinators."""

    person: Person
    coordinators: frozenset[str]

    def may_lead(self, offering: Offering) -> bool:
        return may_lead(self.person.id, offering, self.coordinators)

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
