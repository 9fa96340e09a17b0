"""The library of prompts: ``programmes/prompts/*.yml``, read strictly as a whole.

A strand of the plan file names its library by the file's name, such as ``dialogue``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, BeforeValidator, model_validator

from bot.domain.file_faults import Fault, FaultCode, FileFaultError
from bot.domain.language import Texts
from bot.domain.prompts.preparation import Card
from bot.domain.prompts.prompt import (
    MAX_CHOICE,
    MAX_CHOICES,
    MAX_QUESTION,
    SERIES,
    Moment,
    PromptRules,
    Question,
)
from bot.services.yaml_files.reading import MAX_BYTES
from bot.services.yaml_files.structure import read_as, readable
from bot.services.yaml_files.values import SHOWN, Part, TextsIn, line_of, refusal

LIBRARY = Path(__file__).parents[3] / "programmes" / "prompts"
MAX_KEY = 80
MAX_ON_CARD = 3


class LibraryPrompt(Struct, frozen=True):
    """One prompt of the library; ``key`` identifies it."""

    key: str
    moment: Moment
    questions: tuple[Question, ...]


Library = Mapping[str, Sequence[LibraryPrompt]]
"""Prompts by the name of their file, in the order of the file."""

Cards = Mapping[Card, Sequence[Texts]]
"""What each preparation card asks its reader to think about."""


class _ChoiceIn(TextsIn):
    fi: Annotated[str, line_of(MAX_CHOICE)]
    sv: Annotated[str, line_of(MAX_CHOICE)]
    en: Annotated[str, line_of(MAX_CHOICE)] | None = None


def _fits_a_question(choices: tuple[_ChoiceIn, ...]) -> tuple[_ChoiceIn, ...]:
    if len(choices) > MAX_CHOICES:
        raise refusal(FaultCode.TOO_MANY_CHOICES, number=len(choices), limit=MAX_CHOICES)
    return choices


class _QuestionIn(TextsIn):
    fi: Annotated[str, line_of(MAX_QUESTION)]
    sv: Annotated[str, line_of(MAX_QUESTION)]
    en: Annotated[str, line_of(MAX_QUESTION)] | None = None
    choices: Annotated[tuple[_ChoiceIn, ...], AfterValidator(_fits_a_question)] = ()

    def to_question(self) -> Question:
        return Question(self.to_texts(), tuple(choice.to_texts() for choice in self.choices))


def _moment(value: object) -> Moment:
    if value not in list(Moment):
        raise refusal(FaultCode.NOT_A_MOMENT, value=str(value)[:SHOWN], known=", ".join(Moment))
    return Moment(str(value))


class _PromptIn(Part):
    key: Annotated[str, line_of(MAX_KEY)]
    moment: Annotated[Moment, BeforeValidator(_moment)]
    questions: tuple[_QuestionIn, ...]

    @model_validator(mode="after")
    def _has_its_questions(self) -> "_PromptIn":
        fit = {Moment.PLAN: "1", Moment.MIDPOINT: "2"}.get(self.moment, "1–2")
        if str(len(self.questions)) not in fit:
            raise refusal(FaultCode.WRONG_NUMBER_OF_QUESTIONS, number=len(self.questions), fit=fit)
        return self


class _ThoughtIn(TextsIn):
    fi: Annotated[str, line_of(MAX_QUESTION)]
    sv: Annotated[str, line_of(MAX_QUESTION)]
    en: Annotated[str, line_of(MAX_QUESTION)] | None = None


def _fits_a_card(thoughts: tuple[_ThoughtIn, ...]) -> tuple[_ThoughtIn, ...]:
    if not 1 <= len(thoughts) <= MAX_ON_CARD:
        fit = f"1–{MAX_ON_CARD}"
        raise refusal(FaultCode.WRONG_NUMBER_OF_QUESTIONS, number=len(thoughts), fit=fit)
    return thoughts


_CardIn = Annotated[tuple[_ThoughtIn, ...], AfterValidator(_fits_a_card)]


class _CardsIn(Part):
    """The whole track: every ``Card``, by its name."""

    before_asking: _CardIn
    on_receiving: _CardIn
    before_discussion: _CardIn
    after_discussion: _CardIn

    def to_cards(self) -> Cards:
        return {card: [each.to_texts() for each in getattr(self, card)] for card in Card}


class _LibraryIn(Part):
    prompts: tuple[_PromptIn, ...]
    cards: _CardsIn | None = None


def read_library(folder: Path = LIBRARY) -> Library:
    """Read all prompts. Raises FileFaultError with all faults of the first file that has any, and OSError."""
    return _read(folder)[0]


def read_cards(folder: Path = LIBRARY) -> Mapping[str, Cards]:
    """The preparation cards of each library that has them. Raises FileFaultError and OSError, see
    ``read_library``.
    """
    return _read(folder)[1]


@cache
def _read(folder: Path) -> tuple[Library, Mapping[str, Cards]]:
    library: dict[str, list[LibraryPrompt]] = {}
    cards: dict[str, Cards] = {}
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        try:
            library[path.stem], of_file = _parse(raw, seen)
        except FileFaultError as error:
            raise FileFaultError(error.faults, path.name) from None
        if of_file is not None:
            cards[path.stem] = of_file
        seen |= {prompt.key: path.name for prompt in library[path.stem]}
    return library, cards


def library_names(folder: Path = LIBRARY) -> frozenset[str]:
    """The names that a strand may give as its library, whether or not the files are valid."""
    return frozenset(path.stem for path in folder.glob("*.yml"))


def _parse(raw: bytes, seen: Mapping[str, str]) -> tuple[list[LibraryPrompt], Cards | None]:
    found, document = read_as(_LibraryIn, raw)
    here: set[str] = set()
    faults = []
    for index, prompt in enumerate(found.prompts):
        path = ("prompts", index, "key")
        if prompt.key in seen or prompt.key in here:
            params = {"key": prompt.key, "file": seen.get(prompt.key, "")}
            code = FaultCode.KEY_TAKEN if prompt.key in seen else FaultCode.KEY_TAKEN_HERE
            faults.append(Fault(document.line_of(path), readable(path, document.data), code, params))
        here.add(prompt.key)
    if faults:
        raise FileFaultError(faults)
    prompts = [
        LibraryPrompt(each.key, each.moment, tuple(question.to_question() for question in each.questions))
        for each in found.prompts
    ]
    return prompts, found.cards.to_cards() if found.cards is not None else None


def to_stored(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Questions as they are stored with a prompt; later answers refer to them."""
    return [
        {"text": dict(each.text), "choices": [dict(choice) for choice in each.choices]} for each in questions
    ]


