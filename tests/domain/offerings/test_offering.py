"""Who may act for an offering."""

import pytest

from bot.domain.offerings.offering import may_facilitate
from bot.services.offerings.catalogue import to_offering
from storage.offerings.catalogue import OfferingRow
from tests.support.plans import texts

OFFERING = to_offering(
    OfferingRow(
        id=1,
        code="foresight-1",
        kind="event",
        strand_number=3,
        strand_title=texts("Ennakointi"),
        title=texts("Signaalit"),
        summary=texts("Sisältö"),
        capacity=20,
        seats_per_agency=4,
        agency_seats={},
        facilitators=["UFASI", "ennakointi@kaiku.example"],
        opens_on=None,
        closes_on=None,
        timezone="Europe/Helsinki",
        cancelled=False,
        timetable_version=1,
    ),
    (),
)


@pytest.mark.parametrize(
    ("person", "may"), [("UFASI", True), ("UKOORD", True), ("UAINO", False), ("", False)]
)
def test_an_offering_is_led_by_its_facilitators_and_by_coordinators(person: str, may: bool) -> None:
    assert may_facilitate(person, OFFERING, frozenset({"UKOORD"})) is may
