"""Nobody is kept out: axe-core finds nothing serious, the keyboard reaches all, a phone shows all."""

import pytest
from playwright.async_api import Page, expect

from sandbox import WorkspaceServer
from sandbox.views import open_view, push_view, show_home
from sandbox.workspace import BOT_USER
from tests.sandbox_page.axe import violations
from tests.sandbox_page.conftest import OpenPage, SmallApp, field_of, modal
from tests.sandbox_page.gallery import alerts, blocks_for_all, blocks_for_messages, inputs

pytestmark = pytest.mark.browser
ME, DM = "UAINO", "DAINO"
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 740}}
LOOKS = pytest.mark.parametrize(
    "look",
    [
        pytest.param(size | {"color_scheme": scheme}, id=f"{name}-{scheme}")
        for name, size in (("desk", DESK), ("phone", PHONE))
        for scheme in ("light", "dark")
    ],
)


async def fits(page: Page) -> bool:
    """Whether the page scrolls down only, and nothing sticks out of what is on show."""
    return bool(
        await page.evaluate(
            """() => document.scrollingElement.scrollWidth <= innerWidth &&
              [...document.querySelectorAll(".log, .home, .dialog-body, .traffic-list, .sidebar")]
                .every((node) => node.scrollWidth <= node.clientWidth)"""
        )
    )


def talk(slack: WorkspaceServer) -> None:
    """A conversation with all that one can hold: blocks, an edit, something for my eyes only, a thread."""
    workspace = slack.workspace
    workspace.add_message(DM, BOT_USER, "m", blocks=[*blocks_for_all(), *blocks_for_messages()])
    workspace.add_message(DM, BOT_USER, "Korjattu").update(edited=True)
    workspace.add_message(DM, BOT_USER, "Vain sinulle", ephemeral_to=ME)
    parent = workspace.add_message(DM, BOT_USER, "Mitä mieltä?")
    workspace.add_message(DM, ME, "Hyvä")["thread_ts"] = parent["ts"]
    workspace.changed()


def test_axe_is_the_real_one() -> None:
    from tests.sandbox_page.axe import AXE

    assert AXE.read_text(encoding="utf-8").startswith("/*! axe v4.")


async def test_axe_would_tell(open_page: OpenPage) -> None:
    page = await open_page()
    await page.evaluate("document.querySelector('[data-testid=composer-send]').replaceChildren()")
    assert any(line.startswith("button-name") for line in await violations(page))


@LOOKS
async def test_a_channel(open_page: OpenPage, slack: WorkspaceServer, look: dict[str, object]) -> None:
    page = await open_page(**look)
    talk(slack)
    await expect(page.get_by_test_id("reply")).to_contain_text("Hyvä")
    assert await violations(page) == []
    assert await fits(page)


@LOOKS
async def test_a_modal_with_errors_and_another_on_top(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp, look: dict[str, object]
) -> None:
    page = await open_page(**look)
    open_view(slack.workspace, ME, modal(*blocks_for_all(), *alerts(), *inputs()))
    await page.get_by_test_id("modal-submit").click()
    await expect(page.locator(".field-problem:visible")).to_have_count(3)
    assert await violations(page) == []
    assert await fits(page)
    push_view(slack.workspace, ME, modal(field_of("more", "plain_text_input"), title="On top"))
    await expect(page.get_by_role("dialog", name="On top")).to_be_visible()
    assert await violations(page) == []


@LOOKS
async def test_home(open_page: OpenPage, slack: WorkspaceServer, look: dict[str, object]) -> None:
    page = await open_page(**look)
    show_home(slack.workspace, ME, {"type": "home", "blocks": blocks_for_all()})
    await page.get_by_test_id("kaiku-home-tab").click()
    await expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    assert await violations(page) == []
    assert await fits(page)


@LOOKS
async def test_the_log(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp, look: dict[str, object]
) -> None:
    page = await open_page(**look)
    slack.workspace.note(
        {"direction": "from_app", "what": "chat.postMessage", "ok": False, "error": "invalid_blocks", "ms": 1,
         "request": {"text": "hei"}, "response": {"ok": False, "errors": ["[ERROR] too long"]}}
    )  # fmt: skip
    await page.get_by_test_id("composer").fill("/kaiku")
    await page.get_by_test_id("composer").press("Enter")
    await page.get_by_test_id("traffic-toggle").click()
    traffic = page.get_by_test_id("traffic")
    await traffic.locator("summary").last.click()
    await expect(traffic.locator("pre").first).to_be_visible()
    assert await violations(page) == []
    assert await fits(page)


@LOOKS
async def test_the_tools(open_page: OpenPage, look: dict[str, object]) -> None:
    page = await open_page(**look)
    for tool in ("addPerson", "orderFault", "reset"):
        if look["viewport"] == PHONE["viewport"]:
            await page.get_by_test_id("menu").click()
            assert await fits(page)
        await page.get_by_test_id(f"tool-{tool}").click()
        await expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_be_visible()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)
        if look["viewport"] == PHONE["viewport"]:
            await page.keyboard.press("Escape")  # the drawer


@pytest.mark.parametrize("locale", ["fi-FI", "sv-SE", "en-GB"])
async def test_on_a_phone_the_bar_on_top_is_one_line_in_every_language(
    open_page: OpenPage, slack: WorkspaceServer, locale: str
) -> None:
    slack.workspace.change_person({"id": ME, "locale": locale})
    page = await open_page(**PHONE)
    box = await page.get_by_role("banner").bounding_box()
    assert box
    assert box["height"] < 60
    assert await fits(page)


async def test_an_error_is_tied_to_its_field_and_told_in_words(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    boxes = field_of("boxes", "checkboxes", options=[], optional=False)
    boxes["element"]["options"] = [
        {"text": {"type": "plain_text", "text": "A"}, "value": "a"},
    ]
    open_view(slack.workspace, ME, modal(boxes))
    await page.get_by_test_id("modal-submit").click()
    group = page.get_by_role("group", name="boxes")
    await expect(group).to_have_accessible_description("Please complete this required field.")


async def test_the_skip_link_is_first_and_leads_past_the_menu(open_page: OpenPage) -> None:
    page = await open_page()
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the conversation")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()


async def test_focus_stays_in_a_modal_and_returns_to_what_opened_it(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    composer = page.get_by_test_id("composer")
    await composer.focus()
    open_view(slack.workspace, ME, modal(field_of("why", "plain_text_input")))
    await expect(page.get_by_label("why")).to_be_focused()
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)
    await expect(composer).to_be_focused()


async def test_new_messages_are_added_to_a_live_log_within_landmarks(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    for landmark in ("banner", "navigation", "main"):
        await expect(page.get_by_role(landmark)).to_have_count(1)
    slack.workspace.add_message("CYLEINEN", "UOLLI", "Huomenta")
    await expect(page.locator("#announcer")).to_have_text("1 new message in other conversations")
