"""``make bench``: Kaiku beside a bare Bolt app. Prints the table and writes docs/performance.md.

Exit codes: 0 measured; 1 seats or places came out wrong. KAIKU_BENCH_POSTGRES names a PostgreSQL database
that may be emptied; without it that part is left out.
"""

import os
import sys
import tempfile
from pathlib import Path

import uvloop
from sqlalchemy import text

from bench import allocation, deliveries, evidence, offers, preview, report, scale
from bench.measure import Results, measure
from bench.outcome import WrongOutcomeError
from bench.servers import ROOT
from bench.slack_stub import start_stub
from bot.services.people.agency_book import read_agencies
from storage.engine import Store

PAGE = ROOT / "docs" / "performance.md"


async def _run(postgres: str | None) -> Results:
    stub, api = await start_stub()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return await measure(api, read_agencies(), Path(folder), postgres)
    finally:
        await stub.cleanup()


def _postgres_version(address: str) -> str:
    store = Store(address)
    with store.read_transaction() as tx:
        found = str(tx.execute(text("show server_version")).scalar_one())
    store.close()
    return found.split(maxsplit=1)[0]


def main() -> int:
    if sys.argv[1:] == ["scale"]:
        return scale.main()
    postgres = os.environ.get("KAIKU_BENCH_POSTGRES")
    try:
        results = uvloop.run(_run(postgres))
    except WrongOutcomeError as error:
        print(f"Wrong outcome: {error}", file=sys.stderr)
        return 1
    found = report.rows(results)
    print(report.as_text(found))
    at_scale = scale.section_of(PAGE.read_text(encoding="utf-8"))  # measured apart
    page = report.as_page(found, _postgres_version(postgres) if postgres else None)
    PAGE.write_text(page, encoding="utf-8")  # written even if the second half is stopped
    sending = deliveries.run_all()
    print(deliveries.as_text(sending))
    planning = preview.run()
    print(preview.as_text(planning))
    drawing = allocation.run()
    print(allocation.as_text(drawing))
    reporting = evidence.run()
    print(evidence.as_text(reporting))
    lapsing = offers.run()
    print(offers.as_text(lapsing))
    page += deliveries.as_section(sending) + preview.as_section(planning) + allocation.as_section(drawing)
    page += evidence.as_section(reporting) + offers.as_section(lapsing)
    PAGE.write_text(scale.with_section(page, at_scale), encoding="utf-8")
    if postgres is None:
        print("\nKAIKU_BENCH_POSTGRES is not set: PostgreSQL was left out.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
