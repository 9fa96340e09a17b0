"""The report of a programme in a real browser: it keeps nobody out, on a phone and on paper too."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.domain.evidence.cases import Case, CaseState, Credit, Told
from bot.i18n import words_for
from bot.services.evidence.report import report_by_operator
from bot.services.people.agency_book import read_agencies
from bot.views.evidence.document import sections_of
from bot.views.evidence.page import as_html, pictures_of
from storage.engine import Store, parse_database_url
from tests.sandbox_page.axe import violations
from tests.support.reporting import live_through

pytestmark = pytest.mark.browser

NOW = datetime(2019, 12, 20, 8, tzinfo=UTC)
PHONE = 360
A_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)


@pytest.mark.parametrize("language", ["fi", "sv"])
async def test_the_report_keeps_nobody_out_and_fits_a_phone_and_paper(
    browser: Browser, tmp_path: Path, database_url: str, language: str
) -> None:
    store = Store(parse_database_url(database_url))
    with store.transaction() as tx:
        live_through(tx, 120, NOW, prompts=2)
        found = report_by_operator(tx, None, NOW)
    store.close()
    words = words_for(language, found.timezone)
    told = Told("w" * 1500, "Aika loppui.\n\nPalasimme vanhaan.", Credit.NAME)
    case = Case(found.about.offerings[0], told, "Aino Virtanen", "vero", CaseState.ISSUED)
    sections = sections_of(found.about, found.edition, [case], read_agencies(), words)
    pngs = {each.name: A_DOT for each in pictures_of(sections)}
    file = tmp_path / "report.html"
    file.write_text(as_html(found.about, found.edition, sections, pngs, words), encoding="utf-8")
    page = await browser.new_page(viewport={"width": PHONE, "height": 800}, color_scheme="dark")
    await page.goto(file.as_uri())
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE
    await page.set_viewport_size({"width": 760, "height": 1000})  # A4 between its margins
    await page.emulate_media(media="print", color_scheme="light")
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 760
