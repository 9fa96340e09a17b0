"""Saves, changes and deletes people's answers. Every text is encrypted by the vault."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.deliveries import PROMPT_KINDS, DeliveryKind, DeliveryState, Subject
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Person
from bot.domain.prompts.prompt import Moment, Prompt
from bot.domain.reflections import FREE, Asked, Reflection, Sharing
from bot.services.deliveries import outbox
from bot.services.offerings.catalogue import load_offering_by_id
from bot.services.prompts.series import to_prompt
from bot.services.reflections.vault import Vault, VaultError, destroy_key
from storage import cases as case_rows
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import prompt_deliveries as prompt_delivery_rows
from storage import prompts as prompt_rows
from storage.offerings import catalogue as offering_rows
from storage.prompts import PromptRow
from storage.reflections import answers as reflection_rows
from storage.reflections.answers import ReflectionRow
from storage.transaction import Tx

DRAFTS_LAST = timedelta(days=14)


class AnswerForm(Struct, frozen=True):
    """The content of an answer form; ``draft`` was typed but not submitted."""

    asked: Asked
    draft: Sequence[str] | None


def require_vault(vault: Vault | None) -> Vault:
    """Raise KaikuError if there is no KAIKU_SECRET_KEY, because nothing is stored unencrypted:
    REFLECTIONS_OFF.
    """
    if vault is None:
        raise KaikuError(Refusal.REFLECTIONS_OFF)
    return vault


def unsealed(tx: Tx, vault: Vault, person_id: str, sealed: bytes) -> list[str] | None:
    """Decrypt a person's answers; None if their key is gone, and the answers with it. Raises KaikuError if
    the key was encrypted with another secret: REFLECTIONS_LOCKED."""
    try:
        return vault.open(tx, person_id, sealed)
    except VaultError as error:
        if error.code == "wrong_secret":
            raise KaikuError(Refusal.REFLECTIONS_LOCKED) from None
        return None


def load_form(tx: Tx, vault: Vault | None, person: Person, prompt_id: int) -> AnswerForm:
    """The form for a prompt that this person was sent, or may answer in their group's round. Raises
    KaikuError: REFLECTIONS_OFF, REFLECTIONS_LOCKED, NOT_YOUR_PROMPT, ROUND_FOR_SEATED."""
    vault = require_vault(vault)
    asked = load_asked(tx, vault, person, prompt_id)
    draft = reflection_rows.get_draft(tx, person.id, prompt_id)
    return AnswerForm(asked, unsealed(tx, vault, person.id, draft) if draft is not None else None)


def load_asked(tx: Tx, vault: Vault, person: Person, prompt_id: int) -> Asked:
    """The prompt as shown to this person. Raises KaikuError: NOT_YOUR_PROMPT, ROUND_FOR_SEATED,
    GUEST_IN_GROUP, REFLECTIONS_LOCKED."""
    row = prompt_rows.get_prompt(tx, prompt_id)
    if row is None or not _is_theirs(tx, row, person):
        if row is not None and (row.channel is not None or _was_sent(tx, row, person)):
            raise KaikuError(Refusal.ROUND_FOR_SEATED, offering=load_offering_by_id(tx, row.offering_id))
        raise KaikuError(Refusal.NOT_YOUR_PROMPT)
    if not person.may_take_part:  # they became a guest after they were seated
        raise KaikuError(Refusal.GUEST_IN_GROUP, offering=load_offering_by_id(tx, row.offering_id))
    return describe(tx, vault, person, row)


def describe(tx: Tx, vault: Vault, person: Person, row: PromptRow) -> Asked:
    prompt = to_prompt(row)
    offering = load_offering_by_id(tx, row.offering_id)
    written = reflection_rows.get_answer(tx, person.id, row.id)
    counts = reflection_rows.count_answers(tx, [row.id]).get(row.id, {})
    shared = counts.get(Sharing.FACILITATORS, 0) + counts.get(Sharing.GROUP, 0)
    mine = _read(tx, vault, written, prompt) if written is not None else None
    return Asked(prompt, offering, mine, _quoted_words(tx, vault, person, prompt, offering), shared)


def write(
    tx: Tx,
    vault: Vault | None,
    person: Person,
    prompt_id: int,
    answers: Sequence[str],
    sharing: Sharing,
    now: datetime,
) -> Asked:
    """Save an answer, new or changed. Idempotent.

    Raises KaikuError: REFLECTIONS_OFF, REFLECTIONS_LOCKED, NOT_YOUR_PROMPT, ROUND_FOR_SEATED,
    NOTHING_WRITTEN, TOO_FEW_SHARED.
    """
    vault = require_vault(vault)
    if not any(answer.strip() for answer in answers):
        raise KaikuError(Refusal.NOTHING_WRITTEN)
    asked = load_asked(tx, vault, person, prompt_id)
    if sharing is Sharing.GROUP and not asked.may_share_unnamed:
        raise KaikuError(Refusal.TOO_FEW_SHARED, least=asked.offering.prompt_rules.unnamed_from)
    written = _keep(tx, vault, person, asked, answers, sharing, now)
    reflection_rows.delete_draft(tx, person.id, prompt_id)
    return written


def write_freely(
    tx: Tx, vault: Vault | None, person: Person, text: str, form_key: str | None, now: datetime
) -> None:
    """Save free writing. Submitted again, the form named ``form_key`` changes the reflection that it made
    before, even on another instance or after a restart.

    Raises KaikuError: REFLECTIONS_OFF, REFLECTIONS_LOCKED, NOTHING_WRITTEN.
    """
    vault = require_vault(vault)
    if not text.strip():
        raise KaikuError(Refusal.NOTHING_WRITTEN)
    sealed = vault.seal(tx, person.id, [text], now)
    reflection_rows.lock_writer(tx, person.id)  # the same form may be on its way to another instance
    known = reflection_rows.find_by_form(tx, person.id, form_key) if form_key else None
    if known is None:
        reflection_rows.add_reflection(tx, person.id, None, sealed, Sharing.PRIVATE, now, form_key)
    else:
        reflection_rows.change_reflection(tx, known, sealed, Sharing.PRIVATE, now)
    reflection_rows.delete_draft(tx, person.id, FREE)


def choose(
    tx: Tx, vault: Vault | None, person: Person, prompt_id: int, choice: int, now: datetime
) -> AnswerForm:
    """Save the choice that was clicked in the message as the first answer. Raises KaikuError:
    REFLECTIONS_OFF, REFLECTIONS_LOCKED, NOT_YOUR_PROMPT, ROUND_FOR_SEATED."""
    form = load_form(tx, vault, person, prompt_id)
    first = form.asked.prompt.questions[0]
    if not 0 <= choice < len(first.choices):
        raise KaikuError(Refusal.NOT_YOUR_PROMPT)
    mine = form.asked.mine
    before = list(mine.answers) if mine is not None else [""] * len(form.asked.prompt.questions)
    answers = [str(choice), *before[1:]]
    sharing = mine.sharing if mine is not None else Sharing.PRIVATE
    written = _keep(tx, require_vault(vault), person, form.asked, answers, sharing, now)
    return replace(form, asked=written)


def rewrite(
    tx: Tx, vault: Vault | None, person: Person, reflection_id: int, text: str, now: datetime
) -> None:
    """Change a reflection of free writing. Raises KaikuError: REFLECTIONS_OFF, REFLECTION_GONE,
    NOTHING_WRITTEN.
    """
    row = _own(tx, person, reflection_id)
    if not text.strip():
        raise KaikuError(Refusal.NOTHING_WRITTEN)
    sealed = require_vault(vault).seal(tx, person.id, [text], now)
    reflection_rows.change_reflection(tx, row.id, sealed, row.shared, now)


def delete(tx: Tx, person: Person, reflection_id: int, now: datetime) -> None:
    """Delete one reflection; messages that quoted it are edited. Raises KaikuError: REFLECTION_GONE."""
    row = _own(tx, person, reflection_id)
    prompt = _prompt_of(tx, row)
    reflection_rows.delete_reflection(tx, row.id)
    if prompt is not None:
        refresh_messages(tx, person.id, load_offering_by_id(tx, prompt.offering_id), now)


def erase(tx: Tx, person_id: str, now: datetime) -> None:
    """Delete everything a person wrote, and their key, so that old backups can't be read either."""
    about = {
        prompt.offering_id
        for row in reflection_rows.list_of_person(tx, person_id)
        if (prompt := _prompt_of(tx, row)) is not None
    }
    told = case_rows.list_told_by(tx, person_id)
    reflection_rows.delete_all_of(tx, person_id)
    destroy_key(tx, person_id)
    for code in told:
        outbox.plan_edit_of(tx, DeliveryKind.CASE_ASKED, person_id, code, now)
    for offering_id in sorted(about):
        refresh_messages(tx, person_id, load_offering_by_id(tx, offering_id), now)


