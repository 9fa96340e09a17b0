"""Every block and element that the workspace takes, each at least once."""

from sandbox.workspace import Json
from tests.sandbox_page.conftest import field_of, mrkdwn, option, options, plain

PICTURE = "https://pictures.example/kaiku.png"
SURE = {"title": plain("Sure?"), "text": mrkdwn("It *goes*."), "confirm": plain("Yes"), "deny": plain("No")}


def _sections() -> list[Json]:
    accessories: list[Json] = [
        {"type": "button", "action_id": "s1", "text": plain("Plain")},
        {"type": "button", "action_id": "s2", "text": plain("Primary"), "style": "primary"},
        {"type": "button", "action_id": "s3", "text": plain("Danger"), "style": "danger", "confirm": SURE},
        {
            "type": "button",
            "action_id": "s4",
            "text": plain("Elsewhere"),
            "url": "https://kaiku.example/",
            "accessibility_label": "Read about it elsewhere",
        },
        {
            "type": "workflow_button",
            "action_id": "s5",
            "text": plain("Workflow"),
            "workflow": {"trigger": {"url": "https://slack.com/shortcuts/Ft1/abc"}},
        },
        {"type": "overflow", "action_id": "s6", "options": options("x", "y")},
        {"type": "image", "image_url": PICTURE, "alt_text": "A small picture"},
    ]
    accessories += [
        {"type": f"{many}{kind}_select", "action_id": f"{many}{kind}", "placeholder": plain("Pick")}
        | ({"options": options("a", "b")} if kind == "static" else {})
        for many in ("", "multi_")
        for kind in ("static", "external", "users", "conversations", "channels")
    ]
    accessories += [
        {"type": "datepicker", "action_id": "d1"},
        {"type": "timepicker", "action_id": "d2"},
        {"type": "checkboxes", "action_id": "c1", "options": options("a", "b")},
        {"type": "radio_buttons", "action_id": "r1", "options": options("a", "b")},
    ]
    return [
        {"type": "section", "text": mrkdwn(f"Section with {each['type']}"), "accessory": each}
        for each in accessories
    ]


def blocks_for_all() -> list[Json]:
    """Blocks that may stand in a message, a modal and a home."""
    grouped = [{"label": plain("Group"), "options": options("e", "f")}]
    return [
        {"type": "header", "text": plain("Everything")},
        *_sections(),
        {"type": "section", "fields": [mrkdwn("*One*\nfield"), plain("Another")]},
        {"type": "divider"},
        {
            "type": "context",
            "elements": [
                mrkdwn("_Small_ print"),
                {"type": "image", "image_url": PICTURE, "alt_text": "A mark"},
            ],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "static_select", "action_id": "a1", "option_groups": grouped},
                {"type": "datetimepicker", "action_id": "a2", "initial_date_time": 1552370400},
            ],
        },
        {"type": "image", "image_url": PICTURE, "alt_text": "A picture", "title": plain("Its title")},
        {
            "type": "video",
            "title": plain("A film"),
            "alt_text": "A film about it",
            "video_url": "https://films.example/1",
            "thumbnail_url": PICTURE,
            "author_name": "Kaiku",
            "provider_name": "Films",
        },
        {"type": "rich_text", "elements": RICH_PARTS},
    ]


def alerts() -> list[Json]:
    """May stand in a modal only."""
    levels = ("default", "info", "warning", "error", "success")
    return [{"type": "alert", "level": each, "text": mrkdwn(f"An *{each}* alert")} for each in levels]


RICH_PARTS: list[Json] = [
    {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "bold", "style": {"bold": True}},
            {"type": "text", "text": " then "},
            {"type": "link", "url": "https://kaiku.example/", "text": "a link"},
            {"type": "emoji", "name": "tada"},
            {"type": "user", "user_id": "UELSA"},
            {"type": "channel", "channel_id": "CYLEINEN"},
            {"type": "broadcast", "range": "here"},
            {"type": "usergroup", "usergroup_id": "S1"},
            {"type": "team", "team_id": "T1"},
            {"type": "color", "value": "#aabbcc"},
            {"type": "date", "timestamp": 1552370400, "format": "{date_num}"},
        ],
    },
    {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "a point"}]},
        ],
    },
    {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a quote"}]},
    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
]


def blocks_for_messages() -> list[Json]:
    """Blocks that only a message may hold."""
    side = {"text": plain("Good"), "value": "good"}
    return [
        {"type": "markdown", "text": MARKDOWN},
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": side,
                    "negative_button": {"text": plain("Bad"), "value": "bad"},
                },
                {"type": "icon_button", "action_id": "trash", "icon": "trash", "text": plain("Delete")},
            ],
        },
    ]


MARKDOWN = """# Plan
Some **bold**, *leaning*, ~~gone~~ and `code` at [an address](https://kaiku.example/).

1. first
2. second
   - below

> said

| a | b |
|---|---|
| 1 | 2 |

- [x] done
<script>alert(1)</script> [bad](javascript:alert(1))
"""


def inputs() -> list[Json]:
    """Every element that an input block in a modal may hold."""
    kinds = ("static", "external", "users", "conversations", "channels")
    with_options = {"options": options("a", "b")}
    return [
        *(
            field_of(f"{many}{kind}", f"{many}{kind}_select", **(with_options if kind == "static" else {}))
            for many in ("", "multi_")
            for kind in kinds
        ),
        field_of("text", "plain_text_input", optional=False) | {"hint": plain("As you would say it.")},
        field_of("long", "plain_text_input", multiline=True, max_length=200),
        field_of("mail", "email_text_input"),
        field_of("address", "url_text_input"),
        field_of("number", "number_input", is_decimal_allowed=True),
        field_of("rich", "rich_text_input"),
        field_of("file", "file_input"),
        field_of("date", "datepicker"),
        field_of("time", "timepicker"),
        field_of("moment", "datetimepicker"),
        field_of("radio", "radio_buttons", options=options("a", "b"), optional=False),
        field_of(
            "boxes",
            "checkboxes",
            options=[option("a") | {"description": plain("About it")}, option("b")],
            optional=False,
        ),
    ]
