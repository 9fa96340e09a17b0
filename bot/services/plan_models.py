"""The plan file's shape: its keys, what each may hold, and the words for what it may not.

Values arrive as the strings that were written (see ``yaml_lines``) and are read strictly. The keys
are described for coordinators in docs/plan-file.md.
"""

import re
from collections.abc import Callable
from datetime import date, time
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.language import Texts
from bot.domain.plan import (
    Details,
    OfferingKind,
    Picture,
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
    Reading,
    SignUpWindow,
)
from bot.domain.prompts import DEFAULT_RULES, PromptRules
from bot.domain.working_time import DayWindow

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


def _word(limit: int) -> AfterValidator:
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


def _between(least: int, most: int) -> AfterValidator:
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


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextsIn(_Part):
    """One text in Finnish and Swedish, and if you like in English."""

    fi: Line
    sv: Line
    en: Line | None = None

    def to_texts(self) -> Texts:
        return {language: text for language, text in self if text is not None}


Title = Annotated[TextsIn, _at_most(75)]
Paragraph = Annotated[TextsIn, _at_most(1000)]
Sentence = Annotated[TextsIn, _at_most(300)]


class SessionIn(_Part):
    number: WholeNumber
    on: Day
    starts: WallTime = Field(alias="from")
    ends: WallTime = Field(alias="to")
    place: Sentence | None = None
    link: Annotated[Line, _word(2000)] | None = None
    label: Annotated[Line, _word(75)] | None = None
    bring: Sentence | None = None
    cancelled: YesNo = False

    def to_session(self) -> PlannedSession:
        return PlannedSession(
            number=self.number,
            on=self.on,
            starts=self.starts,
            ends=self.ends,
            place=_texts(self.place),
            link=self.link,
            link_label=self.label,
            bring=_texts(self.bring),
            cancelled=self.cancelled,
        )


class ReadingIn(_Part):
    title: Sentence
    link: Address | None = None

    def to_reading(self) -> Reading:
        return Reading(self.title.to_texts(), self.link)


class PictureIn(_Part):
    url: Address
    alt: Sentence


class SignUpIn(_Part):
    opens: Day | None = None
    closes: Day | None = None


class OfferingIn(_Part):
    code: Code
    kind: Kind
    title: Title
    summary: Paragraph
    capacity: WholeNumber
    seats_per_agency: WholeNumber
    agency_seats: dict[str, WholeNumber] = {}
    facilitators: tuple[Facilitator, ...] = ()
    sign_up: SignUpIn = SignUpIn()
    cancelled: YesNo = False
    prompts: YesNo = True
    for_whom: Sentence | None = None
    takes_home: Sentence | None = None
    themes: tuple[Sentence, ...] = ()
    pre_reading: tuple[ReadingIn, ...] = ()
    questions: tuple[Sentence, ...] = ()
    materials: tuple[ReadingIn, ...] = ()
    picture: PictureIn | None = None
    sessions: tuple[SessionIn, ...]

    def to_offering(self) -> PlannedOffering:
        return PlannedOffering(
            code=self.code,
            kind=self.kind,
            title=self.title.to_texts(),
            summary=self.summary.to_texts(),
            capacity=self.capacity,
            seats_per_agency=self.seats_per_agency,
            agency_seats=tuple(sorted(self.agency_seats.items())),
            facilitators=self.facilitators,
            sign_up=SignUpWindow(self.sign_up.opens, self.sign_up.closes),
            cancelled=self.cancelled,
            has_prompts=self.prompts,
            details=self._details(),
            sessions=tuple(session.to_session() for session in self.sessions),
        )

    def _details(self) -> Details:
        picture = self.picture
        return Details(
            for_whom=_texts(self.for_whom),
            takes_home=_texts(self.takes_home),
            themes=tuple(each.to_texts() for each in self.themes),
            pre_reading=tuple(each.to_reading() for each in self.pre_reading),
            questions=tuple(each.to_texts() for each in self.questions),
            materials=tuple(each.to_reading() for each in self.materials),
            picture=Picture(picture.url, picture.alt.to_texts()) if picture is not None else None,
        )


