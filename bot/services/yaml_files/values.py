"""The values of files written by hand: what may be written as a number, a day, a text.

Every value arrives as the string that was written (see ``reading``) and is read strictly. An invalid value is
refused with a FaultCode.
"""

import re
from collections.abc import Callable
from datetime import date, time
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.calendars.wall_time import is_region
from bot.domain.file_faults import FaultCode
from bot.domain.language import LANGUAGES, Texts
from bot.domain.plan.model import OfferingKind
from bot.domain.text import TextError, clean_line

T = TypeVar("T")

MAX_NUMBER = 100_000
MAX_CODE = 40
MAX_ADDRESS = 2000
MAX_LINE = 5000
FIRST_YEAR, LAST_YEAR = 2000, 2100
SHOWN = 80
"""How many characters of a wrong value its fault shows."""


class StandIn(str):
    """A value that the checks put where the file's own can't be used, so that they can go on."""

    __slots__ = ()


def refusal(code: FaultCode, **params: str | int) -> PydanticCustomError:
    """A validation error with a fault code and the parameters of its sentence."""
    return PydanticCustomError("refused", "refused", {"code": code, **params})


def _written(parse: Callable[[str], T], example: str) -> BeforeValidator:
    """Parse one written word or text; lists and mappings are refused with an ``example``."""

    def read(value: object) -> T:
        if not isinstance(value, str):
            raise refusal(FaultCode.SINGLE_VALUE_EXPECTED, example=example)
        return parse(value)

    return BeforeValidator(read)


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise refusal(FaultCode.NOT_WHOLE_NUMBER, value=text[:SHOWN])
    number = int(text)
    if number > MAX_NUMBER:
        raise refusal(FaultCode.NUMBER_TOO_LARGE, value=number, limit=MAX_NUMBER)
    return number


def _day(text: str) -> date:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII)
    finnish = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    written = found.groups() if found else finnish.groups()[::-1] if finnish else None
    if written is None:
        raise refusal(FaultCode.NOT_A_DATE, value=text[:SHOWN])
    try:
        day = date(*(int(part) for part in written))
    except ValueError as error:
        raise refusal(FaultCode.NO_SUCH_DATE, value=text) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR and not isinstance(text, StandIn):
        raise refusal(FaultCode.YEAR_OUT_OF_BOUNDS, value=text, first=FIRST_YEAR, last=LAST_YEAR)
    if finnish:
        raise refusal(FaultCode.DATE_WRITTEN_OTHERWISE, value=text, right=day.isoformat())
    return day


def _wall_time(text: str) -> time:
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})", text, re.ASCII)
    if not found:
        raise refusal(FaultCode.NOT_A_TIME, value=text[:SHOWN])
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError as error:
        raise refusal(FaultCode.NO_SUCH_TIME, value=text) from error


def _yes_or_no(text: str) -> bool:
    if text.lower() not in {"true", "false", "yes", "no"}:
        raise refusal(FaultCode.NOT_TRUE_OR_FALSE, value=text[:SHOWN])
    return text.lower() in {"true", "yes"}


def _code(text: str) -> str:
    if len(text) > MAX_CODE or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text, re.ASCII):
        raise refusal(FaultCode.NOT_A_CODE, value=text[:SHOWN], limit=MAX_CODE)
    return text


ALLOCATIONS = {"first_come": False, "balanced": True}


def _allocation(text: str) -> bool:
    """Whether seats are drawn."""
    if text not in ALLOCATIONS:
        raise refusal(FaultCode.NOT_AN_ALLOCATION, value=text[:SHOWN], known=", ".join(ALLOCATIONS))
    return ALLOCATIONS[text]


def _kind(text: str) -> OfferingKind:
    kinds = [kind.value for kind in OfferingKind]
    if text not in kinds:
        raise refusal(FaultCode.NOT_A_KIND, value=text[:SHOWN], known=", ".join(kinds))
    return OfferingKind(text)


def _facilitator(text: str) -> str:
    is_user = re.fullmatch(r"[UW][A-Z0-9]{2,30}", text, re.ASCII)
    is_address = re.fullmatch(r"[^\s@<>|]+@[^\s@<>|]+\.[^\s@<>|]+", text)
    if not is_user and not is_address:
        raise refusal(FaultCode.NOT_A_FACILITATOR, value=text[:SHOWN])
    return _line(text)


