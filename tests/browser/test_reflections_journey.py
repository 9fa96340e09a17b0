"""Journey 4 in the browser: join, a session, three prompts, answers, the echo, and the closing letter."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage, keep
from tests.support.pages import close, join, type_command
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

pytestmark = pytest.mark.browser

FINNISH = {
    "language": "fi",
    "who": "UAINO",
    "agency": "Verohallinto",
    "role": "Asiantuntija tai kehittäjä",
    "when": "johtoryhmä kokoontuu torstaina",
    "then": "kysyn ensin, mitä muut ovat nähneet",
    "echo": "Kun johtoryhmä kokoontuu torstaina, teen näin: kysyn ensin, mitä muut ovat nähneet",
    "kept": "vastauksesi on tallessa",
    "closing": "Omat sanasi matkan varrelta",
    "reflect": "/kaiku pohdi",
}
SWEDISH = {
    "language": "sv",
    "who": "UJOHAN",
    "agency": "Transport- och kommunikationsverket",
    "role": "Chef",
    "when": "ledningsgruppen träffas på torsdag",
    "then": "frågar först vad de andra har sett",
    "echo": "När ledningsgruppen träffas på torsdag, gör jag så här: frågar först vad de andra har sett",
    "kept": "ditt svar har sparats",
    "closing": "Dina egna ord längs vägen",
    "reflect": "/kaiku reflektera",
}


async def newest_button(page: Page, action_id: str) -> None:
    async with page.expect_response("**/control/action"):
        await page.locator(f'[data-action-id="{action_id}"]').last.click()
    await expect(page.get_by_test_id("modal")).to_be_visible()


async def write(page: Page, **answers: str) -> None:
    modal = page.get_by_test_id("modal")
    for name, text in answers.items():
        await modal.locator(f'textarea[data-action-id="{name}"]').fill(text)


@pytest.mark.parametrize("said", [FINNISH, SWEDISH], ids=["fi", "sv"])
async def test_a_whole_gap_from_the_first_prompt_to_the_closing_letter(
    open_page: OpenPage, kaiku: Running, said: dict[str, str]
) -> None:
    language = said["language"]
    page = await open_page(said["who"])
    modal = page.get_by_test_id("modal")
    await join(page, "coaching-1", said["agency"], said["role"])
    await close(page)
    await kaiku.settle()
    await page.get_by_test_id("kaiku-messages-tab").click()
    newest = page.get_by_test_id("message").last

    await at(kaiku, helsinki(2019, 3, 28, 10))
    await newest_button(page, "reflection.write")
    async with page.expect_response("**/control/action"):  # a draft, once the typing pauses
        await write(page, answer_0=said["when"])
    await keep(page, f"prompt-form-{language}")
    await close(page)  # by mistake: what was typed is there again
    await newest_button(page, "reflection.write")
    await expect(modal.locator('textarea[data-action-id="answer_0"]')).to_have_value(said["when"])
    await write(page, answer_1=said["then"])
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text(said["kept"])
    await close(page)
    await kaiku.settle()
    await expect(newest).to_contain_text(said["kept"])

    await at(kaiku, helsinki(2019, 4, 4, 10))
    await expect(newest).to_contain_text(said["echo"])
    await keep(page, f"prompt-midpoint-{language}")
    await newest_button(page, "reflection.choose_0")
    await write(page, answer_1="123 kuuntelin 123")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text(said["kept"])
    await close(page)

    await at(kaiku, helsinki(2019, 4, 11, 10))
    await expect(newest).to_contain_text(said["echo"])
    await expect(newest).to_contain_text("123 kuuntelin 123")
    await keep(page, f"prompt-before-{language}")

    await at(kaiku, helsinki(2019, 9, 6, 10))
    await expect(newest).to_contain_text(said["closing"])
    await expect(newest).to_contain_text(said["echo"])
    await keep(page, f"closing-letter-{language}")

    await type_command(page, said["reflect"])
    await expect(modal).to_contain_text(said["echo"])
    await keep(page, f"my-reflections-{language}")
