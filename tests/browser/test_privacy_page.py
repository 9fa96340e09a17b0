"""The privacy notice in a real browser: it keeps nobody out, in the dark, on a phone and on paper too."""

import pytest
from playwright.async_api import Browser, Page

from bot.domain.language import LANGUAGES
from bot.services.privacy.notice_file import read_notice
from tests.browser.conftest import keep
from tests.sandbox_page.axe import violations
from tests.support.running import Running

pytestmark = pytest.mark.browser

PHONE = 320
"""CSS pixels: what WCAG 2.1 asks text to fit into (1.4.10)."""


async def opened(
    browser: Browser,
    kaiku: Running,
    query: str = "",
    *,
    width: int = 1280,
    dark: bool = False,
    locale: str = "fi",
) -> Page:
    page = await browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", locale=locale
    )
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    await page.goto(f"http://127.0.0.1:{kaiku.app.port}/privacy{query}")
    assert errors == [], "the page's own policy lets its style in"
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_notice_keeps_nobody_out(
    browser: Browser, kaiku: Running, language: str, dark: bool
) -> None:
    page = await opened(browser, kaiku, f"?lang={language}", dark=dark)
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.lang") == language
    assert await page.locator("h1").count() == 1
    await keep(page, f"privacy-{language}-{'dark' if dark else 'light'}")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_on_a_phone_nothing_is_wider_than_the_screen(
    browser: Browser, kaiku: Running, language: str
) -> None:
    page = await opened(browser, kaiku, f"?lang={language}", width=PHONE)
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert await violations(page) == []
    await keep(page, f"privacy-{language}-phone")


async def test_the_browsers_language_is_shown_and_another_is_a_keypress_away(
    browser: Browser, kaiku: Running
) -> None:
    page = await opened(browser, kaiku, locale="sv-FI")
    await page.get_by_role("heading", name="Dataskyddsbeskrivning för Kaiku").wait_for()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Suomeksi"
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Kaikun tietosuojaseloste").wait_for()


async def test_without_scripts_everything_is_there(browser: Browser, kaiku: Running) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{kaiku.app.port}/privacy?lang=fi")
    text = await page.locator("main").inner_text()
    assert all(each["fi"] in text for each in read_notice().rights)
    await context.close()
