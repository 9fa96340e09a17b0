"""The page where a facilitator fetches the group's list, in a real browser."""

import asyncio

import pytest
from playwright.async_api import Browser

from tests.browser.conftest import keep
from tests.sandbox_page.axe import violations
from tests.support.prompting import joined
from tests.support.reflecting import CODE
from tests.support.running import Running

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["fi", "sv"])
async def test_the_list_is_fetched_without_scripts_on_a_phone(
    browser: Browser, kaiku: Running, language: str
) -> None:
    kaiku.app.public_url = f"http://127.0.0.1:{kaiku.app.port}"
    await joined(kaiku, "UAINO")
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("roster.export", on=facilitator.modal)
    elements = [each for block in facilitator.modal["blocks"] for each in block.get("elements", [])]
    urls = [each["url"] for each in elements if "url" in each]
    for width in (320, 1280):
        shown = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
        await shown.goto(f"{urls[0]}?lang={language}")
        assert await violations(shown) == []
        assert await shown.evaluate("document.documentElement.scrollWidth") == width
        await keep(shown, f"download-{language}-{width}")
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{urls[0]}?lang={language}")
    name = {"fi": "Lataa CSV-tiedosto", "sv": "Ladda ner CSV-fil"}[language]
    async with page.expect_download() as fetched:
        await page.get_by_role("button", name=name).click()
    file = await fetched.value
    assert file.suggested_filename == f"kaiku-{CODE}.csv"
    path = await file.path()
    assert "Aino" in await asyncio.to_thread(path.read_text, encoding="utf-8-sig")
    await page.goto(f"{urls[0]}?lang={language}")
    assert await page.get_by_role("button").count() == 0
    await context.close()
