"""One offering without sessions, as the catalogue builds it from its row."""

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
