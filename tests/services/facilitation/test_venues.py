"""Whether a venue is kept is asked of facilitators and coordinators, and decided once."""

import threading
from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import update

from bot.domain.carried.offerings import VenueRef
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.people.person import Defaults, Person, Profile
from bot.domain.plan.model import PlannedSession, Venue
from bot.services.facilitation import venues
from bot.services.facilitation.venues import keep_venue
from bot.services.offerings.facilitators import Actor
from bot.services.offerings.session_notes import VENUE_KINDS
from bot.services.people.agency_book import read_agencies
from bot.services.people.profiles import meet
from bot.services.people.roles import change_coordinators
from bot.services.plan.apply import apply_plan
from storage import deliveries as delivery_rows
from storage.engine import Store
from storage.offerings import catalogue as offering_rows
from storage.tables import Delivery
from storage.transaction import Tx
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.racing import PAUSE_SECONDS, at_once, without_the_lock
from tests.support.time_passing import helsinki

CODE, UNTIL = "dialogue-1", date(2019, 3, 26)
HALL = a_session(1, on=date(2019, 4, 2), venue=Venue(980, UNTIL, 24))
NOW = helsinki(2019, 2, 11, 9)
ASKED, LAST = (kind.value for kind in VENUE_KINDS)
BOOK = read_agencies()


def actor(who: str) -> Actor:
    return Actor(Person(who, who, "fi", "Europe/Helsinki"), frozenset({"UKOORD"}))


def plan(tx: Tx, session: PlannedSession = HALL, led_by: tuple[str, ...] = ("UFASI", "UKOORD")) -> None:
    apply_plan(tx, a_plan(an_offering(CODE, sessions=(session,), facilitators=led_by)), NOW)


def asked(tx: Tx, state: DeliveryState = DeliveryState.PLANNED) -> set[tuple[str, str]]:
    """Who is asked, the first time and the last."""
    rows = delivery_rows.list_deliveries(tx, state)
    return {(each.kind, each.recipient) for each in rows if each.kind in VENUE_KINDS}


def coordinate(tx: Tx, *people: str) -> None:
    for who in people:
        meet(tx, Profile(who, who, "fi", "Europe/Helsinki"), Defaults("fi", "Europe/Helsinki"), NOW)
    change_coordinators(tx, actor("UKOORD"), (), people, NOW)


def test_facilitators_and_coordinators_are_asked_once_each_as_long_as_there_is_a_venue(store: Store) -> None:
    with store.transaction() as tx:
        plan(tx)
        coordinate(tx, "UKOORD", "UOLLI")  # one of them facilitates, too
        everybody = {(kind, who) for kind in (ASKED, LAST) for who in ("UFASI", "UKOORD", "UOLLI")}
        assert asked(tx) == everybody
        plan(tx, led_by=("UKOORD",))
        assert asked(tx) == {each for each in everybody if each[1] != "UFASI"}
        change_coordinators(tx, actor("UKOORD"), ("UKOORD", "UOLLI"), ("UKOORD",), NOW)
        assert asked(tx) == {(ASKED, "UKOORD"), (LAST, "UKOORD")}
        plan(tx, a_session(1, on=HALL.on))
        assert asked(tx) == set()


def test_a_venue_that_is_kept_is_not_asked_about_again_until_its_day_changes(store: Store) -> None:
    ref = VenueRef(CODE, 1, UNTIL)
    with store.transaction() as tx:
        plan(tx)
        row = next(each for each in delivery_rows.list_deliveries(tx) if each.kind == ASKED)
        was_sent = update(Delivery).where(Delivery.c.id == row.id)  # it was asked the first time
        tx.execute(was_sent.values(state=DeliveryState.SENT))
        assert keep_venue(tx, BOOK, actor("UKOORD"), ref, NOW)
        assert not keep_venue(tx, BOOK, actor("UKOORD"), ref, NOW)
        assert asked(tx) == set()
        edits = [each for each in delivery_rows.list_deliveries(tx) if each.kind == DeliveryKind.EDIT]
        assert [(each.recipient, each.subject) for each in edits] == [(row.recipient, str(row.id))]
        plan(tx, a_session(1, on=HALL.on, venue=Venue(980, date(2019, 3, 27), 24)))
        assert {kind for kind, _ in asked(tx)} == {ASKED, LAST}
        with pytest.raises(KaikuError) as refused:  # an old message
            keep_venue(tx, BOOK, actor("UKOORD"), ref, NOW)
        assert refused.value.code is Refusal.CHANGED_MEANWHILE


@pytest.mark.parametrize("is_locked", [True, False])
def test_of_two_who_keep_a_venue_at_once_one_decides(
    store: Store, is_locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock both do: it shows that the pause opens the gap."""
    with store.transaction() as tx:
        plan(tx)
    both, looked = threading.Barrier(2), venues.load_booking
    kept: list[bool] = []

    def look(*args: object) -> object:
        seen = looked(*args)  # type: ignore[arg-type]
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=PAUSE_SECONDS / 2)
        return seen

    monkeypatch.setattr(venues, "load_booking", look)
    begin = store.transaction
    if not is_locked:
        monkeypatch.setattr(offering_rows, "lock_offering", offering_rows.get_offering)
        begin = lambda: without_the_lock(store)  # type: ignore[assignment]  # noqa: E731

    def keep(who: str) -> object:
        return lambda tx: kept.append(keep_venue(tx, BOOK, actor(who), VenueRef(CODE, 1, UNTIL), NOW))

    at_once(store, begin, keep("UFASI"), keep("UKOORD"))  # type: ignore[arg-type]
    assert sorted(kept) == ([False, True] if is_locked else [True, True])
