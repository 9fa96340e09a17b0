"""The shipped plan carries the programme it was written from."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import holidays
import pytest

from bot.domain.language import Texts
from bot.domain.plan.model import Details, OfferingKind, Plan, PlannedOffering
from bot.services.people.agency_book import read_agencies
from bot.services.plan.file import read_plan

FILE = Path(__file__).parents[1] / "programmes" / "2019.yml"
MID_FEBRUARY = date(2019, 2, 15)


@cache
def plan() -> Plan:
    return read_plan(FILE, read_agencies())


def of_strand(number: int) -> tuple[PlannedOffering, ...]:
    [strand] = [strand for strand in plan().strands if strand.number == number]
    return strand.offerings


def first_day(offering: PlannedOffering) -> date:
    return min(session.on for session in offering.sessions)


def test_there_are_four_strands() -> None:
    assert [strand.number for strand in plan().strands] == [1, 2, 3, 4]


def test_strand_1_is_two_groups_of_twenty_for_three_days_in_spring_and_autumn() -> None:
    spring, autumn = of_strand(1)
    for group in (spring, autumn):
        assert (group.kind, group.capacity, len(group.sessions)) == (OfferingKind.GROUP, 20, 3)
        assert len({session.on for session in group.sessions}) == 3
    assert all(session.on.month <= 6 for session in spring.sessions)
    assert all(session.on.month >= 8 for session in autumn.sessions)


def test_strand_2_is_three_live_processes_and_two_skype_series() -> None:
    processes = [offering for offering in of_strand(2) if offering.kind is OfferingKind.PROCESS]
    series = [offering for offering in of_strand(2) if offering.kind is OfferingKind.SERIES]
    assert (len(processes), len(series), len(of_strand(2))) == (3, 2, 5)
    for process in processes:
        assert len(process.sessions) > 1
        assert not any(session.is_remote for session in process.sessions)
    for one in series:
        assert len(one.sessions) > 1
        assert {session.link_label for session in one.sessions} == {"Skype"}
    places = [session.place["en"] for process in processes for session in process.sessions if session.place]
    assert any("hired" in place for place in places)


def test_strand_3_is_four_events_from_may_and_june_on() -> None:
    events = of_strand(3)
    assert [event.kind for event in events] == [OfferingKind.EVENT] * 4
    assert all(len(event.sessions) == 1 for event in events)
    days = sorted(first_day(event) for event in events)
    assert days[0].month == 5
    assert days[1].month == 6


def test_strand_4_is_four_coaching_rounds_of_twenty_with_several_sessions() -> None:
    rounds = of_strand(4)
    assert [(one.kind, one.capacity) for one in rounds] == [(OfferingKind.COACHING, 20)] * 4
    assert all(len(one.sessions) >= 3 for one in rounds)
    assert min(first_day(one) for one in rounds).month in {3, 4}
    months = {session.on.month for one in rounds for session in one.sessions}
    assert min(months) <= 4
    assert max(months) >= 11


def test_agencies_mix() -> None:
    for offering in plan().offerings:
        assert offering.seats_per_agency * 4 <= offering.capacity


def test_sessions_are_on_working_days() -> None:
    calendar = holidays.country_holidays("FI", years=2019)
    for offering in plan().offerings:
        for session in offering.sessions:
            on = session.on
            assert on.year == 2019
            assert on.weekday() < 5, f"{offering.code} {on}"
            assert on not in calendar, f"{offering.code} {on}"
            assert on + timedelta(days=1) not in calendar, f"{offering.code} {on}: eve"
            assert on.month != 7, f"{offering.code} {on}"


def test_in_mid_february_many_are_open_and_some_open_later() -> None:
    opened = later = 0
    for offering in plan().offerings:
        assert offering.sign_up.opens
        assert offering.sign_up.closes
        assert offering.sign_up.closes < first_day(offering)
        later += offering.sign_up.opens > MID_FEBRUARY
        opened += offering.sign_up.opens <= MID_FEBRUARY <= offering.sign_up.closes
    assert opened >= 5
    assert later >= 5


def texts_of_details(details: Details) -> Iterator[Texts]:
    yield from filter(None, (details.for_whom, details.takes_home))
    yield from (*details.themes, *details.questions)
    yield from (each.title for each in (*details.pre_reading, *details.materials))


def test_foresight_events_say_for_whom_what_one_takes_home_themes_questions_and_pre_reading() -> None:
    for offering in of_strand(3):
        details = offering.details
        assert details.for_whom
        assert details.takes_home
        assert len(details.themes) >= 3
        assert len(details.questions) >= 2
        assert details.pre_reading


def all_texts() -> Iterator[Texts]:
    yield plan().title
    assert plan().note
    yield plan().note or {}
    for strand in plan().strands:
        yield strand.title
        for offering in strand.offerings:
            yield offering.title
            yield offering.summary
            yield from texts_of_details(offering.details)
            for session in offering.sessions:
                yield from filter(None, (session.place, session.bring))


def test_every_text_is_there_in_every_language_and_differs_between_them() -> None:
    for texts in all_texts():
        assert set(texts) == {"fi", "sv", "en"}
        assert texts["fi"] != texts["en"]
        assert texts["sv"] != texts["en"] or "Paviljonki" in texts["sv"]


@pytest.mark.parametrize(
    ("language", "word"), [("fi", "esimerkkejä"), ("sv", "exempel"), ("en", "illustrative")]
)
def test_the_plan_says_that_its_dates_are_illustrative(language: str, word: str) -> None:
    assert word in (plan().note or {})[language]
    assert "ILLUSTRATIVE" in FILE.read_text(encoding="utf-8")


def test_addresses_are_nobodys() -> None:
    for offering in plan().offerings:
        assert "UFASI" in offering.facilitators
        for facilitator in offering.facilitators:
            assert facilitator == "UFASI" or facilitator.endswith("@kaiku.example")
        for session in offering.sessions:
            assert session.link is None or session.link.startswith("https://skype.kaiku.example/")
