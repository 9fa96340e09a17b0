"""Practical needs that people may tell when they join: a fixed list, nothing about health and no free text.

docs/decisions/0021-practical-needs.md says why these and no others.
"""

from collections.abc import Iterable
from enum import StrEnum


class Need(StrEnum):
    """What the organiser can arrange. The order is the order of the form."""

    STEP_FREE = "step_free"
    HEARING_LOOP = "hearing_loop"
    IN_ADVANCE = "in_advance"
    LARGE_PRINT = "large_print"
    INTERPRETATION = "interpretation"
    NO_MEAT = "no_meat"


def read_needs(written: Iterable[str]) -> list[Need]:
    """The known needs among ``values``, once each, in the order of the form."""
    found = set(written)
    return [each for each in Need if each in found]
