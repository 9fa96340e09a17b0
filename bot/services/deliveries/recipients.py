"""Loads the recipients of messages."""

from collections.abc import Sequence

from bot.domain.calendars.wall_time import known_or
from bot.domain.people.person import Defaults, Person
from storage import people as person_rows
from storage.transaction import Tx


def find_person(tx: Tx, user_id: str, defaults: Defaults) -> Person | None:
    """The person, if Kaiku has met them."""
    row = person_rows.get_person(tx, user_id)
    return to_person(row, defaults) if row is not None else None


def find_people(tx: Tx, user_ids: Sequence[str], defaults: Defaults) -> list[Person | None]:
    """``find_person`` for each of these ids, in one statement."""
    if len(user_ids) == 1:
        return [find_person(tx, user_ids[0], defaults)]
    found = {row.id: to_person(row, defaults) for row in person_rows.list_people(tx, user_ids)}
    return [found.get(each) for each in user_ids]


def list_seated(tx: Tx, offering_id: int, defaults: Defaults) -> list[Person]:
    """People with a seat in this offering, in order of sign-up."""
    return [to_person(row, defaults) for row in person_rows.list_seated(tx, offering_id)]


def to_person(row: person_rows.PersonRow, defaults: Defaults) -> Person:
    """The person of a stored row, with defaults for what they have not chosen."""
    return Person(
        id=row.id,
        name=row.name,
        language=row.language,
        timezone=known_or(row.timezone, defaults.timezone),
        agency=row.agency,
        agency_name=row.agency_name,
        role=row.role,
        is_guest=row.is_guest,
        is_bot=row.is_bot,
        deactivated=row.deactivated,
        is_verified=row.timezone is not None,
        has_home=row.home_opened,
        hears_daily=row.daily_line,
        wants_link=row.link_before,
        is_coordinator=row.is_coordinator,
    )
