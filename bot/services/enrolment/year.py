"""A participant's year, as App Home, ``next`` and ``mine`` show it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from bot.domain.deliveries import DeliveryKind, DeliveryState, Subject
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.enrolment.year import Asked, Year, coming_sessions, offered_seats, sort_cards
from bot.domain.offerings.offering import Card
from bot.domain.people.person import Person
from bot.domain.prompts.prompt import PromptState
from bot.services.offerings.catalogue import list_cards, list_own, list_states
from storage import prompt_deliveries as prompt_delivery_rows
from storage import prompts as prompt_rows
from storage.reflections import answers as answer_rows
from storage.transaction import Tx

MOST_ASKED: Final = 3
ASKED_KINDS: Final = frozenset({DeliveryKind.PROMPT, DeliveryKind.PROMPT_AGAIN})


def load_year(tx: Tx, person: Person, now: datetime, *, most_open: int = 0) -> Year:
    """A person's year at ``now``, with the first of the offerings open to them."""
    own = list_own(tx, person.id)
    others = _list_open(tx, now, own, most_open) if most_open else []
    mine, can_join, completed = sort_cards(list_cards(tx, person, now, {*own, *others}), now)
    return Year(
        now=now,
        coming=coming_sessions(mine, now),
        offered=offered_seats(mine),
        asked=_asked(tx, person.id, mine) if mine else (),
        mine=mine,
        open=can_join[:most_open],
        completed=completed,
    )


def _list_open(tx: Tx, now: datetime, own: Collection[int], at_most: int) -> list[int]:
    """The first offerings that are open, or will be, without the person's own."""
    states = {each: state for each, state in list_states(tx, now).items() if each not in own}
    is_open = [each for each, state in states.items() if state is SignUpState.OPEN]
    opens_later = [each for each, state in states.items() if state is SignUpState.NOT_YET]
    return [*is_open, *opens_later][:at_most]


def _asked(tx: Tx, person_id: str, mine: Sequence[Card]) -> list[Asked]:
    """The newest unanswered questions sent to the person, in offerings that are not over."""
    offerings = {card.offering.code: card.offering for card in mine}
    answered = answer_rows.list_answered(tx, person_id)
    sent = {
        subject.prompt_id: offerings[subject.code]
        for delivery in prompt_delivery_rows.list_prompt_deliveries(tx, person_id, ASKED_KINDS)
        if delivery.state == DeliveryState.SENT
        and (subject := Subject.parse(delivery.subject)).prompt_id is not None
        and subject.prompt_id not in answered
        and subject.code in offerings
    }
    asked: list[Asked] = []
    for prompt_id in sorted(filter(None, sent), reverse=True):
        prompt = prompt_rows.get_prompt(tx, prompt_id)
        if prompt is not None and prompt.state == PromptState.PLANNED:
            asked.append(Asked(sent[prompt_id], prompt_id, prompt.questions[0]["text"]))
        if len(asked) == MOST_ASKED:
            break
    return asked
