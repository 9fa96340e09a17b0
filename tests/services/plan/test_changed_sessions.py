"""What a session keeps when the plan changes it: the version that calendars follow, and a kept venue."""

from datetime import time, timedelta

from msgspec.structs import replace

from bot.domain.plan.model import PlannedSession, Reading, Venue
from bot.services.plan.apply import apply_plan
from storage.engine import Store
from storage.offerings import catalogue as offering_rows
from tests.support.enrolling import NOW
from tests.support.plans import a_plan, a_session, an_offering, texts

LATER = NOW + timedelta(days=1)


def stored(store: Store, session: PlannedSession) -> offering_rows.SessionRow:
    """The session as it is stored once a plan with it was applied."""
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(sessions=(session,))), LATER)
        (row,) = offering_rows.list_sessions_of(tx, 1)
    return row


def test_materials_and_a_venue_do_not_raise_the_sequence_that_calendars_follow(store: Store) -> None:
    plain = a_session(1)
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(sessions=(plain,))), NOW)
    given = replace(plain, materials=(Reading(texts("Kalvot"), "https://kaiku.example/1"),), venue=Venue(900))
    row = stored(store, given)
    assert (row.sequence, row.changed_at) == (0, NOW)
    assert (row.venue is not None, row.materials is not None) == (True, True)
    row = stored(store, replace(given, ends=time(20)))
    assert (row.sequence, row.changed_at) == (1, LATER)


def test_a_venue_stays_kept_until_the_plan_says_another(store: Store) -> None:
    booked, until = a_session(1, venue=Venue(900, NOW.date())), NOW.date()
    stored(store, booked)
    with store.transaction() as tx:
        offering_rows.keep_venue(tx, 1, 1, until)
    assert stored(store, replace(booked, ends=time(20))).venue_kept_until == until
    assert stored(store, replace(booked, venue=Venue(1000, until))).venue_kept_until is None
