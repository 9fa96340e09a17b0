"""What people do on the local workspace's page in a browser."""

from playwright.async_api import Page, expect


async def type_command(page: Page, text: str) -> None:
    composer = page.get_by_test_id("composer")
    await composer.fill(text)
    await composer.press("Enter")


async def choose_agency(page: Page, name: str) -> None:
    box = page.get_by_test_id("modal").locator('[data-action-id="agency"]').get_by_role("combobox")
    await box.fill(name)
    await page.locator('[role="option"]', has_text=name).first.click()


async def join(page: Page, code: str, agency: str, role: str) -> None:
    """Join by command, filling in who I am if it is asked."""
    await type_command(page, f"/kaiku join {code}")
    modal = page.get_by_test_id("modal")
    await expect(modal).to_be_visible()
    if await modal.locator('[data-action-id="agency"]').count():
        await choose_agency(page, agency)
        await modal.get_by_label(role, exact=True).check()
    async with page.expect_response("**/control/submit"):  # whoever goes on at once has joined
        await page.get_by_test_id("modal-submit").click()


async def close(page: Page) -> None:
    await page.get_by_test_id("modal-close").click()
    await expect(page.get_by_test_id("modal")).to_have_count(0)
