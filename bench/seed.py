"""What the bench measures on: two offerings and people who have introduced themselves."""

from datetime import UTC, datetime, time, timedelta

from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Defaults, Profile
from bot.domain.plan.model import OfferingKind, Plan, PlannedOffering, PlannedSession, PlannedStrand
from bot.services.calendars.tokens import CalendarTokens
from bot.services.people.profiles import ProfileChanges, change_settings, meet
from bot.services.plan.apply import apply_plan
from storage.engine import Store, parse_database_url
from storage.migrate import downgrade, upgrade
from storage.transaction import Tx

RUSH, ROOMY = "rush", "roomy"
"""The offering everybody wants, and one with a seat for each who asks."""

RUSH_SEATS, RUSH_SEATS_PER_AGENCY = 20, 4
TIMEZONE = "Europe/Helsinki"


def user_id(number: int) -> str:
    return f"U{number:05}"


def fill(database: str, book: AgencyBook, people: int) -> None:
    """Empty the database, then store the plan and ``people`` people of every agency in turn."""
    url = parse_database_url(database)
    downgrade(url, "base")
    upgrade(url)
    store = Store(url)
    now = datetime.now(UTC)
    with store.transaction() as tx:
        apply_plan(tx, _plan(now), now)
        for number in range(people):
            _introduce(tx, user_id(number), book.codes[number % len(book.codes)], now)
    store.close()


def _introduce(tx: Tx, user: str, agency: str, now: datetime) -> None:
    defaults = Defaults("en", TIMEZONE)
    meet(tx, Profile(user, user, language="en", timezone=TIMEZONE), defaults, now)
    change_settings(
        tx, user, ProfileChanges(agency=agency, role="expert"), defaults, CalendarTokens((b"bench",)), now
    )


def _plan(now: datetime) -> Plan:
    offerings = (
        offering(RUSH, RUSH_SEATS, RUSH_SEATS_PER_AGENCY, now),
        offering(ROOMY, 100_000, 100_000, now),
    )
    title = {"fi": "Mittaus", "sv": "Mätning", "en": "Bench"}
    return Plan("bench", title, TIMEZONE, (PlannedStrand(1, title, offerings),))


def offering(code: str, capacity: int, per_agency: int, now: datetime) -> PlannedOffering:
    words = {"fi": f"Ryhmä {code}", "sv": f"Grupp {code}", "en": f"Group {code}"}
    sessions = tuple(
        PlannedSession(
            number=number,
            on=(now + timedelta(days=20 * number)).date(),
            starts=time(9),
            ends=time(15, 30),
            place={
                "fi": "Säätytalo, Helsinki",
                "sv": "Ständerhuset, Helsingfors",
                "en": "House of the Estates",
            },
        )
        for number in (1, 2, 3)
    )
    return PlannedOffering(
        code=code,
        kind=OfferingKind.GROUP,
        title=words,
        summary=words,
        capacity=capacity,
        seats_per_agency=per_agency,
        sessions=sessions,
    )
