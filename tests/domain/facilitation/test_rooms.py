"""Dialogue rooms: agencies mix, pairs seldom meet twice, and few people move when somebody is missing."""

import time
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.facilitation.rooms import (
    LARGEST,
    SMALLEST,
    Rooms,
    count_meetings,
    judge,
    regroup,
    sizes_for,
    split,
)


def people(number: int, agencies: int) -> dict[str, str]:
    """Some agencies are larger than others, as they are."""
    random = Random(number)
    return {f"U{n:03}": f"agency-{min(random.randrange(agencies) for _ in range(2))}" for n in range(number)}


def at_random(of: dict[str, str], sizes: list[int], seed: int) -> Rooms:
    left = sorted(of)
    Random(seed).shuffle(left)
    return tuple(tuple(left.pop() for _ in range(size)) for size in sizes)


@given(st.integers(3, 260), st.integers(3, 7))
def test_rooms_hold_three_to_eight_and_as_many_as_asked_for_where_that_is_possible(n: int, size: int) -> None:
    sizes = sizes_for(n, size)
    assert sum(sizes) == n
    assert all(SMALLEST <= each <= LARGEST for each in sizes)
    exact = any(number * size <= n <= number * (size + 1) for number in range(1, n))
    assert exact == all(size <= each <= size + 1 for each in sizes)


def test_too_few_people_make_no_room() -> None:
    for make in (lambda: split(people(2, 1), 4), lambda: regroup((("U000", "U001", "U009"),), people(2, 1))):
        with pytest.raises(ValueError, match="no room"):
            make()


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 40), st.integers(1, 12), st.integers(3, 7), st.integers(0, 2))
def test_everybody_has_one_room_and_agencies_mix_as_well_as_they_can(
    n: int, agencies: int, size: int, sessions: int
) -> None:
    here, earlier = people(n, agencies), []
    for session in range(sessions + 1):
        rooms = split(here, size, earlier, seed=session)
        found = judge(rooms, here, earlier)
        assert sorted(each for room in rooms for each in room) == sorted(here)
        assert sorted(map(len, rooms)) == sorted(sizes_for(n, size))
        assert found.alike == found.fewest_alike
        assert found.repeated >= found.fewest_repeated
        earlier.append(rooms)


def test_23_people_meet_nobody_twice_in_two_sessions_nor_in_three() -> None:
    of_23 = {f"U{n:02}": f"agency-{n}" for n in range(23)}
    first = split(of_23, 4)
    second = split(of_23, 4, [first])
    third = split(of_23, 4, [first, second])
    assert sorted(map(len, second)) == [4, 4, 5, 5, 5]
    assert max(count_meetings([first, second, third]).values()) == 1


def test_23_people_of_eight_agencies_mix_fully_and_still_meet_nobody_twice() -> None:
    of_23 = {f"U{n:02}": f"agency-{n % 8}" for n in range(23)}
    first = split(of_23, 4)
    second = split(of_23, 4, [first])
    found = judge(second, of_23, [first])
    assert (found.alike, found.repeated) == (0, 0)


def test_the_lower_bound_is_met_where_repeated_pairs_cannot_be_avoided() -> None:
    nine = {f"U{n}": f"agency-{n}" for n in range(9)}
    earlier = [split(nine, 3)]
    for _ in range(3):
        earlier.append(split(nine, 3, earlier))
    assert max(count_meetings(earlier).values()) == 1  # nine in threes: four sessions, then all have met
    found = judge(split(nine, 3, earlier), nine, earlier)
    assert (found.repeated, found.fewest_repeated) == (9, 9)


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 2))
def test_no_split_of_few_people_goes_below_the_lower_bound(random: Random, sessions: int) -> None:
    here = {f"U{n}": random.choice("abc") for n in range(6)}
    earlier = [at_random(here, [3, 3], random.randrange(99)) for _ in range(sessions)]
    every = []
    for room in combinations(sorted(here), 3):
        other = tuple(each for each in sorted(here) if each not in room)
        every.append(judge((room, other), here, earlier))
    assert all(each.alike >= each.fewest_alike for each in every)
    assert all(each.repeated >= each.fewest_repeated for each in every)
    found = judge(split(here, 3, earlier), here, earlier)
    assert (found.alike, found.repeated) == min((each.alike, each.repeated) for each in every)


def test_over_100_seeds_it_mixes_and_repeats_less_than_chance_every_time() -> None:
    here = people(40, 12)
    sizes = sizes_for(40, 4)
    ours, chance = [0, 0], [0, 0]
    for seed in range(100):
        earlier = [split(here, 4, seed=seed)]
        found = judge(split(here, 4, earlier, seed=seed), here, earlier)
        by_chance = judge(at_random(here, sizes, seed), here, earlier)
        assert found.alike < by_chance.alike
        assert found.repeated <= by_chance.repeated
        ours = [ours[0] + found.alike, ours[1] + found.repeated]
        chance = [chance[0] + by_chance.alike, chance[1] + by_chance.repeated]
    assert ours[1] * 10 < chance[1]


@pytest.mark.parametrize(("size", "sessions"), [(4, 5), (7, 8)])
def test_200_people_take_less_than_a_second_in_every_session(size: int, sessions: int) -> None:
    here = people(200, 40)
    earlier: list[Rooms] = []
    for session in range(sessions):
        began = time.process_time()
        rooms = split(here, size, earlier, seed=session)
        spent = time.process_time() - began
        assert spent < 1
        earlier.append(rooms)


def test_one_who_is_missing_moves_nobody_where_three_are_left() -> None:
    here = people(23, 8)
    rooms = split(here, 4)
    missing = rooms[0][0]
    found = regroup(rooms, {each: agency for each, agency in here.items() if each != missing})
    assert found.moved == frozenset()
    assert [set(room) - {missing} for room in rooms] == [set(room) for room in found.rooms]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=3), st.integers(0, 2))
def test_nobody_moves_who_need_not(stay: list[int], come: int) -> None:
    """Against every other way of seating them, with one more room and without."""
    rooms = tuple(tuple(f"U{n}{k}" for k in range(5)) for n in range(len(stay)))
    here = [each for room, left in zip(rooms, stay, strict=True) for each in room[:left]]
    here += [f"UNEW{n}" for n in range(come)]
    if not 3 <= len(here) <= 8:
        return
    found = regroup(rooms, dict.fromkeys(here, "a"))
    assert sorted(each for room in found.rooms for each in room) == sorted(here)
    assert all(SMALLEST <= len(room) <= LARGEST for room in found.rooms if room)
    before = {each: n for n, room in enumerate(rooms) for each in room}
    least = min(
        sum(before.get(each, n) != n for each, n in zip(here, way, strict=True))
        for way in product(range(len(rooms) + 1), repeat=len(here))
        if all(not way.count(n) or SMALLEST <= way.count(n) <= LARGEST for n in way)
    )
    assert len(found.moved) == least
