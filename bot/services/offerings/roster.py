"""The roster of an offering: who has a seat, who waits and who left."""

import math
from collections.abc import Sequence

from msgspec import Struct

from bot.domain.enrolment.seats import InLine, Status, seated_over_limit
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.namesakes import tell_apart
from bot.services.offerings.catalogue import load_offering
from storage.offerings import roster as roster_rows
from storage.offerings.roster import EnrolledRow
from storage.transaction import Tx

_ORDER = [Status.SEATED, Status.OFFERED, Status.WAITING, Status.WITHDRAWN, Status.REMOVED]


class RosterRow(Struct, frozen=True):
    """One person. ``agency`` is the key that seats are counted by: a code, or ``other:`` and the person's own
    words; ``position`` is the place on the waiting list (from 1)."""

    user_id: str
    name: str
    agency: str
    role: str | None
    status: Status
    position: int | None
    over_limit: bool = False
    """Their seat exceeds their agency's limit."""
    own_words: str | None = None
    """An employer that is not in the list of agencies, as the person wrote it."""
    enrolment_id: int = 0
    language: str = "fi"
    timezone: str | None = None

    def employer(self, book: AgencyBook, language: str) -> str:
        return self.own_words or book.name(self.agency, language)


def call_each(roster: Sequence[RosterRow], book: AgencyBook, language: str) -> dict[str, str]:
    """By user id, each person's name in lists of the offering's people: namesakes are told apart."""
    return tell_apart(
        {row.user_id: row.name for row in roster},
        {row.user_id: row.employer(book, language) for row in roster},
    )


def list_roster(tx: Tx, code: str) -> list[RosterRow]:
    """The roster of the offering with this code. Raises KaikuError: UNKNOWN_OFFERING."""
    return roster_of(tx, load_offering(tx, code))


def roster_of(tx: Tx, offering: Offering) -> list[RosterRow]:
    """People with a seat, then those waiting, then those who left; each group in order of sign-up, waiting
    people in the order of the waiting list.
    """
    roster: list[RosterRow] = []
    position = 0
    enrolled = roster_rows.list_enrolled(tx, offering.code)
    held = [
        InLine(each.enrolment_id, each.agency) for each in enrolled if each.status in {"seated", "offered"}
    ]
    over = set(seated_over_limit(offering.limits, held))
    for row in sorted(enrolled, key=lambda each: (_turn_of(each), _place_of(each))):
        status = Status(row.status)
        is_waiting = status is Status.WAITING
        position += is_waiting
        place = position if is_waiting else None
        roster.append(
            RosterRow(
                row.person_id,
                row.name,
                row.agency,
                row.role,
                status,
                place,
                over_limit=row.enrolment_id in over,
                own_words=row.agency_name,
                enrolment_id=row.enrolment_id,
                language=row.language,
                timezone=row.timezone,
            )
        )
    return sorted(roster, key=lambda each: _ORDER.index(each.status))


def _place_of(row: EnrolledRow) -> float:
    is_moved = row.place is not None and row.status == Status.WAITING
    return row.place if is_moved and row.place is not None else float(row.enrolment_id)


def _turn_of(row: EnrolledRow) -> float:
    """Sort key: waiting people with a kept turn come first."""
    is_kept = row.turn is not None and row.status == Status.WAITING
    return row.turn if is_kept and row.turn is not None else math.inf
