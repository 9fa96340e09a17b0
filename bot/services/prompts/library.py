"""The library of prompts: ``programmes/prompts/*.yml``, one file a strand, read whole and strictly."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.domain.prompts.prompt import (
    MAX_CHOICE,
    MAX_CHOICES,
    MAX_QUESTION,
    SERIES,
    Moment,
    PromptRules,
    Question,
)

LIBRARY = Path(__file__).parents[3] / "programmes" / "prompts"


class LibraryError(Exception):
    """The library can't be used; ``args[0]`` names the file, the prompt and what to mend."""


@dataclass(frozen=True, slots=True)
class LibraryPrompt:
    """One prompt of the library; ``key`` names it for good."""

    key: str
    strand: int
    moment: Moment
    questions: tuple[Question, ...]


Library = Mapping[int, Sequence[LibraryPrompt]]
"""Prompts by the number of their strand, in the order of the file."""


@cache
def read_library(folder: Path = LIBRARY) -> Library:
    """Every prompt there is. Raises LibraryError."""
    library: dict[int, list[LibraryPrompt]] = {}
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise LibraryError(f"{path.name}: can't be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise LibraryError(f"{path.name}: not UTF-8 text; save it again with that encoding") from None
        except yaml.YAMLError as error:
            raise LibraryError(f"{path.name}: not a YAML file: {_one_line(error)}") from None
        if not isinstance(content, dict) or type(content.get("strand")) is not int:
            raise LibraryError(f"{path.name}: begin with `strand:` and its number, then `prompts:`")
        for entry in _list_in(path.name, content, "prompts"):
            prompt = _to_prompt(path.name, content["strand"], entry)
            if prompt.key in seen:
                raise LibraryError(
                    f"{path.name}: {prompt.key} is in {seen[prompt.key]} already; give one another `key`"
                )
            seen[prompt.key] = path.name
            library.setdefault(prompt.strand, []).append(prompt)
    return library


def _one_line(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return " ".join(str(error).split())


def _list_in(where: str, entry: Mapping[str, Any], field: str) -> list[Any]:
    found = entry.get(field)
    if found is None:
        return []
    if not isinstance(found, list):
        raise LibraryError(f"{where}: `{field}` must be a list; begin each of its lines with `- `")
    return found


def _to_prompt(file: str, strand: int, entry: Any) -> LibraryPrompt:  # noqa: ANN401 - whatever YAML held
    key = entry.get("key") if isinstance(entry, dict) else None
    if not isinstance(key, str) or not key:
        raise LibraryError(f"{file}: a prompt has no `key`")
    where = f"{file}: {key}"
    if entry.get("moment") not in list(Moment):
        raise LibraryError(f"{where}: `moment` must be one of {', '.join(Moment)}")
    moment = Moment(entry["moment"])
    questions = tuple(_to_question(where, each) for each in _list_in(where, entry, "questions"))
    expected = {Moment.PLAN: {1}, Moment.MIDPOINT: {2}, Moment.BEFORE: {1, 2}}.get(moment, {1, 2})
    if len(questions) not in expected:
        raise LibraryError(f"{where}: {len(questions)} questions; {' or '.join(map(str, expected))} fit")
    return LibraryPrompt(key, strand, moment, questions)


def _to_question(where: str, entry: Any) -> Question:  # noqa: ANN401
    if not isinstance(entry, dict):
        raise LibraryError(f"{where}: a question needs its text by language")
    choices = _list_in(where, entry, "choices")
    if len(choices) > MAX_CHOICES:
        raise LibraryError(f"{where}: {len(choices)} choices; {MAX_CHOICES} fit")
    return Question(
        _to_texts(where, entry, MAX_QUESTION),
        tuple(_to_texts(where, choice, MAX_CHOICE) for choice in choices),
    )


def _to_texts(where: str, entry: Any, limit: int) -> dict[str, str]:  # noqa: ANN401
    texts = {}
    for language in ("fi", "sv", "en"):
        text = entry.get(language) if isinstance(entry, dict) else None
        if text is None and language == "en":
            continue
        if not isinstance(text, str) or not text.strip():
            raise LibraryError(f"{where}: the text in `{language}` is missing")
        if len(text) > limit:
            raise LibraryError(f"{where}: {len(text)} characters in `{language}`; {limit} fit")
        texts[language] = " ".join(text.split())
    return texts


def to_stored(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Questions as they are stored with a prompt: later answers refer to what was asked."""
    return [
        {"text": dict(each.text), "choices": [dict(choice) for choice in each.choices]} for each in questions
    ]


def from_stored(stored: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    return tuple(Question(each["text"], tuple(each.get("choices", ()))) for each in stored)


def series_name(session: int, moment: Moment) -> str:
    """A prompt's place in an offering's own series: ``1/plan``, in the gap after session 1."""
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
    """What an offering's own series still lacks: session number and the prompt for the gap after it.

    ``gaps`` are the sessions that another one follows, in order of time; ``there`` the names of what it
    has, ``used`` the library's keys of that. ``start`` lets offerings begin at different prompts.
    """
    keys = list(used)
    for number in gaps:
        for moment in SERIES:
            chosen = pick(prompts, moment, keys, start)
            if series_name(number, moment) in there or moment not in rules.moments() or chosen is None:
                continue
            keys.append(chosen.key)
            yield number, chosen


def pick(
    prompts: Sequence[LibraryPrompt], moment: Moment, used: Sequence[str], start: int
) -> LibraryPrompt | None:
    """The next prompt for this moment: one not yet ``used`` in the offering, else the one used longest
    ago; never the last one again while there is another. ``start`` lets offerings begin at different ones.
    """
    fitting = [each for each in prompts if each.moment is moment]
    if not fitting:
        return None
    turned = fitting[start % len(fitting) :] + fitting[: start % len(fitting)]
    return min(turned, key=lambda each: _last_used(each.key, used))


def _last_used(key: str, used: Sequence[str]) -> int:
    return max((n for n, each in enumerate(used, start=1) if each == key), default=0)
