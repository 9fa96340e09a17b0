"""A new year's plan file, from last year's or from a template without dates.

In a template `on` says ``week 12 tue thu`` or ``4 weeks later tue thu``, sign-up ``8 weeks before`` the first
session, and `free_until` of a venue ``4 weeks before`` its own.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final

import yaml
from msgspec import Struct, field

from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.file_faults import Fault, FaultCode, FileFaultError
from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.model import Plan
from bot.domain.plan.next_year import Unmet, arrange, plan_for
from bot.services.plan.file import parse_plan
from bot.services.plan.writing import write_plan
from bot.services.yaml_files.reading import compose, read_yaml

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri")
_WEEK: Final = re.compile(r"week (\d{1,2})((?: (?:mon|tue|wed|thu|fri))*)")
_LATER: Final = re.compile(r"(\d{1,2}) weeks? later((?: (?:mon|tue|wed|thu|fri))*)")
_BEFORE: Final = re.compile(r"(\d{1,2}) weeks? before")
_DATE: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_YEAR: Final = "YEAR"
_ANY_YEAR: Final = 2027
"""The year by which a template is checked: its rules are the same every year."""

_STAND_INS: Final = {"opens": 40, "closes": 1, "free_until": 1}
"""Stand-ins for unreadable numbers of weeks: they break no rule."""

Edit = tuple[int, int, str]


class NewPlan(Struct, frozen=True):
    """A new file's text, and the wishes that could not be met, by line."""

    text: str
    unmet: tuple[tuple[int, Unmet], ...]


