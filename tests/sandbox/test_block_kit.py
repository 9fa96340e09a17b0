"""What Slack takes and refuses in blocks and views: each limit at its edge."""

from typing import Any

import pytest

from sandbox.block_kit import check_message_blocks, check_options, check_view, is_too_large
from tests.sandbox.shapes import (
    actions,
    button,
    element,
    field,
    home,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    section,
)

Json = dict[str, Any]
PICTURE = "https://valtio.example/kaiku.png"
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}
GROUPS = [{"label": plain(), "options": options(2)}]


def accessory(kind: str, **more: Any) -> Json:
    return section(accessory=element(kind, **more))


def in_input(kind: str, **more: Any) -> Json:
    return field("name", kind, **more)


def confirm(**more: Any) -> Json:
    return actions(button(confirm=CONFIRM | more))


ALERT = {"type": "alert", "text": plain()}


@pytest.mark.parametrize(
    ("block", "taken_by"),
    [
        (ALERT, {"modal"}),
        ({"type": "markdown", "text": "x"}, {"message"}),
    ],
)
def test_a_block_stands_only_where_slack_lists_it(block: Json, taken_by: set[str]) -> None:
    found = {"message": check_message_blocks([block]), "modal": check_view(modal(block))}
    found["home"] = check_view(home(block))
    assert {surface for surface, problems in found.items() if not problems} == taken_by


def test_a_modal_takes_an_alert_of_200_characters() -> None:
    assert check_view(modal(ALERT | {"text": plain("x" * 200)})) == []
    assert check_view(modal(ALERT | {"text": plain("x" * 201)}))
    assert check_view(modal(ALERT | {"level": "loud"}))


def text_limits() -> dict[str, tuple[Any, int]]:
    """By rule: how to make a block with so long a text, and the longest that Slack takes."""
    return {
        "section text": (lambda n: section("x" * n), 3000),
        "section field": (lambda n: {"type": "section", "fields": [plain("x" * n)]}, 2000),
        "header": (lambda n: {"type": "header", "text": plain("x" * n)}, 150),
        "button text": (lambda n: actions(button(text=plain("x" * n))), 75),
        "button value": (lambda n: actions(button(value="x" * n)), 2000),
        "button url": (lambda n: actions(button(url="https://" + "x" * (n - 8))), 3000),
        "accessibility label": (lambda n: actions(button(accessibility_label="x" * n)), 75),
        "action_id": (lambda n: actions(button("x" * n)), 255),
        "block_id": (lambda n: section(block_id="x" * n), 255),
        "option text": (lambda n: accessory("static_select", options=[option(text=plain("x" * n))]), 75),
        "option value": (lambda n: accessory("static_select", options=[option("x" * n, text=plain())]), 150),
        "option description": (
            lambda n: accessory("static_select", options=[option(description=plain("x" * n))]), 75
        ),
        "option group label": (
            lambda n: accessory(
                "static_select", option_groups=[{"label": plain("x" * n), "options": options(1)}]
            ), 75
        ),
        "placeholder": (lambda n: accessory("users_select", placeholder=plain("x" * n)), 150),
        "confirm title": (lambda n: confirm(title=plain("x" * n)), 100),
        "confirm text": (lambda n: confirm(text=mrkdwn("x" * n)), 300),
        "confirm button": (lambda n: confirm(confirm=plain("x" * n)), 30),
        "deny button": (lambda n: confirm(deny=plain("x" * n)), 30),
        "alt text": (lambda n: {"type": "image", "image_url": PICTURE, "alt_text": "x" * n}, 2000),
        "image title": (
            lambda n: {"type": "image", "image_url": PICTURE, "alt_text": "", "title": plain("x" * n)}, 2000
        ),
        "input label": (lambda n: in_input("plain_text_input") | {"label": plain("x" * n)}, 2000),
        "input hint": (lambda n: in_input("plain_text_input") | {"hint": plain("x" * n)}, 2000),
        "initial text": (lambda n: in_input("plain_text_input", initial_value="x" * n), 3000),
        "markdown": (lambda n: {"type": "markdown", "text": "x" * n}, 12_000),
    }  # fmt: skip


def count_limits() -> dict[str, tuple[Any, int]]:
    return {
        "fields": (lambda n: {"type": "section", "fields": [plain()] * n}, 10),
        "actions": (lambda n: actions(*(button(f"b{i}") for i in range(n))), 25),
        "context": (lambda n: {"type": "context", "elements": [mrkdwn()] * n}, 10),
        "select options": (lambda n: accessory("static_select", options=options(n)), 100),
        "multi-select options": (lambda n: accessory("multi_static_select", options=options(n)), 100),
        "option groups": (
            lambda n: accessory(
                "static_select",
                option_groups=[{"label": plain(), "options": [option(f"{i}")]} for i in range(n)],
            ), 100
        ),
        "overflow": (lambda n: accessory("overflow", options=options(n)), 5),
        "radio buttons": (lambda n: accessory("radio_buttons", options=options(n)), 10),
        "checkboxes": (lambda n: accessory("checkboxes", options=options(n)), 10),
        "context actions": (
            lambda n: {
                "type": "context_actions",
                "elements": [
                    element("icon_button", icon="trash", text=plain()) | {"action_id": f"{i}"}
                    for i in range(n)
                ],
            }, 5
        ),
    }  # fmt: skip


