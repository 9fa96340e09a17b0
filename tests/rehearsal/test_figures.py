"""What is counted of a year: here, why prompts came on another day, which no delivery says."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from rehearsal.days import Quiet
from rehearsal.promises import Reader
from rehearsal.year import _Year
from tests.support.years import HERE, a_verdict, a_year

ARRIVED = datetime(2019, 4, 23, 10, tzinfo=HERE)
WEDNESDAY = date(2019, 4, 10)
AWAY = Reader("Europe/Helsinki", ((ARRIVED - timedelta(days=20), ARRIVED - timedelta(days=1), Quiet.AWAY),))


def moved(wanted: date, reader: Reader = AWAY) -> list[tuple[str, str | None, int]]:
    figures = a_verdict(wanted={("UR00000", 1): wanted}, readers={"UR00000": reader}).figures
    return [(each["why"], each["on"], each["prompts"]) for each in figures["prompts"]["moved"]]


@pytest.mark.parametrize(
    ("wanted", "reader", "found"),
    [
        (date(2019, 4, 18), AWAY, [("eve", "2019-04-19", 1)]),  # whoever is away, the day was quiet for all
        (date(2019, 4, 19), AWAY, [("holiday", "2019-04-19", 1)]),
        (WEDNESDAY, AWAY, [("away", None, 1)]),
        (date(2019, 4, 12), Reader("Europe/Helsinki"), [("weekday", None, 1)]),  # a Friday
        (WEDNESDAY, Reader("Europe/Helsinki"), [("unknown", None, 1)]),
        (ARRIVED.date(), AWAY, []),
    ],
)
def test_a_prompt_on_another_day_has_what_was_in_the_way(
    wanted: date, reader: Reader, found: list[Any]
) -> None:
    assert moved(wanted, reader) == found


def test_a_reminder_after_a_change_of_the_plan_does_not_say_that_the_prompt_was_moved() -> None:
    """The day that counts is the one the prompt had when it first came."""
    lived = a_year(wanted={})
    prompt = next(each for each in lived.arrivals if each.prompt is not None)
    hands = SimpleNamespace(reaction_to=lambda _: None)
    app = SimpleNamespace(store=None)
    year = _Year(app, None, None, None, hands, lived, lambda *_: None, daily=None)  # type: ignore[arg-type]
    for day in (date(2019, 4, 23), date(2019, 5, 2)):
        year._wanted = {1: day}
        year._arrived(replace(prompt, at=datetime(day.year, day.month, day.day, 10, tzinfo=HERE)))
    assert lived.wanted == {("UR00000", 1): date(2019, 4, 23)}
