"""``make faults``: 10,000 messages, 100 kills, on SQLite with one process and, where KAIKU_FAULTS_POSTGRES
names a database that may be emptied, on PostgreSQL with three; then the same without looking first.
``make faults ARGS=requests``: hostile requests instead (faults/requests.py).

Exit code 1 when a message was lost or came twice, or when the control shows no duplicate.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from faults import requests
from faults.run import Plan, Verdict, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("messages", "requests"), default="messages")
    parser.add_argument("--signed", type=int, default=20_000)
    parser.add_argument("--unsigned", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    if asked.what == "requests":
        return requests.run(asked.signed, asked.unsigned, asked.seed)
    broken = False
    print(
        f"{'database':12}{'looks first':13}{'messages':>9}{'kills':>7}{'faults':>8}{'lost':>6}{'twice':>7}{'open':>6}{'s':>7}"
    )
    with tempfile.TemporaryDirectory() as folder:
        databases = [("SQLite", 1, lambda name: f"sqlite:///{Path(folder, name)}")]
        if postgres := os.environ.get("KAIKU_FAULTS_POSTGRES"):
            databases.append(("PostgreSQL", 3, lambda _: postgres))
        for database, processes, address in databases:
            plan = Plan(asked.messages, asked.kills, processes, asked.seed)
            for looks_first in (True, False):
                verdict = asyncio.run(
                    run(address(f"{looks_first}.db"), replace(plan, looks_first=looks_first))
                )
                show(database, looks_first, verdict)
                broken |= not verdict.holds if looks_first else verdict.duplicated == 0
    print("BROKEN" if broken else "Every message arrived once; without looking first some came twice.")
    return 1 if broken else 0


def show(database: str, looks_first: bool, it: Verdict) -> None:
    print(
        f"{database:12}{'yes' if looks_first else 'no':13}{it.messages:9,}{it.kills:7}{it.faults:8,}{it.lost:6}"
        f"{it.duplicated:7}{it.still_open:6}{it.seconds:7.0f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
