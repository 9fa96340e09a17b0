"""``make faults``: 10,000 messages through an unreliable Slack, and 100 kills, on SQLite with one process and, where
KAIKU_FAULTS_POSTGRES names a database that may be emptied, on PostgreSQL with three; then the other troubles (paused
processes, clocks set ahead and back, a revoked token, a full disk or a database that restarts); then the controls:
without looking first, and processes that are stopped and do not look at their lease, messages must come twice.
``make faults ARGS=requests``: hostile requests instead (faults/requests.py).

Exit code 1 when a message was lost or came twice, or when a control shows no duplicate.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from faults import requests
from faults.paused import run_paused
from faults.run import Plan, Verdict, run
from faults.troubles import all_troubles


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("messages", "requests"), default="messages")
    parser.add_argument("--signed", type=int, default=20_000)
    parser.add_argument("--unsigned", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--others", type=int, default=6, help="how often each other trouble happens")
    parser.add_argument("--minutes", type=float, default=60, help="how long one run may take")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    if asked.what == "requests":
        return requests.run(asked.signed, asked.unsigned, asked.seed)
    broken = False
    with tempfile.TemporaryDirectory() as folder:
        databases = [("SQLite", 1, f"sqlite:///{Path(folder, 'kaiku.db')}")]
        if postgres := os.environ.get("KAIKU_FAULTS_POSTGRES"):
            databases.append(("PostgreSQL", 3, postgres))
        print(
            f"{'database':12}{'run':16}{'messages':>9}{'faults':>8}{'lost':>6}{'twice':>7}{'open':>6}{'s':>7}  troubles"
        )
        longest = asked.minutes * 60
        for database, processes, address in databases:
            few = min(asked.messages, 1200)
            kills = all_troubles(asked.kills, 0, sqlite=processes == 1)
            others = all_troubles(asked.others, asked.others, sqlite=processes == 1)
            for name, plan in (
                ("kills", Plan(asked.messages, processes, kills, asked.seed, at_most_seconds=longest)),
                ("all troubles", Plan(few, processes, others, asked.seed, at_most_seconds=longest)),
                ("looks not first", Plan(few, processes, {}, asked.seed, looks_first=False)),
            ):
                verdict = asyncio.run(run(address, plan))
                show(database, name, verdict)
                broken |= not verdict.holds if plan.looks_first else verdict.duplicated == 0
            paused = asyncio.run(run_paused(address))
            print(
                f"{database:12}stopped past their lease: {len(paused.posted)} posted a second time, "
                f"{len(paused.posted_by_control)} without the check"
            )
            broken |= bool(paused.posted) or not paused.posted_by_control
    print("BROKEN" if broken else "Every message arrived once; in the controls some came twice.")
    return 1 if broken else 0


def show(database: str, name: str, it: Verdict) -> None:
    troubles = ", ".join(f"{times} x {trouble}" for trouble, times in sorted(it.troubles.items()))
    print(
        f"{database:12}{name:16}{it.messages:9,}{it.faults:8,}{it.lost:6}{it.duplicated:7}{it.still_open:6}"
        f"{it.seconds:7.0f}  {troubles}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
