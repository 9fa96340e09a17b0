"""How far a change of a session has been acknowledged."""

from collections.abc import Sequence

from msgspec import Struct


class Acknowledged(Struct, frozen=True):
    """How many people with a seat were told that a session changed, the user ids of those who have not
    acknowledged it, and whether it is time to name them."""

    told: int
    missing: Sequence[str]
    is_time: bool

    @property
    def done(self) -> int:
        return self.told - len(self.missing)
