"""Reflections: what a person answered, who may read it. Pure values and rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.offerings.offering import Offering
from bot.domain.prompts.prompt import Prompt, PromptRules

MAX_ANSWER = 2000
FREE = 0
"""Stands for the prompt when a person writes freely; real ids start at 1."""


class Sharing(StrEnum):
    """Who may read a reflection besides its writer."""

    PRIVATE = "private"
    FACILITATORS = "facilitators"  # by name
    GROUP = "group"  # without name


@dataclass(frozen=True, slots=True)
class Reflection:
    """A person's own words on a prompt, or written freely (``prompt`` None). ``answers`` follow the
    prompt's questions; of an if-then plan they are two parts; of a question with choices the answer is the
    choice's number from 0, as text."""

    id: int
    prompt: Prompt | None
    answers: Sequence[str]
    sharing: Sharing
    written_at: datetime

    @property
    def has_words(self) -> bool:
        return any(answer.strip() for answer in self.answers)


def may_share_unnamed(shared: int, rules: PromptRules, *, is_so_already: bool) -> bool:
    """Whether sharing without name is offered: among fewer than five who shared, one is soon known.

    Whoever shares so already may keep to it.
    """
    return is_so_already or shared >= rules.unnamed_from


@dataclass(frozen=True, slots=True)
class Figures:
    """How many answered a prompt, and shared what they wrote. ``at_least``: more may have, in either way."""

    answered: int
    shared: int
    at_least: bool = False


HIDES_THE_SILENT = 2
"""So many answers without a name make it uncertain of everybody else whether they answered."""


def figures_of(counts: Mapping[str, int], rules: PromptRules) -> Figures | None:
    """What may be said of answers, counted by how they are shared; None for fewer than five.

    Whoever shared by name is known to have answered. If nobody else had, the number would give away that all
    others stayed silent: then, and for one more so that this can't be told apart, it is "at least".
    """
    answered, named = sum(counts.values()), counts.get(Sharing.FACILITATORS, 0)
    if answered < rules.unnamed_from:
        return None
    if answered - named < HIDES_THE_SILENT:
        return Figures(named, named, at_least=True)
    return Figures(answered, answered - counts.get(Sharing.PRIVATE, 0))


def may_show_unnamed(shared: int, could_be: int, rules: PromptRules) -> bool:
    """Whether unnamed answers may be shown: enough people have shared, and it ``could_be`` enough people
    whose they are. Whoever shared by name, or reads it, is not one of them."""
    return shared >= rules.unnamed_from and could_be >= rules.unnamed_from


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt as one person meets it: of which offering, what they wrote to it, and the earlier words of
    theirs that it hands back."""

    prompt: Prompt
    offering: Offering
    mine: Reflection | None
    echoes: Sequence[Reflection]
    shared: int  # people who have shared their answer in any way

    @property
    def may_share_unnamed(self) -> bool:
        already = self.mine is not None and self.mine.sharing is Sharing.GROUP
        return may_share_unnamed(self.shared, self.offering.prompt_rules, is_so_already=already)

    def answered(self, mine: Reflection) -> "Asked":
        """The same with this as the person's answer, new or changed."""
        before = self.mine is not None and self.mine.sharing is not Sharing.PRIVATE
        return replace(self, mine=mine, shared=self.shared - before + (mine.sharing is not Sharing.PRIVATE))


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """An answer that its writer shared; ``name`` only with those they shared it with by name."""

    name: str | None
    answers: Sequence[str]


@dataclass(frozen=True, slots=True)
class SharedAnswers:
    """What came of a prompt. No figures where fewer than five people stand behind them."""

    prompt: Prompt
    sent: int
    figures: Figures | None
    answers: Sequence[SharedAnswer]
