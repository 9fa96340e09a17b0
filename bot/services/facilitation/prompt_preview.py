"""A draft prompt as it would be sent: what its readers see, how many there are, and when they get it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Defaults, Person
from bot.domain.prompts.dates import DatedPrompt
from bot.domain.prompts.prompt import Prompt, PromptState, Timing
from bot.domain.prompts.reach import Reach, reach_of
from bot.domain.prompts.schedule import Recipient
from bot.domain.reflections import Asked
from bot.i18n import words_for
from bot.services.prompts.owed import asks_of, sent_prompts
from bot.services.prompts.planning import load_situations
from bot.services.prompts.series import Timeline, to_prompt
from bot.services.reflections.prompt_messages import said_in_channel, said_to_person
from bot.views.blocks import Message
from storage.prompts import PromptRow
from storage.transaction import Tx

ROUND = "round"


class PromptPreview(Struct, frozen=True):
    """A draft as it would be sent; ``readers`` counts people by language. ``messages`` are by the language of
    their readers, or ``ROUND`` is the one for a channel."""

    prompt: Prompt
    offering: Offering
    dated: DatedPrompt
    reach: Reach
    readers: Mapping[str, int]
    messages: Mapping[str, Message]


def as_confirmed(draft: PromptRow, original: PromptRow | None, now: datetime) -> Prompt:
    """The prompt that the draft becomes, which may replace an ``original``. Without a time it is due now."""
    prompt = replace(to_prompt(draft), state=PromptState.PLANNED)
    if original is not None:
        prompt = replace(prompt, id=original.id, series=original.series, author=original.author)
    if prompt.timing == Timing() and prompt.series is None:
        prompt = replace(prompt, timing=Timing(at=now))
    return prompt


def find_reach(
    tx: Tx, prompt: Prompt, offering: Offering, seated: Sequence[Person], now: datetime
) -> tuple[DatedPrompt, Reach]:
    """Compute whom the draft reaches, with the schedule that plans each person's prompts."""
    timelines: dict[int, Timeline] = {}
    situations = load_situations(tx, seated, now, timelines, also=[prompt])
    dated = next(each for each in timelines[offering.id].dated if each.prompt.id == prompt.id)
    asks = []
    for situation in situations:
        sent = sent_prompts(situation.stored)
        for _, mine in asks_of(situation.timelines, situation.seats, situation.recipient, sent, now):
            asks += [ask for ask in mine if ask.dated.prompt.id == prompt.id]
    return dated, reach_of(asks)


def messages_of(
    prompt: Prompt, offering: Offering, readers: Mapping[str, int], defaults: Defaults, at: datetime
) -> dict[str, Message]:
    """The messages to be sent at ``at``, rendered as at that time; without anybody's own earlier words."""
    if prompt.channel is not None:
        return {ROUND: said_in_channel(prompt, offering, defaults)}
    asked = Asked(prompt, offering, mine=None, echoes=(), shared=0)
    return {
        language: said_to_person(asked, words_for(language, offering.timezone, at), at)
        for language in LANGUAGES
        if readers[language] or prompt.questions[0].text.get(language)
    }


def usual_time(dated: DatedPrompt, offering: Offering) -> datetime | None:
    """When the prompt would be sent to somebody without any conflict."""
    if dated.at is not None or dated.on is None:
        return dated.at
    return Recipient(offering.timezone).at(dated.on, offering.prompt_rules)
