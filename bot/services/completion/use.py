"""Answers to the questions on use, at the end and some months later; only counts from five up are shown."""

from datetime import datetime

from bot.domain.completion import Occasion, UseCount, counts_of
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Person
from bot.services.deliveries import outbox
from bot.services.offerings.catalogue import load_offering
from bot.views.completion.use import asked_at, questions_of
from storage import completion as completion_rows
from storage import enrolment as enrolment_rows
from storage.transaction import Tx


def answer_use(tx: Tx, person: Person, code: str, key: str, choice: int, now: datetime) -> None:
    """Store the clicked choice; clicking another one changes it. The message then shows the choice. Raises
    KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED.
    """
    offering = load_offering(tx, code)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    occasion, question = next(
        ((each, asked) for each in Occasion for asked in asked_at(offering, each) if asked.key == key),
        (Occasion.CLOSING, None),
    )
    is_choice = question is not None and 0 <= choice < len(question.choices)
    if enrolment is None or enrolment.status != Status.SEATED or not is_choice:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    completion_rows.set_use_answer(tx, offering.id, key, person.id, choice, now)
    outbox.plan_edit_of(tx, occasion.kind, person.id, code, now)


def count_use(tx: Tx, offering: Offering) -> list[UseCount]:
    """The counts of every question on use, or that there are too few answers."""
    rows = completion_rows.list_use_answers(tx, offering.id)
    return [
        counts_of(question, [row.choice for row in rows if row.key == question.key])
        for question in questions_of(offering)
    ]
