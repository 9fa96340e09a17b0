"""The common layout of messages and forms: a header with the answer, one fact a line, the next act as a
button.

It can be scanned in three seconds: the header alone gives the answer, and the first button is what most
people want next. A button to cancel or leave never stands alone.
"""

from collections.abc import Sequence
from typing import Final

from bot.views.blocks import Block, Message, actions, context, escape, header, section, sections

MOST_BUTTONS: Final = 3


def told(heading: str, facts: Sequence[str], *, small: str = "", buttons: Sequence[Block] = ()) -> Message:
    """A message. ``heading`` is plain text, ``facts`` and ``small`` are mrkdwn; the first button is the main
    one."""
    lines = [escape(heading), *facts, *([small] if small else [])]
    return Message("\n".join(lines), body(heading, facts, small=small, buttons=buttons))


def body(
    heading: str, facts: Sequence[str], *, small: str = "", buttons: Sequence[Block] = ()
) -> list[Block]:
    """The blocks of a modal: ``heading``, ``facts``, ``small`` and the buttons."""
    blocks = [header(heading), *sections(facts)]
    if small:
        blocks.append(context(small))
    if buttons:
        blocks.append(button_row(buttons))
    return blocks


def button_row(buttons: Sequence[Block]) -> Block:
    """At most three buttons, the first of them primary."""
    main, *others = buttons[:MOST_BUTTONS]
    return actions({"style": "primary"} | main, *others)


def row(lines: Sequence[str], act: Block | None = None) -> Block:
    """An item of a list: its name, facts about it, and its button."""
    return section("\n".join(line for line in lines if line), act)
