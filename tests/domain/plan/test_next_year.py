"""Next year's plan from this one: working days, nobody in two places, no room twice."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.calendars.working_time import quiet_season
from bot.domain.plan.model import Plan, PlannedOffering, PlannedSession, SignUpWindow, Venue
from bot.domain.plan.next_year import Wish, plan_for
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.plan.file import plan_in
from tests.conftest import ROOT
from tests.support.plans import a_plan, a_session, an_offering, texts

PEOPLE = ("UFASI", "UTOINEN", "dialogi@kaiku.example")
PLACES = (texts("Sali"), texts("Kamari"))
HOURS = ((time(9), time(15, 30)), (time(12, 30), time(15, 30)), (time(9), time(11)))


def venues(on: date) -> st.SearchStrategy[Venue | None]:
    days = st.integers(1, 30)
    return st.none() | days.map(lambda before: Venue(500, on - timedelta(before), 20))


@st.composite
def offerings(draw: st.DrawFn) -> PlannedOffering:
    any_day = st.dates(date(2019, 1, 8), date(2019, 11, 20))
    days = sorted(draw(st.lists(any_day, min_size=1, max_size=4, unique=True)))
    sessions = [
        replace(
            a_session(number, on=on, place=draw(st.sampled_from(PLACES)), venue=draw(venues(on))),
            **dict(zip(("starts", "ends"), draw(st.sampled_from(HOURS)), strict=True)),
        )
        for number, on in enumerate(days, start=1)
    ]
    window = SignUpWindow(days[0] - timedelta(60), days[0] - timedelta(14))
    led_by = tuple(draw(st.lists(st.sampled_from(PEOPLE), unique=True)))
    return an_offering(sessions=tuple(sessions), sign_up=window, facilitators=led_by)


plans = st.lists(offerings(), min_size=1, max_size=5).map(
    lambda found: a_plan(*(replace(each, code=f"o-{at}") for at, each in enumerate(found)))
)


def spans(plan: Plan) -> list[tuple[PlannedOffering, PlannedSession, datetime, datetime]]:
    return [
        (one, each, datetime.combine(each.on, each.starts), datetime.combine(each.ends_on, each.ends))
        for one in plan.offerings
        for each in one.sessions
    ]


@settings(max_examples=60, deadline=None)
@given(plan=plans, year=st.sampled_from([2020, 2026, 2027]))
def test_every_session_keeps_every_wish_or_it_is_said(plan: Plan, year: int) -> None:
    new, unmet = plan_for(plan, year, WORK_CALENDAR)
    said = {(each.params["offering"], each.params["session"], each.wish) for each in unmet}
    old = {(one.code, each.number): each for one, each, *_ in spans(plan)}
    placed = spans(new)
    for one, each, starts, ends in placed:
        name = one.code, each.number
        if each.venue is not None and each.venue.free_until is not None:
            was = old[name].venue
            assert was is not None
            assert was.free_until is not None
            assert WORK_CALENDAR.is_working_day(each.venue.free_until)
            assert each.on - each.venue.free_until >= old[name].on - was.free_until
        if (*name, Wish.ORDINARY_DAY) not in said:
            assert WORK_CALENDAR.is_working_day(each.on)
            assert not WORK_CALENDAR.is_public_holiday(each.on + timedelta(1))
            assert each.on.year == year or (*name, Wish.WITHIN_YEAR) in said
            assert quiet_season(each.on) is None or quiet_season(old[name].on)
        for other, another, begins, stops in placed:
            if other.code <= one.code or not (starts < stops and begins < ends):
                continue
            both = {(*name, wish) for wish in Wish} | {(other.code, another.number, wish) for wish in Wish}
            if set(one.facilitators) & set(other.facilitators) or each.place == another.place:
                assert both & said


@settings(max_examples=40, deadline=None)
@given(plan=plans)
def test_sessions_keep_their_order_and_sign_up_comes_before_them(plan: Plan) -> None:
    new, _ = plan_for(plan, 2020, WORK_CALENDAR)
    for offering in new.offerings:
        days = [each.on for each in offering.sessions]
        assert days == sorted(set(days))
        opens, closes = offering.sign_up.opens, offering.sign_up.closes
        assert opens is not None
        assert closes is not None
        assert opens <= closes < days[0]
        assert WORK_CALENDAR.is_working_day(opens)
        assert WORK_CALENDAR.is_working_day(closes)


def test_a_session_stays_in_its_week_and_the_next_as_many_weeks_later() -> None:
    sessions = (a_session(1, on=date(2019, 3, 20)), a_session(2, on=date(2019, 4, 17)))
    new, unmet = plan_for(a_plan(an_offering(sessions=sessions)), 2020, WORK_CALENDAR)
    assert [each.on for each in new.offerings[0].sessions] == [date(2020, 3, 18), date(2020, 4, 15)]
    assert unmet == []
    assert new.code == "kaiku-2020"


def test_a_session_on_the_eve_of_a_holiday_is_put_on_another_day() -> None:
    eve = a_session(1, on=date(2019, 4, 30))  # the first of May is a holiday every year
    new, _ = plan_for(a_plan(an_offering(sessions=(eve,))), 2024, WORK_CALENDAR)
    (session,) = new.offerings[0].sessions
    assert session.on not in {date(2024, 4, 30), date(2024, 5, 1)}


def test_what_was_called_off_takes_place_next_year() -> None:
    plan = a_plan(an_offering(cancelled=True, sessions=(a_session(1, cancelled=True),)))
    new, _ = plan_for(plan, 2020, WORK_CALENDAR)
    assert not new.offerings[0].is_called_off


def test_the_shipped_plan_has_an_ordinary_day_for_every_session_of_every_year() -> None:
    shipped = plan_in((ROOT / "programmes" / "2019.yml").read_text(encoding="utf-8"))
    for year in range(2020, 2031):
        new, unmet = plan_for(shipped, year, WORK_CALENDAR)
        assert unmet == [], year
        for _, each, *_ in spans(new):
            assert WORK_CALENDAR.is_working_day(each.on)
            assert not WORK_CALENDAR.is_public_holiday(each.on + timedelta(1))
            assert each.on.year == year
