"""The Block Kit elements that Kaiku's views are built from, within the limits of Slack's reference."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from msgspec import Struct

from bot.views import ids

Block = dict[str, Any]
View = dict[str, Any]

MAX_SECTION_TEXT = 3000
MAX_OPTION_TEXT = 75
MAX_MODAL_BLOCKS = 100


class Message(Struct, frozen=True):
    """``text`` must say everything that the blocks say: screen readers and notifications read
    only the text."""

    text: str
    blocks: Sequence[Block] = ()


class Option(Struct, frozen=True):
    value: str
    text: str


def mention(facilitator: str) -> str:
    """A facilitator in mrkdwn: by the account, or by the e-mail address while the account is not known."""
    return escape(facilitator) if "@" in facilitator else f"<@{facilitator}>"


def escape(text: str) -> str:
    """Escape people's and organisers' text for mrkdwn, so that it can neither mention anyone
    nor make a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(text: str, limit: int) -> str:
    """``text`` within Slack's limit; longer text is cut and ends in an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn, with at most one button beside it."""
    block: Block = {"type": "section", "text": mrkdwn(clip(text, MAX_SECTION_TEXT))}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def plain_section(text: str) -> Block:
    """Somebody's own words exactly as written: plain text, in which Slack formats nothing and mentions
    nobody."""
    return {
        "type": "section",
        "text": {"type": "plain_text", "text": clip(text, MAX_SECTION_TEXT), "emoji": False},
    }


def image(url: str, alt: str) -> Block:
    return {"type": "image", "image_url": url, "alt_text": clip(alt, 2000)}


def sections(lines: Iterable[str]) -> list[Block]:
    """Join the lines into as few sections as possible, each within Slack's limit."""
    blocks: list[Block] = []
    text = ""
    for line in lines:
        if text and len(text) + len(line) + 1 > MAX_SECTION_TEXT:
            blocks.append(section(text))
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        blocks.append(section(text))
    return blocks


def header(text: str) -> Block:
    return {"type": "header", "text": plain(clip(text, 150))}


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(clip(text, MAX_SECTION_TEXT))]}


def divider() -> Block:
    return {"type": "divider"}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def button(text: str, action_id: str, value: str | None = None, *, style: str | None = None) -> Block:
    block: Block = {"type": "button", "action_id": action_id, "text": plain(clip(text, 75))}
    if value is not None:
        block["value"] = value
    if style is not None:
        block["style"] = style
    return block


def naming(act: Block, what: str) -> Block:
    """A button among others with the same label: a screen reader adds ``what`` it is about after the label,
    by which voice control finds it."""
    return act | {"accessibility_label": clip(f"{act['text']['text']}: {what}", 75)}


def option(choice: Option) -> Block:
    return {"text": plain(clip(choice.text, MAX_OPTION_TEXT)), "value": choice.value}


def select_input(
    name: str,
    label: str,
    options: Sequence[Option],
    *,
    chosen: str | None = None,
    hint: str | None = None,
    placeholder: str | None = None,
) -> Block:
    """A list from which one option is chosen, with search. ``name`` is block_id and action_id."""
    element: Block = {"type": "static_select", "action_id": name, "options": [option(o) for o in options]}
    return _select(name, label, element, options, chosen, hint, placeholder)


def grouped_select_input(
    name: str,
    label: str,
    groups: Sequence[tuple[str, Sequence[Option]]],
    *,
    chosen: str | None = None,
    hint: str | None = None,
    placeholder: str | None = None,
) -> Block:
    """Like ``select_input``, with the options under group headings."""
    element: Block = {
        "type": "static_select",
        "action_id": name,
        "option_groups": [
            {"label": plain(clip(title, MAX_OPTION_TEXT)), "options": [option(o) for o in options]}
            for title, options in groups
        ],
    }
    every = [choice for _, options in groups for choice in options]
    return _select(name, label, element, every, chosen, hint, placeholder)


def _select(
    name: str,
    label: str,
    element: Block,
    options: Sequence[Option],
    chosen: str | None,
    hint: str | None,
    placeholder: str | None,
) -> Block:
    initial = next((choice for choice in options if choice.value == chosen), None)
    if initial is not None:
        element["initial_option"] = option(initial)
    if placeholder is not None:
        element["placeholder"] = plain(clip(placeholder, 150))
    return _input(name, label, element, hint=hint, optional=False)


def radio_input(
    name: str,
    label: str,
    options: Sequence[Option],
    *,
    chosen: str | None = None,
    optional: bool = False,
    hint: str | None = None,
) -> Block:
    element: Block = {"type": "radio_buttons", "action_id": name, "options": [option(o) for o in options]}
    initial = next((choice for choice in options if choice.value == chosen), None)
    if initial is not None:
        element["initial_option"] = option(initial)
    return _input(name, label, element, hint=hint, optional=optional)


def text_input(
    name: str,
    label: str,
    *,
    max_length: int,
    value: str | None = None,
    hint: str | None = None,
    optional: bool,
    multiline: bool = False,
    tells_while_typing: bool = False,
) -> Block:
    """``tells_while_typing``: Slack sends what is typed while it is typed, so that a draft can be saved."""
    element: Block = {"type": "plain_text_input", "action_id": name, "max_length": max_length}
    if multiline:
        element["multiline"] = True
    if value:
        element["initial_value"] = clip(value, max_length)
    if tells_while_typing:
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    block = _input(name, label, element, hint=hint, optional=optional)
    return block | {"dispatch_action": True} if tells_while_typing else block


def date_input(name: str, label: str, *, chosen: str | None = None, hint: str | None = None) -> Block:
    """A date (``2019-03-14``), optional."""
    element: Block = {"type": "datepicker", "action_id": name}
    if chosen is not None:
        element["initial_date"] = chosen
    return _input(name, label, element, hint=hint, optional=True)


