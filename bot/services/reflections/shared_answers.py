"""The shared answers to prompts: what facilitators and the group may read."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.acts import ActKind
from bot.domain.deliveries import Subject
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.domain.reflections import SharedAnswer, SharedAnswers, Sharing, figures_of, may_show_unnamed
from bot.services.acts import note_act
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.roster import call_each, roster_of
from bot.services.prompts.series import to_prompt
from bot.services.reflections.answers import load_asked, require_vault, unsealed
from bot.services.reflections.vault import Vault
from storage import enrolment as enrolment_rows
from storage import prompt_deliveries as prompt_delivery_rows
from storage import prompts as prompt_rows
from storage.prompts import PromptRow
from storage.reflections import answers as reflection_rows
from storage.transaction import Tx


def load_shared_answers(
    tx: Tx, vault: Vault | None, offering: Offering, row: PromptRow, called: Mapping[str, str] | None
) -> SharedAnswers:
    """The shared answers to a prompt: for its facilitators with the names of people who chose that; for the
    group (without ``called``, people's names by user id) only those shared without name. Unnamed answers and
    figures are given only from five people on.
    """
    vault = require_vault(vault)
    prompt = to_prompt(row)
    rules = offering.prompt_rules
    counts = reflection_rows.count_answers(tx, [row.id]).get(row.id, {})
    shared = sum(counts.values()) - counts.get(Sharing.PRIVATE, 0)
    named, unnamed = [], []
    for reflection in reflection_rows.list_shared(tx, row.id):
        answers = unsealed(tx, vault, reflection.person_id, reflection.sealed)
        if answers is None:
            continue
        if reflection.shared == Sharing.GROUP:
            unnamed.append(SharedAnswer(None, answers))
        elif called is not None:
            name = called.get(reflection.person_id, reflection.person_id)
            named.append(SharedAnswer(name, answers))
    known = (
        1 if called is None else counts.get(Sharing.FACILITATORS, 0)
    )  # the reader, or the people known by name
    if not may_show_unnamed(shared, len(enrolment_rows.list_seated(tx, offering.id)) - known, rules):
        unnamed = []
    return SharedAnswers(
        prompt,
        _asked_of(tx, offering, row),
        figures_of(counts, rules),
        [*named, *unnamed],
    )


def _asked_of(tx: Tx, offering: Offering, row: PromptRow) -> int:
    """How many people were asked; for a round, everyone with a seat."""
    sent = prompt_delivery_rows.count_sent(tx, str(Subject(offering.code, prompt_id=row.id)))
    return len(enrolment_rows.list_seated(tx, offering.id)) if sent and row.channel is not None else sent


def list_shared_answers(
    tx: Tx, vault: Vault | None, book: AgencyBook, person: Person, code: str, now: datetime
) -> tuple[Offering, list[SharedAnswers]]:
    """The answers to an offering's prompts, newest first, only for its facilitators, with whom people shared
    them; reading them is logged in the log of acts.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_FACILITATOR, REFLECTIONS_OFF, REFLECTIONS_LOCKED.
    """
    offering = load_offering(tx, code)
    if person.id not in offering.facilitators:
        raise KaikuError(Refusal.NOT_FACILITATOR, offering=offering)
    rows = reversed(prompt_rows.list_prompts(tx, offering.id))
    called = call_each(roster_of(tx, offering), book, person.language)
    found = [load_shared_answers(tx, vault, offering, row, called) for row in rows]
    note_act(tx, ActKind.READ_SHARED_ANSWERS, actor=person.id, offering=code, now=now)
    return offering, [each for each in found if each.sent]


def load_group_answers(tx: Tx, vault: Vault | None, person: Person, prompt_id: int) -> SharedAnswers:
    """The answers that the group shared without name, for a person who was asked the same. Raises KaikuError:
    REFLECTIONS_OFF, REFLECTIONS_LOCKED, NOT_YOUR_PROMPT, ROUND_FOR_SEATED."""
    asked = load_asked(tx, require_vault(vault), person, prompt_id)
    row = prompt_rows.get_prompt(tx, prompt_id)
    assert row is not None
    return load_shared_answers(tx, vault, asked.offering, row, None)
