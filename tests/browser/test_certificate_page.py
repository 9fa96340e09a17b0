"""The page that says whether a certificate is valid, in a real browser."""

import pytest
from playwright.async_api import Browser

from bot.domain.completion import Certified
from bot.views.completion.page import verify_page
from gallery.sample import live
from tests.sandbox_page.axe import violations

pytestmark = pytest.mark.browser

OFFERING = live()
KNOWN = Certified(OFFERING, "Aino Virtanen", "sv", "8XA7-PVBZ-262T-GMNV", [(OFFERING.sessions[0], True)])


@pytest.mark.parametrize("certified", [KNOWN, None], ids=["known", "unknown"])
async def test_it_keeps_nobody_out_in_light_and_dark_on_a_phone(
    browser: Browser, certified: Certified | None
) -> None:
    for scheme in ("light", "dark"):
        page = await browser.new_page(viewport={"width": 320, "height": 800}, color_scheme=scheme)
        await page.set_content(verify_page(certified))
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == 320
        await page.close()
