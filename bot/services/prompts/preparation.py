"""Preparing one's own 360 feedback and development discussion: a person enters dates, and gets a card around
each. Nobody else sees that they do.
"""

from collections.abc import Collection

from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Person
from bot.domain.prompts.preparation import Preparation
from bot.services.offerings.catalogue import load_offering_by_id
from bot.services.prompts.library import Cards, read_cards
from storage import enrolment as enrolment_rows
from storage import prompts as rows
from storage.transaction import Tx


def has_cards(offering: Offering) -> bool:
    """Whether seat holders may prepare with cards: the library of the offering's strand has some."""
    return not offering.cancelled and offering.prompt_library in read_cards()


def load_preparation(tx: Tx, person_id: str) -> Preparation:
    """The dates that the person has entered."""
    return load_preparations(tx, [person_id])[person_id]


def load_preparations(tx: Tx, person_ids: Collection[str]) -> dict[str, Preparation]:
    """The dates that each of these people has entered."""
    found = rows.list_preparations(tx, person_ids)
    return {each: Preparation(*found.get(each, ())) for each in person_ids}


def load_cards(tx: Tx, person_id: str) -> Cards | None:
    """The cards of the first offering with any in which the person has a seat."""
    for seat in enrolment_rows.list_seats(tx, [person_id])[person_id]:
        offering = load_offering_by_id(tx, seat.offering_id)
        if has_cards(offering) and offering.prompt_library is not None:
            return read_cards()[offering.prompt_library]
    return None


def open_preparation(tx: Tx, person: Person) -> tuple[Preparation, Cards]:
    """The dates and the cards. Without a seat the dates can still be taken back. Raises KaikuError:
    NOTHING_TO_PREPARE."""
    dates, cards = load_preparation(tx, person.id), load_cards(tx, person.id)
    if cards is None and not dates:
        raise KaikuError(Refusal.NOTHING_TO_PREPARE)
    return dates, cards or {}


def name_dates(tx: Tx, person: Person, dates: Preparation) -> None:
    """Set the dates, from now on; none stop the cards. Raises KaikuError: NOTHING_TO_PREPARE."""
    open_preparation(tx, person)
    if dates:
        rows.set_preparation(
            tx, person.id, rows.PreparationRow(dates.asking_on, dates.receiving_on, dates.discussion_on)
        )
    else:
        rows.delete_preparation(tx, person.id)
    rows.mark_stale(tx, [person.id])
