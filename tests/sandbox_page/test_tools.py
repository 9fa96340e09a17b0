"""People, faults, starting over, light and dark, and the page's own words in three languages."""

import pytest
from playwright.async_api import Page, expect

from sandbox import WorkspaceServer, messages
from sandbox.workspace import BOT_USER
from tests.sandbox_page.conftest import OpenPage, SmallApp, plain

pytestmark = pytest.mark.browser
ME, DM = "UAINO", "DAINO"


async def test_a_person_is_added_and_acted_as_at_once(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    await page.get_by_test_id("tool-addPerson").click()
    dialog = page.get_by_role("dialog", name="Add a person")
    await dialog.get_by_label("Title and agency").fill("Johtaja, Kela")
    await page.get_by_test_id("person-save").click()
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await expect(dialog.get_by_label("Name")).to_have_accessible_description("Write a name.")
    await dialog.get_by_label("Name").fill("Åsa Öhman")
    await dialog.get_by_label("Language").select_option("sv-SE")
    await dialog.get_by_label("Time zone").select_option("Europe/Brussels")
    await dialog.get_by_label("A guest in the workspace").check()
    await page.get_by_test_id("person-save").click()
    await expect(page.get_by_test_id("who-select")).to_have_value("UASAOHMAN")
    added = slack.workspace.person("UASAOHMAN")
    assert (added["real_name"], added["title"], added["locale"], added["tz"], added["is_restricted"]) == (
        "Åsa Öhman", "Johtaja, Kela", "sv-SE", "Europe/Brussels", True,
    )  # fmt: skip
    await expect(page.get_by_test_id("composer")).to_have_attribute(
        "placeholder", "Skriv ett meddelande: Kaiku"
    )


async def test_two_people_of_one_name_are_two(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    for _ in range(2):
        await page.get_by_test_id("tool-addPerson").click()
        await page.get_by_test_id("person-name").fill("Bo Ek")
        await page.get_by_test_id("person-save").click()
        await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.get_by_test_id("who-select")).to_have_value("UBOEK2")


async def test_who_one_is_can_be_changed(open_page: OpenPage, slack: WorkspaceServer, app: SmallApp) -> None:
    page = await open_page()
    await page.get_by_test_id("person-edit").click()
    await page.get_by_test_id("person-title").fill("Johtaja, Kela")
    await page.get_by_test_id("person-save").click()
    await expect(page.get_by_test_id("sidebar-title")).to_have_text("Johtaja, Kela")
    await expect(page.get_by_test_id("person-edit")).to_be_focused()
    assert slack.workspace.person(ME)["real_name"] == "Aino Virtanen"


async def test_faults_are_ordered_and_what_still_waits_is_told(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    await page.get_by_test_id("tool-orderFault").click()
    dialog = page.get_by_role("dialog", name="Make the app's next calls fail")
    await expect(dialog).to_contain_text("No call is to fail.")
    await expect(dialog.get_by_label("Seconds to wait")).to_be_hidden()
    await page.get_by_test_id("fault-method").select_option("views.open")
    await page.get_by_test_id("fault-kind").select_option("rate_limited")
    await dialog.get_by_label("Seconds to wait").fill("7")
    await page.get_by_test_id("fault-times").fill("many")
    await page.get_by_test_id("fault-save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("This was not ordered")
    await page.get_by_test_id("fault-times").fill("2")
    await page.get_by_test_id("fault-save").click()
    await expect(page.locator("dialog")).to_have_count(0)
    (fault,) = slack.workspace.faults
    assert (fault.method, fault.times, fault.fault, fault.retry_after) == ("views.open", 2, "rate_limited", 7)
    await page.get_by_test_id("tool-orderFault").click()
    await expect(dialog).to_contain_text("views.open: Too many calls (429 with Retry-After), 2 ×")


async def test_starting_over_asks_first(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    slack.workspace.add_message(DM, BOT_USER, "old")
    await expect(page.get_by_test_id("message")).to_have_count(1)
    await page.get_by_test_id("tool-reset").click()
    await page.get_by_test_id("confirm-deny").click()
    await expect(page.get_by_test_id("message")).to_have_count(1)
    await page.get_by_test_id("tool-reset").click()
    await page.get_by_test_id("confirm-yes").click()
    await expect(page.get_by_test_id("message")).to_have_count(0)


async def ground(page: Page) -> str:
    return str(await page.evaluate("getComputedStyle(document.body).backgroundColor"))


async def test_light_or_dark_as_the_device_says_until_one_chooses(open_page: OpenPage) -> None:
    page = await open_page(color_scheme="light")
    light = await ground(page)
    await page.emulate_media(color_scheme="dark")
    dark = await ground(page)
    assert light != dark
    await page.get_by_test_id("theme").select_option("light")
    assert await ground(page) == light
    await page.reload()
    await expect(page.get_by_test_id("theme")).to_have_value("light")
    assert await ground(page) == light
    await page.get_by_test_id("theme").select_option("auto")
    assert await ground(page) == dark


async def test_the_page_speaks_the_persons_language(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    slack.workspace.add_message(DM, BOT_USER, "vain", ephemeral_to=ME)
    await expect(page.get_by_text("Only visible to you")).to_be_visible()
    await page.get_by_test_id("composer").fill("half a thought")
    slack.workspace.change_person({"id": ME, "locale": "fi-FI"})
    await expect(page.get_by_text("Vain sinä näet tämän")).to_be_visible()
    await expect(page.get_by_test_id("clock")).to_contain_text("maanantai 11. helmikuuta 2019")
    await expect(page.get_by_test_id("composer")).to_have_value("half a thought")
    await expect(page.locator("html")).to_have_attribute("lang", "fi")
    slack.workspace.change_person({"id": ME, "locale": "sv-SE"})
    await expect(page.get_by_text("Syns bara för dig")).to_be_visible()
    slack.workspace.change_person({"id": ME, "locale": "de-DE"})  # the page has no words in it
    await expect(page.get_by_text("Only visible to you")).to_be_visible()
    await expect(page.get_by_role("log")).to_have_attribute("lang", "de-DE")


async def test_the_three_languages_say_the_same_things(open_page: OpenPage) -> None:
    page = await open_page()
    said = await page.evaluate(
        """async () => {
          const shapes = {};
          for (const name of ["fi", "sv", "en"]) {
            const words = (await import(`/words/${name}.js`))[name];
            shapes[name] = Object.fromEntries(Object.entries(words).map(([key, text]) => {
              const holes = [text].flat().join(" ").match(/\\{\\w+\\}/g) ?? [];
              return [key, [Array.isArray(text), [...new Set(holes)].sort()]];
            }));
          }
          return shapes;
        }"""
    )
    assert said["en"]["composer.offer"] == [True, ["{first}", "{n}"]]
    assert said["fi"] == said["en"]
    assert said["sv"] == said["en"]


async def test_replies_stand_under_what_they_answer(open_page: OpenPage, slack: WorkspaceServer) -> None:
    page = await open_page()
    workspace = slack.workspace
    parent = workspace.add_message(DM, BOT_USER, "What do you think?")
    workspace.add_message(DM, ME, "Something else")
    for words in ("Yes", "No"):
        workspace.add_message(DM, ME, words)["thread_ts"] = parent["ts"]
    parent["thread_ts"] = parent["ts"]
    workspace.changed()
    first = page.get_by_test_id("message").first
    await expect(first.get_by_test_id("reply")).to_have_count(2)
    await expect(first.get_by_test_id("thread")).to_contain_text("2 replies")
    await expect(page.get_by_test_id("message")).to_have_count(2)
    await expect(page.get_by_test_id("message").last).to_contain_text("Something else")


async def test_a_button_in_a_reply_tells_the_app_of_the_reply(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    parent = slack.workspace.add_message(DM, BOT_USER, "Parent")
    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    blocks = [{"type": "actions", "elements": [button]}]
    channel = slack.workspace.channel(DM)
    reply = messages.post(slack.workspace, channel, BOT_USER, "r", blocks=blocks, thread_ts=parent["ts"])
    async with page.expect_response("**/control/action"):
        await page.get_by_test_id("reply").get_by_role("button", name="Go").click()
    assert app.last("block_actions")["container"]["message_ts"] == reply["ts"]
