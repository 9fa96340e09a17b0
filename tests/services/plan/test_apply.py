from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Event
from time import sleep

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, select, update

from bot.domain.enrolment.offers import OwnOfferRules
from bot.domain.errors import KaikuError, Refusal
from bot.domain.plan.changes import ChangeKind
from bot.domain.plan.model import OfferingKind, Plan, PlannedStrand, SignUpWindow
from bot.services.deliveries.outbox import FRESH_IN_LINE
from bot.services.offerings.roster import list_roster
from bot.services.plan.apply import PlanConflictError, apply_plan, diff_plan, stored_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.series import keep_series
from storage.engine import Store
from storage.offerings import catalogue as offering_rows
from storage.tables import Delivery, Offering, OfferingSession, Person, Programme, Prompt, Strand
from tests.support.enrolling import NOW, join, leave
from tests.support.plans import a_plan, a_remote_session, a_session, an_offering, texts


def apply(store: Store, plan: Plan, now: datetime = NOW) -> list[ChangeKind]:
    with store.transaction() as tx:
        return [touching.change.kind for touching in apply_plan(tx, plan, now).changes]


def kept(store: Store, code: str = "kaiku-2019") -> Plan | None:
    with store.read_transaction() as tx:
        return stored_plan(tx, code)


def standings(store: Store, code: str = "dialogue-1") -> dict[str, str]:
    with store.read_transaction() as tx:
        return {row.user_id: row.status.value for row in list_roster(tx, code)}


def identities(store: Store) -> tuple[dict[str, int], dict[int, int]]:
    """Ids of offerings by code and of sessions by number."""
    with store.read_transaction() as tx:
        offerings = {row.code: row.id for row in tx.execute(select(Offering.c.code, Offering.c.id))}
        query = select(OfferingSession.c.number, OfferingSession.c.id)
        sessions = {row.number: row.id for row in tx.execute(query)}
    return offerings, sessions


def rich_plan() -> Plan:
    strands = (
        PlannedStrand(
            2,
            texts("B"),
            (an_offering("b", sessions=(a_session(2, bring=texts("Kynä")), a_session(1, cancelled=True))),),
        ),
        PlannedStrand(
            1,
            texts("A"),
            (
                an_offering("z", kind=OfferingKind.SERIES, sessions=(a_remote_session(1),)),
                an_offering("a", sign_up=SignUpWindow(), agency_seats=(), facilitators=(), cancelled=True),
            ),
        ),
    )
    return a_plan(strands=strands, note=texts("Huomio"))


def test_what_was_applied_is_what_is_stored(store: Store) -> None:
    plan = rich_plan()
    apply(store, plan)
    stored = kept(store)
    assert stored is not None
    b, a = plan.strands
    in_number_order = replace(b, offerings=(replace(b.offerings[0], sessions=b.offerings[0].sessions[::-1]),))
    assert stored == replace(plan, strands=(a, in_number_order))


def test_an_unknown_programme_has_no_plan(store: Store) -> None:
    assert kept(store, "kaiku-1999") is None


def test_applying_twice_changes_nothing(store: Store) -> None:
    apply(store, rich_plan())
    before = identities(store)
    assert apply(store, rich_plan()) == []
    assert identities(store) == before


def test_a_difference_is_shown_without_being_made(store: Store) -> None:
    with store.transaction() as tx:
        assert diff_plan(tx, a_plan()).changes
    assert kept(store) is None


def test_instants_follow_the_wall_clock_over_the_clock_change(store: Store) -> None:
    winter, summer = a_session(1, on=date(2019, 3, 28)), a_session(2, on=date(2019, 4, 1))
    plan = a_plan(an_offering(sessions=(winter, summer)))
    apply(store, plan)
    apply(store, replace(plan, timezone="Europe/Stockholm"))
    with store.read_transaction() as tx:
        query = select(OfferingSession.c.starts_at, OfferingSession.c.ends_at)
        starts, ends = zip(*tx.execute(query.order_by(OfferingSession.c.number)), strict=True)
    assert starts == (datetime(2019, 3, 28, 8, tzinfo=UTC), datetime(2019, 4, 1, 7, tzinfo=UTC))
    assert [end - start for start, end in zip(starts, ends, strict=True)] == [timedelta(hours=3)] * 2


