"""YAML as people write it by hand: every value a plain string, every value's line known.

Nothing is guessed: ``09:00`` is not a number of seconds, ``on`` is not "true", and a key given
twice, an alias or a tag is refused, because each has a plain way to be written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""The way to a value: keys and list indexes, from the top down."""

MAX_BYTES = 2_000_000
MAX_DEPTH = 12

# libyaml's parser is ten times as fast; PyYAML without it has the same events.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_COMPARE = "Compare it with a file that works, such as programmes/2019.yml"
_EMPTY = frozenset({"", "~", "null"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file: the line, the field as a path in words, what, and how to mend it."""

    line: int
    field: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        where = f"line {self.line}: {self.field}: " if self.field else f"line {self.line}: "
        ending = "?" if self.mend.startswith("Did you mean") else "."
        return f"{where}{self.wrong}. {self.mend}{ending}"


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key given twice in one mapping; the first one counts."""

    path: Path
    line: int
    first_line: int


@dataclass
class Document:
    """A file's content as dicts, lists and strings. A key without a value is left out of its dict."""

    data: dict[str, Any]
    lines: dict[Path, int]
    repeated: list[RepeatedKey] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line (from 1) of the value at ``path``, or of the nearest thing around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def rename(self, old: Path, new: Path) -> None:
        """Let ``new`` and what is below it have the lines of ``old``."""
        size = len(old)
        below = {path: line for path, line in self.lines.items() if path[:size] == old}
        self.lines.update({(*new, *path[size:]): line for path, line in below.items()})


class FileFaultError(Exception):
    """A file can't be used. ``faults`` are all of them, by line."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def read_yaml(raw: bytes) -> Document:
    """The document in ``raw``, a file's content.

    Raises FileFaultError with one fault when the file can't be read as a whole.
    """
    if len(raw) > MAX_BYTES:
        raise _fault(
            1,
            f"The file has more than {MAX_BYTES:,} bytes",
            "Check that this is the right file",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _fault(line, "The file is not UTF-8 text", 'Save it again with the encoding "UTF-8"') from error
    try:
        return _Reader(yaml.parse(text, Loader=_LOADER)).read()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _fault(line, "There is a character that YAML does not allow", "Delete it") from error
    except yaml.MarkedYAMLError as error:
        raise _syntax_fault(error) from error
    except yaml.YAMLError as error:
        raise _fault(1, "This is not YAML", _COMPARE) from error


def _syntax_fault(error: yaml.MarkedYAMLError) -> FileFaultError:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or "something is out of place"
    return _fault(
        mark.line + 1 if mark else 1,
        f"This is not YAML: {problem}",
        'Check the indentation (spaces, never tabs) and put text that contains ": " or " #" in quotes',
    )


def _fault(line: int, wrong: str, mend: str) -> FileFaultError:
    return FileFaultError([Fault(line, "", wrong, mend)])


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None  # the parser marks every event
    return event.start_mark.line + 1


class _Reader:
    """Builds the document from the parser's events. Everything is bounded by the file's size: without
    aliases a small file can't grow, and depth is limited."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._lines: dict[Path, int] = {}
        self._repeated: list[RepeatedKey] = []

    def read(self) -> Document:
        next(self._events)  # the stream begins
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            raise _fault(1, "The file is empty", _COMPARE)
        top = next(self._events)
        if not isinstance(top, yaml.MappingStartEvent):
            raise _fault(
                _line(top),
                "The file does not consist of keys with values",
                _COMPARE,
            )
        data = self._value(top, ())
        next(self._events)  # the document ends
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _fault(
                _line(after),
                "A second document begins here (`---`)",
                "Keep one document in one file",
            )
        return Document(data, self._lines, self._repeated)

    def _value(self, event: yaml.Event, path: Path) -> Any:  # noqa: ANN401 - dict, list, str or None
        line = _line(event)
        self._lines.setdefault(path, line)
        if isinstance(event, yaml.AliasEvent):
            raise _fault(line, f"`*{event.anchor}` refers to another place", "Write the text out here")
        if len(path) > MAX_DEPTH:
            raise _fault(line, "Brackets or indentation go too deep", _COMPARE)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            raise _fault(line, f"`&{event.anchor}` names a place", f"Delete `&{event.anchor}`")
        if event.tag not in {None, "!"}:
            raise _fault(line, f"`{event.tag}` is a YAML tag", "Delete it; values need no tags here")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.ScalarEvent):
            # Quotes make a text of anything, an empty one included.
            is_plain = event.style in {None, ""}
            return None if is_plain and event.value in _EMPTY else event.value
        return self._sequence(path)

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return found

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        given: set[str] = set()
        while not isinstance(key_event := next(self._events), yaml.MappingEndEvent):
            line = _line(key_event)
            if not isinstance(key_event, yaml.ScalarEvent):
                raise _fault(line, "A key must be one word", _COMPARE)
            key = key_event.value
            here = (*path, key)
            if key in given:
                self._repeated.append(RepeatedKey(here, line, self._lines[here]))
                _Reader(self._events)._value(next(self._events), path)  # read past it, lines forgotten
                continue
            given.add(key)
            self._lines[here] = line
            value = self._value(next(self._events), here)
            if value is not None:
                found[key] = value
        return found
