"""The list of agencies, read from its file."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from bot.domain.people.agencies import OTHER, Agency, AgencyBook, Branch
from bot.services.plan.values import Code, Title, refusal
from bot.services.plan.yaml_lines import MAX_BYTES, Fault, FileFaultError, read_yaml

AGENCIES_FILE = Path(__file__).parents[3] / "programmes" / "agencies.yml"
MAX_OPTIONS = 100
"""Slack shows at most this many options in one group of a select."""


class _AgencyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
    name: Title


def _fits_a_group(agencies: tuple[_AgencyIn, ...]) -> tuple[_AgencyIn, ...]:
    if len(agencies) > MAX_OPTIONS:
        raise refusal(f"There are {len(agencies)} agencies; {MAX_OPTIONS} fit", "Split the branch")
    return agencies


class _BranchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
    name: Title
    agencies: Annotated[tuple[_AgencyIn, ...], AfterValidator(_fits_a_group)]


class _BookIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    branches: tuple[_BranchIn, ...]


def read_agencies(path: Path = AGENCIES_FILE) -> AgencyBook:
    """The agencies in the file at ``path``. Raises FileFaultError with every fault, and OSError."""
    with path.open("rb") as file:
        return parse_agencies(file.read(MAX_BYTES + 1))


def parse_agencies(raw: bytes) -> AgencyBook:
    """The agencies in ``raw``, a file's content. Raises FileFaultError with every fault, by line."""
    document = read_yaml(raw)
    faults = [
        Fault(repeated.line, _said(repeated.path), "The key is given twice", "Keep one of them")
        for repeated in document.repeated
    ]
    book = None
    try:
        book = _BookIn.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            context = detail.get("ctx", {})
            wrong, mend = context.get("wrong", detail["msg"]), context.get("mend", "See the other entries")
            path = tuple(detail["loc"])
            faults.append(Fault(document.line_of(path), _said(path), wrong, mend))
    else:
        seen = {OTHER}
        for i, branch in enumerate(book.branches):
            for j, agency in enumerate(branch.agencies):
                path = ("branches", i, "agencies", j, "code")
                if agency.code in seen:
                    wrong = f"The code {agency.code} is taken"
                    faults.append(Fault(document.line_of(path), _said(path), wrong, "Choose another"))
                seen.add(agency.code)
    if book is None or faults:
        raise FileFaultError(sorted(faults, key=lambda fault: (fault.line, fault.field)))
    return AgencyBook(tuple(_to_branch(branch) for branch in book.branches))


def _to_branch(branch: _BranchIn) -> Branch:
    agencies = tuple(Agency(agency.code, agency.name.to_texts()) for agency in branch.agencies)
    return Branch(branch.code, branch.name.to_texts(), agencies)


def _said(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
