"""Writes a plan as a file: as edits of the previous file's text, so that order, comments and layout stay.

The parser says where each value begins and ends; only values that differ are replaced. docs/decisions/0023
says why no library writes the whole tree.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from msgspec import Struct

from bot.domain.plan.model import Plan
from bot.services.plan.contents import Contents, contents_of
from bot.services.yaml_files.reading import compose

_NAMES = {"strands": "number", "offerings": "code", "sessions": "number"}
"""The key that identifies the items of a list, by the list's own key."""
_ON_ONE_LINE = frozenset({"sign_up", "agency_seats", "venue"})
_PLAIN = re.compile(r"[A-Za-z0-9]([\w@.+:/?=&%~-]*[\w/])?", re.ASCII)
_COMMENT = re.compile(r"([ \t]*)#.*\n")
_QUOTED = frozenset({"fi", "sv", "en", "label", "from", "to"})
_EMPTY = frozenset({"null"})

Edit = tuple[int, int, str]
"""Start and end of the replaced text, and the new text."""


def write_plan(plan: Plan, text: str | None = None, said: Plan | None = None) -> str:
    """The file of ``plan``. ``text`` is the file that it changes, and ``said`` the plan in it; unchanged
    parts keep their words, order and comments.
    """
    wanted = contents_of(plan)
    if text is None or said is None:
        return _block(wanted, 0)
    return _Writer(text).write(contents_of(said), wanted)


