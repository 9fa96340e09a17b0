"""A plan file, read whole: either a plan that may be applied, or everything that is wrong with it."""

import copy
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.domain.language import nearest
from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.model import Plan
from bot.domain.plan.rules import Problem, check_plan
from bot.services.plan.models import (
    OfferingIn,
    PictureIn,
    PlanIn,
    PromptRulesIn,
    ReadingIn,
    SessionIn,
    SignUpIn,
    StrandIn,
    keys_of,
    stand_in,
)
from bot.services.plan.values import LANGUAGE_WORDS, TextsIn
from bot.services.plan.yaml_lines import MAX_BYTES, Document, Fault, FileFaultError, Path, read_yaml
from bot.views.plan.problems import words_for

_PARTS: dict[str, type[BaseModel]] = {"strands": StrandIn, "offerings": OfferingIn, "sessions": SessionIn}
_LISTS: dict[str, type[BaseModel]] = {
    "themes": TextsIn,
    "questions": TextsIn,
    "pre_reading": ReadingIn,
    "materials": ReadingIn,
}
"""Lists inside an offering, which is set aside whole when one of their items can't be used."""
_WRITTEN = {"starts": "from", "ends": "to", "link_label": "label"}
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
    "venue": "place",
}


def read_plan(path: FilePath, agencies: AgencyBook) -> Plan:
    """The plan in the file at ``path``. Raises FileFaultError with every fault, and OSError."""
    with path.open("rb") as file:
        return parse_plan(file.read(MAX_BYTES + 1), agencies)


def parse_plan(raw: bytes, agencies: AgencyBook) -> Plan:
    """The plan in ``raw``, a file's content. Raises FileFaultError with every fault, by line."""
    document = read_yaml(raw)
    faults = _Faults(document)
    plan = _read_structure(document, faults)
    if plan is not None:
        faults.add_problems(check_plan(plan, frozenset(agencies.codes)))
    if plan is None or faults.found:
        raise FileFaultError(faults.in_order())
    return plan


def _read_structure(document: Document, faults: "_Faults") -> Plan | None:
    """The plan, with stand-ins where the file's own values can't be used and a fault says so."""
    data = document.data
    # Each round replaces what the one before it found; what was hidden behind that shows in the next.
    for _ in range(6):
        try:
            return PlanIn.model_validate(data).to_plan()
        except ValidationError as error:
            data = copy.deepcopy(data)
            faults.add_structure(error, data)
    return None


class _Faults:
    """Collects what is wrong, in the words and lines of the file."""

    def __init__(self, document: Document) -> None:
        self.found: list[Fault] = []
        self._document = document
        self._broken: set[Path] = set()
        for repeated in document.repeated:
            self._add(
                repeated.path,
                f"The key `{repeated.path[-1]}` is given again; it is on line {repeated.first_line} already",
                "Keep one of them",
                line=repeated.line,
            )

    def in_order(self) -> list[Fault]:
        return sorted(set(self.found), key=lambda fault: (fault.line, fault.field, fault.wrong))

    def add_structure(self, error: ValidationError, data: dict[str, Any]) -> None:
        """Add the faults of ``error`` and mend ``data``, so that the rest can be checked."""
        details = [(tuple(detail["loc"]), detail) for detail in error.errors(include_url=False)]
        unknown = [path for path, detail in details if detail["type"] == "extra_forbidden"]
        meant = {self._add_unknown_key(path, data) for path in unknown}
        for path, detail in details:
            if path in meant or path in unknown:
                continue
            if not self._is_explained(path):
                self._add(path, *_words_for_detail(path, dict(detail)))
                self._broken.add(path)
            _put_stand_in(data, path, index=len(self._broken))

    def add_problems(self, problems: list[Problem]) -> None:
        """Add broken rules, except those about values that a structural fault is about."""
        for problem in problems:
            path = tuple(
                _WRITTEN.get(part, part) if isinstance(part, str) else part for part in problem.where
            )
            if not self._is_explained(path):
                self._add(path, *words_for(problem))

    def _is_explained(self, path: Path) -> bool:
        return any(path[:length] in self._broken for length in range(len(path) + 1))

    def _add_unknown_key(self, path: Path, data: dict[str, Any]) -> Path:
        """Report the key, and go on as if the one most likely meant stood there; return its path."""
        parent, key = _at(data, path[:-1]), str(path[-1])
        known = keys_of(_model_at(path[:-1]))
        other = _OTHER_WORDS.get(key.lower())
        guess = other if other in known else nearest(key, known)
        mend = f"Did you mean `{guess}`" if guess else f"The keys here are {', '.join(known)}"
        self._add(path, f"There is no key `{key}` here", mend)
        value = parent.pop(key)
        if guess is None or guess in parent:
            return path
        parent[guess] = value
        self._document.rename((*path[:-1], key), (*path[:-1], guess))
        return (*path[:-1], guess)

    def _add(self, path: Path, wrong: str, mend: str, line: int | None = None) -> None:
        document = self._document
        self.found.append(Fault(line or document.line_of(path), _readable(path, document.data), wrong, mend))


