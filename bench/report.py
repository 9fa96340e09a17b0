"""The table, for the terminal and for docs/performance.md."""

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version

from bench.measure import CLIENTS, CROWD, Pair, Results, Rush

Row = tuple[str, str, str, str, str, str]

HEAD: Row = ("what", "bare Bolt app", "Kaiku", "ratio", "to reach", "")


def rows(results: Results) -> list[Row]:
    """The rows of the table: figure, target, and whether it is met; a ratio above 1 is Kaiku's cost."""
    bare, kaiku = results.bare_frugality, results.frugality
    found = [
        *_pair("`/kaiku mine`", results.mine, 4),
        *_pair("a submission that takes a seat", results.seat, 8),
        _rush(f"{CROWD:,} submit at once, SQLite", results.bare_rush, results.sqlite_rush, 2.5),
    ]
    if results.postgres_rush is not None:
        found.append(
            _rush(f"{CROWD:,} submit at once, PostgreSQL, 3 processes", None, results.postgres_rush, 2.5)
        )
    found.append(
        (
            "start to ready",
            f"{bare.ready_after:.2f} s",
            f"{kaiku.ready_after:.2f} s",
            f"{kaiku.ready_after / bare.ready_after:.1f}",
            "< 1 s",
            _mark(kaiku.ready_after < 1),
        )
    )
    if bare.idle_mb is not None and kaiku.idle_mb is not None and results.later_mb is not None:
        ratio = f"{kaiku.idle_mb / bare.idle_mb:.1f}"
        idle = (f"{bare.idle_mb:.0f} MB", f"{kaiku.idle_mb:.0f} MB", ratio)
        found.append(("memory when idle", *idle, "< 90 MB", _mark(kaiku.idle_mb < 90)))
        found.append(("memory after all of this", "", f"{results.later_mb:.0f} MB", "", "", ""))
    return found


def _pair(what: str, pair: Pair, at_most: float) -> list[Row]:
    bare, kaiku = pair.bare, pair.kaiku
    ratio = kaiku.p50 / bare.p50
    return [
        (
            f"{what}: p50, one client",
            _ms(bare.p50),
            _ms(kaiku.p50),
            f"{ratio:.1f}",
            f"≤ {at_most:.0f} times",
            _mark(ratio <= at_most),
        ),
        (f"{what}: p99, one client", _ms(bare.p99), _ms(kaiku.p99), f"{kaiku.p99 / bare.p99:.1f}", "", ""),
        (
            f"{what}: requests/s, {CLIENTS} clients",
            f"{bare.a_second:.0f}",
            f"{kaiku.a_second:.0f}",
            f"{bare.a_second / kaiku.a_second:.1f}",
            "",
            "",
        ),
    ]


def _rush(what: str, bare: Rush | None, kaiku: Rush, limit: float) -> Row:
    return (
        f"{what}: slowest answer",
        f"{bare.slowest:.2f} s" if bare else "",
        f"{kaiku.slowest:.2f} s",
        f"{kaiku.slowest / bare.slowest:.1f}" if bare else "",
        f"< {limit:g} s",
        _mark(kaiku.slowest < limit),
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _mark(reached: bool) -> str:
    return "yes" if reached else "no"


def as_text(found: list[Row]) -> str:
    """The table as text with aligned columns."""
    lines = [HEAD, *found]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_page(found: list[Row], postgres: str | None) -> str:
    """docs/performance.md."""
    table = "\n".join("| " + " | ".join(line) + " |" for line in (HEAD, ("---",) * len(HEAD), *found))
    return f"""# How fast Kaiku is

Written by `make bench` on {datetime.now(UTC):%-d %B %Y}; each run replaces it.
Machine: {_machine()}. {_versions(postgres)}.

{table}

## What the numbers mean

- The bare Bolt app does nothing but ack, in the same run on the same machine, in turns with Kaiku. What
  Kaiku takes more than that is its own: who asks, the transaction, the answer in their language.
- A seat is a committed transaction, synced to disk, before the answer leaves. Slack gives it 3 s.
- {CROWD:,} at once: every request is there at the same moment, on a connection of its own, for 20 seats of
  which an agency may have 4. The slowest answer counts. Afterwards the run checks that exactly 20 are
  seated, that no agency is over its limit, that everybody else is in line once, and that each was told the
  place they have; if not, it fails: "not now" is no answer. Who waits in the same process shares a commit
  (decisions/0001-a-transaction-is-a-plain-function.md).
- Start to ready: from the start of the process until `/readyz` says yes (the bare app: until it answers), the
  median of three, compiled before. Memory is
  what the system says the process holds (RSS), one second after it is ready.
- The load comes from the same machine and takes its share of it: on a small or busy one all numbers are
  worse, the bare app's too. Compare ratios between machines, seconds only on one.
"""


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} on {platform.machine()}"


def _versions(postgres: str | None) -> str:
    parts = [f"Python {platform.python_version()}", f"slack-bolt {version('slack-bolt')}"]
    parts += [f"SQLAlchemy {version('sqlalchemy')}", f"SQLite {sqlite3.sqlite_version}"]
    return ", ".join(parts + ([f"PostgreSQL {postgres}"] if postgres else []))
