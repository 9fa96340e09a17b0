"""The report of a rehearsed year in a real browser: it keeps nobody out, in the dark and on a phone too."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from bot.domain.language import LANGUAGES
from rehearsal.compare import differences
from rehearsal.report import Compared, as_html
from tests.sandbox_page.axe import violations
from tests.support.plans import a_plan, an_offering
from tests.support.years import SESSIONS, a_bad_verdict, a_verdict, a_year, wording_in

pytestmark = pytest.mark.browser

PHONE = 360


def report(folder: Path, language: str) -> Path:
    """All that a report can hold: faults, notes, broken promises, refusals, a comparison."""
    bad = a_bad_verdict()
    old_plan = a_plan(an_offering("dialogue-1", sessions=SESSIONS, capacity=3))
    old = a_verdict(plan=old_plan)
    compared = Compared("old.yml", old, differences(old_plan, old, a_year().plan, bad))
    file = folder / "report.html"
    file.write_text(as_html(bad, wording_in(language, bad), compared), encoding="utf-8")
    return file


async def opened(browser: Browser, file: Path, *, width: int, dark: bool = False) -> Page:
    scheme = "dark" if dark else "light"
    page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    await page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_report_keeps_nobody_out(
    browser: Browser, tmp_path: Path, language: str, dark: bool
) -> None:
    page = await opened(browser, report(tmp_path, language), width=1280, dark=dark)
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.lang") == language


@pytest.mark.parametrize("language", LANGUAGES)
async def test_on_a_phone_tables_and_pictures_scroll_and_the_page_does_not(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    page = await opened(browser, report(tmp_path, language), width=PHONE)
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert await violations(page) == []
    boxes = page.locator(".scroll")
    widest = await boxes.evaluate_all("each => Math.max(...each.map((box) => box.scrollWidth))")
    assert widest > PHONE, "or this test shows nothing"
    reached = await boxes.evaluate_all("each => each.every((box) => box.tabIndex === 0)")
    assert reached, "with the keyboard too"


async def test_on_paper_nothing_is_cut_off(browser: Browser, tmp_path: Path) -> None:
    page = await opened(browser, report(tmp_path, "fi"), width=760)  # A4 between its margins
    await page.emulate_media(media="print")
    cut = "each => each.filter((box) => getComputedStyle(box).overflowX !== 'visible').length"
    assert await page.locator(".scroll").evaluate_all(cut) == 0
    assert await page.evaluate("document.documentElement.scrollWidth") <= 760
