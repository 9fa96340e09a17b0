"""The questions on use, as the plan file has them or Kaiku's own, and how their counts are said."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from bot.domain.completion import LEAST_COUNTED, Occasion, UseCount
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


_OBSTACLES: Final = ("time", "supervisor", "peers", "opportunity")
_IN_THE_WAY: Final = ("use.not_at_all", "use.a_little", "use.a_lot")


def asked_at(offering: Offering, occasion: Occasion) -> Sequence[UseQuestion]:
    """The questions asked on an occasion, by the keys of stored answers; a later question's key has the
    months."""
    own = questions_of(offering)
    if occasion is Occasion.CLOSING:
        return own
    if not offering.closing.follow_up:
        return ()
    asked = list(own[:1])
    if occasion is Occasion.AFTER_3:
        choices = tuple(_texts(choice) for choice in _IN_THE_WAY)
        asked += [UseQuestion(each, _texts(f"use.{each}"), choices) for each in _OBSTACLES]
    return [replace(each, key=f"{each.key}+{occasion.months}") for each in asked]


def all_asked(offering: Offering) -> Mapping[str, UseQuestion]:
    """The questions of all occasions, by the keys of stored answers."""
    return {each.key: each for occasion in Occasion for each in asked_at(offering, occasion)}


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