class _Writer:
    def __init__(self, text: str) -> None:
        self._given = text
        self._is_crlf = "\r\n" in text
        self._text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        if not self._text.endswith("\n"):
            self._text += "\n"
        self._pool: dict[str, _Placed] = {}

    def write(self, said: Contents, wanted: Contents) -> str:
        top = compose(self._text)
        assert isinstance(top, yaml.MappingNode)
        self._remember_offerings(top, said)
        edits = self._edits_of(top, said, wanted)
        if not edits:
            return self._given
        written = _edited(self._text, edits, 0)
        return written.replace("\n", "\r\n") if self._is_crlf else written

    def _remember_offerings(self, top: yaml.MappingNode, said: Contents) -> None:
        """Record where each offering stands: one that moves to another strand takes its comments along."""
        by_code = {each["code"]: each for strand in said["strands"] for each in strand.get("offerings", ())}
        for strand in _items(_keys(top)["strands"][1]):
            offerings = _keys(strand).get("offerings")
            if offerings is None or not _is_block(offerings[1]):
                continue
            end = self._line_end(_end(offerings[0]))
            for item in _items(offerings[1]):
                column = offerings[1].start_mark.column
                chunk, start = self._chunk(item, column, end)
                lead = self._text[end:start]
                lead = lead.removeprefix(_section_of(lead))
                code = _name(item, "code")
                self._pool[code] = _Placed(chunk, start, column, lead, item, by_code[code])
                end = start + len(chunk)

    def _edits_of(self, node: yaml.MappingNode, said: Contents, wanted: Contents) -> list[Edit]:
        """The edits that turn ``node`` from ``said`` into ``wanted``."""
        keys = _keys(node)
        added = [key for key in wanted if key not in keys]
        dropped = [key for key in said if key not in wanted]
        if not _is_block(node) and (added or dropped):
            return [(node.start_mark.index, _end(node), _flow(wanted))]
        edits: list[Edit] = []
        for key in dropped:
            name, value = keys[key]
            start, end = self._line_start(name), self._line_end(self._end_of(value))
            edits.append((start, end, "".join(self._comments(start, end))))
        before: str | None = None
        for key, value in wanted.items():
            if key in added:
                at = self._line_end(self._end_of(keys[before][1])) if before else node.start_mark.index
                edits.append((at, at, self._pair(key, value, node.start_mark.column)))
                continue
            before = key
            if said.get(key) != value:
                edits += self._replaced(key, *keys[key], said.get(key), value)
        return edits

    def _replaced(
        self,
        key: str,
        name: yaml.ScalarNode,
        node: yaml.Node,
        said: Any,  # noqa: ANN401 - contents
        value: Any,  # noqa: ANN401
    ) -> list[Edit]:
        if isinstance(node, yaml.MappingNode) and isinstance(value, dict) and node.value:
            return self._edits_of(node, said or {}, value)
        if key in _NAMES and isinstance(node, yaml.SequenceNode) and node.value and value:
            return self._edits_of_list(key, name, node, said or [], value)
        if isinstance(node, yaml.ScalarNode) and isinstance(value, str) and node.style in {None, '"', "'"}:
            gap = " " if node.start_mark.index == node.end_mark.index else ""
            return [(node.start_mark.index, node.end_mark.index, gap + _scalar(key, value, node.style))]
        start, end = self._line_start(name), self._end_of(node)
        column = name.start_mark.column
        comments = "".join(
            " " * column + line.lstrip()
            for line in self._comments(self._line_end(name.end_mark.index), self._line_end(end))
        )
        head = self._text[start : name.start_mark.index]
        pair = self._pair(key, value, column).removesuffix("\n").removeprefix(" " * column)
        return [(start, end, (comments + head if head.isspace() or not head else head) + pair)]

    def _edits_of_list(
        self,
        key: str,
        name: yaml.ScalarNode,
        node: yaml.SequenceNode,
        said: Sequence[Contents],
        wanted: Sequence[Contents],
    ) -> list[Edit]:
        """Items keep their place. Offerings follow the plan's order; new items of other lists come last."""
        told_by = _NAMES[key]
        was = {each[told_by]: each for each in said}
        becomes = {each[told_by]: each for each in wanted}
        items = {_name(item, told_by): item for item in _items(node)}
        stay = [each for each in items if each in becomes]
        order = list(becomes) if key == "offerings" else stay + [each for each in becomes if each not in stay]
        if order == list(items):
            return [
                edit
                for each, item in items.items()
                for edit in self._edits_of(item, was[each], becomes[each])
            ]
        if not _is_block(node):
            return [(node.start_mark.index, _end(node), _flow([becomes[each] for each in order]))]
        start = end = self._line_end(_end(name))
        chunks: dict[str, str] = {}
        leads: dict[str, str] = {}
        above = ""  # comments above a removed item that are about more than it
        column = node.start_mark.column
        for each, item in items.items():
            chunk, at = self._chunk(item, column, end)
            leads[each] = self._text[end:at]
            end = at + len(chunk)
            if each in becomes:
                chunks[each] = _edited(chunk, self._edits_of(item, was[each], becomes[each]), at)
                leads[each] = above + leads[each]
                above = ""
            else:
                above += _section_of(leads[each])
        has_gaps = any(lead.startswith("\n") for lead in list(leads.values())[1:]) or key == "offerings"
        written = ""
        for index, each in enumerate(order):
            lead = leads.get(each)
            if lead is None:
                lead, chunk = self._new(key, each, becomes[each], column)
                lead = lead or ("\n" if has_gaps else "")
            else:
                chunk = chunks[each]
            if index == 0 and each != next(iter(items)):
                lead = lead.lstrip("\n")
            written += lead + chunk
        return [(start, end, written + above)]

    def _new(self, key: str, name: str, wanted: Contents, column: int) -> tuple[str, str]:
        """A new item of a list, with the comments above it. An offering from another strand keeps its own
        text.
        """
        placed = self._pool.get(name) if key == "offerings" else None
        if placed is None or placed.column != column:
            return "", _item(wanted, column)
        edits = self._edits_of(placed.item, placed.said, wanted)
        return placed.lead, _edited(placed.chunk, edits, placed.start)

    def _chunk(self, item: yaml.MappingNode, column: int, after: int) -> tuple[str, int]:
        """An item with its dash, its last line and the comments below it that are indented further than the
        dash; and where it begins.
        """
        start = self._line_start(item)
        while (
            self._text[start : start + column + 1].strip() != "-"
        ):  # the dash may stand on a line of its own
            start = self._text.rindex("\n", 0, start - 1) + 1
        assert start >= after
        end = self._line_end(self._end_of(item))
        while (inside := _COMMENT.match(self._text, end)) and len(inside[1]) > column:
            end = inside.end()
        return self._text[start:end], start

    def _end_of(self, node: yaml.Node) -> int:
        """The offset just after a value's last character."""
        return len(self._text[: _end(node)].rstrip()) if _end(node) > node.start_mark.index else _end(node)

    def _line_start(self, node: yaml.Node) -> int:
        return self._text.rfind("\n", 0, node.start_mark.index) + 1

    def _line_end(self, index: int) -> int:
        """The offset at which the next line begins."""
        return self._text.index("\n", index) + 1

    def _comments(self, start: int, end: int) -> list[str]:
        lines = self._text[start:end].splitlines(keepends=True)
        return [line for line in lines if line.lstrip().startswith("#")]

    def _pair(self, key: str, value: Any, column: int) -> str:  # noqa: ANN401 - contents
        if key != "offerings" or not any(each["code"] in self._pool for each in value):
            return _block({key: value}, column)
        dash = next(iter(self._pool.values())).column
        items = (self._new(key, each["code"], each, dash) for each in value)
        return f"{' ' * column}{key}:\n" + "".join(lead + item for lead, item in items)