class PromptRulesIn(_Part):
    """When prompts go out; see docs/prompts.md. What is left out stays as it is by default."""

    per_gap: Annotated[WholeNumber, _between(0, 3)] = DEFAULT_RULES.per_gap
    days_after: Annotated[WholeNumber, _between(1, 20)] = DEFAULT_RULES.days_after
    days_before: Annotated[WholeNumber, _between(1, 20)] = DEFAULT_RULES.days_before
    short_gap: Annotated[WholeNumber, _between(2, 100)] = DEFAULT_RULES.short_gap
    weekdays: tuple[Weekday, ...] = tuple(sorted(DEFAULT_RULES.weekdays))
    opens: WallTime = Field(alias="from", default=DEFAULT_RULES.window.opens)
    closes: WallTime = Field(alias="to", default=DEFAULT_RULES.window.closes)
    remind_after: Annotated[WholeNumber, _between(1, 20)] = DEFAULT_RULES.remind_after
    days_between: Annotated[WholeNumber, _between(7, 60)] = DEFAULT_RULES.days_between
    fade_after: Annotated[WholeNumber, _between(1, 10)] = DEFAULT_RULES.fade_after
    closing_after: Annotated[WholeNumber, _between(1, 20)] = DEFAULT_RULES.closing_after
    unnamed_from: Annotated[WholeNumber, _between(5, 100)] = DEFAULT_RULES.unnamed_from

    @model_validator(mode="after")
    def _has_days_and_hours(self) -> "PromptRulesIn":
        if not self.weekdays:
            raise refusal("There is no weekday left to send prompts on", "Name at least one")
        if self.opens >= self.closes:
            raise refusal("The hours for prompts end before they begin", "Let `from` be before `to`")
        return self

    def to_rules(self) -> PromptRules:
        values = self.model_dump(exclude={"weekdays", "opens", "closes"})
        window = DayWindow(self.opens, self.closes)
        return PromptRules(weekdays=frozenset(self.weekdays), window=window, **values)


class StrandIn(_Part):
    number: WholeNumber
    title: Title
    offerings: tuple[OfferingIn, ...] = ()


class PlanIn(_Part):
    programme: Code
    title: Title
    timezone: Timezone = "Europe/Helsinki"
    note: Paragraph | None = None
    prompt_rules: PromptRulesIn = PromptRulesIn()
    strands: tuple[StrandIn, ...]

    def to_plan(self) -> Plan:
        strands = tuple(
            PlannedStrand(
                number=strand.number,
                title=strand.title.to_texts(),
                offerings=tuple(offering.to_offering() for offering in strand.offerings),
            )
            for strand in self.strands
        )
        return Plan(
            code=self.programme,
            title=self.title.to_texts(),
            timezone=self.timezone,
            strands=strands,
            note=_texts(self.note),
            prompt_rules=self.prompt_rules.to_rules(),
        )


MODELS: tuple[type[BaseModel], ...] = (
    PlanIn,
    StrandIn,
    OfferingIn,
    SignUpIn,
    SessionIn,
    PromptRulesIn,
    ReadingIn,
    PictureIn,
    TextsIn,
)


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of ``model`` as they are written in the file."""
    return [info.alias or name for name, info in model.model_fields.items()]


def stand_in(key: str, index: int) -> Any:  # noqa: ANN401 - whatever that key may hold
    """A harmless value for ``key`` where the file's own can't be used, so that the rules can be
    checked on everything around it. It must break no rule; ``index`` keeps numbers apart."""
    texts = {"fi": "-", "sv": "-"}
    values: dict[str, Any] = {
        "programme": "stand-in",
        "code": f"stand-in-{index}",
        "number": str(MAX_NUMBER - index),
        "timezone": "UTC",
        "kind": OfferingKind.EVENT.value,
        "capacity": str(MAX_NUMBER),
        "seats_per_agency": "1",
        "on": f"{9000 + index % 900}-01-01",
        "from": "00:00",
        "to": "23:59",
        "link": "https://stand-in.example",
        "label": "-",
        "cancelled": "false",
        "facilitators": [],
        "agency_seats": {},
        "sign_up": {},
        "prompt_rules": {},
        "prompts": "true",
        "themes": [],
        "pre_reading": [],
        "questions": [],
        "materials": [],
        "picture": None,
        "strands": [],
        "offerings": [],
        "sessions": [],
    }
    return values.get(key, texts)


def _texts(texts: TextsIn | None) -> Texts | None:
    return texts.to_texts() if texts is not None else None