def test_a_session_may_end_after_midnight(store: Store) -> None:
    late = a_session(1, on=date(2019, 3, 30), starts=time(22), ends=time(1))
    plan = a_plan(an_offering(sessions=(late,)))
    apply(store, plan)
    with store.read_transaction() as tx:
        row = tx.execute(select(OfferingSession.c.starts_at, OfferingSession.c.ends_at)).one()
        assert (row.starts_at, row.ends_at) == (
            datetime(2019, 3, 30, 20, tzinfo=UTC),
            datetime(2019, 3, 30, 23, tzinfo=UTC),
        )
    assert kept(store) == plan


def test_a_moved_session_and_a_changed_offering_stay_the_same_rows(store: Store) -> None:
    apply(store, a_plan(an_offering(sessions=(a_session(1), a_session(2)))))
    before = identities(store)
    moved = a_session(2, on=date(2019, 5, 2), starts=time(13), ends=time(15))
    changed = an_offering(title=texts("Uusi"), sessions=(moved, a_session(1)))
    assert apply(store, a_plan(changed)) == [ChangeKind.TITLE_CHANGED, ChangeKind.SESSION_MOVED]
    assert identities(store) == before


def test_an_offering_moves_to_another_strand_with_its_people(store: Store) -> None:
    apply(store, a_plan())
    with store.transaction() as tx:
        join(tx, "UAINO")
    before = identities(store)
    new = a_plan(strands=(PlannedStrand(5, texts("Uusi"), (an_offering(),)),))
    assert ChangeKind.OFFERING_MOVED in apply(store, new)
    assert identities(store) == before
    assert kept(store) == new
    assert standings(store) == {"UAINO": "seated"}


def test_an_offering_nobody_ever_joined_is_deleted(store: Store) -> None:
    apply(store, a_plan(an_offering("a"), an_offering("b")))
    assert apply(store, a_plan(an_offering("a"))) == [ChangeKind.OFFERING_DROPPED]
    assert kept(store) == a_plan(an_offering("a"))


def test_an_offering_somebody_once_joined_is_kept_as_cancelled(store: Store) -> None:
    plan = a_plan(an_offering("a"), an_offering("b"))
    apply(store, plan)
    with store.transaction() as tx:
        join(tx, "UAINO", "b")
        leave(tx, "UAINO", "b")
    without = a_plan(an_offering("a"))
    assert apply(store, without) == [ChangeKind.OFFERING_DROPPED]
    assert kept(store) == a_plan(an_offering("a"), an_offering("b", cancelled=True))
    assert apply(store, without) == []
    assert apply(store, plan) == [ChangeKind.OFFERING_RESTORED]


def test_a_session_of_a_joined_offering_is_kept_as_cancelled(store: Store) -> None:
    apply(store, a_plan(an_offering("a"), an_offering("b")))
    with store.transaction() as tx:
        join(tx, "UAINO", "a")
    shorter = a_plan(*(an_offering(code, sessions=(a_session(1),)) for code in "ab"))
    assert apply(store, shorter) == [ChangeKind.SESSION_DROPPED] * 2
    stored = kept(store)
    assert stored is not None
    a, b = stored.offerings
    assert a.sessions == (a_session(1), a_session(2, cancelled=True))
    assert b.sessions == (a_session(1),)
    assert apply(store, shorter) == []


def test_a_strand_goes_with_its_last_offering(store: Store) -> None:
    plan = a_plan()
    extra = PlannedStrand(2, texts("Toinen"), (an_offering("b"), an_offering("c")))
    apply(store, replace(plan, strands=(*plan.strands, extra)))
    with store.transaction() as tx:
        join(tx, "UAINO", "b")
    assert ChangeKind.STRAND_DROPPED in apply(store, plan)
    stored = kept(store)
    assert stored is not None
    assert [strand.number for strand in stored.strands] == [1, 2]  # b was joined: its strand stays
    assert apply(store, plan) == []
    with store.transaction() as tx:
        tx.execute(delete(Person))
    apply(store, a_plan(strands=(PlannedStrand(3, texts("Muu"), (an_offering(), an_offering("b"))),)))
    with store.read_transaction() as tx:
        assert list(tx.scalars(select(Strand.c.number))) == [3]


def test_a_new_order_is_stored(store: Store) -> None:
    apply(store, a_plan(an_offering("a"), an_offering("b")))
    turned = a_plan(an_offering("b"), an_offering("a"))
    assert apply(store, turned) == [ChangeKind.ORDER_CHANGED]
    assert kept(store) == turned


