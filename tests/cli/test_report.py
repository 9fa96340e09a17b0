"""``kaiku report``: a folder with a page, its tables and pictures."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import FakeClock
from tests.support.operating import Site
from tests.support.reporting import live_through

NOW = datetime(2019, 12, 20, 8, tzinfo=UTC)


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: FakeClock) -> Site:
    site = Site(database_url, tmp_path, clock)
    with site.store() as store, store.transaction() as tx:
        live_through(tx, 120, NOW, prompts=2)
    return site


def test_the_report_is_a_page_with_a_file_for_each_table_and_picture(site: Site) -> None:
    out = site.folder / "raportti"
    done = site.cli("report", "--out", out, "--language", "sv")
    assert done.exit_code == 0, done.stderr
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<html lang="sv">' in page
    assert "<script" not in page
    assert "http" not in re.sub(r"base64,[^\"]*", "", page), "it asks nobody for anything"
    pictures = re.findall(r'<img alt="([^"]+)" src="data:image/png', page)
    assert len(pictures) == len(list(out.glob("*.png"))) >= 3
    told = json.loads((out / "report.json").read_text(encoding="utf-8"))
    tables = [table["name"] for section in told["sections"] for table in section["tables"]]
    assert sorted(f"{name}.csv" for name in tables) == sorted(each.name for each in out.glob("*.csv"))
    assert (out / "key-figures.csv").read_text(encoding="utf-8-sig").startswith("Uppgift,Antal\n")


def test_a_report_of_an_unknown_offering_says_which_is_meant(site: Site) -> None:
    done = site.cli("report", "dialog-2", "--out", site.folder / "raportti", "--language", "fi")
    assert done.exit_code == 1
    assert "dialogue-2" in done.stderr
