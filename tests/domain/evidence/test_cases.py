"""Whom Kaiku asks for a case: people from both ends by their own newest answer."""

import random
from datetime import UTC, datetime, timedelta

from bot.domain.evidence.cases import Rating, whom_to_ask

NOW = datetime(2019, 12, 1, tzinfo=UTC)


def rated(**places: float) -> list[Rating]:
    return [Rating(person, "dialogue-2", place, NOW) for person, place in places.items()]


def asked(ratings: list[Rating], most: int, seed: int = 1) -> list[str]:
    return [each.person for each in whom_to_ask(ratings, most, random.Random(seed))]


def test_people_are_asked_from_both_ends_in_turn_and_the_middle_last() -> None:
    ratings = rated(aino=0, elsa=0.5, kaisa=0.5, timo=1, marja=0.25)
    assert asked(ratings, 2) == ["aino", "timo"]
    assert set(asked(ratings, 3)) == {"aino", "timo", "marja"}
    assert set(asked(ratings, 8)) == {"aino", "timo", "marja", "elsa", "kaisa"}
    assert asked([], 4) == []


def test_an_answer_that_somebody_changed_their_mind_about_does_not_count() -> None:
    later = [Rating("aino", "coaching-1", 1, NOW + timedelta(days=90))]
    (only,) = whom_to_ask([*later, *rated(aino=0)], 4, random.Random(1))
    assert only.offering == "coaching-1"


def test_among_people_who_answered_alike_it_is_drawn() -> None:
    ratings = rated(**{f"person{n}": 0 for n in range(20)})
    assert len({tuple(asked(ratings, 2, seed)) for seed in range(10)}) > 1