def list_own(tx: Tx, vault: Vault | None, person: Person) -> list[tuple[Reflection, Offering | None]]:
    """Everything a person wrote, newest first, each with its offering. Raises KaikuError: REFLECTIONS_OFF,
    REFLECTIONS_LOCKED."""
    vault = require_vault(vault)
    found = []
    offerings: dict[int, Offering] = {}
    for row in reflection_rows.list_of_person(tx, person.id):
        prompt, offering = _prompt_of(tx, row), None
        if prompt is not None:
            if prompt.offering_id not in offerings:
                offerings[prompt.offering_id] = load_offering_by_id(tx, prompt.offering_id)
            offering = offerings[prompt.offering_id]
        reflection = _read(tx, vault, row, to_prompt(prompt) if prompt is not None else None)
        found.append((reflection, offering))
    return found


def load_own(tx: Tx, vault: Vault | None, person: Person, reflection_id: int) -> Reflection:
    """The person's reflection of free writing. Raises KaikuError: REFLECTIONS_OFF, REFLECTIONS_LOCKED,
    REFLECTION_GONE.
    """
    return _read(tx, require_vault(vault), _own(tx, person, reflection_id), None)


def save_draft(
    tx: Tx, vault: Vault | None, person: Person, about: int, answers: Sequence[str], now: datetime
) -> None:
    """Save a draft for two weeks; only its writer ever sees it."""
    vault = require_vault(vault)
    if about != FREE:
        load_asked(tx, vault, person, about)
    reflection_rows.delete_drafts_before(tx, now - DRAFTS_LAST)
    reflection_rows.set_draft(tx, person.id, about, vault.seal(tx, person.id, answers, now), now)


