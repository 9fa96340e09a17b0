from datetime import date, time

import pytest
from msgspec.structs import replace

from bot.domain.plan.model import (
    DrawRules,
    OfferingKind,
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
    SignUpWindow,
    Venue,
)
from bot.domain.plan.rules import Note, Problem, check_plan, notes_on
from bot.services.calendars.holidays import WORK_CALENDAR
from tests.support.plans import a_plan, a_remote_session, a_session, an_offering, texts

AGENCIES = {"vero", "thl"}
FIRST = ("strands", 0, "offerings", 0)


def problems(plan: Plan) -> list[Problem]:
    return check_plan(plan, AGENCIES)


def found(offering: PlannedOffering) -> list[tuple[str, tuple[str | int, ...]]]:
    """Codes, and where below the offering."""
    for problem in problems(a_plan(offering)):
        assert problem.where[:4] == FIRST
    return [(problem.code, problem.where[4:]) for problem in problems(a_plan(offering))]


def found_in_sessions(*sessions: PlannedSession) -> list[tuple[str, tuple[str | int, ...]]]:
    return found(an_offering(sessions=sessions))


def test_a_sound_plan_has_no_problems() -> None:
    assert problems(a_plan()) == []


def test_a_plan_needs_strands() -> None:
    assert problems(a_plan(strands=())) == [Problem(("strands",), "no_strands")]


def test_strand_numbers_differ() -> None:
    strands = tuple(PlannedStrand(1, texts("x"), ()) for _ in range(2))
    assert problems(a_plan(strands=strands)) == [
        Problem(("strands", 1, "number"), "duplicate_strand_number", {"value": 1})
    ]


def test_offering_codes_differ_across_strands() -> None:
    strands = tuple(PlannedStrand(number, texts("x"), (an_offering("a"),)) for number in (1, 2))
    assert problems(a_plan(strands=strands)) == [
        Problem(("strands", 1, "offerings", 0, "code"), "duplicate_offering_code", {"value": "a"})
    ]


def test_session_numbers_differ() -> None:
    again = a_session(1, on=date(2019, 4, 1))
    assert found_in_sessions(a_session(1), again) == [("duplicate_session_number", ("sessions", 1, "number"))]


def test_a_session_may_end_after_midnight() -> None:
    assert found_in_sessions(a_session(starts=time(20), ends=time(1))) == []
    assert found_in_sessions(a_session(starts=time(21), ends=time(0))) == []
    late = a_session(1, starts=time(22), ends=time(2))
    overlapping = a_session(2, on=date(2019, 3, 12), starts=time(1), ends=time(3))
    assert found_in_sessions(late, overlapping) == [("sessions_overlap", ("sessions", 1))]
    assert found_in_sessions(late, replace(overlapping, starts=time(2))) == []


def test_an_end_after_midnight_must_exist_on_its_own_day() -> None:
    into_spring = a_session(on=date(2019, 3, 30), starts=time(22), ends=time(3, 30))
    assert found_in_sessions(into_spring) == [("time_skipped_by_clock_change", ("sessions", 0, "ends"))]


@pytest.mark.parametrize("on", [date(2024, 3, 1), date(2017, 3, 13)])
def test_a_date_within_two_years_before_and_five_after_the_others_is_fine(on: date) -> None:
    far = an_offering("c", sessions=(a_session(1, on=on),), sign_up=SignUpWindow())
    assert problems(a_plan(an_offering("a"), an_offering("b"), far)) == []


@pytest.mark.parametrize("on", [date(2072, 3, 12), date(2024, 3, 20), date(2016, 12, 1)])
def test_a_date_far_from_the_programmes_others_is_refused(on: date) -> None:
    far = an_offering("c", sessions=(a_session(1, on=on),), sign_up=SignUpWindow())
    [problem] = problems(a_plan(an_offering("a"), an_offering("b"), far))
    assert problem.code == "date_far_from_others"
    assert problem.where == ("strands", 0, "offerings", 2, "sessions", 0, "on")
    assert problem.params["on"] == str(on)


def test_a_day_of_sign_up_far_from_the_others_is_refused() -> None:
    window = SignUpWindow(date(2009, 1, 1), date(2019, 3, 1))
    assert found(an_offering(sign_up=window)) == [("date_far_from_others", ("sign_up", "opens"))]


@pytest.mark.parametrize("ends", [time(9), time(8, 59)])
def test_a_session_ends_after_it_starts(ends: time) -> None:
    assert found_in_sessions(a_session(ends=ends)) == [
        ("session_ends_before_it_starts", ("sessions", 0, "ends"))
    ]


