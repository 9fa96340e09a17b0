"""The questions on use, as the plan file has them or Kaiku's own, and how their counts are said."""

from collections.abc import Sequence
from typing import Final

from bot.domain.completion import LEAST_COUNTED, UseCount
from bot.domain.language import LANGUAGES, Texts
from bot.domain.offerings.offering import Offering
from bot.domain.plan.model import UseQuestion
from bot.i18n import Words, words_for
from bot.views.blocks import escape

DASH: Final = "–"
_OWN: Final = {
    "used": ("use.used", ("use.used_often", "use.used_sometimes", "use.used_not_yet")),
    "will": ("use.will", ("use.will_yes", "use.will_maybe", "use.will_no")),
}


def questions_of(offering: Offering) -> Sequence[UseQuestion]:
    """At most two."""
    asked = offering.closing.questions
    if asked is not None:
        return asked
    return [
        UseQuestion(key, _texts(text), tuple(_texts(choice) for choice in choices))
        for key, (text, choices) in _OWN.items()
    ]


def _texts(key: str) -> Texts:
    return {language: words_for(language, "UTC")(key) for language in LANGUAGES}


def count_line(counted: UseCount, words: Words) -> str:
    """One question with how often each choice was made at the least; a dash for fewer than five."""
    text = escape(words.pick(counted.question.text))
    if counted.counts is None:
        return words("use.too_few", question=text, least=LEAST_COUNTED)
    choices = [escape(words.pick(each)) for each in counted.question.choices]
    said = ", ".join(
        f"{choice}: {DASH if n is None else words('use.at_least', n=n)}"
        for choice, n in zip(choices, counted.counts, strict=True)
    )
    return words("use.counted", question=text, counts=said)
