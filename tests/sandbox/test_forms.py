"""What a form's state holds: untouched, filled in, and what Slack's client asks for before it sends."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from sandbox import NotThereError
from sandbox.forms import fill, problems
from tests.sandbox.shapes import actions, button, element, field, modal, option, options, section

GROUPS = [{"label": {"type": "plain_text", "text": "g"}, "options": options(2)}]
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}

NINE = datetime(2019, 3, 12, 6, tzinfo=UTC)
ELEMENTS: dict[str, tuple[dict, str, Any, Any, Any]] = {
    # kind: (fields, key in the state, what it holds untouched, what a person names, what it then holds)
    "plain_text_input": ({}, "value", None, "hei", "hei"),
    "email_text_input": ({"initial_value": "a@b.fi"}, "value", "a@b.fi", "c@d.fi", "c@d.fi"),
    "url_text_input": ({}, "value", None, "https://valtio.fi", "https://valtio.fi"),
    "number_input": ({"is_decimal_allowed": False, "initial_value": "3"}, "value", "3", 4, "4"),
    "rich_text_input": ({}, "rich_text_value", None, "x", RICH),
    "static_select": (
        {"options": options(2), "initial_option": option("v0")},
        "selected_option", option("v0"), "v1", option("v1"),
    ),
    "external_select": ({}, "selected_option", None, option("z"), option("z")),
    "radio_buttons": ({"options": options(2)}, "selected_option", None, "v1", option("v1")),
    "checkboxes": ({"options": options(2)}, "selected_options", [], ["v1"], [option("v1")]),
    "multi_static_select": ({"option_groups": GROUPS}, "selected_options", [], ["v0", "v1"], options(2)),
    "multi_external_select": ({}, "selected_options", [], [option()], [option()]),
    "users_select": ({"initial_user": "UELSA"}, "selected_user", "UELSA", "UAINO", "UAINO"),
    "multi_users_select": ({}, "selected_users", [], ["UAINO"], ["UAINO"]),
    "conversations_select": ({}, "selected_conversation", None, "DAINO", "DAINO"),
    "multi_conversations_select": ({}, "selected_conversations", [], ["DAINO"], ["DAINO"]),
    "channels_select": ({}, "selected_channel", None, "CYLEINEN", "CYLEINEN"),
    "multi_channels_select": ({}, "selected_channels", [], ["CYLEINEN"], ["CYLEINEN"]),
    "datepicker": ({"initial_date": "2019-03-12"}, "selected_date", "2019-03-12", NINE.date(), "2019-03-12"),
    "timepicker": ({}, "selected_time", None, time(9, 5), "09:05"),
    "datetimepicker": ({}, "selected_date_time", None, NINE, 1552370400),
    "file_input": ({}, "files", [], [], []),
}  # fmt: skip


@pytest.mark.parametrize("kind", ELEMENTS)
def test_an_untouched_element_holds_its_initial_value_and_a_touched_one_what_was_chosen(kind: str) -> None:
    fields, key, untouched, named, chosen = ELEMENTS[kind]
    form = modal(field("it", kind, optional=True, **fields))
    assert fill(form, {}) == {"it": {"it": {"type": kind, key: untouched}}}
    assert fill(form, {"it": named}) == {"it": {"it": {"type": kind, key: chosen}}}


def test_a_field_is_named_by_block_id_or_action_id() -> None:
    form = modal(field("why") | {"block_id": "reason"})
    assert fill(form, {"why": "x"}) == fill(form, {"reason": "x"})


def test_selects_beside_sections_and_in_actions_are_part_of_the_state_and_buttons_are_not() -> None:
    select = element("static_select", options=options(1))
    form = modal(
        section(block_id="s", accessory=select),
        actions(select | {"action_id": "two"}, button(), block_id="a"),
    )
    state = fill(form, {"two": "v0"})
    assert state["s"]["it"]["selected_option"] is None
    assert list(state["a"]) == ["two"]


def test_what_is_not_there_is_not_filled_in() -> None:
    with pytest.raises(NotThereError, match="no field nothing"):
        fill(modal(field("why")), {"nothing": "x"})
    with pytest.raises(NotThereError, match="no option v9"):
        fill(modal(field("one", "static_select", options=options(2))), {"one": "v9"})


@pytest.mark.parametrize(
    ("kind", "more", "right", "wrong"),
    [
        ("plain_text_input", {"min_length": 2, "max_length": 3}, ["ab", "abc"], ["", "a", "abcd"]),
        ("email_text_input", {}, ["a@b.fi"], ["a", "a@b", "a b@c.fi"]),
        ("url_text_input", {}, ["https://x.fi"], ["x.fi", "ftp://x.fi"]),
        ("number_input", {"is_decimal_allowed": False, "min_value": "1", "max_value": "3"}, ["1", "3"],
         ["0", "4", "1.5", "x"]),
        ("number_input", {"is_decimal_allowed": True}, ["1.5", "-2"], ["1,5"]),
        ("checkboxes", {"options": options(1)}, [["v0"]], [[]]),
    ],
)  # fmt: skip
def test_a_form_says_what_is_missing_or_wrong_before_it_is_sent(kind, more, right, wrong) -> None:
    form = modal(field("it", kind, **more))
    assert [problems(form, fill(form, {"it": each})) for each in right] == [{}] * len(right)
    assert all(problems(form, fill(form, {"it": each}))["it"] for each in wrong)


def test_an_optional_field_may_stay_empty_but_not_be_wrong() -> None:
    form = modal(field("it", "email_text_input", optional=True))
    assert problems(form, fill(form, {})) == {}
    assert problems(form, fill(form, {"it": "x"}))