@pytest.mark.parametrize("rule", text_limits())
def test_a_text_at_its_limit_is_taken_and_one_character_more_is_refused(rule: str) -> None:
    make, most = text_limits()[rule]
    assert check_message_blocks([make(most)]) == []
    refused = check_message_blocks([make(most + 1)])
    assert [problem.message for problem in refused] == [f"must be less than {most + 1} characters"]


@pytest.mark.parametrize("rule", count_limits())
def test_as_many_as_the_limit_are_taken_and_one_more_or_none_is_refused(rule: str) -> None:
    make, most = count_limits()[rule]
    assert check_message_blocks([make(most)]) == []
    assert "no more than" in check_message_blocks([make(most + 1)])[0].message
    assert "no less than" in check_message_blocks([make(0)])[0].message


def test_a_message_holds_50_blocks_and_a_view_100() -> None:
    divider = {"type": "divider"}
    assert check_message_blocks([divider] * 50) == []
    assert check_message_blocks([divider] * 51)
    for view in (modal, home):
        assert check_view(view(*[divider] * 100)) == []
        assert check_view(view(*[divider] * 101))


def test_a_modals_texts_have_their_limits() -> None:
    for name in ("title", "submit", "close"):
        assert check_view(modal(**{name: plain("x" * 24)})) == []
        assert check_view(modal(**{name: plain("x" * 25)}))
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        assert check_view(modal(**{name: "x" * most})) == []
        assert check_view(modal(**{name: "x" * (most + 1)}))


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    assert not is_too_large(modal(*[section("x" * 2400)] * 100))
    assert is_too_large(modal(*[section("ä" * 1300)] * 100))


def test_a_problem_names_the_path_and_reads_as_slacks_own() -> None:
    (problem,) = check_message_blocks([{"type": "divider"}, {"type": "header", "text": plain("x" * 151)}])
    assert str(problem) == "[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"


