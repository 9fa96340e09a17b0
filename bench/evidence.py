"""The cost of a year's report, beside reading its rows from the store."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.servers import ROOT
from storage import evidence as rows
from storage.engine import Store, parse_database_url
from storage.migrate import upgrade
from tests.support.reporting import live_through

PEOPLE = 2000
AT_MOST_SECONDS = 10.0
AT_MOST_MB = 300.0
_MEASURED = """
import atexit, os, resource, runpy
def say():
    peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
    of_pictures = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    os.write(2, f" {sum(os.times()[:4])} {max(peak, of_pictures)}".encode())
atexit.register(say)
runpy.run_module("bot", run_name="__main__")
"""
"""``python -m bot``, printing its cost at the end. Not by ``ru_maxrss``, which includes the memory of the
parent process."""

NOW = datetime(2019, 12, 20, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Reporting:
    """Seconds by the clock and of processor time, and the most memory that a process of it held, in MB;
    ``reading`` is the baseline: seconds for the same rows alone, in a process that runs already."""

    seconds: float
    cpu: float
    memory_mb: float
    reading: float


def run() -> Reporting:
    """``kaiku report`` of a programme that 2,000 people have been through, page and pictures."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/bench.db"
        url = parse_database_url(address)
        upgrade(url)
        store = Store(url)
        with store.transaction() as tx:
            live_through(tx, PEOPLE, NOW)
        reading = _read_alone(store)
        store.close()
        began = time.perf_counter()
        command = [sys.executable, "-c", _MEASURED, "report", "--out", str(Path(folder) / "report")]
        environment = os.environ | {"KAIKU_DATABASE_URL": address}
        made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        took = time.perf_counter() - began
        cpu, memory_kb = made.stderr.split()[-2:]
    return Reporting(took, float(cpu), int(memory_kb) / 1024, reading)


def _read_alone(store: Store) -> float:
    with store.transaction() as tx:
        programme = "kaiku-2019"
        began = time.perf_counter()
        rows.list_members(tx, programme)
        rows.list_seats(tx, programme)
        rows.list_marks(tx, programme)
        rows.list_use(tx, programme)
        rows.list_sent(tx)
        rows.list_answered(tx)
        return time.perf_counter() - began


def _is_reached(found: Reporting) -> bool:
    return found.seconds < AT_MOST_SECONDS and found.memory_mb < AT_MOST_MB


def as_text(found: Reporting) -> str:
    return (
        f"report of {PEOPLE:,} people with page and pictures: {found.seconds:.1f} s ({found.cpu:.1f} s of "
        f"processor time), {found.memory_mb:.0f} MB; reading its rows alone {found.reading:.2f} s; under "
        f"{AT_MOST_SECONDS:.0f} s and {AT_MOST_MB:.0f} MB: {'yes' if _is_reached(found) else 'no'}"
    )


def as_section(found: Reporting) -> str:
    """For docs/performance.md."""
    lines = [
        "",
        "## The report of a year",
        "",
        f"`kaiku report` of {PEOPLE:,} people with their seats, attendance, eight prompts each and answers on "
        "use, from the start of the process to the last file; the page, its tables and pictures.",
        "",
        "| reading its rows alone | the report | of that processor time | most memory | to reach |  |",
        "| --- | --- | --- | --- | --- | --- |",
        f"| {found.reading:.2f} s | {found.seconds:.1f} s | {found.cpu:.1f} s | {found.memory_mb:.0f} MB | "
        f"< {AT_MOST_SECONDS:.0f} s, < {AT_MOST_MB:.0f} MB | {'yes' if _is_reached(found) else 'no'} |",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(as_text(run()))
