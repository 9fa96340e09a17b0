"""People who take and leave seats by calling the services, without Slack."""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace
from sqlalchemy import insert

from bot.domain.people.person import Defaults, Profile
from bot.services.enrolment.join import enrol
from bot.services.enrolment.leave import withdraw
from bot.services.people.profiles import meet
from storage.tables import Person
from storage.transaction import Tx

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
DEFAULTS = Defaults("fi", "Europe/Helsinki")


def add_people(tx: Tx, agencies: Mapping[str, str], met_at: datetime = NOW) -> None:
    """People whom Kaiku has met, who have said their agency: by person."""
    known = {"role": "expert", "language": "fi", "timezone": "Europe/Helsinki", "met_at": met_at}
    rows = [{"id": name, "name": name, "agency": agency} | known for name, agency in agencies.items()]
    tx.execute(insert(Person), rows)


def join(tx: Tx, user_id: str, code: str = "dialogue-1", agency: str | None = None) -> None:
    """Sign a person up, by default from an agency that nobody else is of."""
    profile = Profile(user_id=user_id, name=user_id.title(), language="fi", timezone="Europe/Helsinki")
    person = meet(tx, profile, DEFAULTS, NOW)
    enrol(
        tx,
        replace(person, agency=agency or f"agency-{user_id.lower()}", role="expert"),
        code,
        NOW,
    )


def leave(tx: Tx, user_id: str, code: str = "dialogue-1") -> None:
    profile = Profile(user_id=user_id, name=user_id, language="fi", timezone="Europe/Helsinki")
    withdraw(tx, meet(tx, profile, DEFAULTS, NOW), code, NOW)
