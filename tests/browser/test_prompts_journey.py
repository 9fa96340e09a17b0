"""Journey 5 in the browser: a facilitator writes a prompt, sees it in both languages, and it arrives."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage, keep
from tests.support.pages import type_command
from tests.support.prompting import joined
from tests.support.reflecting import CODE
from tests.support.running import Running

pytestmark = pytest.mark.browser


async def test_a_facilitator_writes_previews_and_sends_a_prompt(open_page: OpenPage, kaiku: Running) -> None:
    await joined(kaiku, "UELSA")
    page = await open_page("UFASI", height=1100)
    modal = page.get_by_test_id("modal")
    await type_command(page, f"/kaiku kysymys {CODE}")
    await expect(modal).to_contain_text("1 osallistuja")
    await keep(page, "prompts-desk-fi")
    await modal.get_by_role("button", name="Katso aikajana").click()
    await expect(modal).to_contain_text("itkäperjantai 19.4.")
    await keep(page, "prompts-timeline-fi")
    await modal.get_by_role("button", name="Sulje").last.click()
    await modal.get_by_role("button", name="Kirjoita uusi kysymys").click()
    await expect(modal).to_contain_text("Mistä aloitat?")
    await page.get_by_test_id("modal-submit").click()
    await modal.locator('textarea[data-action-id="question_0_fi"]').fill("Mitä odotat?")
    await modal.locator('textarea[data-action-id="question_0_sv"]').fill("Vad väntar du dig?")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("Milloin?")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("1 osallistuja saa kysymyksen")
    await expect(modal).to_contain_text("Vad väntar du dig?")
    await keep(page, "prompts-preview-fi")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("Kysymys on tallessa")
    await kaiku.settle()
    elsa = await open_page("UELSA")
    await expect(elsa.get_by_test_id("message").last).to_contain_text("Vad väntar du dig?")
    await keep(elsa, "prompts-arrived-sv")
