"""``kaiku certificates``: PDFs for facilitators to hand over, where Kaiku has no public address."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.domain.people.person import Defaults, Profile
from bot.services.calendars.feed import CalendarLinks
from bot.services.completion.certificates import ask_for
from bot.services.enrolment.join import enrol
from bot.services.people.profiles import meet
from bot.services.plan.apply import apply_plan
from tests.conftest import FakeClock
from tests.support.ending import OVER, read_pdf
from tests.support.operating import ZONE, Site
from tests.support.reflecting import CODE
from tests.support.shipped_plan import SHIPPED


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: FakeClock) -> Site:
    """Aino has asked for a certificate."""
    site = Site(database_url, tmp_path, clock)
    with site.store() as store, store.transaction() as tx:
        apply_plan(tx, SHIPPED, clock.now())
        profile = Profile("UAINO", "Aino", language="fi", timezone=ZONE)
        aino = replace(meet(tx, profile, Defaults("fi", ZONE), clock.now()), agency="vero", role="expert")
        enrol(tx, aino, CODE, clock.now())
        ask_for(tx, aino, CODE, "Aino Ääri", "sv", CalendarLinks(), OVER)
    return site


def test_each_certificate_is_a_file_and_a_line_says_whose(site: Site) -> None:
    done = site.cli("certificates", CODE, "--out", site.folder)
    assert done.exit_code == 0, done.output
    (path,) = site.folder.glob("*.pdf")
    assert done.stdout == f"Aino Ääri: {path} (attendance is not marked)\n"
    assert "Aino Ääri" in read_pdf(path.read_bytes()).pages[0].extract_text()


def test_a_file_that_is_there_is_replaced_only_when_that_is_said(site: Site) -> None:
    site.cli("certificates", CODE, "--out", site.folder)
    assert site.cli("certificates", CODE, "--out", site.folder).exit_code == 2
    assert site.cli("certificates", CODE, "--out", site.folder, "--replace").exit_code == 0


def test_nobody_has_asked_or_there_is_no_such_offering(site: Site) -> None:
    assert "Nobody has asked" in site.cli("certificates", "dialogue-1", "--out", site.folder).output
    assert "Did you mean dialogue-2?" in site.cli("certificates", "dialouge-2", "--out", site.folder).output