def _address(text: str) -> str:
    if len(text) > MAX_ADDRESS or not re.fullmatch(r"https://[^\s<>|\"]+", text):
        raise refusal(FaultCode.NOT_AN_ADDRESS, value=text[:SHOWN])
    return _line(text)


def _timezone(text: str) -> str:
    if not is_region(text):
        raise refusal(FaultCode.NOT_A_TIMEZONE, value=text[:SHOWN])
    return text


def _line(text: str, limit: int = MAX_LINE) -> str:
    """A clean, visible text on one line; ``limit`` is Slack's, or what reads well in a message."""
    if _is_cut_in_quotes(text):
        raise refusal(FaultCode.TEXT_CUT_IN_QUOTES, value=text[:SHOWN])
    try:
        return clean_line(text, at_most=limit)
    except TextError as error:
        raise refusal(FaultCode(error.code.value), **error.params) from error


_OPENING_QUOTES = "“”„"


def _is_cut_in_quotes(text: str) -> bool:
    """Whether a comma or `#` cut the text inside a word processor's curly quotes, which mean nothing in YAML:
    only the opening one is left.
    """
    return text.startswith(tuple(_OPENING_QUOTES)) and not any(quote in text[1:] for quote in _OPENING_QUOTES)


_DAYS = ("mon", "tue", "wed", "thu", "fri")


def _weekday(text: str) -> int:
    if text.lower()[:3] not in _DAYS:
        raise refusal(FaultCode.NOT_A_WEEKDAY, value=text[:SHOWN], known=", ".join(_DAYS))
    return _DAYS.index(text.lower()[:3])


def between(least: int, most: int) -> AfterValidator:
    """A number from ``least`` to ``most``."""

    def check(number: int) -> int:
        if not least <= number <= most:
            raise refusal(FaultCode.OUT_OF_BOUNDS, value=number, least=least, most=most)
        return number

    return AfterValidator(check)


def line_of(limit: int) -> BeforeValidator:
    """A text on one line, of at most ``limit`` characters."""
    return _written(lambda text: _line(text, limit), '"Text"')


WholeNumber = Annotated[int, _written(_whole_number, "20")]
Day = Annotated[date, _written(_day, "2019-03-14")]
WallTime = Annotated[time, _written(_wall_time, '"09:00"')]
YesNo = Annotated[bool, _written(_yes_or_no, "true")]
Code = Annotated[str, _written(_code, "dialogue-2")]
Allocation = Annotated[bool, _written(_allocation, "balanced")]
Kind = Annotated[OfferingKind, _written(_kind, "group")]
Facilitator = Annotated[str, _written(_facilitator, "U012AB3CD")]
Address = Annotated[str, _written(_address, "https://kaiku.example")]
Timezone = Annotated[str, _written(_timezone, "Europe/Helsinki")]
Weekday = Annotated[int, _written(_weekday, "tue")]


class Part(BaseModel):
    """A mapping of a file. A known key without a value counts as missing; an unknown key is a fault even
    then, because it may be half of a text that a comma cut.
    """

    # Validators are built when they are first used: a start reads no plan.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty(cls, data: Any) -> Any:  # noqa: ANN401 - whatever YAML held
        if not isinstance(data, dict):
            return data
        known = keys_of(cls)
        return {key: value for key, value in data.items() if value is not None or key not in known}


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of ``model`` as they are written in the file."""
    return [info.alias or name for name, info in model.model_fields.items()]


class TextsIn(Part):
    """One text in Finnish and Swedish, and optionally in English."""

    fi: Annotated[str, line_of(MAX_LINE)]
    sv: Annotated[str, line_of(MAX_LINE)]
    en: Annotated[str, line_of(MAX_LINE)] | None = None

    def to_texts(self) -> Texts:
        texts = {language: getattr(self, language) for language in LANGUAGES}
        return {language: text for language, text in texts.items() if text is not None}


class Title(TextsIn):
    fi: Annotated[str, line_of(75)]
    sv: Annotated[str, line_of(75)]
    en: Annotated[str, line_of(75)] | None = None


class Sentence(TextsIn):
    fi: Annotated[str, line_of(300)]
    sv: Annotated[str, line_of(300)]
    en: Annotated[str, line_of(300)] | None = None


class Paragraph(TextsIn):
    fi: Annotated[str, line_of(1000)]
    sv: Annotated[str, line_of(1000)]
    en: Annotated[str, line_of(1000)] | None = None
