"""Checks that everybody got what they should: a fast wrong answer is worth nothing."""

import json
import re

from bench.seed import RUSH, RUSH_SEATS, RUSH_SEATS_PER_AGENCY
from bot.services.offerings.roster import list_roster
from storage.engine import Store

_place = re.compile(r"You are number (\d+) in line")
_seat = "The seat is yours."


class WrongOutcomeError(Exception):
    """Seats or places are not as they must be; the text says which."""


def check_rush(database: str, answers: dict[str, bytes]) -> None:
    """Exactly 20 seated, no agency over its limit, everybody else in line once, in the order of ids, and
    each told the place they have. ``answers`` is what each user id was answered. Raises WrongOutcomeError.
    """
    store = Store(database)
    with store.read_transaction() as tx:
        roster = list_roster(tx, RUSH)
    store.close()
    seated = [row for row in roster if row.status == "seated"]
    waiting = [row for row in roster if row.status == "waiting"]
    if len(seated) != RUSH_SEATS:
        raise WrongOutcomeError(f"{len(seated)} are seated, not {RUSH_SEATS}")
    for agency in {row.agency for row in seated}:
        if (number := sum(row.agency == agency for row in seated)) > RUSH_SEATS_PER_AGENCY:
            raise WrongOutcomeError(f"{agency} has {number} seats")
    if {row.user_id for row in roster} != set(answers) or len(roster) != len(answers):
        raise WrongOutcomeError(f"{len(roster)} are on the roster, {len(answers)} asked")
    if [row.position for row in waiting] != list(range(1, len(waiting) + 1)):
        raise WrongOutcomeError("the places in line are not 1, 2, 3 ... in the order of sign-up")
    for row in roster:
        told = _told(answers[row.user_id])
        if told != row.position:
            raise WrongOutcomeError(f"{row.user_id} was told {told}, the roster says {row.position}")


def _told(answer: bytes) -> int | None:
    """The place in line that an answer names; None for a seat."""
    text = json.dumps(json.loads(answer)["view"]["blocks"], ensure_ascii=False)
    if _seat in text:
        return None
    place = _place.search(text)
    if place is None:
        raise WrongOutcomeError(f"an answer names neither a seat nor a place: {text[:200]}")
    return int(place[1])