def test_sessions_of_one_offering_do_not_overlap() -> None:
    later = a_session(2, on=date(2019, 3, 11), starts=time(11, 59), ends=time(13))
    assert found_in_sessions(a_session(1), later) == [("sessions_overlap", ("sessions", 1))]


def test_a_long_session_overlaps_everything_within_it() -> None:
    day = date(2019, 3, 11)
    whole_day = a_session(1, on=day, starts=time(8), ends=time(16))
    short = a_session(2, on=day, starts=time(9), ends=time(10))
    late = a_session(3, on=day, starts=time(15), ends=time(17))
    assert [where for _, where in found_in_sessions(late, short, whole_day)] == [
        ("sessions", 1),
        ("sessions", 0),
    ]


def test_sessions_may_follow_one_another_at_once() -> None:
    assert (
        found_in_sessions(a_session(1), a_session(2, on=date(2019, 3, 11), starts=time(12), ends=time(13)))
        == []
    )


def test_a_cancelled_session_is_in_nobodys_way() -> None:
    assert found_in_sessions(a_session(1, cancelled=True), a_session(2, on=date(2019, 3, 11))) == []


def test_a_time_that_the_clock_change_skips_is_refused() -> None:
    spring = a_session(on=date(2019, 3, 31), starts=time(3, 30), ends=time(5))
    assert found_in_sessions(spring) == [("time_skipped_by_clock_change", ("sessions", 0, "starts"))]
    until = a_session(on=date(2019, 3, 31), starts=time(2), ends=time(3, 0))
    assert found_in_sessions(until) == [("time_skipped_by_clock_change", ("sessions", 0, "ends"))]


def test_a_time_that_occurs_twice_is_allowed() -> None:
    assert found_in_sessions(a_session(on=date(2019, 10, 27), starts=time(3, 30), ends=time(5))) == []


def test_the_clock_change_is_the_programmes_own() -> None:
    spring = an_offering(sessions=(a_session(on=date(2019, 3, 31), starts=time(3, 30), ends=time(5)),))
    assert problems(a_plan(spring, timezone="UTC")) == []


def test_sign_up_opens_before_it_closes() -> None:
    window = SignUpWindow(date(2019, 3, 2), date(2019, 3, 1))
    assert found(an_offering(sign_up=window)) == [("sign_up_closes_before_it_opens", ("sign_up", "closes"))]


def test_sign_up_may_be_open_for_one_day_only() -> None:
    assert found(an_offering(sign_up=SignUpWindow(date(2019, 3, 1), date(2019, 3, 1)))) == []


def test_sign_up_closes_by_the_last_session() -> None:
    assert found(an_offering(sign_up=SignUpWindow(None, date(2019, 3, 12)))) == []
    assert found(an_offering(sign_up=SignUpWindow(None, date(2019, 3, 13)))) == [
        ("sign_up_closes_after_last_session", ("sign_up", "closes"))
    ]


def test_sign_up_opens_by_the_last_session() -> None:
    assert found(an_offering(sign_up=SignUpWindow(date(2019, 3, 13), None))) == [
        ("sign_up_opens_after_last_session", ("sign_up", "opens"))
    ]


@pytest.mark.parametrize("capacity", [0, -1])
def test_an_offering_has_at_least_one_seat(capacity: int) -> None:
    offering = an_offering(capacity=capacity, seats_per_agency=1, agency_seats=())
    assert found(offering) == [("capacity_below_one", ("capacity",))]


def test_an_agency_has_at_least_one_seat_and_at_most_all() -> None:
    assert found(an_offering(seats_per_agency=0)) == [("agency_seats_below_one", ("seats_per_agency",))]
    assert found(an_offering(seats_per_agency=20)) == []
    assert found(an_offering(seats_per_agency=21)) == [("agency_seats_above_capacity", ("seats_per_agency",))]


def test_a_single_agencys_seats_are_checked_too() -> None:
    offering = an_offering(agency_seats=(("thl", 0), ("vero", 21)))
    assert found(offering) == [
        ("agency_seats_below_one", ("agency_seats", "thl")),
        ("agency_seats_above_capacity", ("agency_seats", "vero")),
    ]


def test_an_unknown_agency_is_named_with_its_nearest() -> None:
    [problem] = problems(a_plan(an_offering(agency_seats=(("veri", 2),))))
    assert (problem.code, problem.params) == ("unknown_agency_near", {"agency": "veri", "nearest": "vero"})


def test_an_offering_that_people_may_join_has_sessions() -> None:
    assert found(an_offering(sessions=())) == [("no_sessions", ("sessions",))]