class _Placed(Struct, frozen=True):
    """An offering in the file: its lines, which begin at ``start``, its dash in ``column``, and the comments
    above it.
    """

    chunk: str
    start: int
    column: int
    lead: str
    item: yaml.MappingNode
    said: Contents


def _edited(text: str, edits: Iterable[Edit], offset: int) -> str:
    """``text``, which begins at ``offset`` of the file, with ``edits`` made."""
    for start, end, instead in _last_first(edits):
        text = text[: start - offset] + instead + text[end - offset :]
    return text


def _last_first(edits: Iterable[Edit]) -> list[Edit]:
    """The edits from the last to the first; at one place, later insertions before earlier ones."""
    return sorted(edits, key=lambda edit: edit[:2])[::-1]


def _section_of(lead: str) -> str:
    """The comments above a removed item that a blank line separates from it: they are about more than that
    item.
    """
    above, blank, _ = lead.rpartition("\n\n")
    return above + blank if above.strip() else ""


def _keys(node: yaml.Node) -> dict[str, tuple[yaml.ScalarNode, yaml.Node]]:
    assert isinstance(node, yaml.MappingNode)
    return {name.value: (name, value) for name, value in node.value}


def _items(node: yaml.Node) -> list[yaml.MappingNode]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _name(item: yaml.MappingNode, key: str) -> str:
    value = str(_keys(item)[key][1].value)
    return str(int(value)) if key == "number" else value


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _end(node: yaml.Node) -> int:
    """Where a value ends. The parser ends a block only where the next one begins, after all comments."""
    if _is_block(node) and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _block(values: Mapping[str, Any], column: int) -> str:
    """Keys and values, each on lines of its own."""
    pad = " " * column
    written = ""
    for key, value in values.items():
        if isinstance(value, str):
            written += f"{pad}{key}: {_scalar(key, value)}\n"
        elif not value or key in _ON_ONE_LINE or (isinstance(value, list) and isinstance(value[0], str)):
            written += f"{pad}{key}: {_flow(value)}\n"
        elif isinstance(value, dict):
            written += f"{pad}{key}:\n{_block(value, column + 2)}"
        else:
            gap = "\n" if key == "offerings" else ""
            written += f"{pad}{key}:\n" + gap.join(_item(each, column + 2) for each in value)
    return written


def _item(values: Mapping[str, Any], column: int) -> str:
    return f"{' ' * column}- {_block(values, column + 2)[column + 2 :]}"


def _flow(value: Any, key: str = "") -> str:  # noqa: ANN401 - contents
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(each, name)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each, key) for each in value) + "]"
    return _scalar(key, value)


def _scalar(key: str, value: str, style: str | None = None) -> str:
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if style != '"' and key not in _QUOTED and value not in _EMPTY and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
