"""Each promise, checked from outside: what breaks it is named, and what only looks like it is not."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from rehearsal.days import Quiet, Why, after_working_time
from rehearsal.promises import (
    IN_ONE_MESSAGE,
    Attendance,
    Breach,
    Hours,
    Known,
    Line,
    Owed,
    Promise,
    Reader,
    arrives,
    empty_seats,
    offered_once,
    offers_too_long,
    office_hours,
    once,
    quiet_time,
    reminded,
    seat_news,
    taken,
    told_the_standing,
    told_the_time,
    weekly_cap,
)
from rehearsal.record import Arrival, Moment, Refusal, moments_in
from rehearsal.verdict import told_together

HERE = ZoneInfo("Europe/Helsinki")
AINO = {"UAINO": Reader("Europe/Helsinki")}
TUESDAY = datetime(2019, 4, 2, 10, tzinfo=HERE)
TWO = ("dialogue-2", "dialogue-skype-1")
YEAR_END = datetime(2020, 1, 1, tzinfo=HERE)


def prompt(at: datetime, number: int = 1, **changes: Any) -> Arrival:
    arrival = Arrival(
        at,
        "UAINO",
        "DAINO",
        f"{at.timestamp():.6f}",
        number,
        number,
        asks=True,
        authored=False,
        text=str(number),
    )
    return replace(arrival, **changes)


def in_quiet_time(
    *arrivals: Arrival, reader: Reader = AINO["UAINO"], letters: tuple[int, ...] = ()
) -> list[Why]:
    found = list(quiet_time(arrivals, {"UAINO": reader}, Hours(), letters))
    return [each.facts["why"] for each in found]  # type: ignore[misc]


def news(at: datetime, session: datetime | None) -> list[Breach]:
    arrival = prompt(at, prompt=None, asks=False)
    sessions = {"dialogue-1": [session] if session else []}
    return [each.breach for each in seat_news([(arrival, "dialogue-1")], AINO, sessions)]


@pytest.mark.parametrize(
    ("at", "session", "broken"),
    [
        ((2019, 4, 2, 16), (2019, 5, 2, 9), False),
        ((2019, 4, 2, 17, 30), (2019, 5, 2, 9), True),
        ((2019, 4, 2, 17, 30), (2019, 4, 4, 9), True),  # Wednesday was early enough
        ((2019, 4, 2, 17, 30), (2019, 4, 3, 13), False),
        ((2019, 4, 5, 20), (2019, 4, 8, 13), False),  # Friday, for Monday
        ((2019, 4, 6, 12), (2019, 4, 9, 13), True),  # Saturday, for Tuesday
        ((2019, 4, 2, 8), (2019, 4, 3, 9), True),
        ((2019, 4, 2, 22), None, True),
    ],
)
def test_the_news_of_a_freed_seat_waits_for_office_hours_as_long_as_it_may(
    at: tuple[int, ...], session: tuple[int, ...] | None, *, broken: bool
) -> None:
    starts_at = datetime(*session, tzinfo=HERE) if session else None  # type: ignore[arg-type]
    assert bool(news(datetime(*at, tzinfo=HERE), starts_at)) is broken  # type: ignore[arg-type]


def test_a_prompt_on_a_tuesday_morning_breaks_nothing() -> None:
    assert in_quiet_time(prompt(TUESDAY)) == []


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ((2019, 4, 19, 10), Why(Quiet.HOLIDAY, date(2019, 4, 19))),
        ((2019, 4, 18, 10), Why(Quiet.EVE, date(2019, 4, 19))),  # Good Friday's
        ((2019, 6, 21, 10), Why(Quiet.HOLIDAY, date(2019, 6, 21))),
        ((2019, 7, 9, 10), Why(Quiet.JULY)),
        ((2019, 12, 27, 10), Why(Quiet.TURN_OF_YEAR)),
        ((2019, 4, 6, 10), Why(Quiet.WEEKEND)),
        ((2019, 4, 1, 10), Why(Quiet.WEEKDAY, date(2019, 4, 1))),
        ((2019, 4, 2, 8, 59), Why(Quiet.HOURS, at=time(8, 59), hours=(time(9), time(15)))),
        ((2019, 4, 2, 15, 1), Why(Quiet.HOURS, at=time(15, 1), hours=(time(9), time(15)))),
    ],
)
def test_a_prompt_in_quiet_time_is_named_with_what_is_quiet(at: tuple[int, ...], why: Why) -> None:
    assert in_quiet_time(prompt(datetime(*at, tzinfo=HERE))) == [why]  # type: ignore[arg-type]


def test_the_day_before_midsummers_eve_is_an_ordinary_day() -> None:
    assert in_quiet_time(prompt(datetime(2019, 6, 20, 10, tzinfo=HERE))) == []


def test_quiet_time_is_on_the_persons_own_clock() -> None:
    (why,) = in_quiet_time(prompt(TUESDAY), reader=Reader("America/New_York"))
    assert why.at == time(3)


def test_nobody_is_asked_anything_on_leave() -> None:
    away = Reader(
        "Europe/Helsinki", ((TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1), Quiet.AWAY),)
    )
    assert in_quiet_time(prompt(TUESDAY), reader=away) == [Why(Quiet.AWAY)]


def test_a_reminder_and_a_facilitators_own_prompt_may_come_on_a_monday() -> None:
    monday = TUESDAY + timedelta(days=6)
    assert in_quiet_time(prompt(TUESDAY), prompt(monday, 2, prompt=1)) == []
    assert in_quiet_time(prompt(monday, authored=True)) == []


def test_what_a_person_asked_for_in_an_hour_may_come_in_the_evening_and_nothing_else() -> None:
    evening = datetime(2019, 4, 2, 20, tzinfo=HERE)
    wished = Reader("Europe/Helsinki", wished=((1, evening - timedelta(hours=1)),))
    assert in_quiet_time(prompt(TUESDAY), prompt(evening, 2, prompt=1), reader=wished) == []
    assert len(in_quiet_time(prompt(evening, 2), reader=wished)) == 1


def test_a_message_that_asks_nothing_may_come_at_any_time_and_a_closing_letter_may_not() -> None:
    letter = prompt(datetime(2019, 7, 9, 10, tzinfo=HERE), asks=False, prompt=None)
    assert in_quiet_time(letter) == []
    (broken,) = quiet_time([letter], AINO, Hours(), (1,))
    assert broken.breach is Breach.LETTER_IN_QUIET_TIME


def test_two_prompts_within_a_week_break_the_cap_and_a_reminder_does_not() -> None:
    after_six = prompt(TUESDAY + timedelta(days=6), 2)
    assert [each.promise for each in weekly_cap([prompt(TUESDAY), after_six], AINO)] == [Promise.CAP]
    assert list(weekly_cap([prompt(TUESDAY), replace(after_six, prompt=1)], AINO)) == []
    assert list(weekly_cap([prompt(TUESDAY), prompt(TUESDAY + timedelta(days=7), 2)], AINO)) == []


def test_one_delivery_that_comes_twice_breaks_a_promise() -> None:
    again = prompt(TUESDAY + timedelta(days=3), 1, text="other words")
    (broken,) = once([prompt(TUESDAY), again], AINO)
    assert (broken.breach, broken.facts) == (Breach.CAME_AGAIN, {"delivery": "1"})


def test_the_same_question_twice_in_a_day_breaks_a_promise_and_on_another_day_does_not() -> None:
    later = prompt(TUESDAY + timedelta(hours=1), 2, text="1")
    assert len(list(once([prompt(TUESDAY), later], AINO))) == 1
    assert list(once([prompt(TUESDAY), replace(later, at=TUESDAY + timedelta(days=2))], AINO)) == []


SENT = Owed(1, "prompt", "UAINO", "dialogue-2/prompt/1", "sent", TUESDAY, None)


@pytest.mark.parametrize(
    ("owed", "breach"),
    [
        (replace(SENT, id=9), Breach.NOT_THERE),
        (replace(SENT, state="planned"), Breach.NEVER_SENT),
        (replace(SENT, state="failed", reason="channel_not_found"), Breach.NOT_THROUGH),
        (replace(SENT, state="cancelled"), Breach.NO_REASON),
        (replace(SENT, state="missed", kind="change", reason="too_late"), Breach.TOO_LATE),
    ],
)
def test_what_was_planned_and_did_not_come_is_named(owed: Owed, breach: Breach) -> None:
    (broken,) = arrives([owed], [prompt(TUESDAY)], YEAR_END)
    assert broken.breach is breach
    assert broken.facts == {"kind": owed.kind, "subject": owed.subject, "reason": owed.reason or ""}


@pytest.mark.parametrize(
    "owed",
    [
        SENT,
        replace(SENT, id=9, kind="home"),  # no message of its own
        replace(SENT, state="planned", due_at=YEAR_END + timedelta(days=1)),
        replace(SENT, state="cancelled", reason="weekly_cap"),
        replace(SENT, state="missed", reason="too_late"),
    ],
)
def test_a_message_that_arrived_or_has_a_reason_breaks_no_promise(owed: Owed) -> None:
    assert list(arrives([owed], [prompt(TUESDAY)], YEAR_END)) == []


def test_nobody_owes_a_closed_account_anything() -> None:
    failed = replace(SENT, state="failed", reason="user_disabled")
    assert list(arrives([failed], [], YEAR_END, gone={"UAINO"})) == []


def test_a_seated_person_who_heard_nothing_before_a_session_is_named() -> None:
    seat = Attendance("UAINO", "dialogue-2", 1, TUESDAY - timedelta(days=1), TUESDAY)
    early, in_time = TUESDAY - timedelta(days=9), TUESDAY - timedelta(hours=1)
    (broken,) = reminded([seat], {("UAINO", "dialogue-2"): [early]})
    assert (broken.breach, broken.facts) == (
        Breach.HEARD_NOTHING,
        {"session": 1, "offering": "dialogue-2"},
    )
    assert list(reminded([seat], {("UAINO", "dialogue-2"): [early, in_time]})) == []


def test_who_was_reminded_of_two_sessions_in_one_message_heard_of_both() -> None:
    first, second = (
        Owed(n, "day_before", "UAINO", f"{code}/1", "sent", TUESDAY, None) for n, code in enumerate(TWO)
    )
    second = replace(second, reason=IN_ONE_MESSAGE)
    came = prompt(TUESDAY, delivery=first.id)
    lived = SimpleNamespace(arrivals=[came], owed=[first, second])
    told = list(told_together(lived, {each.id: each for each in lived.owed}))  # type: ignore[arg-type]
    assert told == [(second, came)]


LINE = Line("dialogue-2", 20, 4, held={"vero": 4, "kela": 3}, waiting={"vero": 2})


def test_an_empty_seat_with_somebody_waiting_who_fits_is_named() -> None:
    (broken,) = empty_seats(replace(LINE, waiting={"vero": 2, "kela": 1}), TUESDAY)
    assert (broken.breach, broken.facts) == (
        Breach.SEAT_EMPTY,
        {"free": 13, "waiting": 1, "agency": "kela"},
    )


def test_who_waits_because_their_agency_or_the_group_is_full_leaves_no_seat_empty() -> None:
    assert list(empty_seats(LINE, TUESDAY)) == []
    assert list(empty_seats(replace(LINE, capacity=7, waiting={"kela": 1}), TUESDAY)) == []
    assert len(list(empty_seats(replace(LINE, of_agency={"vero": 6}), TUESDAY))) == 1


def test_a_seat_that_is_kept_beyond_the_time_of_its_offer_is_named() -> None:
    told = {("UAINO", "dialogue-2"): TUESDAY}
    offered = [("UAINO", "dialogue-2", TUESDAY - timedelta(hours=1))]
    zones = {"UAINO": "Europe/Helsinki"}
    hours = {"dialogue-2": 12}  # until Wednesday, 14.00
    assert list(offers_too_long(offered, told, zones, hours, TUESDAY + timedelta(hours=28))) == []
    (broken,) = offers_too_long(offered, told, zones, hours, TUESDAY + timedelta(hours=29))
    assert broken.breach == Breach.OFFER_TOO_LONG
    untold = [("UAINO", "dialogue-2", TUESDAY + timedelta(hours=1))]
    assert list(offers_too_long(untold, told, zones, hours, TUESDAY + timedelta(days=9))) == []


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ((2019, 4, 2, 10), 7, (2019, 4, 2, 17)),
        ((2019, 4, 2, 10), 24, (2019, 4, 5, 10)),
        ((2019, 4, 17, 16), 2, (2019, 4, 18, 10)),  # the eve of Good Friday is a working day
        ((2019, 4, 18, 16), 2, (2019, 4, 23, 10)),
    ],
)
def test_working_time_goes_on_the_next_working_morning(
    start: tuple[int, ...], hours: int, end: tuple[int, ...]
) -> None:
    begins, ends = (datetime(*each, tzinfo=HERE) for each in (start, end))  # type: ignore[arg-type]
    assert after_working_time(begins, hours, HERE) == ends


@pytest.mark.parametrize(
    ("at", "broken"),
    [
        ((2019, 4, 2, 9), False),
        ((2019, 4, 2, 17), False),
        ((2019, 4, 2, 17, 1), True),
        ((2019, 4, 6, 10), True),
    ],
)
def test_what_waits_for_office_hours_and_comes_at_another_is_named(
    at: tuple[int, ...], *, broken: bool
) -> None:
    told = [(prompt(datetime(*at, tzinfo=HERE)), "offer", "Europe/Helsinki")]  # type: ignore[arg-type]
    assert [each.breach for each in office_hours(told)] == [Breach.TOLD_OUT_OF_HOURS] * broken


def test_days_with_their_hours_are_read_in_every_language() -> None:
    for said in ("ke 24.4.2019 klo 12.30–16.00", "ons 24.4 kl. 12.30", "tomorrow 24 Apr, 12:30–16:00"):
        assert moments_in(f"x {said} y") == {(4, 24, 12, 30)}


WAS, IS = (4, 24, 12, 30), (4, 25, 12, 30)
MOVED = Known("UAINO", "dialogue-2", 2, IS, frozenset({WAS, IS}), TUESDAY)


@pytest.mark.parametrize(
    ("known", "said", "broken"),
    [
        (MOVED, [("confirmation", {WAS}), ("change", {WAS, IS})], False),
        (MOVED, [("confirmation", {WAS})], True),
        (MOVED, [("change", {WAS, IS}), ("day_before", {WAS})], True),
        (MOVED, [("letter", {(5, 1, 9, 0)})], False),  # names another session
        (replace(MOVED, moment=None), [("confirmation", {WAS}), ("change", {WAS})], False),
        (replace(MOVED, moment=None), [("change", {WAS}), ("day_before", {WAS})], True),
    ],
)
def test_the_last_message_that_names_a_session_says_when_it_is(
    known: Known, said: list[tuple[str, set[Moment]]], *, broken: bool
) -> None:
    read = [
        (prompt(TUESDAY - timedelta(hours=9 - n), moments=frozenset(moments)), kind)
        for n, (kind, moments) in enumerate(said)
    ]
    found = list(told_the_time([known], {("UAINO", "dialogue-2"): read}))
    assert [each.breach for each in found] == [Breach.TOLD_OTHER_TIME] * broken


@pytest.mark.parametrize(
    ("status", "said", "broken"),
    [
        ("seated", [], False),  # they accepted it themselves
        ("seated", ["promotion"], False),
        ("seated", ["promotion", "removed"], True),
        ("waiting", ["offer_lapsed"], False),
        ("removed", [], True),
        ("removed", ["moved"], False),
    ],
)
def test_where_somebody_stands_in_the_end_is_what_they_were_told(
    status: str, said: list[str], *, broken: bool
) -> None:
    read = [(prompt(TUESDAY + timedelta(hours=n)), kind) for n, kind in enumerate(said)]
    standing = ("UAINO", "dialogue-2", status, TUESDAY)
    found = list(told_the_standing([standing], {("UAINO", "dialogue-2"): read}))
    assert [each.breach for each in found] == [Breach.TOLD_OTHER_STANDING] * broken


def test_a_seat_that_is_offered_twice_to_one_person_is_named() -> None:
    first = ("UAINO", "dialogue-2", 1, 7, TUESDAY)
    other_seat, other_person = ("UAINO", "dialogue-2", 1, 8, TUESDAY), ("UOLLI", "dialogue-2", 2, 7, TUESDAY)
    assert list(offered_once([first, other_seat, other_person])) == []
    assert [each.breach for each in offered_once([first, first])] == [Breach.OFFERED_TWICE]


def test_a_refused_payload_is_named_and_being_slowed_down_is_not() -> None:
    refused = Refusal(TUESDAY, "chat.postMessage", "invalid_blocks", "header too long")
    (broken,) = taken([refused, replace(refused, error="ratelimited")])
    assert broken.who == "chat.postMessage"
    assert (broken.breach, broken.facts) == (Breach.REFUSED, {"error": "invalid_blocks (header too long)"})
