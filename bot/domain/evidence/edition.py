"""An edition: the published figures of a programme, without those that were withheld.

It is stored, so that a report repeated soon has the same figures, and a later one withholds what could be
computed from both.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Self

from msgspec import Struct, to_builtins

from bot.domain.evidence.figures import Figures, Mix, Spread
from bot.domain.evidence.suppression import Earlier, Past, Why

STANDS: Final = timedelta(days=90)
"""How long a report keeps the same figures, unless an operator asks for new ones. Each new edition withholds
more than the one before, because differences of a few people must not be seen."""


class Edition(Struct, frozen=True):
    """``published`` and ``withheld`` are by key, in the order they were counted. Keys are paths: ``people``,
    ``role/expert``, ``seated/dialogue-2``."""

    at: datetime
    published: Mapping[str, Earlier]
    withheld: Mapping[str, Why]
    spread: Mapping[str, Spread]
    mix: Mix
    order: Sequence[str]

    def number(self, key: str) -> int | None:
        """None where it is withheld, or had not been counted yet."""
        found = self.published.get(key)
        return found.number if found is not None else None

    def has(self, key: str) -> bool:
        return key in self.published or key in self.withheld

    def under(self, family: str) -> list[str]:
        """The last parts of the keys in a family, in the order they were counted."""
        start = f"{family}/"
        return [key.removeprefix(start) for key in self.order if key.startswith(start)]

    def as_plain(self) -> dict[str, Any]:
        """The edition as plain JSON values, for the store."""
        return {
            "published": {
                key: {"number": each.number, "own": dict(each.own)} for key, each in self.published.items()
            },
            "withheld": {key: why.value for key, why in self.withheld.items()},
            "spread": {code: to_builtins(each) for code, each in self.spread.items()},
            "mix": to_builtins(self.mix),
            "order": list(self.order),
        }

    @classmethod
    def from_plain(cls, at: datetime, plain: Mapping[str, Any]) -> Self:
        mix = plain["mix"] | {"met": [tuple(each) for each in plain["mix"]["met"]]}
        return cls(
            at,
            {key: Earlier(each["number"], each["own"]) for key, each in plain["published"].items()},
            {key: Why(why) for key, why in plain["withheld"].items()},
            {code: Spread(**each) for code, each in plain["spread"].items()},
            Mix(**mix),
            plain["order"],
        )


def edition_of(figures: Figures, at: datetime) -> Edition:
    """The edition with all figures that may be published."""
    published = {
        each.key: Earlier(each.number, {code: part.number for code, part in each.own.items()})
        for each in figures.cells
        if each.key not in figures.withheld
    }
    order = [each.key for each in figures.cells]
    return Edition(at, published, figures.withheld, figures.spread, figures.mix, order)


def past_of(editions: Sequence[Edition]) -> Past:
    """What earlier editions published and withheld, for the suppression in a new one."""
    withheld = frozenset(key for each in editions for key in each.withheld)
    return Past(withheld, [each.published for each in editions], [each.at for each in editions])
