"""The list of agencies, read from its file."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.domain.file_faults import Fault, FaultCode, FileFaultError
from bot.domain.people.agencies import OTHER, Agency, AgencyBook, Branch
from bot.services.yaml_files.reading import MAX_BYTES
from bot.services.yaml_files.structure import read_as, readable
from bot.services.yaml_files.values import Code, Part, Title, refusal

AGENCIES_FILE = Path(__file__).parents[3] / "programmes" / "agencies.yml"
MAX_OPTIONS = 100
"""Slack shows at most this many options in one group of a select."""


class _AgencyIn(Part):
    code: Code
    name: Title
    also: tuple[Annotated[str, Field(min_length=2, max_length=150)], ...] = ()


def _fits_a_group(agencies: tuple[_AgencyIn, ...]) -> tuple[_AgencyIn, ...]:
    if len(agencies) > MAX_OPTIONS:
        raise refusal(FaultCode.TOO_MANY_AGENCIES, number=len(agencies), limit=MAX_OPTIONS)
    return agencies


class _BranchIn(Part):
    code: Code
    name: Title
    agencies: Annotated[tuple[_AgencyIn, ...], AfterValidator(_fits_a_group)]


class _BookIn(Part):
    branches: tuple[_BranchIn, ...]


def read_agencies(path: Path = AGENCIES_FILE) -> AgencyBook:
    """Read the agencies from the file at ``path``. Raises FileFaultError with all faults, and OSError."""
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    return parse_agencies(raw)


def parse_agencies(raw: bytes) -> AgencyBook:
    """Parse a file's content. Raises FileFaultError with all faults, by line."""
    book, document = read_as(_BookIn, raw)
    faults = []
    seen = {OTHER}
    for i, branch in enumerate(book.branches):
        for j, agency in enumerate(branch.agencies):
            path = ("branches", i, "agencies", j, "code")
            if agency.code in seen:
                where = readable(path, document.data)
                faults.append(
                    Fault(document.line_of(path), where, FaultCode.CODE_TAKEN, {"value": agency.code})
                )
            seen.add(agency.code)
    if faults:
        raise FileFaultError(faults)
    return AgencyBook(tuple(_to_branch(branch) for branch in book.branches))


def _to_branch(branch: _BranchIn) -> Branch:
    agencies = tuple(Agency(agency.code, agency.name.to_texts(), agency.also) for agency in branch.agencies)
    return Branch(branch.code, branch.name.to_texts(), agencies)
