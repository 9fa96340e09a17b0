"""Journey 3 in the browser: a session moves, a reminder comes, the page shows both by itself."""

from datetime import date

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage, keep
from tests.support.pages import close, join
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_session
from tests.support.time_passing import at, helsinki

pytestmark = pytest.mark.browser


async def test_a_moved_session_is_told_and_its_reminder_comes_at_the_new_time(
    open_page: OpenPage, kaiku: Running
) -> None:
    page = await open_page("UJOHAN")
    await join(page, "dialogue-skype-1", "Transport- och kommunikationsverket", "Chef")
    await expect(page.get_by_test_id("modal")).to_contain_text("Platsen är din.")
    await close(page)
    await kaiku.settle()
    await page.get_by_test_id("kaiku-messages-tab").click()

    await apply(kaiku, with_session(SHIPPED, "dialogue-skype-1", 1, on=date(2019, 3, 28)))
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    newest = page.get_by_test_id("message").last
    await expect(newest).to_contain_text(
        "Tidigare tid: mån 25.3 kl. 9.00–10.30. Ny tid: tors 28.3 kl. 9.00–10.30."
    )

    await at(kaiku, helsinki(2019, 3, 27, 9, 0))
    await expect(newest).to_contain_text("Påminnelse")
    await expect(newest.get_by_role("link", name="Öppna möteslänken (Skype)")).to_be_visible()
    await keep(page, "reminder-sv")
