"""Every block and element that the workspace takes can be read and used on the page."""

import pytest
from playwright.async_api import expect

from sandbox import WorkspaceServer, block_kit
from sandbox.block_kit.blocks import BLOCKS
from sandbox.block_kit.elements import ELEMENTS
from sandbox.views import open_view, show_home
from sandbox.workspace import BOT_USER, Json
from tests.sandbox_page.conftest import OpenPage, SmallApp, field_of, modal
from tests.sandbox_page.gallery import alerts, blocks_for_all, blocks_for_messages, inputs

pytestmark = pytest.mark.browser
ME, DM = "UAINO", "DAINO"


def types_in(part: object) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(types_in, part))
    if not isinstance(part, dict):
        return set()
    own = {part["type"]} if isinstance(part.get("type"), str) else set()
    return own.union(*map(types_in, part.values()))


def test_the_gallery_holds_all_that_the_workspace_takes_and_nothing_that_it_refuses() -> None:
    message = [*blocks_for_all(), *blocks_for_messages()]
    form = modal(*blocks_for_all(), *alerts(), *inputs())
    home = {"type": "home", "blocks": blocks_for_all()}
    assert not block_kit.check_message_blocks(message)
    assert not block_kit.check_view(form)
    assert not block_kit.check_view(home)
    assert {*BLOCKS, *ELEMENTS} <= types_in([message, form])


@pytest.mark.parametrize("where", ["message", "modal", "home"])
async def test_all_of_it_is_drawn_everywhere_it_may_stand(
    open_page: OpenPage, slack: WorkspaceServer, where: str
) -> None:
    page = await open_page()
    everything = blocks_for_all()
    if where == "message":
        everything += blocks_for_messages()
        slack.workspace.add_message(DM, BOT_USER, "all", blocks=everything)
    elif where == "modal":
        everything += [*alerts(), *inputs()]
        open_view(slack.workspace, ME, modal(*everything))
    else:
        show_home(slack.workspace, ME, {"type": "home", "blocks": everything})
        await page.get_by_test_id("kaiku-home-tab").click()
    await expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    await expect(page.locator(".block")).to_have_count(len(everything))
    await expect(page.locator(".unsupported")).to_have_count(0)


async def test_markdown_is_drawn_and_never_lets_markup_or_scripts_in(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    slack.workspace.add_message(DM, BOT_USER, "m", blocks=blocks_for_messages())
    markdown = page.locator(".block-markdown")
    await expect(markdown.get_by_role("heading", name="Plan")).to_be_visible()
    assert await markdown.locator("strong, em, s, code").all_inner_texts() == [
        "bold",
        "leaning",
        "gone",
        "code",
    ]
    assert await markdown.locator("ol > li").all_inner_texts() == ["first", "second\nbelow"]
    assert await markdown.locator("ol li ul li").all_inner_texts() == ["below"]
    assert await markdown.locator("tbody td").all_inner_texts() == ["1", "2"]
    await expect(markdown.locator("blockquote")).to_have_text("said")
    await expect(markdown).to_contain_text("<script>alert(1)</script>")
    assert await markdown.get_by_role("link").all_inner_texts() == ["an address"]


async def test_feedback_and_icon_buttons_tell_the_app(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    slack.workspace.add_message(DM, BOT_USER, "f", blocks=blocks_for_messages())
    async with page.expect_response("**/control/action"):
        await page.get_by_role("button", name="Bad").click()
    sent = app.last("block_actions")["actions"][0]
    assert (sent["type"], sent["value"]) == ("feedback_buttons", "bad")
    await expect(page.get_by_role("button", name="Bad")).to_have_attribute("aria-pressed", "true")
    async with page.expect_response("**/control/action"):
        await page.get_by_role("button", name="Delete").click()
    assert app.last("block_actions")["actions"][0]["action_id"] == "trash"


async def test_rich_text_is_typed_as_markup_and_arrives_as_rich_text(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    open_view(slack.workspace, ME, modal(field_of("rich", "rich_text_input")))
    await page.get_by_label("rich").fill("See *this* 2*3\n- one\n- two\n> said\nhttps://kaiku.example :tada:")
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("modal")).to_have_count(0)
    value = app.last("view_submission")["view"]["state"]["values"]["rich"]["rich"]["rich_text_value"]
    problems: list[Json] = block_kit.check_message_blocks([value])
    assert not problems
    section, points, quote, last = value["elements"]
    assert section["elements"] == [
        {"type": "text", "text": "See "},
        {"type": "text", "text": "this", "style": {"bold": True}},
        {"type": "text", "text": " 2*3"},
    ]
    assert [item["elements"][0]["text"] for item in points["elements"]] == ["one", "two"]
    assert quote["type"] == "rich_text_quote"
    assert [piece["type"] for piece in last["elements"]] == ["link", "text", "emoji"]


async def test_focus_on_load_is_heeded(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    second = field_of("second", "plain_text_input", focus_on_load=True)
    open_view(slack.workspace, ME, modal(field_of("first", "plain_text_input"), second))
    await expect(page.get_by_label("second")).to_be_focused()


async def test_somebody_added_can_be_chosen_in_a_form_that_was_open(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    open_view(slack.workspace, ME, modal(field_of("who", "users_select")))
    await expect(page.get_by_role("combobox", name="who")).to_be_visible()
    slack.workspace.change_person({"id": "UUUSI", "name": "Uuno Uusi"})
    await expect(page.get_by_test_id("who-select").locator("option", has_text="Uuno Uusi")).to_have_count(1)
    await page.get_by_role("combobox", name="who").fill("uuno")
    await expect(page.get_by_role("option", name="Uuno Uusi")).to_be_visible()