def test_a_code_of_another_programme_is_refused_and_nothing_is_changed(store: Store) -> None:
    apply(store, a_plan(an_offering("a")))
    other = a_plan(an_offering("new"), an_offering("a"), code="kaiku-2020")
    for use in (diff_plan, lambda tx, plan: apply_plan(tx, plan, NOW)):
        with pytest.raises(PlanConflictError) as caught, store.transaction() as tx:
            use(tx, other)
        assert (caught.value.programme, caught.value.taken) == ("kaiku-2020", (("a", "kaiku-2019"),))
    assert kept(store, "kaiku-2020") is None
    assert kept(store) == a_plan(an_offering("a"))


def test_two_programmes_live_side_by_side(store: Store) -> None:
    apply(store, a_plan(an_offering("a")))
    apply(store, a_plan(an_offering("b"), code="kaiku-2020"))
    assert apply(store, a_plan(an_offering("a"))) == []
    with store.read_transaction() as tx:
        assert set(tx.scalars(select(Programme.c.code))) == {"kaiku-2019", "kaiku-2020"}


def test_applying_is_all_or_nothing(store: Store) -> None:
    apply(store, a_plan(an_offering("a")))
    broken = a_plan(an_offering("a", title=texts("Uusi")), an_offering("b", capacity=0))
    with pytest.raises(Exception, match="capacity_positive"):
        apply(store, broken)
    assert kept(store) == a_plan(an_offering("a"))


def test_a_raised_capacity_offers_as_many_seats_as_it_adds_in_order(store: Store) -> None:
    apply(store, a_plan(an_offering(capacity=1)))
    with store.transaction() as tx:
        for number in range(7):
            join(tx, f"U{number}")
    with store.transaction() as tx:
        difference = apply_plan(tx, a_plan(an_offering(capacity=6)), NOW)
    assert [(t.change.kind, t.seated, t.waiting) for t in difference.changes] == [
        (ChangeKind.CAPACITY_RAISED, 1, 6)
    ]
    assert (difference.promoted, difference.offered) == (0, 5)
    offered = {f"U{number}": "offered" for number in range(1, 6)}
    assert standings(store) == {"U0": "seated", "U6": "waiting"} | offered


def test_a_lowered_capacity_evicts_nobody_and_stops_promotion(store: Store) -> None:
    apply(store, a_plan(an_offering(capacity=3)))
    with store.transaction() as tx:
        for number in range(4):
            join(tx, f"U{number}")
    apply(store, a_plan(an_offering(capacity=2, agency_seats=())))
    with store.transaction() as tx:
        leave(tx, "U0")
    assert standings(store) == {"U1": "seated", "U2": "seated", "U3": "waiting", "U0": "withdrawn"}


@pytest.mark.parametrize(
    "roomier", [{"seats_per_agency": 2}, {"agency_seats": (("thl", 2),)}], ids=["for all", "for one"]
)
def test_a_raised_limit_of_agencies_offers_a_seat_to_who_waited_for_it(
    store: Store, roomier: dict[str, object]
) -> None:
    tight = an_offering(seats_per_agency=1, agency_seats=())
    apply(store, a_plan(tight))
    with store.transaction() as tx:
        join(tx, "UA", agency="thl")
        join(tx, "UB", agency="thl")
    assert standings(store) == {"UA": "seated", "UB": "waiting"}
    apply(store, a_plan(replace(tight, **roomier)))
    assert standings(store) == {"UA": "seated", "UB": "offered"}


def test_seats_are_given_at_once_where_the_plan_offers_none(store: Store) -> None:
    apply(store, a_plan(an_offering(capacity=1, offers=OwnOfferRules(on=False))))
    with store.transaction() as tx:
        join(tx, "UA")
        join(tx, "UB")
    with store.transaction() as tx:
        difference = apply_plan(
            tx, a_plan(an_offering(capacity=2, offers=OwnOfferRules(on=False, hours=8))), NOW
        )
    assert [each.change.kind for each in difference.changes] == [
        ChangeKind.CAPACITY_RAISED,
        ChangeKind.OFFERS_CHANGED,
    ]
    assert (difference.promoted, difference.offered) == (1, 0)
    stored = kept(store)
    assert stored is not None
    assert stored.offerings[0].offers == OwnOfferRules(on=False, hours=8)


def test_a_restored_offering_offers_the_seats_that_were_left(store: Store) -> None:
    apply(store, a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=())))
    with store.transaction() as tx:
        join(tx, "UA")
        join(tx, "UB")
    apply(store, a_plan(an_offering(capacity=2, seats_per_agency=1, agency_seats=(), cancelled=True)))
    assert standings(store)["UB"] == "waiting"
    apply(store, a_plan(an_offering(capacity=2, seats_per_agency=1, agency_seats=())))
    assert standings(store)["UB"] == "offered"


