"""The cost of a draw: 10,000 applicants for 20 offerings, beside sorting the same applicants by lot alone."""

import random
import time
from dataclasses import dataclass

from bot.domain.enrolment.allocation import Applicant, Room, allocate, ticket_of
from bot.domain.enrolment.seats import SeatLimits

PEOPLE = 10_000
OFFERINGS = 20
AT_MOST = 1.0
"""Seconds of processor time."""
SEED = "bench"


@dataclass(frozen=True)
class Drawing:
    """Seconds of processor time with this many seats in each offering, and how many got one."""

    capacity: int
    seconds: float
    by_lot: float
    seated: int


def run() -> list[Drawing]:
    """Measure with few seats, where nearly everybody is refused everywhere, and with many."""
    return [_draw(capacity) for capacity in (20, 400)]


def _draw(capacity: int) -> Drawing:
    chance = random.Random(1)
    rooms = [
        Room(n, SeatLimits(capacity, max(capacity // 10, 2)), balance_roles=n % 2 == 0)
        for n in range(1, OFFERINGS + 1)
    ]
    people = [
        Applicant(
            f"U{n}",
            f"agency-{min(int(chance.expovariate(0.05)), 60)}",
            chance.choice(("expert", "supervisor", "manager", "other")),
            tuple(chance.sample(range(1, OFFERINGS + 1), chance.choice((3, 5, OFFERINGS)))),
            chance.random() < 0.1,
        )
        for n in range(PEOPLE)
    ]
    began = time.process_time()
    sorted(people, key=lambda each: ticket_of(SEED, each.person_id))
    by_lot = time.process_time() - began
    began = time.process_time()
    done = allocate(rooms, people, SEED)
    took = time.process_time() - began
    return Drawing(capacity, took, by_lot, sum(map(len, done.seated.values())))


def _reached(drawing: Drawing) -> str:
    return "yes" if drawing.seconds < AT_MOST else "no"


def as_text(drawings: list[Drawing]) -> str:
    return "\n".join(
        f"drawing {PEOPLE:,} people for {OFFERINGS} offerings of {each.capacity} seats: {each.seconds:.2f} s; "
        f"by lot alone {each.by_lot:.2f} s; under {AT_MOST:.0f} s: {_reached(each)}"
        for each in drawings
    )


def as_section(drawings: list[Drawing]) -> str:
    """The section of docs/performance.md."""
    lines = [
        "",
        "## Drawing seats",
        "",
        f"{PEOPLE:,} applicants of 61 agencies, who rank 3 to {OFFERINGS} of {OFFERINGS} offerings; half of the "
        "offerings let roles take turns. Seconds of processor time.",
        "",
        "| seats in each | seated | sorting by lot alone | the draw | to reach |  |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {each.capacity} | {each.seated:,} | {each.by_lot:.2f} s | {each.seconds:.2f} s | "
            f"< {AT_MOST:.0f} s | {_reached(each)} |"
            for each in drawings
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(as_text(run()))