def from_stored(stored: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    return tuple(Question(each["text"], tuple(each.get("choices", ()))) for each in stored)


def series_name(session: int, moment: Moment) -> str:
    """The name of a prompt in an offering's own series: ``1/plan``, in the gap after session 1."""
    return f"{session}/{moment}"


def missing_series(
    prompts: Sequence[LibraryPrompt],
    gaps: Sequence[int],
    rules: PromptRules,
    there: Collection[str | None] = (),
    used: Sequence[str] = (),
    *,
    start: int,
) -> Iterator[tuple[int, LibraryPrompt]]:
    """The prompts that an offering's own series lacks: the session's number and the prompt for the gap after
    it.

    ``gaps`` are the sessions followed by another one, in order of time; ``there`` are the names of existing
    prompts and ``used`` their keys in the library. ``start`` lets offerings begin at different prompts.
    """
    keys = list(used)
    for number in gaps:
        for moment in SERIES:
            if series_name(number, moment) in there or moment not in rules.moments():
                continue
            if (chosen := pick(prompts, moment, keys, start)) is not None:
                keys.append(chosen.key)
                yield number, chosen


def pick(
    prompts: Sequence[LibraryPrompt], moment: Moment, used: Sequence[str], start: int
) -> LibraryPrompt | None:
    """The next prompt for this purpose: one not yet ``used`` in the offering, otherwise the one used longest
    ago, but not the last one again if there is another. ``start`` lets offerings begin at different ones.
    """
    fitting = [each for each in prompts if each.moment is moment]
    if not fitting:
        return None
    turned = fitting[start % len(fitting) :] + fitting[: start % len(fitting)]
    return min(turned, key=lambda each: _last_used(each.key, used))


def _last_used(key: str, used: Sequence[str]) -> int:
    return max((n for n, each in enumerate(used, start=1) if each == key), default=0)
