"""Who gets a seat: capacity, the agency's limit, and the order of the line."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.enrolment.seats import (
    InLine,
    SeatLimits,
    WaitingReason,
    next_seated,
    reason_to_wait,
    seated_over_limit,
)

LIMITS = SeatLimits(capacity=3, per_agency=2, of_agency={"kela": 1})


def line(*agencies: str) -> list[InLine]:
    return [InLine(n, agency) for n, agency in enumerate(agencies, start=1)]


def test_seats_go_in_order_of_sign_up() -> None:
    assert next_seated(LIMITS, {}, line("vero", "tulli", "thl", "mml")) == [1, 2, 3]


def test_who_is_passed_over_for_their_agency_keeps_their_place() -> None:
    assert next_seated(LIMITS, {"vero": 2}, line("vero", "tulli")) == [2]
    assert next_seated(LIMITS, {"vero": 1, "tulli": 1}, line("vero", "tulli")) == [1]


def test_an_agency_with_a_limit_of_its_own_has_that_limit() -> None:
    assert next_seated(LIMITS, {"kela": 1}, line("kela", "vero")) == [2]


def test_a_full_group_seats_nobody_and_a_group_over_its_capacity_neither() -> None:
    assert next_seated(LIMITS, {"a": 1, "b": 1, "c": 1}, line("vero")) == []
    assert next_seated(LIMITS, {"a": 2, "b": 2}, line("vero")) == []


def test_a_newcomer_is_last_in_the_line_and_overtakes_nobody() -> None:
    assert next_seated(LIMITS, {"a": 1, "b": 1}, line("vero", "newcomer")) == [1]


def test_raised_by_five_seats_five_in_one_go() -> None:
    limits = SeatLimits(capacity=25, per_agency=25)
    assert next_seated(limits, {"vero": 20}, line(*["tulli"] * 8)) == [1, 2, 3, 4, 5]


def test_the_agencys_limit_is_the_reason_that_is_named_first() -> None:
    full = {"vero": 2, "tulli": 1}
    assert reason_to_wait(LIMITS, full, "vero") is WaitingReason.AGENCY_FULL
    assert reason_to_wait(LIMITS, full, "thl") is WaitingReason.GROUP_FULL
    assert reason_to_wait(LIMITS, {"tulli": 1}, "vero") is None


agencies = st.sampled_from(["vero", "kela", "tulli", "thl", "mml"])


@given(
    st.integers(1, 12),
    st.integers(1, 5),
    st.dictionaries(agencies, st.integers(0, 6)),
    st.lists(agencies, max_size=20),
)
def test_seats_are_never_oversold_and_nobody_who_fits_is_left_waiting(
    capacity: int, per_agency: int, taken: dict[str, int], waiting: list[str]
) -> None:
    limits = SeatLimits(capacity, per_agency)
    people = line(*waiting)
    seated = next_seated(limits, taken, people)
    after = Counter(taken) + Counter(person.agency for person in people if person.enrolment_id in seated)

    assert seated == sorted(seated)
    if seated:
        assert after.total() <= capacity
    for person in people:
        if person.enrolment_id in seated:
            assert after[person.agency] <= limits.for_agency(person.agency)
        elif after.total() < capacity:
            assert after[person.agency] >= limits.for_agency(person.agency)


def test_those_seated_last_are_over_their_agencys_limit() -> None:
    limits = SeatLimits(capacity=9, per_agency=2, of_agency={"tulli": 1})
    seated = [InLine(n, agency) for n, agency in enumerate(["vero", "tulli", "vero", "tulli", "thl", "vero"])]
    assert seated_over_limit(limits, seated) == [3, 5]
    assert seated_over_limit(limits, seated[:3]) == []
