"""What a certificate may say, and the counts of answers on use."""

from datetime import UTC, date, datetime, time, timedelta

from bot.domain.completion import (
    Certified,
    certified_sessions,
    counts_of,
    materials_of,
    new_code,
    tidy_code,
)
from bot.domain.enrolment.seats import SeatLimits
from bot.domain.enrolment.sign_up import line_closes_at
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.model import Details, OfferingKind, Reading, UseQuestion

EARLY = datetime(2019, 1, 1, tzinfo=UTC)


def session(number: int, **changes: object) -> Session:
    starts_at = datetime(2019, 4, number, 6, tzinfo=UTC)
    values: dict[str, object] = {
        "number": number,
        "on": date(2019, 4, number),
        "starts": time(9),
        "ends": time(12),
        "timezone": "Europe/Helsinki",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3, minutes=15),
        "place": {"fi": "Sali"},
        "link": None,
        "link_label": None,
        "bring": None,
        "cancelled": False,
    }
    return Session(**(values | changes))


def offering(*sessions: Session, **changes: object) -> Offering:
    values: dict[str, object] = {
        "id": 1,
        "code": "dialogue-2",
        "kind": OfferingKind.PROCESS,
        "strand_number": 2,
        "strand_title": {"fi": "Dialogi"},
        "title": {"fi": "Ryhmä"},
        "summary": {"fi": "-"},
        "limits": SeatLimits(20, 4),
        "facilitators": (),
        "opens_on": None,
        "closes_on": None,
        "timezone": "Europe/Helsinki",
        "cancelled": False,
        "sessions": sessions,
    }
    return Offering(**(values | changes))


def named(attended: dict[int, bool], absent: set[int] = frozenset(), seated_at: datetime = EARLY) -> list:
    found = certified_sessions(offering(session(1), session(2), session(3)), seated_at, attended, absent)
    return [(each.number, is_marked) for each, is_marked in found]


def test_a_session_that_is_marked_as_missed_is_not_named() -> None:
    assert named({1: True, 2: False, 3: True}) == [(1, True), (3, True)]


def test_without_a_mark_a_session_is_named_as_signed_up_to() -> None:
    assert named({1: True}) == [(1, True), (2, False), (3, False)]


def test_who_said_they_could_not_come_is_not_named_unless_they_came_after_all() -> None:
    assert named({}, {2}) == [(1, False), (3, False)]
    assert named({2: True}, {2}) == [(1, False), (2, True), (3, False)]


def test_what_was_over_before_the_seat_is_not_named() -> None:
    assert named({}, seated_at=datetime(2019, 4, 2, 5, tzinfo=UTC)) == [(2, False), (3, False)]


def test_hours_are_those_of_the_named_sessions_and_initials_are_no_name() -> None:
    both = Certified(offering(), "Aino-Maria von Bagh", "fi", "", [(session(1), True), (session(2), True)])
    assert both.hours == 6.5
    assert both.initials == "A. V. B."
    assert both.is_confirmed
    assert not Certified(offering(), "A", "fi", "", [(session(1), True), (session(2), False)]).is_confirmed


def test_a_code_is_read_as_somebody_copies_it() -> None:
    code = new_code()
    assert len(code.replace("-", "")) == 16
    assert tidy_code(code.lower().replace("-", " ")) == code
    assert new_code() != code


def test_answers_are_counted_from_five_people_up_choice_by_choice() -> None:
    question = UseQuestion("used", {"fi": "?"}, ({"fi": "Kyllä"}, {"fi": "Ei"}))
    assert counts_of(question, [0, 0, 0, 1, 1]).counts is None, "nobody learns who the two are"
    assert counts_of(question, [0] * 5 + [1] * 4).counts == [5, None]
    assert counts_of(question, [0] * 9 + [1] * 10).counts == [5, 10], "one more answer is not seen"


def test_materials_are_those_of_sessions_that_stood_and_then_of_the_whole() -> None:
    slides, lost, book = (Reading({"fi": name}) for name in ("kalvot", "perutun kalvot", "kirja"))
    found = materials_of(
        offering(
            session(1, materials=(slides,)),
            session(2, materials=(lost,), cancelled=True),
            details=Details(materials=(book,)),
        )
    )
    assert found == [slides, book]


def test_a_line_closes_with_the_first_session_or_with_a_later_last_day_of_sign_up() -> None:
    first, last = session(1).starts_at, session(3).ends_at

    def closes(on: date | None) -> datetime | None:
        return line_closes_at(
            closes_on=on, first_starts_at=first, last_ends_at=last, timezone="Europe/Helsinki"
        )

    assert closes(None) == first
    assert closes(date(2019, 3, 1)) == first
    assert closes(date(2019, 4, 1)) == datetime(2019, 4, 1, 21, tzinfo=UTC)
    assert closes(date(2019, 6, 1)) == last
