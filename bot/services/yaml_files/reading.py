"""Reads YAML written by hand: every value is a plain string, every value's line is known.

Nothing is guessed: ``09:00`` is not a number of seconds, ``on`` is not "true", and a repeated key, an alias
or a tag is refused, because each has a plain way to be written.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct, field

from bot.domain.file_faults import Fault, FaultCode, FileFaultError
from bot.domain.language import LANGUAGES

Path = tuple[str | int, ...]
"""The way to a value: keys and list indexes, from the top down."""

MAX_BYTES = 500_000
"""Ten times the year of 2019; a file of this size is checked in well under a second."""

MAX_DEPTH = 12

# libyaml's parser is ten times as fast; PyYAML without it has the same events.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_COMMENT = re.compile(r"[ \t]+#(?P<after>[^\n]?)")
_TEXT_KEYS = frozenset({*LANGUAGES, "label"})
_EMPTY = frozenset({"", "~", "null"})


class RepeatedKey(Struct, frozen=True):
    """A key given twice in one mapping; the first one counts."""

    path: Path
    line: int
    first_line: int


class Document(Struct):
    """A file's content as dicts, lists and strings. A key without a value has None.

    ``cut`` are the values that a ``#`` after them may have cut short.
    """

    data: dict[str, Any]
    lines: dict[Path, int]
    repeated: list[RepeatedKey] = field(default_factory=list)
    cut: list[Path] = field(default_factory=list)
    _renamed: dict[Path, Path] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line (from 1) of the value at ``path``, or of the nearest existing value around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._renamed:
                path = (*self._renamed[path[:length]], *path[length:])
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def rename(self, old: Path, new: Path) -> None:
        """Give the lines of ``old`` and what is below it to ``new``."""
        self._renamed[new] = old


def read_yaml(raw: bytes) -> Document:
    """The document in ``raw``, a file's content.

    Raises FileFaultError with one fault when the file can't be read as a whole.
    """
    if len(raw) > MAX_BYTES:
        raise _fault(1, FaultCode.TOO_BIG, limit=MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _fault(line, FaultCode.NOT_UTF8) from error
    lines = _Lines(text)
    try:
        return _Reader(yaml.parse(text, Loader=_LOADER), text, lines).read()
    except yaml.reader.ReaderError as error:
        raise _fault(lines.at(error.position), FaultCode.NOT_ALLOWED_CHARACTER) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = lines.at(mark.index) if mark else 1
        problem = error.problem or "something is out of place"
        raise _fault(line, FaultCode.NOT_YAML, problem=problem) from error
    except yaml.YAMLError as error:
        raise _fault(1, FaultCode.NOT_YAML, problem=str(error)) from error


def compose(text: str) -> yaml.Node | None:
    """The nodes of ``text``, which ``read_yaml`` accepts, with where each begins and ends. With the same
    parser: PyYAML's other one refuses some valid files.
    """
    found: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    return found


def _fault(line: int, code: FaultCode, **params: str | int) -> FileFaultError:
    return FileFaultError([Fault(line, "", code, params)])


class _Lines:
    """Lines as editors count them. YAML's own count also ends a line at U+0085, U+2028 and U+2029."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\r\n|\n|\r", text))]

    def at(self, index: int) -> int:
        """The line (from 1) of the character at ``index``."""
        return bisect_right(self._starts, index)


class _Reader:
    """Builds the document from the parser's events. Everything is bounded by the file's size: without
    aliases a small file can't grow, and depth is limited."""

    def __init__(self, events: Iterator[yaml.Event], text: str, line_numbers: _Lines) -> None:
        self._events = events
        self._text = text
        self._line_numbers = line_numbers
        self._lines: dict[Path, int] = {}
        self._repeated: list[RepeatedKey] = []
        self._cut: list[Path] = []

    def read(self) -> Document:
        next(self._events)  # the stream begins
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            raise _fault(1, FaultCode.EMPTY_FILE)
        top = next(self._events)
        if not isinstance(top, yaml.MappingStartEvent):
            raise _fault(self._line(top), FaultCode.NO_KEYS)
        data = self._value(top, ())
        next(self._events)  # the document ends
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _fault(self._line(after), FaultCode.SECOND_DOCUMENT)
        return Document(data, self._lines, self._repeated, self._cut)

    def _line(self, event: yaml.Event) -> int:
        assert event.start_mark is not None  # the parser marks every event
        return self._line_numbers.at(event.start_mark.index)

    def _value(self, event: yaml.Event, path: Path) -> Any:  # noqa: ANN401 - dict, list, str or None
        line = self._line(event)
        self._lines.setdefault(path, line)
        if isinstance(event, yaml.AliasEvent):
            raise _fault(line, FaultCode.ALIAS, name=str(event.anchor))
        if len(path) > MAX_DEPTH:
            raise _fault(line, FaultCode.TOO_DEEP)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            raise _fault(line, FaultCode.ANCHOR, name=event.anchor)
        if event.tag not in {None, "!"}:
            raise _fault(line, FaultCode.TAG, name=str(event.tag))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.ScalarEvent):
            # Quotes make any value a text, even an empty one.
            is_plain = event.style in {None, ""}
            if is_plain and self._is_cut(event, path):
                self._cut.append(path)
            return None if is_plain and event.value in _EMPTY else event.value
        return self._sequence(path)

    def _is_cut(self, event: yaml.ScalarEvent, path: Path) -> bool:
        """Whether a ``#`` after an unquoted value may have been meant as part of it: always after a text,
        elsewhere if no space follows it, as in ``dialogue #1``.
        """
        assert event.end_mark is not None
        comment = _COMMENT.match(self._text, event.end_mark.index)
        if comment is None or not event.value:
            return False
        return path[-1] in _TEXT_KEYS or not (comment["after"] or " ").isspace()

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return found

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        given: set[str] = set()
        while not isinstance(key_event := next(self._events), yaml.MappingEndEvent):
            line = self._line(key_event)
            if not isinstance(key_event, yaml.ScalarEvent):
                raise _fault(line, FaultCode.KEY_NOT_ONE_WORD)
            key = key_event.value
            here = (*path, key)
            if key in given:
                self._repeated.append(RepeatedKey(here, line, self._lines[here]))
                past = _Reader(self._events, self._text, self._line_numbers)
                past._value(next(self._events), path)  # its lines are dropped
                continue
            given.add(key)
            self._lines[here] = line
            found[key] = self._value(next(self._events), here)
        return found
