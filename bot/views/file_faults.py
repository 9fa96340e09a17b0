"""What is wrong in a file that people write by hand, and how to mend it, in the operator's language."""

from bot.domain.file_faults import Fault, FileFaultError
from bot.i18n import Words


def words_for_fault(fault: Fault, words: Words) -> tuple[str, str]:
    """What is wrong, and how to mend it."""
    params = {name: _said(name, value, words) for name, value in fault.params.items()}
    return words(f"fault.{fault.code}", **params), words(f"mend.{fault.code}", **params)


def _said(name: str, value: str | int, words: Words) -> str:
    """A number of characters or bytes is grouped as the language does it; a year is not, nor a line."""
    return words.number(value) if name in {"limit", "length"} and isinstance(value, int) else str(value)


def line_for(fault: Fault, words: Words) -> str:
    """The fault on one line: where it is, what is wrong, how to mend it."""
    wrong, mend = words_for_fault(fault, words)
    asks = fault.code.endswith("_near")  # did you mean that other word?
    said = f"{wrong}. {mend}{'?' if asks else '.'}"
    if fault.field:
        said = f"{fault.field}: {said}"
    return words("plan.at_line", line=str(fault.line), words=said)


def lines_for(error: FileFaultError, words: Words) -> list[str]:
    """Every fault of a file on its line, with the file's name where that is known."""
    before = f"{error.file}: " if error.file else ""
    return [f"{before}{line_for(fault, words)}" for fault in error.faults]
