"""Who may act for an offering."""

import pytest

from bot.domain.offerings.offering import may_facilitate
from tests.support.offerings import OFFERING


@pytest.mark.parametrize(
    ("person", "may"), [("UFASI", True), ("UKOORD", True), ("UAINO", False), ("", False)]
)
def test_an_offering_is_led_by_its_facilitators_and_by_coordinators(person: str, may: bool) -> None:
    assert may_facilitate(person, OFFERING, frozenset({"UKOORD"})) is may