def load_draft(tx: Tx, vault: Vault | None, person: Person) -> str:
    """The person's draft of free writing; empty if there is none."""
    vault = require_vault(vault)
    draft = reflection_rows.get_draft(tx, person.id, FREE)
    return (unsealed(tx, vault, person.id, draft) or [""])[0] if draft is not None else ""


def refresh_messages(
    tx: Tx, person_id: str, offering: Offering, now: datetime, changed: int | None = None
) -> None:
    """Plan edits of this person's messages about the offering's prompts, which quote earlier answers.

    ``changed`` is the prompt whose answer changed. Messages that quote nothing are not edited.
    """
    answered = reflection_rows.list_answered(tx, person_id) if changed is not None else set()
    settled = {str(Subject(offering.code, prompt_id=each)) for each in answered if each != changed}
    for sent in prompt_delivery_rows.list_prompt_deliveries(tx, person_id, PROMPT_KINDS):
        is_ours = sent.subject == offering.code or sent.subject.startswith(f"{offering.code}/")
        if is_ours and sent.state == DeliveryState.SENT and sent.ts and sent.subject not in settled:
            delivery_rows.renew_delivery(
                tx,
                kind=DeliveryKind.EDIT,
                recipient=person_id,
                subject=str(sent.id),
                occurrence="",
                now=now,
            )


# -- private -------------------------------------------------------------------------------------------


