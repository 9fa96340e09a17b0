"""Messages, the composer, people, time and traffic on the page."""

import pytest
from playwright.async_api import Page, expect

from sandbox import WorkspaceServer
from sandbox.views import show_home
from sandbox.workspace import BOT_USER, Json
from tests.sandbox_page.conftest import OpenPage, SmallApp, mrkdwn, option, options, plain

pytestmark = pytest.mark.browser
ME, DM = "UAINO", "DAINO"


def post(slack: WorkspaceServer, *blocks: Json, text: str = "text", **more: str) -> str:
    ts: str = slack.workspace.add_message(DM, BOT_USER, text, blocks=list(blocks), **more)["ts"]
    return ts


async def last(page: Page) -> str:
    return await page.get_by_test_id("message").last.inner_text()


async def test_slash_completes_and_enter_sends(open_page: OpenPage, app: SmallApp) -> None:
    page = await open_page()
    app.answers["command"] = {"text": "Tässä *ohje*"}
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("/ka")
    await expect(page.get_by_role("option", name="/kaiku")).to_be_visible()
    await composer.press("Enter")
    await expect(composer).to_have_value("/kaiku ")
    await composer.press_sequentially("ohje")
    await composer.press("Enter")
    message = page.get_by_test_id("message").last
    await expect(message).to_contain_text("Only visible to you")
    await expect(message.locator("strong")).to_have_text("ohje")
    await expect(composer).to_have_value("")
    assert app.last("command")["text"] == "ohje"


