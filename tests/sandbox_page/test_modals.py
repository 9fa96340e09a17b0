"""Modals on the page: nothing typed is lost, what is submitted has Slack's shape."""

import pytest
from playwright.async_api import Page, expect

from sandbox import WorkspaceServer
from sandbox.views import open_view, push_view, update_view
from tests.sandbox_page.conftest import OpenPage, SmallApp, field_of, modal, option, options, plain

pytestmark = pytest.mark.browser
ME = "UAINO"
TEXT = field_of("why", "plain_text_input")


async def submit(page: Page) -> None:
    await page.get_by_test_id("modal-submit").click()


async def test_a_background_change_leaves_the_fields_alone(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    open_view(slack.workspace, ME, modal(TEXT))
    why = page.get_by_label("why")
    await expect(why).to_be_focused()
    await why.fill("half a sen")
    await why.evaluate("node => { node.isTheSame = true; node.setSelectionRange(4, 4) }")
    slack.workspace.add_message("CYLEINEN", "UOLLI", "Huomenta!")
    await expect(page.get_by_test_id("channel-CYLEINEN")).to_contain_text("1")
    assert await why.evaluate("node => [node.isTheSame, node.selectionStart, node.value]") == [
        True,
        4,
        "half a sen",
    ]
    await expect(why).to_be_focused()


async def test_an_update_keeps_what_was_typed_in_the_inputs_that_stay(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    chosen = field_of("role", "radio_buttons", options=options("expert", "manager"))
    view = open_view(slack.workspace, ME, modal(TEXT, chosen))
    await page.get_by_label("Manager").check()
    await page.get_by_label("why").fill("because")
    renamed = {**TEXT, "label": plain("why exactly")}
    update_view(
        slack.workspace, ME, view, modal(field_of("new", "plain_text_input"), renamed, chosen, title="Two")
    )
    await expect(page.get_by_role("dialog", name="Two")).to_be_visible()
    await expect(page.get_by_label("why exactly")).to_have_value("because")
    await expect(page.get_by_label("why exactly")).to_be_focused()
    await expect(page.get_by_label("Manager")).to_be_checked()


EVERY_INPUT = {
    "text": ("plain_text_input", {"multiline": True}, {"value": None}),
    "text_given": ("plain_text_input", {"initial_value": "hei"}, {"value": "hei"}),
    "mail": ("email_text_input", {}, {"value": None}),
    "url": ("url_text_input", {}, {"value": None}),
    "number": ("number_input", {"is_decimal_allowed": False, "initial_value": "3"}, {"value": "3"}),
    "one": ("static_select", {"options": options("a", "b")}, {"selected_option": None}),
    "one_given": (
        "static_select",
        {"options": options("a", "b"), "initial_option": option("b")},
        {"selected_option": option("b")},
    ),
    "external": ("external_select", {}, {"selected_option": None}),
    "many": ("multi_static_select", {"options": options("a", "b")}, {"selected_options": []}),
    "person": ("users_select", {"initial_user": "UELSA"}, {"selected_user": "UELSA"}),
    "people": ("multi_users_select", {}, {"selected_users": []}),
    "channel": ("channels_select", {}, {"selected_channel": None}),
    "conversation": ("conversations_select", {}, {"selected_conversation": None}),
    "radio": ("radio_buttons", {"options": options("a", "b")}, {"selected_option": None}),
    "boxes": (
        "checkboxes",
        {"options": options("a", "b"), "initial_options": options("a")},
        {"selected_options": options("a")},
    ),
    "date": ("datepicker", {"initial_date": "2019-03-12"}, {"selected_date": "2019-03-12"}),
    "no_date": ("datepicker", {}, {"selected_date": None}),
    "time": ("timepicker", {"initial_time": "09:30"}, {"selected_time": "09:30"}),
    "moment": ("datetimepicker", {"initial_date_time": 1552370400}, {"selected_date_time": 1552370400}),
}


async def test_untouched_inputs_are_submitted_in_slacks_shape(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    blocks = [field_of(name, kind, **more) for name, (kind, more, _) in EVERY_INPUT.items()]
    open_view(slack.workspace, ME, modal(*blocks))
    await submit(page)
    await expect(page.get_by_test_id("modal")).to_have_count(0)
    expected = {name: {name: {"type": kind, **state}} for name, (kind, _, state) in EVERY_INPUT.items()}
    assert app.last("view_submission")["view"]["state"]["values"] == expected


async def test_chosen_values_are_submitted_in_slacks_shape(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    names = ("text", "one", "external", "many", "person", "radio", "boxes", "date", "time", "moment")
    open_view(
        slack.workspace, ME, modal(*(field_of(n, EVERY_INPUT[n][0], **EVERY_INPUT[n][1]) for n in names))
    )
    app.answers["block_suggestion"] = {"options": options("kela", "tulli")}
    form = page.get_by_test_id("modal")
    await form.get_by_label("text", exact=False).first.fill("hei & <hoi>")
    for name, typed, choice in (
        ("one", "", "B"),
        ("external", "tul", "Tulli"),
        ("person", "lind", "Elsa Lindroos"),
    ):
        await form.get_by_role("combobox", name=name).click()
        await form.get_by_role("combobox", name=name).press_sequentially(typed)
        await page.get_by_role("option", name=choice).click()
    many = form.get_by_role("combobox", name="many")
    await many.press("ArrowDown")
    await many.press("Enter")
    await many.press("ArrowDown")
    await many.press("Enter")
    await many.press("Escape")
    await form.get_by_role("radiogroup", name="radio").get_by_label("A").check()
    await form.get_by_role("group", name="boxes").get_by_label("B").check()
    await form.get_by_label("date").fill("2019-04-01")
    await form.get_by_label("time").fill("14:05")
    await form.get_by_label("moment").fill("2019-07-01T12:00")
    await submit(page)
    await expect(page.get_by_test_id("modal")).to_have_count(0)
    values = app.last("view_submission")["view"]["state"]["values"]
    assert {name: {k: v for k, v in values[name][name].items() if k != "type"} for name in names} == {
        "text": {"value": "hei & <hoi>"},
        "one": {"selected_option": option("b")},
        "external": {"selected_option": option("tulli")},
        "many": {"selected_options": options("a", "b")},
        "person": {"selected_user": "UELSA"},
        "radio": {"selected_option": option("a")},
        "boxes": {"selected_options": options("a", "b")},
        "date": {"selected_date": "2019-04-01"},
        "time": {"selected_time": "14:05"},
        "moment": {"selected_date_time": 1561971600},
    }
    assert app.last("block_suggestion")["value"] == "tul"


async def test_an_empty_required_field_is_told_at_the_field_and_not_sent(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    open_view(
        slack.workspace,
        ME,
        modal(TEXT, field_of("agency", "static_select", options=options("kela"), optional=False)),
    )
    await submit(page)
    agency = page.get_by_role("combobox", name="agency")
    await expect(agency).to_be_focused()
    await expect(agency).to_have_attribute("aria-invalid", "true")
    await expect(agency).to_have_accessible_description("Please complete this required field.")
    assert not app.received


async def test_the_apps_errors_stand_at_their_fields_and_the_first_has_the_focus(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    open_view(slack.workspace, ME, modal(field_of("first", "plain_text_input"), TEXT))
    app.answers["view_submission"] = {"response_action": "errors", "errors": {"why": "Ei käy."}}
    await page.get_by_label("why").fill("x")
    await submit(page)
    await expect(page.get_by_label("why")).to_have_accessible_description("Ei käy.")
    await expect(page.get_by_label("why")).to_be_focused()
    await expect(page.get_by_label("why")).to_have_value("x")
    app.answers.clear()
    await submit(page)
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def test_a_missed_ack_is_told_and_loses_nothing(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    slack.link.ack_seconds = 0.3
    open_view(slack.workspace, ME, modal(TEXT))
    app.delays["view_submission"] = 1
    await page.get_by_label("why").fill("kept")
    await submit(page)
    await expect(page.get_by_test_id("modal").get_by_text("Sending…")).to_be_visible()
    await expect(page.get_by_role("alert")).to_contain_text("operation_timeout")
    await expect(page.get_by_label("why")).to_have_value("kept")


async def test_a_covered_view_keeps_what_was_typed_and_back_returns_to_it(
    open_page: OpenPage, slack: WorkspaceServer, app: SmallApp
) -> None:
    page = await open_page()
    open_view(slack.workspace, ME, modal(TEXT))
    await page.get_by_label("why").fill("kept")
    push_view(slack.workspace, ME, modal(field_of("more", "plain_text_input"), title="On top"))
    await expect(page.get_by_role("dialog", name="On top")).to_be_visible()
    await expect(page.get_by_label("why")).to_have_count(0)
    await page.get_by_test_id("modal-back").click()
    await expect(page.get_by_label("why")).to_have_value("kept")
    assert app.last("view_closed")["is_cleared"] is False
    push_view(slack.workspace, ME, modal(title="Again"))
    await expect(page.get_by_role("dialog", name="Again")).to_be_visible()
    await page.get_by_test_id("modal-close").click()
    await expect(page.get_by_test_id("modal")).to_have_count(0)
    assert slack.workspace.views[ME] == []


async def test_escape_closes_the_list_first_and_then_the_modal(
    open_page: OpenPage, slack: WorkspaceServer
) -> None:
    page = await open_page()
    open_view(
        slack.workspace, ME, modal(field_of("agency", "static_select", options=options("kela", "tulli")))
    )
    await page.get_by_role("combobox", name="agency").press("ArrowDown")
    await expect(page.get_by_role("option", name="Kela")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option", name="Kela")).to_have_count(0)
    await expect(page.get_by_test_id("modal")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)