def test_an_offering_without_a_sign_up_window_may_get_its_sessions_later() -> None:
    assert found(an_offering(sessions=(), sign_up=SignUpWindow())) == []


def test_a_session_has_a_place_or_a_link() -> None:
    assert found_in_sessions(a_session(place=None)) == [("session_without_place_or_link", ("sessions", 0))]
    assert found_in_sessions(a_session(link="https://skype.example")) == [
        ("session_with_place_and_link", ("sessions", 0, "link"))
    ]


@pytest.mark.parametrize(
    "link",
    [
        "http://skype.example",
        "skype.example",
        "https://",
        "https://x.example/a b",
        "https://[",
        "https://x|y",
    ],
)
def test_a_link_is_one_people_can_join_by(link: str) -> None:
    session = replace(a_remote_session(), link=link)
    assert found_in_sessions(session) == [("link_not_https", ("sessions", 0, "link"))]


def test_a_label_names_a_link() -> None:
    assert found_in_sessions(a_session(link_label="Skype")) == [
        ("label_without_link", ("sessions", 0, "link_label"))
    ]


@pytest.mark.parametrize("kind", [OfferingKind.SERIES, OfferingKind.REMOTE])
def test_a_remote_kind_has_no_place(kind: OfferingKind) -> None:
    assert found(an_offering(kind=kind, sessions=(a_remote_session(),))) == []
    assert found(an_offering(kind=kind, sessions=(a_session(),))) == [
        ("remote_kind_with_place", ("sessions", 0, "place"))
    ]


def test_other_kinds_may_mix_live_and_remote() -> None:
    mixed = (a_session(1), a_remote_session(2))
    assert found(an_offering(kind=OfferingKind.COACHING, sessions=mixed)) == []


@pytest.mark.parametrize(
    ("venue", "code", "key"),
    [
        (Venue(-1), "venue_price_negative", "price"),
        (Venue(0, date(2019, 3, 11)), "venue_free_until_too_late", "free_until"),
        (Venue(0, capacity=19), "venue_too_small", "capacity"),
        (Venue(0, date(2016, 3, 11)), "date_far_from_others", "free_until"),
    ],
)
def test_a_venue_is_no_trap(venue: Venue, code: str, key: str) -> None:
    assert found_in_sessions(a_session(1, venue=venue)) == [(code, ("sessions", 0, "venue", key))]
    assert found_in_sessions(a_session(1, venue=Venue(0, date(2019, 3, 10), 20))) == []


def test_a_remote_session_has_no_venue() -> None:
    assert found_in_sessions(a_remote_session(1, venue=Venue(0))) == [
        ("venue_without_place", ("sessions", 0, "venue"))
    ]


@pytest.mark.parametrize(("until", "last"), [(date(2019, 4, 22), "2019-04-18"), (date(2019, 4, 18), None)])
def test_a_last_day_of_free_cancellation_that_is_no_working_day_is_noted(
    until: date, last: str | None
) -> None:
    session = a_session(1, on=date(2019, 5, 6), venue=Venue(0, until))
    notes = [
        each
        for each in notes_on(a_plan(an_offering(sessions=(session,))), WORK_CALENDAR)
        if each.code is Note.VENUE_FREE_UNTIL_DAY_OFF
    ]
    assert [each.params["last"] for each in notes] == ([last] if last else [])


def test_a_single_remote_session_is_single() -> None:
    two = (a_remote_session(1), a_remote_session(2))
    assert found(an_offering(kind=OfferingKind.REMOTE, sessions=two)) == [
        ("single_session_kind", ("sessions",))
    ]
    assert found(an_offering(kind=OfferingKind.SERIES, sessions=two)) == []


def test_what_is_drawn_needs_a_last_day_of_sign_up_before_it_begins() -> None:
    drawn = an_offering(draw=DrawRules())
    assert found(drawn) == []
    assert found(replace(drawn, sign_up=SignUpWindow())) == [("draw_without_end", ("draw",))]
    late = SignUpWindow(date(2019, 1, 1), drawn.sessions[0].on)
    assert found(replace(drawn, sign_up=late)) == [("draw_after_first_session", ("sign_up", "closes"))]


def test_offerings_that_are_drawn_together_agree_on_how_many_seats_one_gets() -> None:
    one, other = an_offering("a", draw=DrawRules()), an_offering("b", draw=DrawRules(seats_each=2))
    here = ("strands", 0, "offerings", 1, "draw")
    assert problems(a_plan(one, other)) == [Problem(here, "shared_draw_differs", {"other": "a"})]
    alone = replace(other, sign_up=SignUpWindow(date(2019, 1, 2), date(2019, 3, 1)))
    assert problems(a_plan(one, alone)) == []
