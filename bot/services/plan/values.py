"""The values of a plan file: what may be written as a number, a day, a text, and the words for what may not.

Everything arrives as the string that was written (see ``yaml_lines``) and is read strictly.
"""

import re
from collections.abc import Callable
from datetime import date, time
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from bot.domain.language import Texts
from bot.domain.plan.model import OfferingKind

T = TypeVar("T")

MAX_NUMBER = 100_000
MAX_CODE = 40
MAX_ADDRESS = 2000
LANGUAGE_WORDS = {"fi": "Finnish", "sv": "Swedish", "en": "English"}


def refusal(wrong: str, mend: str) -> PydanticCustomError:
    """A validation error that carries what is wrong and how to mend it."""
    return PydanticCustomError("refused", "{wrong}", {"wrong": wrong, "mend": mend})


def _written(parse: Callable[[str], T], expected: str) -> BeforeValidator:
    """Parse what was written as one word or text; lists and mappings are refused with ``expected``."""

    def read(value: object) -> T:
        if not isinstance(value, str):
            raise refusal("A single value is expected here", expected)
        return parse(value)

    return BeforeValidator(read)


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise refusal(f"`{text}` is not a whole number", "Write digits only, such as 20")
    number = int(text)
    if number > MAX_NUMBER:
        raise refusal(f"{number} is too large", f"Write at most {MAX_NUMBER}")
    return number


def _day(text: str) -> date:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII)
    finnish = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    if finnish:
        day, month, year = (int(part) for part in finnish.groups())
        raise refusal(f"`{text}` is not written as year-month-day", f"Write {year}-{month:02}-{day:02}")
    if not found:
        raise refusal(f"`{text}` is not a date", "Write year-month-day, such as 2019-03-14")
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise refusal(f"There is no such date as {text}", "Look the day up in a calendar") from error


def _wall_time(text: str) -> time:
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})", text, re.ASCII)
    if not found:
        raise refusal(f"`{text}` is not a time of day", 'Write hours and minutes, such as "09:00"')
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError as error:
        raise refusal(f"There is no such time as {text}", 'Write "00:00" to "23:59"') from error


def _yes_or_no(text: str) -> bool:
    if text.lower() not in {"true", "false", "yes", "no"}:
        raise refusal(f"`{text}` is neither true nor false", "Write `cancelled: true`, or leave it out")
    return text.lower() in {"true", "yes"}


def _code(text: str) -> str:
    if len(text) > MAX_CODE or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text, re.ASCII):
        raise refusal(
            f"`{text}` is not a well-formed code",
            f"Use small letters a-z, digits and single hyphens, at most {MAX_CODE} characters,"
            " such as dialogue-2",
        )
    return text


def _kind(text: str) -> OfferingKind:
    kinds = [kind.value for kind in OfferingKind]
    if text not in kinds:
        raise refusal(f"`{text}` is not a kind of offering", f"Choose one of {', '.join(kinds)}")
    return OfferingKind(text)


def _facilitator(text: str) -> str:
    is_user = re.fullmatch(r"[UW][A-Z0-9]{2,30}", text, re.ASCII)
    is_address = re.fullmatch(r"[^\s@<>|]+@[^\s@<>|]+\.[^\s@<>|]+", text)
    if not is_user and not is_address:
        raise refusal(
            f"`{text}` is neither a Slack user id nor an e-mail address",
            "Write the id from the person's Slack profile (U012AB3CD), or their address",
        )
    return text


def _address(text: str) -> str:
    if len(text) > MAX_ADDRESS or not re.fullmatch(r"https://[^\s<>|\"]+", text):
        raise refusal(
            f"`{text[:80]}` is not a web address", "Write a whole address that starts with https://"
        )
    return text


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:  # unknown, ill-formed, or a folder of zones
        raise refusal(f"`{text}` is not a time zone", "Write one such as Europe/Helsinki") from error
    return text


def _one_line(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise refusal("The text is empty", "Write it, or leave the key out if it may be left out")
    return words


def _at_most(limit: int) -> AfterValidator:
    """``limit`` characters a text; the limits are Slack's, or what reads well in a message."""

    def check(texts: "TextsIn") -> "TextsIn":
        for language, text in texts.to_texts().items():
            if len(text) > limit:
                raise refusal(
                    f"The {LANGUAGE_WORDS[language]} text has {len(text)} characters; {limit} fit",
                    "Shorten it",
                )
        return texts

    return AfterValidator(check)


def up_to(limit: int) -> AfterValidator:
    """So many characters."""

    def check(text: str) -> str:
        if len(text) > limit:
            raise refusal(f"The text has {len(text)} characters; {limit} fit", "Shorten it")
        return text

    return AfterValidator(check)


_DAYS = ("mon", "tue", "wed", "thu", "fri")


def _weekday(text: str) -> int:
    if text.lower()[:3] not in _DAYS:
        raise refusal(f"`{text}` is not a working day of the week", f"Write some of {', '.join(_DAYS)}")
    return _DAYS.index(text.lower()[:3])


def between(least: int, most: int) -> AfterValidator:
    """A number from ``least`` to ``most``."""

    def check(number: int) -> int:
        if not least <= number <= most:
            raise refusal(f"{number} is out of bounds", f"Write {least} to {most}")
        return number

    return AfterValidator(check)


WholeNumber = Annotated[int, _written(_whole_number, "Write digits only, such as 20")]
Day = Annotated[date, _written(_day, "Write year-month-day, such as 2019-03-14")]
WallTime = Annotated[time, _written(_wall_time, 'Write hours and minutes, such as "09:00"')]
YesNo = Annotated[bool, _written(_yes_or_no, "Write true, or leave it out")]
Code = Annotated[str, _written(_code, "Write a code such as dialogue-2")]
Kind = Annotated[OfferingKind, _written(_kind, f"Choose one of {', '.join(OfferingKind)}")]
Facilitator = Annotated[str, _written(_facilitator, "Write a Slack user id or an e-mail address")]
Address = Annotated[str, _written(_address, "Write an address that starts with https://")]
Timezone = Annotated[str, _written(_timezone, "Write one such as Europe/Helsinki")]
Weekday = Annotated[int, _written(_weekday, f"Write some of {', '.join(_DAYS)}")]
Line = Annotated[str, _written(_one_line, "Write plain text")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextsIn(Part):
    """One text in Finnish and Swedish, and if you like in English."""

    fi: Line
    sv: Line
    en: Line | None = None

    def to_texts(self) -> Texts:
        return {language: text for language, text in self if text is not None}


Title = Annotated[TextsIn, _at_most(75)]
Paragraph = Annotated[TextsIn, _at_most(1000)]
Sentence = Annotated[TextsIn, _at_most(300)]
