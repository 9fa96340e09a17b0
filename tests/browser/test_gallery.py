"""The gallery is opened as a file, without a server."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from gallery.__main__ import gallery
from gallery.collect import entries
from tests.sandbox_page.axe import violations

pytestmark = pytest.mark.browser


@pytest.mark.timeout(300)  # a thousand views on one page, on a machine that does other things too
async def test_every_entry_is_drawn_and_can_be_found(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "gallery.html"
    path.write_text(gallery(), encoding="utf-8")
    page = await browser.new_page(viewport={"width": 1500, "height": 1200})
    page.set_default_timeout(200_000)
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    await page.goto(path.as_uri())
    number = len(list(entries()))
    await expect(page.locator(".gallery-entry")).to_have_count(number, timeout=60_000)
    await expect(page.locator(".gallery-shown")).to_have_count(3 * number, timeout=60_000)
    await expect(page.locator(".block-unknown")).to_have_count(0, timeout=60_000)
    await page.get_by_label("Show only what has").fill("standing.seated", timeout=200_000)
    await expect(page.locator(".gallery-entry", has_text="Joined: seated").first).to_be_visible(
        timeout=60_000
    )
    await expect(page.locator(".gallery-entry", has_text="Deleting all of them")).to_be_hidden(timeout=60_000)
    await page.get_by_label("Show only what has").fill("session.join", timeout=200_000)
    assert await violations(page, within=".gallery-entry:not([hidden])") == []
    assert failures == []
    await page.close()