def test_people_see_a_changed_offering_and_only_they(store: Store) -> None:
    apply(store, a_plan(an_offering("a"), an_offering("b")))
    with store.transaction() as tx:
        join(tx, "UA", "a")
        join(tx, "UB", "b")
        tx.execute(update(Person).values(home_opened=True))
    apply(store, a_plan(an_offering("a", title=texts("Uusi")), an_offering("b")))
    with store.read_transaction() as tx:
        homes = tx.scalars(select(Delivery.c.recipient).where(Delivery.c.kind == "home")).all()
    assert homes == ["UA"]


def test_a_change_of_time_zone_touches_everybody(store: Store) -> None:
    apply(store, a_plan(an_offering("a"), an_offering("b")))
    with store.transaction() as tx:
        join(tx, "UA", "a")
        join(tx, "UB", "b")
    with store.read_transaction() as tx:
        [touching] = diff_plan(
            tx, a_plan(an_offering("a"), an_offering("b"), timezone="Europe/Stockholm")
        ).changes
    assert (touching.seated, touching.waiting) == (2, 0)


def test_two_first_plans_at_once_are_applied_one_after_the_other(store: Store) -> None:
    """Without ``lock_plans`` the second finds nothing stored, adds it all again and fails on PostgreSQL."""
    written, second = Event(), []

    def apply_slowly() -> None:
        with store.transaction() as tx:
            apply_plan(tx, a_plan(), NOW)
            written.set()
            sleep(0.3)  # the gap in which the second one begins

    def apply_meanwhile() -> None:
        written.wait()
        second.append(apply(store, a_plan()))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(apply_slowly), pool.submit(apply_meanwhile)]:
            done.result()
    assert second == [[]]


def test_when_a_line_moves_those_in_front_see_it_at_once_however_long_it_is(store: Store) -> None:
    """The others see their place when they open App Home."""
    apply(store, a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=())))
    line = [f"U{n:02d}" for n in range(FRESH_IN_LINE + 5)]
    with store.transaction() as tx:
        for user_id in ("USEATED", *line):
            join(tx, user_id)
        tx.execute(update(Person).values(home_opened=True))
        tx.execute(delete(Delivery))
    with store.transaction() as tx:
        leave(tx, "USEATED")
    with store.read_transaction() as tx:
        homes = set(tx.scalars(select(Delivery.c.recipient).where(Delivery.c.kind == "home")))
    assert homes == {"USEATED", line[0], *line[1 : FRESH_IN_LINE + 1]}


def test_an_offering_whose_every_session_is_cancelled_counts_as_cancelled(store: Store) -> None:
    both = (a_session(1, cancelled=True), a_session(2, cancelled=True))
    apply(store, a_plan(an_offering(sessions=both)))
    with store.transaction() as tx, pytest.raises(KaikuError) as caught:
        join(tx, "UAINO")
    assert caught.value.code is Refusal.OFFERING_CANCELLED
    with store.read_transaction() as tx:
        [row] = offering_rows.list_offerings(tx)
        assert row.cancelled
    assert kept(store) == a_plan(an_offering(sessions=both))  # the file does not say so of the offering
    apply(store, a_plan(an_offering(sessions=(a_session(1), both[1]))))
    with store.transaction() as tx:
        join(tx, "UAINO")


def test_nobody_moves_up_where_every_session_is_cancelled(store: Store) -> None:
    apply(store, a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=())))
    with store.transaction() as tx:
        join(tx, "UA")
        join(tx, "UB")
    off = (a_session(1, cancelled=True), a_session(2, cancelled=True))
    apply(store, a_plan(an_offering(capacity=2, seats_per_agency=1, agency_seats=(), sessions=off)))
    assert standings(store)["UB"] == "waiting"


def test_a_strands_prompts_follow_its_name_and_not_its_number(store: Store) -> None:
    strands = (
        PlannedStrand(1, texts("Tekoäly"), (an_offering("ai"),)),
        PlannedStrand(2, texts("Muu"), (an_offering("b"),), prompts="foresight"),
    )
    apply(store, a_plan(strands=strands))
    with store.transaction() as tx:
        assert keep_series(tx, read_library(), NOW) == 3
    with store.read_transaction() as tx:
        keys = tx.scalars(select(Prompt.c.library_key)).all()
    assert all(key is not None and key.startswith("foresight-") for key in keys)
    named = (replace(strands[0], prompts="coaching"), strands[1])
    assert apply(store, a_plan(strands=named)) == [ChangeKind.STRAND_PROMPTS_CHANGED]
    assert kept(store) == a_plan(strands=named)