class _Dated(Struct):
    """A template with the dates chosen for it, the permitted weekdays by offering and session, and the faults
    of its wishes. For a plan with dates: just its text.
    """

    text: str
    weekdays: dict[tuple[str, int], frozenset[int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def new_plan(
    text: str, year: int, agencies: AgencyBook, libraries: frozenset[str], calendar: WorkCalendar
) -> NewPlan:
    """The file of ``year`` from ``text``, a plan's or a template's. Raises FileFaultError."""
    is_one = is_template(text.encode())
    dated = _with_dates(text, year) if is_one else _Dated(text)
    said = _checked(dated, agencies, libraries)
    plan, unmet = arrange(said, year, dated.weekdays, calendar) if is_one else plan_for(said, year, calendar)
    written = write_plan(plan, dated.text, said)
    parse_plan(written.encode(), agencies, libraries)  # only a valid file is written
    document = read_yaml(written.encode())
    by_line = sorted(((document.line_of(each.where), each) for each in unmet), key=_line)
    return NewPlan(written, tuple(by_line))


def check_template(raw: bytes, agencies: AgencyBook, libraries: Collection[str]) -> Plan:
    """The plan that a template makes in some year. Raises FileFaultError with every fault, by line."""
    return _checked(_with_dates(raw.decode("utf-8-sig"), _ANY_YEAR), agencies, libraries)


def is_template(raw: bytes) -> bool:
    """Whether the file has wishes for days, or names no year; False for a file that can't be read as
    a whole.
    """
    try:
        read_yaml(raw)
    except FileFaultError:
        return False
    top = compose(raw.decode("utf-8-sig"))
    if _YEAR in _text(_keys(top).get("programme")):
        return True
    days = [_text(_keys(session).get("on")) for each in _offerings(top) for session in _sessions(each)]
    return any(_WEEK.fullmatch(day) or _LATER.fullmatch(day) for day in days)


def _checked(dated: _Dated, agencies: AgencyBook, libraries: Collection[str]) -> Plan:
    try:
        plan = parse_plan(dated.text.encode(), agencies, libraries)
    except FileFaultError as error:
        told = [*dated.faults, *error.faults]
        raise FileFaultError(sorted(told, key=lambda each: (each.line, each.field))) from None
    if dated.faults:
        raise FileFaultError(dated.faults)
    return plan


def _line(found: tuple[int, Unmet]) -> int:
    return found[0]


def _with_dates(text: str, year: int) -> _Dated:
    dated = _Dated(text)
    read_yaml(text.encode())
    top = compose(text)
    programme = _keys(top).get("programme")
    if programme is not None and _YEAR not in _text(programme):
        dated.faults.append(Fault(_line_of(programme), "programme", FaultCode.TEMPLATE_WITHOUT_YEAR, {}))
    edits: list[Edit] = []
    for offering in _offerings(top):
        edits += _dates_of(offering, year, dated)
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    dated.text = text.replace(_YEAR, str(year))
    return dated


def _dates_of(offering: yaml.Node, year: int, dated: _Dated) -> Iterator[Edit]:
    """The offering's dates in place of its wishes; an unreadable wish gets some date, and its fault."""
    keys = _keys(offering)
    code = _text(keys.get("code"))
    days: list[date] = []
    for session in _sessions(offering):
        values = _keys(session)
        node, number = values.get("on"), _text(values.get("number"))
        if node is None:
            continue
        found = _wished_date(_text(node), days, year)
        if found is None:
            where = f"offerings[{code}].sessions[{number}].on"
            dated.faults.append(Fault(_line_of(node), where, *_fault_of(_text(node))))
            found = (days[-1] + timedelta(weeks=1) if days else date(year, 3, 1)), frozenset({1})
        day, fitting = found
        days.append(day)
        if number.isdigit():
            dated.weekdays[code, int(number)] = fitting
        yield node.start_mark.index, node.end_mark.index, str(day)
        where = f"offerings[{code}].sessions[{number}].venue"
        yield from _weeks_before(values.get("venue"), ("free_until",), day, where, dated)
    sign_up = keys.get("sign_up")
    first = min(days, default=date(year, 3, 1))
    yield from _weeks_before(sign_up, ("opens", "closes"), first, f"offerings[{code}].sign_up", dated)


def _weeks_before(
    part: yaml.Node | None, names: tuple[str, ...], day: date, where: str, dated: _Dated
) -> Iterator[Edit]:
    """The dates for the wishes of ``part``, in weeks before ``day``."""
    for name, node in _keys(part).items():
        if name not in names or not isinstance(node, yaml.ScalarNode) or not node.value:
            continue
        before = _BEFORE.fullmatch(node.value)
        weeks = int(before[1]) if before else _STAND_INS[name]
        if before is None:
            dated.faults.append(
                Fault(
                    _line_of(node), f"{where}.{name}", FaultCode.NOT_WEEKS_BEFORE, {"value": node.value[:80]}
                )
            )
        yield node.start_mark.index, node.end_mark.index, str(day - timedelta(weeks=weeks))


def _fault_of(said: str) -> tuple[FaultCode, dict[str, str | int]]:
    code = FaultCode.DATE_IN_TEMPLATE if _DATE.fullmatch(said) else FaultCode.NOT_A_WISHED_DAY
    return code, {"value": said[:80]}


def _wished_date(said: str, days: list[date], year: int) -> tuple[date, frozenset[int]] | None:
    """The date that ``said`` wishes for, after ``days``, and the permitted weekdays; None if it can't be
    read.
    """
    if (week := _WEEK.fullmatch(said)) and 1 <= int(week[1]) <= 52:
        fitting = _weekdays(week[2])
        return date.fromisocalendar(year, int(week[1]), min(fitting) + 1), fitting
    if (later := _LATER.fullmatch(said)) and days:
        fitting = _weekdays(later[2])
        return days[-1] + timedelta(weeks=int(later[1])), fitting
    return None


def _weekdays(said: str) -> frozenset[int]:
    return frozenset(_DAYS.index(each) for each in said.split()) or frozenset({1, 2, 3})


def _offerings(top: yaml.Node | None) -> list[yaml.Node]:
    strands = _items(_keys(top).get("strands"))
    return [each for strand in strands for each in _items(_keys(strand).get("offerings"))]


def _sessions(offering: yaml.Node) -> list[yaml.Node]:
    return _items(_keys(offering).get("sessions"))


def _keys(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {name.value: value for name, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _text(node: yaml.Node | None) -> str:
    return node.value if isinstance(node, yaml.ScalarNode) else ""


def _line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
