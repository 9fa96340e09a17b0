"""Reads a plan file as a whole: either a valid plan, or every fault."""

import copy
from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from bot.domain.file_faults import Fault, FaultCode, FileFaultError
from bot.domain.language import nearest
from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.model import Plan
from bot.domain.plan.rules import Problem, check_plan
from bot.services.plan.models import PlanIn, stand_in
from bot.services.yaml_files.reading import MAX_BYTES, Document, Path, read_yaml
from bot.services.yaml_files.structure import Params, code_of, in_order, model_at, readable
from bot.services.yaml_files.values import TextsIn, keys_of

MOST_FAULTS = 500
"""More than anybody corrects at once; later faults show at the next check."""
_PARTS = frozenset({"strands", "offerings", "sessions"})
_WRITTEN = {"starts": "from", "ends": "to", "link_label": "label", "draw": "allocation"}
_OTHER_WORDS = {
    "begins": "from",
    "date": "on",
    "day": "on",
    "end": "to",
    "ends": "to",
    "location": "place",
    "name": "title",
    "seats": "capacity",
    "start": "from",
    "starts": "from",
    "url": "link",
    "room": "venue",
}


def read_plan(path: FilePath, agencies: AgencyBook, libraries: Collection[str] | None = None) -> Plan:
    """The plan in the file at ``path``. Raises FileFaultError with every fault, and OSError."""
    return parse_plan(read_file(path), agencies, libraries)


def read_file(path: FilePath) -> bytes:
    """The content of the file at ``path``, at most a little more than a plan file may have. Raises
    OSError.
    """
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def parse_plan(raw: bytes, agencies: AgencyBook, libraries: Collection[str] | None = None) -> Plan:
    """The plan in ``raw``, a file's content. ``libraries`` of prompts are checked where they are known.
    Raises FileFaultError with every fault, by line."""
    document = read_yaml(raw)
    faults = _Faults(document)
    plan = _read_structure(document, faults)
    if plan is not None:
        faults.add_problems(check_plan(plan, frozenset(agencies.codes), libraries))
    if plan is None or faults.found:
        raise FileFaultError(faults.in_order())
    return plan


def plan_in(text: str) -> Plan:
    """The plan in ``text``, a file that was valid when it was applied."""
    return PlanIn.model_validate(read_yaml(text.encode()).data).to_plan()


def line_in(text: str, where: Path) -> int:
    """The line of a value of the plan in ``text``, a valid plan file."""
    return read_yaml(text.encode()).line_of(_as_written(where))


def _as_written(where: Path) -> Path:
    return tuple(_WRITTEN.get(part, part) if isinstance(part, str) else part for part in where)


def _read_structure(document: Document, faults: "_Faults") -> Plan | None:
    """The plan, with stand-ins where the file's own values can't be used and a fault says so."""
    data = document.data
    # Each round replaces the faults of the one before; faults hidden behind those show in the next.
    for _ in range(6):
        try:
            return PlanIn.model_validate(data).to_plan()
        except ValidationError as error:
            data = copy.deepcopy(data)
            faults.add_structure(error, data)
    return None


class _Faults:
    """Collects faults, by line of the file."""

    def __init__(self, document: Document) -> None:
        self.found: list[Fault] = []
        self._document = document
        self._broken: set[Path] = set()
        for repeated in document.repeated:
            params: Params = {"key": str(repeated.path[-1]), "first": repeated.first_line}
            self._add(repeated.path, FaultCode.KEY_REPEATED, params, line=repeated.line)
        for path in document.cut:
            self._add(path, FaultCode.TEXT_CUT_AT_HASH, {})

    def in_order(self) -> list[Fault]:
        return in_order(self.found)

    def add_structure(self, error: ValidationError, data: dict[str, Any]) -> None:
        """Add the faults of ``error`` and repair ``data``, so that the rest can be checked."""
        details = [(tuple(detail["loc"]), detail) for detail in error.errors(include_url=False)]
        unknown = [path for path, detail in details if detail["type"] == "extra_forbidden"]
        meant = {self._add_unknown_key(path, data) for path in unknown}
        for path, detail in details:
            if path in meant or path in unknown:
                continue
            if not self._is_explained(path):
                self._add(path, *code_of(path, dict(detail), PlanIn))
                self._broken.add(path)
            _put_stand_in(data, path, index=len(self._broken))

    def add_problems(self, problems: list[Problem]) -> None:
        """Add broken rules, except those about values with a structural fault."""
        for problem in problems:
            path = _as_written(problem.where)
            if not self._is_explained(path):
                self._add(path, problem.code, problem.params)

    def _is_explained(self, path: Path) -> bool:
        return any(path[:length] in self._broken for length in range(len(path) + 1))

    def _add_unknown_key(self, path: Path, data: dict[str, Any]) -> Path:
        """Report the key, and continue as if it were the key most likely meant; return that key's path."""
        parent, key = _at(data, path[:-1]), str(path[-1])
        model = model_at(PlanIn, path[:-1])
        known = keys_of(model) if model is not None else []
        other = _OTHER_WORDS.get(key.lower())
        guess = other if other in known else nearest(key, known)
        value = parent.pop(key)
        is_text = model is not None and issubclass(model, TextsIn)
        if value is None and (is_text or guess is None):
            self._add(path, FaultCode.TEXT_CUT_AT_COMMA, {"key": key})
            return path
        if guess is None:
            self._add(path, FaultCode.KEY_UNKNOWN, {"key": key, "known": ", ".join(known)})
            return path
        self._add(path, FaultCode.KEY_UNKNOWN_NEAR, {"key": key, "nearest": guess})
        if guess in parent:
            return path
        parent[guess] = value
        self._document.rename((*path[:-1], key), (*path[:-1], guess))
        return (*path[:-1], guess)

    def _add(self, path: Path, code: str, params: Mapping[str, str | int], line: int | None = None) -> None:
        if len(self.found) < MOST_FAULTS:
            document = self._document
            where = readable(path, document.data)
            self.found.append(Fault(line or document.line_of(path), where, code, params))


def _at(data: Any, path: Path) -> Any:  # noqa: ANN401 - dict, list or str
    for part in path:
        data = data[part]
    return data


def _put_stand_in(data: dict[str, Any], path: Path, index: int) -> None:
    """Replace an unusable value by one that breaks no rule."""
    owner = 0  # the part of the path that leads to the strand, offering or session
    while owner + 1 < len(path) and path[owner] in _PARTS and isinstance(path[owner + 1], int):
        owner += 2
    if owner == len(path):
        _at(data, path[:-1])[path[-1]] = {}  # its missing keys get stand-ins in the next round
        return
    key, below = str(path[owner]), path[owner + 1 :]
    parent = _at(data, path[:owner])
    if key in {"sign_up", "prompt_rules", "closing"} and below:
        parent[key].pop(below[0], None)
    elif key == "venue" and below:
        parent[key][below[0]] = "0" if below[0] == "price" else None
    elif key == "agency_seats" and below:
        parent[key][below[0]] = "1"
    else:
        parent[key] = stand_in(key, index)
