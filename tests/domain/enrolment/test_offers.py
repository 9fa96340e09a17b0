"""Who is offered a free seat next, and how long they have to answer."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.enrolment.offers import (
    DEFAULT_OFFERS,
    SHORTEST,
    OfferRules,
    OwnOfferRules,
    cutoff_at,
    next_offered,
    number_seats,
    open_until,
    stored_offers,
    to_offers,
)
from bot.domain.enrolment.seats import InLine, SeatLimits
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.services.calendars.holidays import WORK_CALENDAR

HELSINKI = "Europe/Helsinki"
LIMITS = SeatLimits(capacity=4, per_agency=2)

agencies = st.sampled_from(["vero", "tulli", "thl"])
takens = st.dictionaries(agencies, st.integers(0, 2))
lines = st.lists(st.tuples(agencies, st.integers(0, 6)), max_size=6).map(
    lambda found: [InLine(n, *each) for n, each in enumerate(found, 1)]
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return to_instant(date(2019, month, day), time(hour, minute), HELSINKI)


def until(
    told_at: datetime, starts_at: datetime | None, rules: OfferRules = DEFAULT_OFFERS, zone: str = HELSINKI
) -> datetime | None:
    cutoff = cutoff_at(starts_at, rules, HELSINKI, WORK_CALENDAR)
    return open_until(told_at, rules, starts_at, cutoff, zone, WORK_CALENDAR, SEAT_NEWS_HOURS)


def test_a_seat_that_was_let_go_passes_to_the_next_and_another_comes_back_to_the_first() -> None:
    line = [InLine(1, "vero", let_go=7), InLine(2, "tulli")]
    assert next_offered(LIMITS, {}, line, [7]) == [(2, 7)]
    assert next_offered(LIMITS, {}, line, [7, 8]) == [(1, 8), (2, 7)]


def is_possible(people: list[InLine], free: list[int]) -> bool:
    """Whether all of these could have a seat at once, by trying everything."""
    return any(
        all(seat > person.let_go for person, seat in zip(people, order, strict=True))
        for order in permutations(free, len(people))
    )


@given(line=lines, free=st.lists(st.integers(1, 6), max_size=3, unique=True), taken=takens)
def test_each_in_turn_gets_a_seat_if_they_and_all_before_them_can(
    line: list[InLine], free: list[int], taken: dict[str, int]
) -> None:
    expected: list[InLine] = []
    for person in line:
        of_agency = taken.get(person.agency, 0) + sum(each.agency == person.agency for each in expected)
        if of_agency < LIMITS.per_agency and is_possible([*expected, person], free):
            expected.append(person)
    found = next_offered(LIMITS, taken, line, free)
    assert [enrolment for enrolment, _ in found] == [each.enrolment_id for each in expected]
    let_go = {each.enrolment_id: each.let_go for each in line}
    assert all(seat > let_go[enrolment] for enrolment, seat in found)
    assert len({seat for _, seat in found}) == len(found)
    assert {seat for _, seat in found} <= set(free)


def test_a_seat_that_comes_free_has_a_new_number_and_who_takes_one_takes_the_oldest() -> None:
    assert number_seats(3, [4], 6) == ([4, 7, 8], 8)
    assert number_seats(1, [4, 7, 8], 8) == ([8], 8)
    assert number_seats(0, [8], 8) == ([], 8)


@pytest.mark.parametrize(
    ("told_at", "ends"),
    [
        (at(4, 10, 15), at(7, 10, 15)),  # Monday to Thursday
        (at(8, 16), at(13, 16)),  # over a weekend
        (at(4, 9), at(6, 17)),  # three whole days
        (at(17, 9, month=4), at(24, 9, month=4) - timedelta(hours=16)),  # over Easter: Wed, Thu, Tue
    ],
)
def test_an_offer_is_open_for_three_working_days_of_office_hours(told_at: datetime, ends: datetime) -> None:
    assert until(told_at, None) == ends


@pytest.mark.parametrize(
    ("told_at", "ends"),
    [
        (at(12, 9), at(14, 9)),  # three working days before: until the cut-off
        (at(12, 10), at(13, 9, 30)),  # then half of the time until the cut-off
        (at(13, 9), at(13, 13)),
        (at(13, 16), at(13, 17)),  # at least an hour
        (at(13, 16, 30), None),  # the facilitator decides
        (at(14, 9), None),
    ],
)
def test_close_to_the_start_the_time_shortens_and_then_stops(
    told_at: datetime, ends: datetime | None
) -> None:
    friday = at(15, 9)
    found = until(told_at, friday)
    assert (found and local(found, HELSINKI)) == (ends and local(ends, HELSINKI))


def test_an_evening_session_has_a_deadline_in_office_hours() -> None:
    assert until(at(11, 15), at(14, 18)) == at(13, 17)


def test_the_deadline_is_in_the_office_hours_of_the_persons_own_zone() -> None:
    new_york = "America/New_York"
    found = until(to_instant(date(2019, 3, 4), time(10, 15), new_york), None, zone=new_york)
    assert found == to_instant(date(2019, 3, 7), time(10, 15), new_york)


@given(
    told=st.datetimes(datetime(2019, 1, 1), datetime(2019, 12, 31)),  # noqa: DTZ001 - made aware below
    ahead=st.timedeltas(timedelta(0), timedelta(days=15)),
    hours=st.integers(1, 40),
    days=st.integers(0, 3),
    zone=st.sampled_from([HELSINKI, "America/New_York", "Europe/Stockholm"]),
)
def test_no_offer_outlives_the_cutoff_and_every_one_leaves_time_to_answer(
    told: datetime, ahead: timedelta, hours: int, days: int, zone: str
) -> None:
    rules = OfferRules(hours=hours, cutoff_days=days)
    told_at = WORK_CALENDAR.next_working_moment(told.replace(tzinfo=UTC), zone, SEAT_NEWS_HOURS)
    starts_at = told_at + ahead
    found = until(told_at, starts_at, rules, zone)
    cutoff = cutoff_at(starts_at, rules, HELSINKI, WORK_CALENDAR)
    assert cutoff is not None
    if found is None:
        left = WORK_CALENDAR.working_time_between(told_at, cutoff, zone, SEAT_NEWS_HOURS)
        assert left < max(SHORTEST, timedelta(hours=1, minutes=1))
        return
    assert found <= cutoff <= starts_at
    assert WORK_CALENDAR.is_working_moment(found, zone, SEAT_NEWS_HOURS)
    open_for = WORK_CALENDAR.working_time_between(told_at, found, zone, SEAT_NEWS_HOURS)
    assert min(SHORTEST, timedelta(hours=hours)) - timedelta(minutes=1) <= open_for <= timedelta(hours=hours)


def test_an_offering_rules_otherwise_than_its_programme_where_it_says_so() -> None:
    programme = OfferRules(hours=8)
    own = OwnOfferRules(cutoff_days=3)
    assert to_offers(stored_offers(programme), stored_offers(own)) == OfferRules(hours=8, cutoff_days=3)
    assert stored_offers(DEFAULT_OFFERS) is None