def _words_for_detail(path: Path, detail: dict[str, Any]) -> tuple[str, str]:
    """Plain words for one of pydantic's errors."""
    name = str(path[-1]) if path else ""
    match detail["type"]:
        case "missing" if _model_at(path[:-1]) is TextsIn:
            mend = f"Add `{name}:`; nothing is published without Finnish and Swedish"
            return f"The {LANGUAGE_WORDS[name]} text is missing", mend
        case "missing":
            return f"The key `{name}` is missing", f"Add `{name}:`"
        case "refused":
            return detail["ctx"]["wrong"], detail["ctx"]["mend"]
        case "tuple_type":
            return "A list is expected here", 'Begin each of its items on a new line with "- "'
        case _:  # a mapping is expected: the only other thing the models hold
            model = _model_at(path)
            if model is TextsIn and name != "agency_seats":
                return "The text is needed by language", "Write `fi:` and `sv:` below it, each with its text"
            keys = "an agency's code" if name == "agency_seats" else ", ".join(keys_of(model))
            return "Keys are expected here", f"Write below it, each with its value: {keys}"


def _model_at(path: Path) -> type[BaseModel]:
    """The model whose keys stand at ``path``, which is known to be one of ours."""
    if not path:
        return PlanIn
    if isinstance(path[-1], int):
        return (_PARTS | _LISTS)[str(path[-2])]
    models: dict[str, type[BaseModel]] = {
        "sign_up": SignUpIn,
        "prompt_rules": PromptRulesIn,
        "picture": PictureIn,
    }
    return models.get(str(path[-1]), TextsIn)


def _at(data: Any, path: Path) -> Any:  # noqa: ANN401 - dict, list or str
    for part in path:
        data = data[part]
    return data


def _put_stand_in(data: dict[str, Any], path: Path, index: int) -> None:
    """Replace what can't be used by something that breaks no rule."""
    owner = 0  # how much of the path leads to the strand, offering or session it is about
    while owner + 1 < len(path) and path[owner] in _PARTS and isinstance(path[owner + 1], int):
        owner += 2
    if owner == len(path):
        _at(data, path[:-1])[path[-1]] = {}  # its missing keys get theirs in the next round
        return
    key, below = str(path[owner]), path[owner + 1 :]
    parent = _at(data, path[:owner])
    if key in {"sign_up", "prompt_rules"} and below:
        parent[key].pop(below[0], None)
    elif key == "agency_seats" and below:
        parent[key][below[0]] = "1"
    else:
        parent[key] = stand_in(key, index)


def _readable(path: Path, data: dict[str, Any]) -> str:
    """``path`` as people would say it: ``offerings[dialogue-2].sessions[1].to``."""
    said = ""
    here: Any = data
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):  # a missing key: nothing below it has a name of its own
            here = None
        if isinstance(part, str):
            said = f"{said}.{part}" if said else part
            continue
        name = next((here[key] for key in ("code", "number") if isinstance(here, dict) and key in here), None)
        if said.endswith("offerings") and isinstance(name, str):
            said = "offerings"  # a code says enough; the strand need not be named
        said = f"{said}[{name if isinstance(name, str) else f'#{part + 1}'}]"
    return said
