"""A new year's plan file, from last year's or from a template without dates.

In a template `on` says ``week 12 tue thu`` or ``4 weeks later tue thu``, sign-up ``8 weeks before`` the first
session, and `free_until` of a venue ``4 weeks before`` its own.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import yaml

from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.file_faults import Fault, FaultCode, FileFaultError
from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.next_year import Unmet, arrange, plan_for
from bot.services.plan.file import parse_plan
from bot.services.plan.writing import write_plan
from bot.services.yaml_files.reading import read_yaml

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri")
_WEEK: Final = re.compile(r"week (\d{1,2})((?: (?:mon|tue|wed|thu|fri))*)")
_LATER: Final = re.compile(r"(\d{1,2}) weeks? later((?: (?:mon|tue|wed|thu|fri))*)")
_BEFORE: Final = re.compile(r"(\d{1,2}) weeks? before")


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A new file's text, and what could not be met, by line."""

    text: str
    unmet: tuple[tuple[int, Unmet], ...]


def new_plan(
    text: str, year: int, agencies: AgencyBook, libraries: frozenset[str], calendar: WorkCalendar
) -> NewPlan:
    """The file of ``year`` from ``text``, a plan's or a template's. Raises FileFaultError."""
    dated, weekdays = _with_dates(text, year)
    said = parse_plan(dated.encode(), agencies, libraries)
    if weekdays:
        plan, unmet = arrange(said, year, weekdays, calendar)
    else:
        plan, unmet = plan_for(said, year, calendar)
    written = write_plan(plan, dated, said)
    parse_plan(written.encode(), agencies, libraries)  # a file that is written is one that may be applied
    document = read_yaml(written.encode())
    by_line = sorted(((document.line_of(each.where), each) for each in unmet), key=_line)
    return NewPlan(written, tuple(by_line))


def _line(found: tuple[int, Unmet]) -> int:
    return found[0]


def _with_dates(text: str, year: int) -> tuple[str, dict[tuple[str, int], frozenset[int]]]:
    """A template's text with the days that it wishes for, and the days of the week that will do."""
    read_yaml(text.encode())
    top = yaml.compose(text, Loader=yaml.BaseLoader)
    edits: list[tuple[int, int, str]] = []
    weekdays: dict[tuple[str, int], frozenset[int]] = {}
    for offering in _offerings(top):
        days: list[date] = []
        keys = {name.value: value for name, value in offering.value}
        for session in getattr(keys.get("sessions"), "value", ()):
            values = {name.value: value for name, value in session.value}
            node = values.get("on")
            if node is None:
                continue
            found = _wished(str(node.value), days, year)
            if found is None:
                continue
            day, fitting = found
            days.append(day)
            number = str(getattr(values.get("number"), "value", "0"))
            if number.isdigit():
                weekdays[str(keys["code"].value), int(number)] = fitting
            edits.append((node.start_mark.index, node.end_mark.index, str(day)))
            edits += _counted_back(values.get("venue"), day)
        if days:
            edits += _counted_back(keys.get("sign_up"), min(days))
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    return text.replace("YEAR", str(year)) if weekdays else text, weekdays


def _counted_back(part: yaml.Node | None, day: date) -> list[tuple[int, int, str]]:
    """What ``part`` says in weeks before ``day``, as dates."""
    return [
        (node.start_mark.index, node.end_mark.index, str(day - timedelta(weeks=int(before[1]))))
        for _, node in getattr(part, "value", ())
        if (before := _BEFORE.fullmatch(str(node.value)))
    ]


def _wished(said: str, days: list[date], year: int) -> tuple[date, frozenset[int]] | None:
    """The day that ``said`` wishes for, after ``days``, and the days of the week that will do; None: it is a
    date, or nothing that can be read here."""
    if (week := _WEEK.fullmatch(said)) and 1 <= int(week[1]) <= 52:
        fitting = _weekdays(week[2])
        return date.fromisocalendar(year, int(week[1]), min(fitting) + 1), fitting
    if (later := _LATER.fullmatch(said)) and days:
        fitting = _weekdays(later[2])
        return days[-1] + timedelta(weeks=int(later[1])), fitting
    return None


def _weekdays(said: str) -> frozenset[int]:
    return frozenset(_DAYS.index(each) for each in said.split()) or frozenset({1, 2, 3})


def _offerings(top: yaml.Node | None) -> list[yaml.MappingNode]:
    if not isinstance(top, yaml.MappingNode):
        raise FileFaultError([Fault(1, "", FaultCode.NO_KEYS, {})])
    strands = next((value for name, value in top.value if name.value == "strands"), None)
    found = []
    for strand in getattr(strands, "value", ()):
        for name, value in strand.value:
            if name.value == "offerings":
                found += [each for each in value.value if isinstance(each, yaml.MappingNode)]
    return found
