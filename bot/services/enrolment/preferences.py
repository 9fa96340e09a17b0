"""Preferences in a draw that is still to come: stating, ranking and deleting them."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.offerings.offering import Offering, Standing
from bot.domain.people.person import Person
from bot.services.deliveries import outbox
from bot.services.enrolment.draws import find_group, fix_seed, plan_proposal
from bot.services.offerings.catalogue import list_undrawn, load_drawn_with, standings_in_draw
from storage import draws as draw_rows
from storage import enrolment as enrolment_rows
from storage.transaction import Tx


def standing_in_draw(tx: Tx, offering: Offering, person: Person) -> Standing | None:
    """A person's standing in the offering's coming draw; None without a preference for it."""
    undrawn = {each.id: each for each in load_drawn_with(tx, offering)}
    return standings_in_draw(tx, undrawn, person).get(offering.id) if undrawn else None


def prefer(
    tx: Tx, person: Person, offering: Offering, codes: Sequence[str], now: datetime
) -> tuple[Offering, Standing]:
    """Store a person's preferences in this order; without ``codes`` this offering, after the existing ones.
    Returns their first choice, or this offering. Its lock, and with ``codes`` that of every offering of the
    draw, is held.
    """
    together = load_drawn_with(tx, offering)
    by_code = {each.code: each for each in together}
    mine = draw_rows.list_preferences_of(tx, person.id)
    before = [row.offering_id for row in mine if row.offering_id in {each.id for each in together}]
    chosen = [by_code[code] for code in dict.fromkeys(codes) if code in by_code]
    wanted = [each.id for each in chosen if _may_want(tx, each, person)]
    if not codes:
        wanted = list(dict.fromkeys([*before, offering.id]))
    if wanted and wanted != before:
        for each in together:
            fix_seed(tx, each, now)
        draw_rows.set_preferences(tx, person.id, wanted, before, now)
        if not before:
            plan_proposal(tx, find_group(tx, offering.code), now)
        outbox.plan_home(tx, [person.id], now)
    shown = next((each for each in together if each.id == (wanted or before or [offering.id])[0]), offering)
    if not codes:
        shown = offering
    standings = standings_in_draw(tx, {each.id: each for each in together}, person)
    return shown, standings[shown.id]


def _may_want(tx: Tx, offering: Offering, person: Person) -> bool:
    return enrolment_rows.get_standing_enrolment(tx, offering.id, person.id) is None


def take_back(tx: Tx, person: Person, offering: Offering, now: datetime) -> bool:
    """Delete the person's preference for this offering; False if there is none."""
    gone = draw_rows.get_preference(tx, person.id, offering.id)
    if gone is None or not list_undrawn(tx, [offering]):
        return False
    draw_rows.delete_preference(tx, gone, [each.id for each in load_drawn_with(tx, offering)])
    outbox.plan_home(tx, [person.id], now)
    return True