def _keep(
    tx: Tx,
    vault: Vault,
    person: Person,
    asked: Asked,
    answers: Sequence[str],
    sharing: Sharing,
    now: datetime,
) -> Asked:
    """Store the answer, plan the edits that follow, and return the prompt as answered."""
    prompt_id = asked.prompt.id
    sealed = vault.seal(tx, person.id, answers, now)
    row = reflection_rows.get_answer(tx, person.id, prompt_id)
    if row is None:
        row = reflection_rows.add_reflection(tx, person.id, prompt_id, sealed, sharing, now)
        prompt_rows.mark_stale(tx, [person.id])
    else:
        reflection_rows.change_reflection(tx, row.id, sealed, sharing, now)
    refresh_messages(tx, person.id, asked.offering, now, prompt_id)
    return asked.answered(Reflection(row.id, asked.prompt, answers, sharing, row.written_at))


def _holds_seat(tx: Tx, row: PromptRow, person: Person) -> bool:
    enrolment = enrolment_rows.get_standing_enrolment(tx, row.offering_id, person.id)
    return enrolment is not None and enrolment.status == "seated"


def _is_theirs(tx: Tx, row: PromptRow, person: Person) -> bool:
    """Whether the person has a seat in the group, and was sent this prompt or it is a round of the group.
    Somebody who gave up their seat is no longer in the group.
    """
    if not _holds_seat(tx, row, person):
        return False
    return row.channel is not None or _was_sent(tx, row, person)


def _was_sent(tx: Tx, row: PromptRow, person: Person) -> bool:
    code = load_offering_by_id(tx, row.offering_id).code
    sent = delivery_rows.list_about(
        tx,
        kinds=(DeliveryKind.PROMPT,),
        subjects=(str(Subject(code, prompt_id=row.id)),),
        recipients=(person.id,),
    )
    return any(
        each.state in {DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN} or each.maybe_sent
        for each in sent
    )


def _quoted_words(
    tx: Tx, vault: Vault, person: Person, prompt: Prompt, offering: Offering
) -> list[Reflection]:
    """The person's own earlier words that a prompt quotes: the midpoint quotes their plan, the prompt before
    the next session both. In a new group, words from another offering of the strand are quoted.
    """
    wanted = {
        Moment.MIDPOINT: (Moment.PLAN,),
        Moment.BEFORE: (Moment.PLAN, Moment.MIDPOINT),
    }.get(prompt.moment, ())
    if not wanted:
        return []
    strand = offering_rows.get_strand_id(tx, offering.id)
    newest: dict[Moment, tuple[datetime, Reflection]] = {}
    for row in reflection_rows.list_of_person(tx, person.id):
        other = _prompt_of(tx, row)
        if other is None or other.id == prompt.id or Moment(other.moment) not in wanted:
            continue
        moment, is_here = Moment(other.moment), other.offering_id == offering.id
        if moment in newest or (is_here and _gap(other.series) != _gap(prompt.series)):
            continue
        if not is_here and offering_rows.get_strand_id(tx, other.offering_id) != strand:
            continue
        reflection = _read(tx, vault, row, to_prompt(other))
        if reflection.has_words:
            newest[moment] = (row.written_at, reflection)
    return [newest[moment][1] for moment in wanted if moment in newest]


def _prompt_of(tx: Tx, row: ReflectionRow) -> PromptRow | None:
    """The prompt that a reflection answers; None if it was written freely."""
    return prompt_rows.get_prompt(tx, row.prompt_id) if row.prompt_id is not None else None


def _gap(series: str | None) -> str | None:
    return series.split("/", maxsplit=1)[0] if series is not None else None


def _own(tx: Tx, person: Person, reflection_id: int) -> ReflectionRow:
    row = reflection_rows.get_reflection(tx, reflection_id)
    if row is None or row.person_id != person.id:
        raise KaikuError(Refusal.REFLECTION_GONE)
    return row


def _read(tx: Tx, vault: Vault, row: ReflectionRow, prompt: Prompt | None) -> Reflection:
    answers = unsealed(tx, vault, row.person_id, row.sealed) or []
    return Reflection(row.id, prompt, answers, Sharing(row.shared), row.written_at)
