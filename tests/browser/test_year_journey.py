"""A participant's year as it looks: what is next comes first, and five enrolments fit one screen."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage, keep
from tests.support.pages import close, join, type_command
from tests.support.running import Running

pytestmark = pytest.mark.browser

FIVE = ("complexity-1", "dialogue-1", "dialogue-2", "dialogue-skype-1", "coaching-1")


async def test_five_enrolments_fit_one_screen_with_what_is_next_first(
    open_page: OpenPage, kaiku: Running
) -> None:
    page = await open_page("UAINO")
    for code in FIVE:
        await join(page, code, "Verohallinto", "Johtaja")
        await keep(page, "joined-fi")
        await close(page)
    await page.get_by_test_id("kaiku-home-tab").click()
    await kaiku.settle()
    await expect(page.get_by_text("Seuraavaksi").first).to_be_visible()
    opens = page.locator('[data-action-id="mine.open"]:visible')
    await keep(page, "home-year-fi")
    await expect(opens.last).to_be_visible()
    for n in range(await opens.count()):
        box = await opens.nth(n).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900
    await opens.last.click()
    await expect(page.get_by_test_id("modal")).to_contain_text("Tulevat tapaamiset")
    await keep(page, "mine-opened-fi")
    await close(page)
    await page.get_by_test_id("kaiku-messages-tab").click()
    await keep(page, "confirmations-fi")
    await type_command(page, "/kaiku omat")
    await keep(page, "mine-fi")
    await type_command(page, "/kaiku seuraava")
    await keep(page, "next-fi")
