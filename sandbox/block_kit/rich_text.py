"""Rich text, looked into loosely: known kinds in their places, and the fields they can't be without."""

from sandbox.block_kit.checks import (
    Check,
    Fields,
    Found,
    Json,
    anything,
    by_type,
    items,
    may,
    must,
    text,
    whole_number,
)
from sandbox.errors import Problem


def _with(**needed: Check) -> Check:
    """An object with at least these fields; what else it holds is not looked into."""

    def check(value: Json, at: str, found: Found) -> None:
        for name, check_one in needed.items():
            if name in value:
                check_one(value[name], f"{at}/{name}", found)
            else:
                found.append(Problem(at, f"missing required field: {name}"))

    return check


_inline = by_type(
    {
        "text": _with(text=text(12_000)),
        "link": _with(url=text(3000)),
        "emoji": _with(name=text(255)),
        "user": _with(user_id=text(20)),
        "channel": _with(channel_id=text(20)),
        "usergroup": _with(usergroup_id=text(20)),
        "team": _with(team_id=text(20)),
        "broadcast": _with(range=text(20)),
        "color": _with(value=text(20)),
        "date": _with(timestamp=whole_number(0, 9_999_999_999), format=text(255)),
    }
)
_line = _with(elements=items(_inline, 1000, least=0))
_part = by_type(
    {
        "rich_text_section": _line,
        "rich_text_preformatted": _line,
        "rich_text_quote": _line,
        "rich_text_list": _with(
            style=text(20), elements=items(by_type({"rich_text_section": _line}), 1000, least=0)
        ),
    }
)

RICH_TEXT_FIELDS: Fields = {
    "type": must(anything),
    "block_id": may(text(255)),
    "elements": must(items(_part, 1000)),
}
