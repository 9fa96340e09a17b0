"""What a facilitator sees of a group and may do in it: the rules."""

import pytest
from msgspec.structs import replace

from bot.domain.enrolment.seats import InLine, SeatLimits, Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.facilitation.group import (
    Decision,
    Group,
    Member,
    comes_straight_back,
    missing_reason,
    why_not_seated,
)
from tests.support.readers import an_offering

LIMITS = SeatLimits(3, 2)


def member(
    n: int, agency: str, status: Status = Status.SEATED, reason: WaitingReason | None = None
) -> Member:
    return Member(n, f"U{n}", f"Name {n}", agency, "expert", status, "fi", reason=reason)


def group(*members: Member, passes_on: bool = True, **changes: object) -> Group:
    offering = replace(an_offering(), limits=LIMITS)
    return Group(offering, SignUpState.OPEN, members, passes_on=passes_on, **changes)  # type: ignore[arg-type]


def waiting(n: int, agency: str, reason: WaitingReason | None = None) -> Member:
    return member(n, agency, Status.WAITING, reason)


def test_an_offered_seat_counts_as_held_in_seats_and_mix() -> None:
    found = group(member(1, "vero"), member(2, "vero", Status.OFFERED), waiting(3, "thl"))
    assert found.free == 1
    assert [(each.agency, each.held, each.most) for each in found.shares] == [("vero", 2, 2)]


def test_free_seats_with_people_waiting_need_a_decision_once_they_no_longer_move_on() -> None:
    people = (member(1, "vero"), waiting(2, "thl"))
    assert group(*people, line=[InLine(2, "thl")]).decisions == []
    assert group(*people, passes_on=False).decisions == [Decision.FREE_AND_WAITING]


def test_free_seats_that_nobody_waiting_may_have_need_a_decision() -> None:
    full = waiting(3, "vero", WaitingReason.AGENCY_FULL)
    assert group(member(1, "vero"), member(2, "vero"), full).decisions == [Decision.AGENCIES_FULL]


def test_a_draw_waits_for_a_decision_when_sign_up_has_ended_and_somebody_takes_part() -> None:
    assert group(wishing=3).decisions == []
    closed = replace(group(), state=SignUpState.CLOSED)
    assert replace(closed, wishing=3).decisions == [Decision.DRAW_WAITS]
    assert replace(closed, wishing=0).decisions == replace(closed, wishing=None).decisions == []


def test_more_people_than_seats_and_over_a_limit_need_a_decision() -> None:
    people = [member(n, f"a{n}") for n in range(4)]
    over = replace(people[0], over_limit=True)
    found = group(over, *people[1:])
    assert found.decisions == [Decision.BELOW_SEATED, Decision.OVER_LIMIT]


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ({"thl": 1}, None),
        ({"vero": 2}, WaitingReason.AGENCY_FULL),
        ({"vero": 2, "thl": 1}, WaitingReason.GROUP_FULL),
    ],
)
def test_a_full_group_is_said_before_a_full_agency(held: dict[str, int], why: WaitingReason | None) -> None:
    assert why_not_seated(LIMITS, held, "vero") is why


def test_who_is_put_back_comes_straight_back_unless_somebody_else_can_have_the_seat() -> None:
    people = (member(1, "vero"), member(2, "vero"), member(3, "thl"))
    vero, thl = people[0], people[2]
    assert comes_straight_back(group(*people), vero)
    assert not comes_straight_back(group(*people, waiting(7, "vero"), line=[InLine(7, "vero")]), vero)
    assert comes_straight_back(group(*people, waiting(7, "vero"), line=[InLine(7, "vero")]), thl)
    assert not comes_straight_back(group(*people, passes_on=False), vero)


def test_an_offered_seat_goes_to_nobody_who_has_let_it_go_before() -> None:
    offered = replace(member(3, "thl", Status.OFFERED), offered_seat=5)
    people = (member(1, "vero"), member(2, "vero"), offered, waiting(7, "mml"), waiting(8, "tulli"))
    found = group(*people, line=[InLine(7, "mml", 5), InLine(8, "tulli", 4)], free_seats=([], 6))
    assert not comes_straight_back(found, offered)
    alone = group(*people[:4], line=[InLine(7, "mml", 5)], free_seats=([], 6))
    assert comes_straight_back(alone, offered), "who waits has let that seat go"


def test_a_free_seat_that_all_who_wait_have_let_go_needs_a_decision() -> None:
    people = (member(1, "vero"), member(2, "vero"), waiting(4, "thl"))
    found = group(*people, line=[InLine(4, "thl", 3)], free_seats=([3], 3))
    assert found.decisions == [Decision.FREE_AND_WAITING]
    assert found.has_let_go(people[2])
    assert not group(*people, line=[InLine(4, "thl")], free_seats=([3], 3)).decisions


@pytest.mark.parametrize(
    ("reason", "language", "missing"),
    [
        ({"sv": "orsak"}, "fi", "fi"),
        ({"sv": "orsak"}, "sv", None),
        ({"fi": "syy"}, "en", None),
        ({"sv": "orsak"}, "en", "fi"),
    ],
)
def test_a_reason_is_written_in_the_language_of_whoever_is_told(
    reason: dict[str, str], language: str, missing: str | None
) -> None:
    assert missing_reason(reason, language) == missing
