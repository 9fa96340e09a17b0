import pytest
from msgspec.structs import replace
from sqlalchemy import select

from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.people.person import Profile
from bot.services.offerings.roster import RosterRow, list_roster
from bot.services.people.profiles import meet
from bot.services.plan.apply import apply_plan
from storage.engine import Store
from storage.tables import Strand
from storage.turns import keep_turn
from tests.support.enrolling import DEFAULTS, NOW, join, leave
from tests.support.plans import a_plan, an_offering


def test_the_seated_come_first_then_the_line_then_those_who_left(store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=2, seats_per_agency=1, agency_seats=())), NOW)
        join(tx, "UGONE", agency="thl")
        leave(tx, "UGONE")
        join(tx, "UA", agency="vero")
        join(tx, "UB", agency="vero")
        join(tx, "UC", agency="thl")
        join(tx, "UD", agency="thl")
        assert [(row.user_id, row.status, row.position) for row in list_roster(tx, "dialogue-1")] == [
            ("UA", Status.SEATED, None),
            ("UC", Status.SEATED, None),
            ("UB", Status.WAITING, 1),
            ("UD", Status.WAITING, 2),
            ("UGONE", Status.WITHDRAWN, None),
        ]


def test_a_person_who_joined_again_is_on_it_once_at_the_back(store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=())), NOW)
        for user_id in ("UA", "UB", "UC"):
            join(tx, user_id)
        leave(tx, "UB")
        join(tx, "UB")
        rows = [(row.user_id, row.position) for row in list_roster(tx, "dialogue-1")]
    assert rows == [("UA", None), ("UC", 1), ("UB", 2)]


def test_who_kept_a_turn_stands_before_who_has_none(store: Store) -> None:
    with store.transaction() as tx:
        plan = a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=()))
        apply_plan(tx, plan, NOW)
        for user_id in ("UA", "UB"):
            join(tx, user_id)
        strand = tx.scalars(select(Strand.c.id)).one()
        for user_id, turn in (("ULATER", 7), ("UFIRST", 3)):
            meet(tx, Profile(user_id, user_id, language="fi", timezone="Europe/Helsinki"), DEFAULTS, NOW)
            keep_turn(tx, user_id, strand, turn, NOW)
            join(tx, user_id)
        rows = [(row.user_id, row.position) for row in list_roster(tx, "dialogue-1")]
        leave(tx, "UA")
        after = [row.user_id for row in list_roster(tx, "dialogue-1") if row.status is Status.OFFERED]
    assert rows == [("UA", None), ("UFIRST", 1), ("ULATER", 2), ("UB", 3)]
    assert after == ["UFIRST"]


def test_a_row_names_the_person_and_their_agency(store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(), NOW)
        join(tx, "UAINO", agency="vero")
        [row] = list_roster(tx, "dialogue-1")
    shown = replace(row, enrolment_id=0, timezone=None)
    assert shown == RosterRow("UAINO", "Uaino", "vero", None, Status.SEATED, None)


def test_an_unknown_code_is_refused_with_the_nearest(store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(), NOW)
        with pytest.raises(KaikuError) as caught:
            list_roster(tx, "dialouge-1")
    assert caught.value.code is Refusal.UNKNOWN_OFFERING
    assert caught.value.params["nearest"] == "dialogue-1"


def test_who_is_seated_beyond_their_agencys_limit_is_marked(store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=3, seats_per_agency=2, agency_seats=())), NOW)
        for name in ("U1", "U2"):
            join(tx, name, agency="vero")
        assert [row.over_limit for row in list_roster(tx, "dialogue-1")] == [False, False]
        apply_plan(tx, a_plan(an_offering(capacity=3, seats_per_agency=1, agency_seats=())), NOW)
        assert [row.over_limit for row in list_roster(tx, "dialogue-1")] == [False, True]
