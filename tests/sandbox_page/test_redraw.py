"""What the app changes while somebody is busy on the page: no click, key or typed word is lost."""

import asyncio

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox import WorkspaceServer
from sandbox.views import open_view, update_view
from sandbox.workspace import BOT_USER, Json
from tests.sandbox_page.conftest import OpenPage, SmallApp, field_of, modal, plain

pytestmark = pytest.mark.browser
ME, DM = "UAINO", "DAINO"
WRITES = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}


def button_row(text: str) -> Json:
    go = {"type": "button", "action_id": "go", "text": plain("Go"), "value": text}
    other = {"type": "button", "action_id": "other", "text": plain(text)}
    return {"type": "actions", "block_id": "row", "elements": [other, go]}


async def press(page: Page, target: Locator) -> None:
    """The button of the mouse goes down on it, and stays down."""
    box = await target.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()


async def drawn(page: Page, text: str) -> None:
    """The page has had the state that holds ``text``, and the time to draw it."""
    await page.evaluate(
        """async (text) => {
          for (;;) {
            const state = await (await fetch("/control/state?as=UAINO")).text();
            if (state.includes(text)) break;
          }
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        text,
    )


async def test_a_click_that_spans_a_redraw_is_not_lost(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    view = open_view(slack.workspace, ME, modal(button_row("One")))
    go = page.get_by_role("button", name="Go")
    await press(page, go)
    update_view(slack.workspace, ME, view, modal(button_row("Changed")))
    await drawn(page, "Changed")
    async with page.expect_response("**/control/action"):
        await page.mouse.up()
    assert app.last("block_actions")["actions"][0]["action_id"] == "go"
    await expect(page.get_by_role("button", name="Changed")).to_be_visible()


async def test_a_click_on_close_that_spans_a_redraw_closes(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    view = open_view(slack.workspace, ME, modal(button_row("One")))
    await press(page, page.get_by_test_id("modal-close"))
    more = [{"type": "section", "text": plain(f"Changed {n}")} for n in range(30)]  # the dialog grows
    update_view(slack.workspace, ME, view, modal(*more, button_row("Changed")))
    await drawn(page, "Changed")
    await page.mouse.up()
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def test_the_space_bar_held_over_a_redraw_still_presses(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    view = open_view(slack.workspace, ME, modal(button_row("One")))
    await page.get_by_role("button", name="Go").focus()
    await page.keyboard.down("Space")
    update_view(slack.workspace, ME, view, modal(button_row("Changed")))
    await drawn(page, "Changed")
    async with page.expect_response("**/control/action"):
        await page.keyboard.up("Space")


async def test_a_modal_closes_at_once_while_its_answer_is_awaited(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    open_view(slack.workspace, ME, modal(field_of("why", "plain_text_input")))
    app.delays["view_submission"] = 1
    await page.get_by_test_id("modal-submit").click()
    await page.get_by_test_id("modal-close").click()
    await expect(page.get_by_test_id("modal")).to_have_count(0, timeout=700)


async def test_what_the_answer_shows_can_be_used_while_the_page_still_reads(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    """The answer is on show, and the page's own call has not returned yet: the next click counts."""
    page = await open_page()
    open_view(slack.workspace, ME, modal(field_of("why", "plain_text_input")))
    app.answers["view_submission"] = {"response_action": "update", "view": modal(title="Done")}
    held = asyncio.Event()

    async def hold(route) -> None:
        response = await route.fetch()
        await held.wait()
        await route.fulfill(response=response)

    await page.route("**/control/submit", hold)
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_role("dialog", name="Done")).to_be_visible()
    await page.get_by_test_id("modal-cancel").click()
    await expect(page.get_by_test_id("modal")).to_have_count(0, timeout=1000)
    held.set()


async def test_a_field_stays_the_same_node_while_its_block_changes(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    """The same node: so its caret, its scroll, its undo and a half-composed letter stay too."""
    page = await open_page()
    text = field_of("why", "plain_text_input", multiline=True)
    view = open_view(slack.workspace, ME, modal(text))
    why = page.get_by_label("why")
    await why.fill("one\ntwo\nthree\nfour\nfive\nsix\nseven")
    await why.evaluate("n => { n.isTheSame = true; n.setSelectionRange(5, 5); n.scrollTop = 12 }")
    renamed = {
        **text,
        "label": plain("why exactly"),
        "element": {**text["element"], "initial_value": "a draft"},
    }
    update_view(slack.workspace, ME, view, modal(field_of("new", "plain_text_input"), renamed))
    again = page.get_by_label("why exactly")
    await expect(again).to_be_focused()
    assert await again.evaluate("n => [n.isTheSame, n.selectionStart, n.scrollTop]") == [True, 5, 12]


async def test_buttons_that_stay_in_a_changed_block_are_the_same_nodes(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    message = slack.workspace.add_message(DM, BOT_USER, "text", blocks=[button_row("One")])
    go = page.get_by_role("button", name="Go")
    await go.evaluate("node => { node.isTheSame = true; node.focus() }")
    changed = button_row("Two")
    changed["elements"][1]["value"] = "One"
    message["blocks"] = [changed]
    slack.workspace.changed()
    await expect(page.get_by_role("button", name="Two")).to_be_visible()
    assert await go.evaluate("node => node.isTheSame && node === document.activeElement")


async def test_the_last_words_typed_are_told_even_if_the_app_is_slower_than_the_writer(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    field = field_of("why", "plain_text_input", **WRITES) | {"dispatch_action": True}
    open_view(slack.workspace, ME, modal(field))
    app.delays["block_actions"] = 0.8
    why = page.get_by_label("why")
    async with page.expect_request("**/control/action"):
        await why.fill("first")
    async with page.expect_response(lambda r: "last words" in (r.request.post_data or "")):
        await why.fill("last words")
    assert app.last("block_actions")["actions"][0]["value"] == "last words"


async def test_what_was_typed_just_before_closing_is_told_first(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    field = field_of("why", "plain_text_input", **WRITES) | {"dispatch_action": True}
    open_view(slack.workspace, ME, modal(field))
    await page.get_by_label("why").fill("in a hurry")
    await page.get_by_test_id("modal-close").click()
    await expect(page.get_by_test_id("modal")).to_have_count(0)
    await asyncio.wait_for(slack.link.settled(), 5)
    assert app.last("block_actions")["actions"][0]["value"] == "in a hurry"


async def test_an_open_list_of_people_survives_a_new_message(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    who = page.get_by_test_id("who-select")
    await who.evaluate("node => { node.isTheSame = true }")
    slack.workspace.add_message("CYLEINEN", "UOLLI", "Huomenta!")
    await expect(page.get_by_test_id("channel-CYLEINEN")).to_contain_text("1")
    assert await who.evaluate("node => node.isTheSame === true")
