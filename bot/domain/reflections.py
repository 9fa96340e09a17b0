"""Reflections, what a person answered, and the rules of who may read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.offerings.offering import Offering
from bot.domain.prompts.prompt import Prompt, PromptRules

MAX_ANSWER = 2000
FREE = 0
"""Stands for the prompt's id when a person writes freely; real ids start at 1."""


class Sharing(StrEnum):
    """Who may read a reflection besides its writer."""

    PRIVATE = "private"
    FACILITATORS = "facilitators"  # by name
    GROUP = "group"  # without name


class Reflection(Struct, frozen=True):
    """A person's own words on a prompt, or written freely (``prompt`` None).

    ``answers`` follow the prompt's questions. An if-then plan has two answers. For a question with choices
    the answer is the choice's number from 0, as text.
    """

    id: int
    prompt: Prompt | None
    answers: Sequence[str]
    sharing: Sharing
    written_at: datetime

    @property
    def has_words(self) -> bool:
        return any(answer.strip() for answer in self.answers)


def may_share_unnamed(shared: int, rules: PromptRules, *, is_so_already: bool) -> bool:
    """Whether sharing without name is offered: among fewer than five people who shared, one could be guessed.
    Somebody who already shares without name may keep doing so."""
    return is_so_already or shared >= rules.unnamed_from


class Figures(Struct, frozen=True):
    """How many people answered a prompt and shared their answers. ``at_least``: the true numbers may be
    higher."""

    answered: int
    shared: int
    at_least: bool = False


HIDES_THE_SILENT = 2
"""From this many unnamed answers on, nobody can tell of any one other person whether they answered."""


def figures_of(counts: Mapping[str, int], rules: PromptRules) -> Figures | None:
    """The figures that may be shown, from the numbers of answers by kind of sharing; None for fewer than
    five.

    People who shared by name are known to have answered. If nobody else had, the exact number would reveal
    that all others did not; then, and for one answer more so that the two cases can't be told apart, the
    figure is "at least".
    """
    answered, named = sum(counts.values()), counts.get(Sharing.FACILITATORS, 0)
    if answered < rules.unnamed_from:
        return None
    if answered - named < HIDES_THE_SILENT:
        return Figures(named, named, at_least=True)
    return Figures(answered, answered - counts.get(Sharing.PRIVATE, 0))


def may_show_unnamed(shared: int, could_be: int, rules: PromptRules) -> bool:
    """Whether unnamed answers may be shown: enough people shared, and enough people could be their writers
    (``could_be``). Those who shared by name, or who read them, are not among the latter."""
    return shared >= rules.unnamed_from and could_be >= rules.unnamed_from


class Asked(Struct, frozen=True):
    """A prompt as shown to one person: its offering, their answer, and their earlier words that it quotes."""

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
        """The same prompt with ``mine`` as the person's answer."""
        before = self.mine is not None and self.mine.sharing is not Sharing.PRIVATE
        return replace(self, mine=mine, shared=self.shared - before + (mine.sharing is not Sharing.PRIVATE))


class SharedAnswer(Struct, frozen=True):
    """An answer that its writer shared; ``name`` is set if it was shared by name."""

    name: str | None
    answers: Sequence[str]


class SharedAnswers(Struct, frozen=True):
    """The shared answers to a prompt; figures are None where fewer than five people are behind them."""

    prompt: Prompt
    sent: int
    figures: Figures | None
    answers: Sequence[SharedAnswer]
