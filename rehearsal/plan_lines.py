"""The lines of findings in a plan file; and findings for files that can't be read as a plan only because they
break a rule on how people may be treated."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from bot.domain.file_faults import Fault
from bot.domain.prompts.prompt import DEFAULT_RULES
from bot.services.yaml_files.reading import Document, Path
from rehearsal.plan_findings import Finding, Flaw, prompts_too_near


class PlanSource(Struct, frozen=True):
    """A plan file's name, and its lines. Without ``document`` no line is known."""

    file: str
    document: Document | None = None

    def line_of(self, finding: Finding) -> int | None:
        """The line (from 1) of the value to change, or of the nearest enclosing one."""
        return self.document.line_of(finding.where) if self.document is not None else None


def as_findings(faults: Sequence[Fault], document: Document) -> list[Finding] | None:
    """The findings of a plan that breaks rules on how people may be treated; None if the file has any other
    fault, because then it is not a plan at all."""
    found: list[Finding] = []
    for fault in faults:
        finding = _as_finding(fault, document)
        if finding is None:
            return None
        if finding not in found:
            found.append(finding)
    return found


def _as_finding(fault: Fault, document: Document) -> Finding | None:
    on_its_line = [path for path, line in document.lines.items() if line == fault.line]
    if fault.field == "prompt_rules.days_between":
        days = str(document.data["prompt_rules"]["days_between"])
        too_near = days.isdecimal() and int(days) < DEFAULT_RULES.days_between
        return prompts_too_near(int(days)) if too_near else None
    if fault.field.endswith((".sign_up.opens", ".sign_up.closes")):
        where = next(path[:-2] for path in on_its_line if path[-2:-1] == ("sign_up",))
        return _sign_up(where, document)
    return None


def _sign_up(where: Path, document: Document) -> Finding | None:
    offering = _at(document.data, where)
    try:
        opens = date.fromisoformat(offering["sign_up"]["opens"])
        closes = date.fromisoformat(offering["sign_up"].get("closes") or str(date.max))
        last = max(date.fromisoformat(session["on"]) for session in offering["sessions"])
    except (KeyError, TypeError, ValueError):
        return None  # a missing or invalid day: another fault
    code = str(offering.get("code", ""))
    if closes < opens:
        facts = {"offering": code, "opens": opens, "closes": closes}
        return Finding(Flaw.CLOSES_BEFORE_IT_OPENS, (*where, "sign_up", "closes"), code, facts)
    if opens > last:
        facts = {"offering": code, "opens": opens, "last": last}
        return Finding(Flaw.OPENS_AFTER_THE_LAST, (*where, "sign_up", "opens"), code, facts)
    return None


def _at(data: Any, path: Path) -> Any:  # noqa: ANN401 - dict, list or str
    for part in path:
        data = data[part]
    return data
