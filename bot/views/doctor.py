"""What the doctor found, in words."""

from collections.abc import Iterator
from typing import Any

from bot.domain.doctor import Finding, Report, Sign, worst
from bot.domain.file_faults import Fault
from bot.i18n import Sentence, Words
from bot.views.file_faults import line_for


def lines_for(report: Report, words: Words) -> Iterator[str]:
    """A line for each finding, and one that sums up."""
    for check, findings in report.items():
        name = words(f"doctor.check_{check}")
        for finding in findings:
            yield f"{words(f'doctor.level_{finding.level}')}: {name}: {sentence_for(finding, words)}"
    level = worst(each for found in report.values() for each in found)
    yield words(f"doctor.sum_{level}")


def report_as_data(report: Report, words: Words) -> dict[str, Any]:
    """For other programs: ``sign`` and ``params`` are the same in every language."""
    return {
        "level": worst(each for found in report.values() for each in found),
        "findings": [
            {
                "check": check,
                "level": finding.level,
                "sign": finding.sign,
                "params": dict(finding.params),
                "text": sentence_for(finding, words),
            }
            for check, findings in report.items()
            for finding in findings
        ],
    }


def _said(value: object, words: Words) -> object:
    match value:
        case int():
            return words.number(value)
        case Sentence():
            return words.say(value)
        case Fault():
            return line_for(value, words)
        case _:
            return value


def sentence_for(finding: Finding, words: Words) -> str:
    """What was found, and what to do about it."""
    params = {name: _said(value, words) for name, value in finding.params.items()}
    if finding.sign in {Sign.SCOPE_LACKING, Sign.SCOPE_LEFT_OUT}:
        scope = str(finding.params["scope"])
        params["without"] = words(f"doctor.without_{scope.replace(':', '_').replace('.', '_')}")
    return words(f"doctor.{finding.sign}", **params)
