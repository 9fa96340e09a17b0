"""The training phrases of the assistant, which ship with the code: one a line, under its topic."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from bot.domain.assistant.classifier import Classifier
from bot.domain.assistant.topics import Topic
from bot.domain.assistant.understanding import understand
from bot.domain.language import LANGUAGES

PHRASES = Path(__file__).parent / "phrases"


def read_phrases(language: str) -> Iterator[tuple[str, Topic]]:
    """The phrases of one language."""
    topic: Topic | None = None
    for line in (PHRASES / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            topic = Topic(line.strip("[]"))
        elif line and topic is not None:
            yield line, topic


@cache
def learned() -> Classifier:
    """The classifier, trained the first time that somebody writes."""
    return Classifier(phrase for language in LANGUAGES for phrase in read_phrases(language))


def topics_of(text: str) -> Sequence[Topic]:
    """The topics of a text. Slow the first time, so not for the event loop."""
    return understand(text, learned())
