"""Block Kit's blocks, and what the blocks of one surface ask of each other."""

from collections.abc import Iterator

from sandbox.block_kit.checks import (
    Check,
    Fields,
    Found,
    Json,
    anything,
    block_id,
    boolean,
    by_type,
    items,
    may,
    must,
    one_of,
    shape,
    text,
    web_address,
)
from sandbox.block_kit.composition import any_text, plain
from sandbox.block_kit.elements import (
    CONTEXT_ELEMENT,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    NOT_IN,
    agrees,
    element,
)
from sandbox.block_kit.rich_text import RICH_TEXT_FIELDS
from sandbox.errors import Problem

_BLOCK: Fields = {"type": must(anything), "block_id": may(block_id)}

_section_shape = shape(
    _BLOCK
    | {
        "text": may(any_text(3000)),
        "fields": may(items(any_text(2000), 10)),
        "accessory": may(element(IN_SECTION)),
        "expand": may(boolean),
    }
)


def _section(value: Json, at: str, found: Found) -> None:
    _section_shape(value, at, found)
    if "text" not in value and "fields" not in value:
        found.append(Problem(at, "must provide text or fields"))


_image_shape = shape(_BLOCK | IMAGE | {"title": may(plain(2000))})


def _image(value: Json, at: str, found: Found) -> None:
    _image_shape(value, at, found)
    agrees(value, at, found)


EVERYWHERE: dict[str, Check] = {
    "section": _section,
    "header": shape(_BLOCK | {"text": must(plain(150))}),
    "divider": shape(_BLOCK),
    "context": shape(_BLOCK | {"elements": must(items(CONTEXT_ELEMENT, 10))}),
    "actions": shape(_BLOCK | {"elements": must(items(element(IN_ACTIONS), 25))}),
    "image": _image,
    "input": shape(
        _BLOCK
        | {
            "label": must(plain(2000)),
            "element": must(element(IN_INPUT)),
            "hint": may(plain(2000)),
            "optional": may(boolean),
            "dispatch_action": may(boolean),
        }
    ),
    "rich_text": shape(RICH_TEXT_FIELDS),
    "video": shape(
        _BLOCK
        | {
            "title": must(plain(199)),
            "alt_text": must(text(2000)),
            "video_url": must(web_address),
            "thumbnail_url": must(web_address),
            "title_url": may(web_address),
            "description": may(plain(200)),
            "author_name": may(text(49)),
            "provider_name": may(text(200)),
            "provider_icon_url": may(web_address),
        }
    ),
}
IN_MODALS: dict[str, Check] = EVERYWHERE | {
    "alert": shape(
        _BLOCK
        | {
            "text": must(any_text(200)),
            "level": may(one_of("default", "info", "warning", "error", "success")),
        }
    )
}
IN_MESSAGES: dict[str, Check] = EVERYWHERE | {
    "markdown": shape(_BLOCK | {"text": must(text(12_000))}),
    "context_actions": shape(_BLOCK | {"elements": must(items(element(IN_CONTEXT_ACTIONS), 5))}),
}
BLOCKS = {*IN_MESSAGES, *IN_MODALS}
"""Every type of block that is taken somewhere."""

_blocks_of = {
    "message": items(by_type(IN_MESSAGES), 50, least=0),
    "modal": items(by_type(IN_MODALS), 100, least=0),
    "home": items(by_type(EVERYWHERE), 100, least=0),
}


def check_blocks(blocks: Json, at: str, surface: str, found: Found) -> None:
    """The blocks of a ``message``, ``modal`` or ``home``, each and together."""
    before = len(found)
    _blocks_of[surface](blocks, at, found)
    if len(found) > before:
        return
    seen: set[str] = set()
    focused = 0
    for place, block in ((f"{at}/{n}", block) for n, block in enumerate(blocks)):
        name = block.get("block_id")
        if name in seen:
            found.append(Problem(f"{place}/block_id", f"duplicate block_id: {name}"))
        if name is not None:
            seen.add(name)
        ids: set[str] = set()
        for pointer, part in elements_of(block):
            if part["type"] in NOT_IN[surface]:
                found.append(Problem(f"{place}/{pointer}", f"{part['type']} can't stand in a {surface}"))
            if part.get("response_url_enabled") and surface != "modal":
                found.append(Problem(f"{place}/{pointer}/response_url_enabled", "only in modals"))
            if part.get("action_id") in ids:
                found.append(
                    Problem(f"{place}/{pointer}/action_id", f"duplicate action_id: {part['action_id']}")
                )
            if "action_id" in part:
                ids.add(part["action_id"])
            focused += part.get("focus_on_load") is True
    if focused > 1:
        found.append(Problem(at, "focus_on_load on more than one element"))


def elements_of(block: Json) -> Iterator[tuple[str, Json]]:
    """The interactive elements of a block, each with its place in the block (a JSON pointer's tail)."""
    kind = block["type"]
    if kind == "section" and "accessory" in block:
        yield "accessory", block["accessory"]
    elif kind == "input":
        yield "element", block["element"]
    elif kind in {"actions", "context_actions"}:
        for n, each in enumerate(block["elements"]):
            yield f"elements/{n}", each
