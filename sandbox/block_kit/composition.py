"""Block Kit's composition objects: text, confirmation, options, filters."""

from sandbox.block_kit.checks import (
    Check,
    Found,
    Json,
    address,
    anything,
    boolean,
    by_type,
    items,
    may,
    must,
    one_of,
    shape,
    text,
)


def plain(longest: int) -> Check:
    """A text object that must be plain_text."""
    return shape({"type": must(one_of("plain_text")), "text": must(text(longest)), "emoji": may(boolean)})


def any_text(longest: int) -> Check:
    """A text object, plain_text or mrkdwn."""
    return by_type(
        {
            "plain_text": plain(longest),
            "mrkdwn": shape({"type": must(anything), "text": must(text(longest)), "verbatim": may(boolean)}),
        }
    )


CONFIRM = shape(
    {
        "title": must(plain(100)),
        "text": must(any_text(300)),
        "confirm": must(plain(30)),
        "deny": must(plain(30)),
        "style": may(one_of("primary", "danger")),
    }
)

_VALUE = must(text(150))
SELECT_OPTION = shape({"text": must(plain(75)), "value": _VALUE, "description": may(plain(75))})
CHOICE_OPTION = shape({"text": must(any_text(75)), "value": _VALUE, "description": may(any_text(75))})
OVERFLOW_OPTION = shape(
    {"text": must(plain(75)), "value": _VALUE, "description": may(plain(75)), "url": may(address)}
)
SELECT_OPTIONS = items(SELECT_OPTION, 100)
OPTION_GROUPS = items(shape({"label": must(plain(75)), "options": must(SELECT_OPTIONS)}), 100)

DISPATCH = shape({"trigger_actions_on": must(items(one_of("on_enter_pressed", "on_character_entered"), 2))})


def _not_empty(check: Check) -> Check:
    def checked(value: Json, at: str, found: Found) -> None:
        check(value, at, found)
        if value == {}:
            shape({"include": must(anything)})(value, at, found)

    return checked


CONVERSATION_FILTER = _not_empty(
    shape(
        {
            "include": may(items(one_of("im", "mpim", "private", "public"), 4)),
            "exclude_external_shared_channels": may(boolean),
            "exclude_bot_users": may(boolean),
        }
    )
)