def time_input(name: str, label: str, *, chosen: str | None = None, hint: str | None = None) -> Block:
    """A time of day (``09:00``), optional."""
    element: Block = {"type": "timepicker", "action_id": name}
    if chosen is not None:
        element["initial_time"] = chosen
    return _input(name, label, element, hint=hint, optional=True)


def several_input(
    name: str,
    label: str,
    options: Sequence[Option],
    *,
    chosen: Sequence[str] = (),
    hint: str | None = None,
) -> Block:
    """A list from which any number of options can be chosen."""
    element: Block = {
        "type": "multi_static_select",
        "action_id": name,
        "options": [option(each) for each in options],
    }
    initial = [option(each) for each in options if each.value in chosen]
    if initial:
        element["initial_options"] = initial
    return _input(name, label, element, hint=hint, optional=True)


def checkboxes_input(
    name: str, label: str, options: Sequence[Option], *, chosen: Collection[str] = (), hint: str | None = None
) -> Block:
    """Up to ten boxes, of which any number may be ticked."""
    element: Block = {
        "type": "checkboxes",
        "action_id": name,
        "options": [option(each) for each in options],
    }
    initial = [option(each) for each in options if each.value in chosen]
    if initial:
        element["initial_options"] = initial
    return _input(name, label, element, hint=hint, optional=True)


def channels_input(name: str, label: str, *, chosen: Sequence[str] = (), hint: str | None = None) -> Block:
    """Any number of public channels, or none."""
    element: Block = {
        "type": "multi_conversations_select",
        "action_id": name,
        "filter": {"include": ["public"], "exclude_bot_users": True},
    }
    if chosen:
        element["initial_conversations"] = list(chosen)
    return _input(name, label, element, hint=hint, optional=True)


def channel_input(name: str, label: str, *, chosen: str | None = None, hint: str | None = None) -> Block:
    """A public channel, optional."""
    element: Block = {
        "type": "conversations_select",
        "action_id": name,
        "filter": {"include": ["public"], "exclude_bot_users": True},
    }
    if chosen is not None:
        element["initial_conversation"] = chosen
    return _input(name, label, element, hint=hint, optional=True)


def user_input(name: str, label: str, *, hint: str | None = None) -> Block:
    """One person of the workspace."""
    return _input(name, label, {"type": "users_select", "action_id": name}, hint=hint)


def people_input(
    name: str, label: str, *, chosen: Sequence[str] = (), hint: str | None = None, optional: bool = False
) -> Block:
    """People of the workspace; at least one, unless it is optional."""
    element: Block = {"type": "multi_users_select", "action_id": name}
    if chosen:
        element["initial_users"] = list(chosen)
    return _input(name, label, element, hint=hint, optional=optional)


def ticked_input(name: str, label: str, choice: Option, *, is_ticked: bool) -> Block:
    """One box to tick or not."""
    element: Block = {"type": "checkboxes", "action_id": name, "options": [option(choice)]}
    if is_ticked:
        element["initial_options"] = [option(choice)]
    return _input(name, label, element, optional=True)


def private_channel_input(name: str, label: str, *, hint: str | None = None) -> Block:
    """One of the private channels that the person is in, optional."""
    element: Block = {
        "type": "conversations_select",
        "action_id": name,
        "filter": {"include": ["private"], "exclude_bot_users": True},
    }
    return _input(name, label, element, hint=hint, optional=True)


def menu(action_id: str, placeholder: str, options: Sequence[Option]) -> Block:
    """A menu in a message: choosing an option acts at once."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(clip(placeholder, 150)),
        "options": [option(each) for each in options],
    }


def overflow(action_id: str, options: Sequence[Option]) -> Block:
    """The overflow menu (three dots) beside a section, for acts that are rare."""
    return {"type": "overflow", "action_id": action_id, "options": [option(each) for each in options]}


def inert(blocks: Iterable[Block]) -> list[Block]:
    """The blocks for a preview: their buttons and lists have ids without a listener, no links and no
    confirmations. No button is styled, so that the form's submit button stands out."""
    shown: list[Block] = []
    for block in blocks:
        if block["type"] == "actions":
            shown.append(actions(*(_still(each, n) for n, each in enumerate(block["elements"]))))
        elif "accessory" in block:
            shown.append(block | {"accessory": _still(block["accessory"], 0)})
        else:
            shown.append(block)
    return shown


def _still(element: Block, n: int) -> Block:
    still = {name: value for name, value in element.items() if name not in {"url", "style", "confirm"}}
    return still | {"action_id": ids.PREVIEW_BUTTONS[n]}


def quote(text: str) -> str:
    """Somebody's own words as an escaped quotation."""
    return "\n".join(f"> {line}" for line in escape(text).splitlines())


def _input(
    name: str, label: str, element: Block, *, hint: str | None = None, optional: bool = False
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }
    if hint is not None:
        block["hint"] = plain(hint)
    return block


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    submit: str | None = None,
    callback_id: str | None = None,
    private_metadata: str | None = None,
    clear_on_close: bool = False,
) -> View:
    """A modal; ``title``, ``close`` and ``submit`` are catalogue words within Slack's 24 characters."""
    view: View = {
        "type": "modal",
        "title": plain(title),
        "close": plain(close),
        "blocks": list(blocks)[:MAX_MODAL_BLOCKS],
    }
    if submit is not None:
        view["submit"] = plain(submit)
    if callback_id is not None:
        view["callback_id"] = callback_id
    if private_metadata is not None:
        view["private_metadata"] = private_metadata
    if clear_on_close:
        view["clear_on_close"] = True
    return view
