"""How far a change of a session has been acknowledged."""

from collections.abc import Sequence

from msgspec import Struct


class Acknowledged(Struct, frozen=True):
    """How many with a seat were told that a session changed, who of them has not acknowledged it, by user id,
    and whether it is time to name them."""

    told: int
    missing: Sequence[str]
    is_time: bool

    @property
    def done(self) -> int:
        return self.told - len(self.missing)
