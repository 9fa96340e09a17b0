"""The measurements. Both servers of a pair are measured in turns, so that other load on the machine affects
both alike."""

import asyncio
import itertools
import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench import servers
from bench.load import OneClient, command_body, rush, submission_body, together
from bench.outcome import check_rush
from bench.seed import ROOMY, RUSH, fill, user_id
from bot.domain.people.agencies import AgencyBook

ROUNDS, EACH = 8, 50
"""Requests of one client: so many rounds of so many to the one server, then to the other."""

WARM = 40
CLIENTS, FROM_ALL = 16, 640
"""For requests a second: so many clients at once, and requests from all of them together."""

CROWD = 2000
STARTS = 3

T = TypeVar("T")


@dataclass(frozen=True)
class Speed:
    """One server, one kind of request: seconds for one client, and requests a second from 16."""

    p50: float
    p99: float
    a_second: float


@dataclass(frozen=True)
class Pair:
    bare: Speed
    kaiku: Speed


@dataclass(frozen=True)
class Rush:
    """Everybody at once: seconds until the median and the slowest answer."""

    median: float
    slowest: float


@dataclass(frozen=True)
class Frugality:
    """Seconds from start to ready (median of several starts), and resident memory in MB one second after."""

    ready_after: float
    idle_mb: float | None


@dataclass(frozen=True)
class Results:
    mine: Pair
    seat: Pair
    bare_rush: Rush
    sqlite_rush: Rush
    postgres_rush: Rush | None
    bare_frugality: Frugality
    frugality: Frugality
    later_mb: float | None


async def measure(api: str, book: AgencyBook, folder: Path, postgres: str | None) -> Results:
    """Run everything. Raises WrongOutcomeError when seats or places come out wrong."""
    database = f"sqlite:///{folder / 'bench.db'}"
    log = folder / "servers.log"
    await asyncio.to_thread(fill, database, book, CROWD + 1 + 2 * (WARM + ROUNDS * EACH + FROM_ALL))

    bare_frugality = await _frugality(lambda: servers.bare(api, log))
    frugality = await _frugality(lambda: servers.kaiku(api, database, log))
    async with _started(servers.bare(api, log)) as bare, _started(servers.kaiku(api, database, log)) as kaiku:
        mine = await _pair(bare.port, kaiku.port, lambda _: command_body(user_id(CROWD), "mine"))
        seat = await _pair(bare.port, kaiku.port, lambda n: submission_body(user_id(CROWD + n), ROOMY))
        bare_rush, _ = await _rush([bare.port])
        sqlite_rush, answers = await _rush([kaiku.port])
        later = kaiku.memory_mb()
    check_rush(database, answers)
    postgres_rush = await _rush_on_postgres(api, book, log, postgres) if postgres else None
    return Results(mine, seat, bare_rush, sqlite_rush, postgres_rush, bare_frugality, frugality, later)


async def _frugality(start: Callable[[], AbstractContextManager[servers.Server]]) -> Frugality:
    starts, idle = [], None
    for _ in range(STARTS):
        async with _started(start()) as server:
            starts.append(server.ready_after)
            await asyncio.sleep(1)
            idle = server.memory_mb()
    return Frugality(statistics.median(starts), idle)


async def _rush_on_postgres(api: str, book: AgencyBook, log: Path, database: str) -> Rush:
    await asyncio.to_thread(fill, database, book, CROWD + 1)
    async with _started(servers.several(3, api, database, log)) as kaikus:
        ports = [kaiku.port for kaiku in kaikus]
        for port in ports:
            await asyncio.to_thread(
                _one_by_one, port, [command_body(user_id(CROWD), "mine") for _ in range(WARM)]
            )
        result, answers = await _rush(ports)
    check_rush(database, answers)
    return result


async def _rush(ports: list[int]) -> tuple[Rush, dict[str, bytes]]:
    users = [user_id(number) for number in range(CROWD)]
    answers = await rush(ports, [submission_body(user, RUSH) for user in users])
    times = [took for took, _ in answers]
    told = {user: answer for user, (_, answer) in zip(users, answers, strict=True)}
    return Rush(statistics.median(times), max(times)), told


async def _pair(bare: int, kaiku: int, body: Callable[[int], bytes]) -> Pair:
    """Both servers in turns; ``body`` makes the n-th request, each of which is sent to both."""
    number = itertools.count()
    took: dict[int, list[float]] = {bare: [], kaiku: []}

    def bodies(how_many: int) -> list[bytes]:
        return [body(next(number)) for _ in range(how_many)]

    for port in took:
        await asyncio.to_thread(_one_by_one, port, bodies(WARM))
    for _ in range(ROUNDS):
        for port, times in took.items():
            times.extend(await asyncio.to_thread(_one_by_one, port, bodies(EACH)))
    a_second = {port: await together(port, bodies(FROM_ALL), CLIENTS) for port in took}
    return Pair(*(_speed(times, a_second[port]) for port, times in took.items()))


def _one_by_one(port: int, bodies: list[bytes]) -> list[float]:
    client = OneClient(port)
    times = [client.send(body)[0] for body in bodies]
    client.close()
    return times


def _speed(times: list[float], a_second: float) -> Speed:
    return Speed(statistics.median(times), statistics.quantiles(times, n=100)[98], a_second)


@asynccontextmanager
async def _started(server: AbstractContextManager[T]) -> AsyncIterator[T]:
    """Start and stop a server without holding up the stand-in for Slack, which it calls."""
    running = await asyncio.to_thread(server.__enter__)
    try:
        yield running
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)
