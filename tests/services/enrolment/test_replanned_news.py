"""News that is owed for a moment of an offering moves with that moment."""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from bot.domain.deliveries import DeliveryKind
from bot.domain.plan.model import SignUpWindow
from bot.services.plan.apply import apply_plan
from storage import deliveries as delivery_rows
from storage.engine import Store
from storage.transaction import Tx
from tests.support.drawing import ROUNDS, WINDOW, small_plan
from tests.support.enrolling import NOW, join
from tests.support.plans import a_plan, a_session, an_offering

WEEK = timedelta(days=7)


def due_of(tx: Tx, kind: DeliveryKind) -> list[datetime]:
    return [each.due_at for each in delivery_rows.list_deliveries(tx, "planned") if each.kind == kind]


def test_who_waits_hears_that_it_starts_without_them_when_it_does(store: Store) -> None:
    first = date(2019, 3, 12)
    with store.transaction() as tx:
        for starts_on in (first, first + WEEK):
            opens = SignUpWindow(date(2019, 1, 1), starts_on)
            one_seat = {"capacity": 1, "seats_per_agency": 1, "agency_seats": (), "sign_up": opens}
            apply_plan(tx, a_plan(an_offering(sessions=(a_session(1, on=starts_on),), **one_seat)), NOW)
            if starts_on == first:
                join(tx, "UA")
                join(tx, "UB")
                (before,) = due_of(tx, DeliveryKind.STARTED_WITHOUT)
        assert due_of(tx, DeliveryKind.STARTED_WITHOUT) == [before + WEEK]


def test_facilitators_hear_of_a_draw_when_its_sign_up_ends(store: Store) -> None:
    plan = small_plan()
    with store.transaction() as tx:
        apply_plan(tx, plan, NOW)
        join(tx, "UA", ROUNDS[0])
        (before,) = due_of(tx, DeliveryKind.DRAW_PROPOSED)
        later = SignUpWindow(WINDOW.opens, date(2019, 3, 22))
        rounds = [replace(each, sign_up=later) for each in plan.offerings]
        apply_plan(tx, a_plan(*rounds), NOW)
        assert due_of(tx, DeliveryKind.DRAW_PROPOSED) == [before + WEEK]
