"""The log of all traffic: filtered, and in words where Slack would have refused."""

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox import WorkspaceServer
from tests.sandbox_page.conftest import OpenPage, SmallApp

pytestmark = pytest.mark.browser


def note(slack: WorkspaceServer, what: str, **entry: object) -> None:
    slack.workspace.note(
        {"direction": "from_app", "what": what, "ok": True, "error": None, "ms": 3,
         "request": {"text": "hei"}, "response": {"ok": True}, **entry}
    )  # fmt: skip


def refuse(slack: WorkspaceServer, what: str, error: str, **response: object) -> None:
    note(slack, what, ok=False, error=error, response={"ok": False, "error": error, **response})


async def open_traffic(page: Page) -> Locator:
    await page.get_by_test_id("traffic-toggle").click()
    return page.get_by_test_id("traffic")


async def test_it_says_in_red_and_in_words_what_slack_would_have_refused(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    why = ["[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"]
    refuse(slack, "chat.postMessage", "invalid_blocks", response_metadata={"messages": why})
    refuse(slack, "users.info", "missing_scope", needed="users:read")
    traffic = await open_traffic(page)
    blocks = traffic.get_by_text(
        "Slack would refuse this: the blocks break Block Kit's rules. "
        "/blocks/0/text/text: must be less than 151 characters."
    )
    await expect(blocks).to_be_visible()
    await expect(traffic.get_by_text("the app's manifest lacks the scope users:read")).to_be_visible()
    await expect(traffic.get_by_text("refused: invalid_blocks")).to_be_visible()
    red, green, _ = await blocks.evaluate("n => getComputedStyle(n).color.match(/\\d+/g).map(Number)")
    assert red > 2 * green


async def test_a_refused_answer_of_the_app_and_a_failed_request_say_why(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    app.answers["command"] = {"text": "hei", "response_type": "loud"}
    await page.get_by_test_id("composer").fill("/kaiku")
    await page.get_by_test_id("composer").press("Enter")
    slack.link.ack_seconds = 0.1
    app.delays["command"] = 1
    await expect(page.get_by_test_id("composer-error")).to_be_visible()
    await page.get_by_test_id("composer").fill("/kaiku again")
    await page.get_by_test_id("composer").press("Enter")
    traffic = await open_traffic(page)
    await expect(traffic.get_by_text("Slack would refuse this: invalid_response_type. loud.")).to_be_visible()
    await expect(
        traffic.get_by_text("In Slack the person would see an error: the app did not answer within 3 seconds")
    ).to_be_visible()


async def test_filters_by_text_direction_method_and_outcome_work_together(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    note(slack, "chat.postMessage", request={"text": "Tervetuloa"})
    note(slack, "chat.postMessage", request={"text": "second"})
    refuse(slack, "chat.postMessage", "not_in_channel")
    refuse(slack, "views.open", "expired_trigger_id")
    note(slack, "view_submission", direction="to_app")
    traffic = await open_traffic(page)
    count = traffic.get_by_role("status")
    await expect(count).to_have_text("5 calls")
    await traffic.get_by_label("Method", exact=True).select_option("chat.postMessage")
    await expect(count).to_have_text("3 of 5 calls")
    await traffic.get_by_label("Refused or failed only").check()
    await expect(count).to_have_text("1 of 5 calls")
    await traffic.get_by_label("Method", exact=True).select_option("")
    await expect(count).to_have_text("2 of 5 calls")
    await traffic.get_by_label("Refused or failed only").uncheck()
    await traffic.get_by_label("Direction").select_option("to_app")
    await expect(count).to_have_text("1 of 5 calls")
    await traffic.get_by_label("Direction").select_option("")
    await traffic.get_by_label("Filter by name or payload").fill("TERVE")
    await expect(count).to_have_text("1 of 5 calls")
    await traffic.get_by_label("Filter by name or payload").fill("trigger is older")  # the words count too
    await expect(count).to_have_text("1 of 5 calls")
    await traffic.get_by_label("Filter by name or payload").fill("zebra")
    await expect(traffic.get_by_text("No call fits the filter.")).to_be_visible()


async def test_payloads_are_shown_both_ways(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    note(slack, "chat.postMessage", response={"ok": True, "ts": "1.000001"})
    traffic = await open_traffic(page)
    await traffic.locator("summary", has_text="chat.postMessage").click()
    await expect(traffic.get_by_text('"text": "hei"')).to_be_visible()
    await expect(traffic.get_by_text('"ts": "1.000001"')).to_be_visible()


async def test_escape_closes_the_panel_and_the_focus_goes_back(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    traffic = await open_traffic(page)
    await traffic.get_by_label("Filter by name or payload").fill("x")
    await page.keyboard.press("Escape")  # clears the words
    await expect(traffic).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(traffic).to_be_hidden()
    await expect(page.get_by_test_id("traffic-toggle")).to_be_focused()