async def test_a_command_that_fails_says_so_and_stays(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    slack.link.ack_seconds = 0.2
    app.delays["command"] = 1
    composer = page.get_by_test_id("composer")
    await composer.fill("/kaiku mine")
    await composer.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("/kaiku failed with the error operation_timeout")
    await expect(composer).to_have_value("/kaiku mine")


async def test_a_message_goes_out_with_enter_and_shift_enter_breaks_the_line(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    await page.get_by_test_id("channel-CYLEINEN").click()
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("yksi")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("kaksi")
    await composer.press("Enter")
    await expect(page.get_by_test_id("message")).to_have_count(1)
    assert slack.workspace.data["messages"]["CYLEINEN"][0]["text"] == "yksi\nkaksi"


async def test_text_is_never_markup_and_only_safe_links_live(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    post(
        slack,
        text="<img src=x onerror=alert(1)> <javascript:alert(1)|click> "
        "<https://example.org?a=1&amp;b=2|good> &lt;b&gt; *b* _i_ ~s~ `c*d*` 2*3*4 "
        "<@UELSA> <#CYLEINEN> <!date^1552370400^{date_num} {time}|then> :tada:",
    )
    message = page.get_by_test_id("message").last
    await expect(message.get_by_role("link")).to_have_count(1)
    good = message.get_by_role("link", name="good")
    await expect(good).to_have_attribute("href", "https://example.org/?a=1&b=2")
    await expect(good).to_have_attribute("rel", "noopener noreferrer")
    await expect(message.locator("img")).to_have_count(0)
    text = await last(page)
    for words in (
        "<img src=x onerror=alert(1)>",
        "<b>",
        "2*3*4",
        "@Elsa Lindroos",
        "#yleinen",
        "2019-03-12 08:00",
        "🎉",
    ):
        assert words in text
    assert await message.locator("strong, em, s, code").all_inner_texts() == ["b", "i", "s", "c*d*"]


async def test_what_the_page_cannot_show_is_named(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    post(slack, {"type": "hologram"}, {"type": "actions", "elements": [{"type": "dial", "action_id": "d"}]})
    await expect(page.get_by_text("unsupported: hologram")).to_be_visible()
    await expect(page.get_by_text("unsupported: dial")).to_be_visible()


async def test_an_edited_message_changes_in_place(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    message = slack.workspace.add_message(DM, BOT_USER, "before")
    await expect(page.get_by_test_id("message")).to_contain_text("before")
    message.update(text="after", edited=True)
    slack.workspace.changed()
    await expect(page.get_by_test_id("message")).to_contain_text("after(edited)")
    await expect(page.get_by_test_id("message")).to_have_count(1)


async def test_elements_send_what_was_chosen(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    sure = {
        "title": plain("Sure?"),
        "text": mrkdwn("The *seat* goes."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    post(
        slack,
        {"type": "actions", "block_id": "row", "elements": [
            {"type": "button", "action_id": "leave", "text": plain("Leave"), "value": "v", "confirm": sure},
            {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"),
             "options": options("a", "b")},
            {"type": "overflow", "action_id": "more", "options": options("x", "y")},
            {"type": "datepicker", "action_id": "day"},
        ]},
    )  # fmt: skip
    await page.get_by_role("button", name="Leave").click()
    await page.get_by_test_id("confirm-deny").click()
    assert not app.received
    await page.get_by_role("button", name="Leave").click()
    async with page.expect_response("**/control/action"):
        await page.get_by_test_id("confirm-yes").click()
    pressed = app.last("block_actions")
    assert (pressed["actions"][0]["value"], pressed["actions"][0]["block_id"]) == ("v", "row")
    await page.get_by_role("combobox", name="Pick").click()
    async with page.expect_response("**/control/action"):
        await page.get_by_role("option", name="B", exact=True).click()
    assert app.last("block_actions")["actions"][0]["selected_option"] == option("b")
    await page.get_by_role("button", name="More actions").press("Enter")
    await page.keyboard.press("ArrowDown")
    async with page.expect_response("**/control/action"):
        await page.keyboard.press("Enter")
    assert app.last("block_actions")["actions"][0]["selected_option"] == option("y")
    async with page.expect_response("**/control/action"):
        await page.get_by_label("datepicker").fill("2019-05-02")
    sent = app.last("block_actions")
    assert sent["actions"][0]["selected_date"] == "2019-05-02"
    assert sent["state"]["values"]["row"]["pick"] == {"type": "static_select", "selected_option": option("b")}


async def test_an_action_that_fails_says_so_beside_it(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    slack.link.ack_seconds = 0.2
    app.delays["block_actions"] = 1
    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    post(slack, {"type": "actions", "block_id": "row", "elements": [button]})
    await page.get_by_test_id("message").get_by_role("button", name="Go").click()
    await expect(page.get_by_test_id("message").get_by_role("alert")).to_contain_text("operation_timeout")


async def test_a_new_message_elsewhere_is_counted_until_it_is_seen(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    entry = page.get_by_test_id("channel-CYLEINEN")
    slack.workspace.add_message("CYLEINEN", "UOLLI", "Huomenta")
    await expect(entry).to_contain_text("1 new")
    await entry.click()
    await expect(entry).not_to_contain_text("new")
    await page.reload()
    await expect(page.get_by_test_id("channel-CYLEINEN")).not_to_contain_text("new")


async def test_a_tab_is_a_person_and_sees_only_what_is_theirs(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    slack.workspace.add_message("CYLEINEN", BOT_USER, "vain Ainolle", ephemeral_to=ME)
    await page.get_by_test_id("channel-CYLEINEN").click()
    await expect(page.get_by_test_id("message")).to_contain_text("vain Ainolle")
    await page.get_by_test_id("who-select").select_option("UEMMA")
    await expect(page.get_by_test_id("channel-DEMMA")).to_be_visible()
    assert "as=UEMMA" in page.url
    await page.get_by_test_id("channel-CYLEINEN").click()
    await expect(page.get_by_test_id("message")).to_have_count(0)
    await expect(page.get_by_test_id("clock")).to_contain_text("Monday 11 February 2019, 09:00")  # Brussels
    await expect(page.get_by_role("log")).to_have_attribute("lang", "en-GB")


async def test_home_asks_the_app_and_shows_what_it_published(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    await page.get_by_test_id("kaiku-home-tab").click()
    await slack.link.settled()
    assert app.last("app_home_opened")["user"] == ME
    show_home(
        slack.workspace,
        ME,
        {"type": "home", "blocks": [{"type": "header", "text": plain("Omat ryhmäni")}]},
        None,
    )
    await expect(page.get_by_role("heading", name="Omat ryhmäni")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_test_id("composer")).to_be_visible()


async def test_time_moves_by_the_buttons(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page(viewport={"width": 1400, "height": 800})
    clock = page.get_by_test_id("clock")
    await page.get_by_test_id("clock-hour").click()
    await expect(clock).to_contain_text("Monday 11 February 2019, 11:00")
    await page.get_by_test_id("clock-morning").click()
    await expect(clock).to_contain_text("Tuesday 12 February 2019, 09:00")
    await page.get_by_test_id("clock-field").fill("2019-02-15T17:30")
    await page.get_by_test_id("clock-go").click()
    await expect(clock).to_contain_text("Friday 15 February 2019, 17:30")
    await page.get_by_test_id("clock-morning").click()
    await expect(clock).to_contain_text("Monday 18 February 2019, 09:00")
    await page.get_by_test_id("clock-field").fill("2019-02-01T09:00")
    await page.get_by_test_id("clock-go").click()
    await expect(page.get_by_text("Time was not moved")).to_be_visible()


async def test_a_restarted_workspace_is_found_again(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    port = int(slack.url.rsplit(":", 1)[1])
    await slack.stop()
    await expect(page.get_by_text("connection to the workspace was lost")).to_be_visible()
    again = WorkspaceServer(slack.workspace, slack.link.app_url, port=port)
    await again.start()
    try:
        post(again, text="I am back")
        await expect(page.get_by_text("Connected again")).to_be_visible()
        await expect(page.get_by_test_id("message")).to_contain_text("I am back")
    finally:
        await page.close()
        await again.stop()


async def test_on_a_phone_the_sidebar_is_a_drawer_and_the_page_itself_never_scrolls(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page(viewport={"width": 360, "height": 700})
    post(slack, text="first")
    rows = [
        {
            "type": "actions",
            "elements": [{"type": "overflow", "action_id": f"a{n}", "options": options("x", "y")}],
        }
        for n in range(30)
    ]
    post(slack, {"type": "header", "text": plain("Top")}, *rows)
    await expect(page.get_by_role("heading", name="Top")).to_be_in_viewport()
    await expect(page.get_by_test_id("clock")).to_be_in_viewport()
    assert await page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
    assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    await expect(page.get_by_test_id("who-select")).to_be_hidden()
    await page.get_by_test_id("menu").click()
    await page.get_by_test_id("channel-CYLEINEN").click()
    await expect(page.get_by_test_id("who-select")).to_be_hidden()
    await expect(page.get_by_role("heading", name="# yleinen")).to_be_visible()
    await expect(page.get_by_test_id("menu")).to_be_focused()