EVERY_ELEMENT: list[Json] = [
    element("static_select", options=options(3), initial_option=option("v1"), confirm=CONFIRM),
    element("static_select", option_groups=GROUPS, initial_option=option("v0"), focus_on_load=True),
    element("external_select", min_query_length=2, initial_option=option()),
    element("users_select", initial_user="UAINO"),
    element("conversations_select", default_to_current_conversation=True, filter={"include": ["im"]}),
    element("channels_select", initial_channel="CYLEINEN"),
    element("multi_static_select", options=options(3), initial_options=options(2), max_selected_items=2),
    element("multi_external_select", min_query_length=0),
    element("multi_users_select", initial_users=["UAINO"]),
    element("multi_conversations_select", filter={"exclude_bot_users": True}),
    element("multi_channels_select"),
    element("datepicker", initial_date="2019-02-28"),
    element("timepicker", initial_time="23:59", timezone="Europe/Helsinki"),
    element("radio_buttons", options=[option(description=mrkdwn())]),
    element("checkboxes", options=options(2), initial_options=options(1)),
]  # fmt: skip
ONLY_IN_INPUTS: list[Json] = [
    element("plain_text_input", multiline=True, min_length=1, max_length=10, placeholder=plain(),
            dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}),
    element("email_text_input", initial_value="a@b.fi"),
    element("url_text_input", initial_value="https://valtio.fi"),
    element("number_input", is_decimal_allowed=True, min_value="-1.5", max_value="2"),
    element("rich_text_input", initial_value={"type": "rich_text", "elements": []} | {
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hei"}]}]}),
    element("file_input", filetypes=["pdf"], max_files=10),
]  # fmt: skip
MOMENT = element("datetimepicker", initial_date_time=1552370400)


@pytest.mark.parametrize("each", EVERY_ELEMENT, ids=lambda each: each["type"])
def test_every_select_picker_and_choice_stands_in_a_section_in_actions_and_in_an_input(each: Json) -> None:
    assert check_message_blocks([section(accessory=each)]) == []
    assert check_message_blocks([actions(each)]) == []
    assert check_view(modal(field("name") | {"element": each})) == []


@pytest.mark.parametrize("each", ONLY_IN_INPUTS, ids=lambda each: each["type"])
def test_what_is_typed_or_uploaded_stands_in_an_input_only(each: Json) -> None:
    assert check_view(modal(field("name") | {"element": each})) == []
    assert check_message_blocks([section(accessory=each)])
    assert check_message_blocks([actions(each)])


def test_a_moment_is_picked_in_actions_and_inputs_but_not_beside_a_section() -> None:
    assert check_message_blocks([actions(MOMENT)]) == []
    assert check_view(modal(field("name") | {"element": MOMENT})) == []
    assert check_message_blocks([section(accessory=MOMENT)])


def test_addresses_numbers_and_files_are_asked_for_in_modals_only() -> None:
    for each in ONLY_IN_INPUTS[1:4] + ONLY_IN_INPUTS[5:]:
        assert check_view(home(field("name") | {"element": each}))
        assert check_message_blocks([field("name") | {"element": each}])


REFUSED: dict[str, Json] = {
    "a block that Slack has and this workspace does not": {"type": "carousel", "elements": [section()]},
    "an unknown block": {"type": "sectoin", "text": mrkdwn()},
    "an unknown field": section(colour="red"),
    "a block without a type": {"text": mrkdwn()},
    "an empty text": section(""),
    "a section with nothing to say": {"type": "section"},
    "a header in mrkdwn": {"type": "header", "text": mrkdwn()},
    "a button in mrkdwn": actions(button(text=mrkdwn())),
    "a button without action_id": actions({"type": "button", "text": plain()}),
    "an unknown style": actions(button(style="warning")),
    "an address without a scheme": actions(button(url="valtio.fi")),
    "a confirm without a way out": actions(button(confirm={"title": plain(), "text": plain()})),
    "an image without alt text": {"type": "image", "image_url": "https://x.fi/a.png"},
    "an image from nowhere": {"type": "image", "alt_text": "x"},
    "a picture in actions": actions({"type": "image", "image_url": PICTURE, "alt_text": "x"}),
    "a button in a context": {"type": "context", "elements": [button()]},
    "a select with nothing to select": accessory("static_select"),
    "both options and groups": accessory("static_select", options=options(1), option_groups=GROUPS),
    "the same option twice": accessory("static_select", options=[option(), option()]),
    "an initial option that is none": accessory("static_select", options=options(1), initial_option=option()),
    "more chosen than allowed": accessory(
        "multi_static_select", options=options(3), initial_options=options(2), max_selected_items=1
    ),
    "a date that does not exist": accessory("datepicker", initial_date="2019-02-29"),
    "a time that does not exist": accessory("timepicker", initial_time="24:00"),
    "a zone that does not exist": accessory("timepicker", timezone="Europe/Vaasa"),
    "the same action_id twice in a block": actions(button(), button()),
    "a boolean that is text": {"type": "section", "text": plain() | {"emoji": "yes"}},
    "a number where text goes": section(block_id=7),
    "options in rich text": {"type": "rich_text", "elements": [{"type": "rich_text_table", "elements": []}]},
    "a filter of nothing": accessory("conversations_select", filter={}),
    "an answer address outside of a modal": accessory("conversations_select", response_url_enabled=True),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_a_message(case: str) -> None:
    assert check_message_blocks([REFUSED[case]]), case


def test_the_same_block_id_twice_is_refused_and_the_same_action_id_in_two_blocks_is_not() -> None:
    twice = [section(block_id="a"), section(block_id="a")]
    assert check_message_blocks(twice)
    assert check_view(home(*twice))
    assert check_message_blocks([actions(button()), actions(button())]) == []


def test_a_modal_with_an_input_needs_a_submit_button_and_one_without_does_not() -> None:
    with_input = modal(field("name"))
    del with_input["submit"]
    assert "submit" in check_view(with_input)[0].message
    without = modal(section())
    del without["submit"]
    assert check_view(without) == []


def test_only_one_element_of_a_view_takes_the_focus() -> None:
    assert check_view(modal(field("a", focus_on_load=True), field("b"))) == []
    assert check_view(modal(field("a", focus_on_load=True), field("b", focus_on_load=True)))


@pytest.mark.parametrize(
    "view",
    [None, [], "modal", {}, {"type": "modal"}, {"type": "home"}, home(title=plain()), modal(blocks="none"),
     modal(blocks=[None]), modal(title=mrkdwn()), modal({"type": "markdown", "text": "x"}), modal(extra=1),
     {"type": ["modal"], "blocks": []}],
)  # fmt: skip
def test_what_is_no_view_is_refused_without_a_crash(view: Any) -> None:
    assert check_view(view)


@pytest.mark.parametrize(
    "blocks", [None, {}, "x", [None], [[]], [{"type": {}}], [{"type": "section", "text": "x"}]]
)
def test_what_are_no_blocks_is_refused_without_a_crash(blocks: Any) -> None:
    assert check_message_blocks(blocks)


def test_an_answer_to_a_suggestion_holds_at_most_100_options_or_none_but_not_both() -> None:
    assert check_options({"options": options(100)}) == []
    assert check_options({"options": []}) == []
    assert check_options({"option_groups": GROUPS}) == []
    assert check_options({"options": options(101)})
    assert check_options({"options": options(1), "option_groups": GROUPS})
    assert check_options(None)
