"""Facilitators' acts on prompts: write or pick, choose when and to whom, preview, send, change, stop.

The role is checked in every function; a refusal is logged.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.carried.prompts import PromptSource
from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Defaults
from bot.domain.prompts.dates import DatedPrompt
from bot.domain.prompts.prompt import ROUND_LASTS, Audience, Moment, Prompt, PromptState, Question, Timing
from bot.domain.prompts.reach import Reach
from bot.services.acts import note_act
from bot.services.deliveries.recipients import list_seated
from bot.services.facilitation.prompt_preview import (
    PromptPreview,
    as_confirmed,
    find_reach,
    messages_of,
    usual_time,
)
from bot.services.offerings.catalogue import load_offering_by_id
from bot.services.offerings.facilitators import Actor, load_facilitated, require_facilitator
from bot.services.prompts.library import Library, LibraryPrompt, from_stored, to_stored
from bot.services.prompts.series import to_prompt
from bot.services.reflections import answers
from storage import deliveries as delivery_rows
from storage import people as person_rows
from storage import prompt_deliveries as prompt_delivery_rows
from storage import prompts as prompt_rows
from storage.offerings import catalogue as offering_rows
from storage.prompts import PromptRow
from storage.transaction import Tx

log = logging.getLogger(__name__)

DRAFTS_LAST = timedelta(days=14)
"""How long a draft is kept."""


class Wording(Struct, frozen=True):
    """The questions, and whether the answer is an if-then plan (``Moment.PLAN``)."""

    questions: Sequence[Question]
    moment: Moment
    library_key: str | None = None


class Sending(Struct, frozen=True):
    """When, to whom, and with or without a reminder; with ``channel``, as a round in that channel."""

    timing: Timing
    audience: Audience = Audience.SEATED
    has_reminder: bool = True
    channel: str | None = None
    in_thread: bool = False


class Shelf(Struct, frozen=True):
    """The prompts that can be picked for one offering; ``asked`` are the keys of those it has had already."""

    offering: Offering
    library: Sequence[LibraryPrompt]
    saved: Sequence[tuple[int, Wording]]
    asked: frozenset[str]


class Published(Struct, frozen=True):
    """A prompt that was confirmed, and the people it reached by the data at that time."""

    prompt: Prompt
    offering: Offering
    dated: DatedPrompt
    reach: Reach


def load_shelf(tx: Tx, actor: Actor, code: str, library: Library) -> Shelf:
    """The prompts that can be picked for an offering. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK."""
    offering = load_facilitated(tx, actor, code, "prompt_shelf")
    strand_id = offering_rows.get_strand_id(tx, offering.id)
    saved = prompt_rows.list_saved(tx, strand_id) if strand_id is not None else ()
    keys = {row.library_key for row in prompt_rows.list_prompts(tx, offering.id) if row.state != "draft"}
    return Shelf(
        offering,
        library.get(offering.prompt_library or "", ()),
        [(row.id, Wording(from_stored(row.questions), Moment(row.moment))) for row in saved],
        frozenset(key for key in keys if key),
    )


def wording_from(shelf: Shelf, source: PromptSource) -> Wording:
    """The words that a new prompt starts from; empty if the source does not exist."""
    for prompt in shelf.library:
        if prompt.key == source.library_key:
            return Wording(prompt.questions, prompt.moment, prompt.key)
    for saved_id, wording in shelf.saved:
        if saved_id == source.saved_id:
            return wording
    return Wording((), Moment.ANY)


def load_wording(tx: Tx, actor: Actor, prompt_id: int) -> tuple[Offering, Prompt]:
    """A draft, or a prompt that may still be changed. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK,
    PROMPT_GONE, PROMPT_BEING_SENT."""
    row, offering = _row(tx, actor, prompt_id, "edit")
    if row.state != PromptState.DRAFT:
        _require_unsent(tx, row, offering)
    return offering, to_prompt(row)


def save_wording(
    tx: Tx,
    actor: Actor,
    code: str,
    wording: Wording,
    prompt_id: int | None,
    now: datetime,
    form_key: str | None = None,
) -> Prompt:
    """Save the questions as a draft: a new one; the draft ``prompt_id`` itself; or, if ``prompt_id`` is
    planned already, a draft that is to replace it. Submitted again, the form named ``form_key`` and the form
    of ``prompt_id`` change the draft that they made before.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, PROMPT_GONE, PROMPT_BEING_SENT.
    """
    offering = load_facilitated(tx, actor, code, "prompt_write")
    prompt_rows.delete_old_drafts(tx, now - DRAFTS_LAST)
    row = _draft_of(tx, actor, offering, prompt_id, form_key, now)
    is_new = row.series is None and row.replaces is None
    changed = prompt_rows.change_prompt(
        tx,
        row.id,
        questions=to_stored(wording.questions),
        library_key=wording.library_key,
        moment=wording.moment.value if is_new else row.moment,
    )
    return to_prompt(changed)


def _draft_of(
    tx: Tx, actor: Actor, offering: Offering, prompt_id: int | None, form_key: str | None, now: datetime
) -> PromptRow:
    author = actor.person.id
    person_rows.lock_person(tx, author)  # the same form may be on its way to another instance
    if prompt_id is None:
        known = prompt_rows.find_by_form(tx, author, form_key) if form_key else None
        if known is not None:
            return _locked_draft(tx, known)
        return prompt_rows.add_prompt(
            tx,
            offering_id=offering.id,
            author=author,
            moment=Moment.ANY.value,
            questions=[],
            state=PromptState.DRAFT.value,
            made_at=now,
            form_key=form_key,
        )
    row, about = _row(tx, actor, prompt_id, "write")
    if about.id != offering.id:
        raise actor.refused(KaikuError(Refusal.PROMPT_GONE), "prompt_write", prompt_id)
    if row.state == PromptState.DRAFT:
        return _locked(tx, row.id)
    _require_unsent(tx, row, offering)
    if (begun := prompt_rows.find_replacing(tx, author, row.id)) is not None:
        return _locked_draft(tx, begun)
    kept = ("moment", "after_session", "before_session", "working_days", "at", "audience")
    more = ("has_reminder", "channel", "in_thread")
    return prompt_rows.add_prompt(
        tx,
        **{name: getattr(row, name) for name in (*kept, *more)},
        offering_id=offering.id,
        author=author,
        questions=row.questions,
        state=PromptState.DRAFT.value,
        replaces=row.id,
        made_at=now,
    )


def is_of_series(tx: Tx, draft_id: int) -> bool:
    """Whether the draft is to replace a prompt of the offering's own series, which determines its time."""
    row = prompt_rows.get_prompt(tx, draft_id)
    original = prompt_rows.get_prompt(tx, row.replaces) if row is not None and row.replaces else None
    return original is not None and original.series is not None


def save_sending(tx: Tx, actor: Actor, draft_id: int, sending: Sending) -> None:
    """Save when and to whom the draft goes. Raises KaikuError: NOT_YOURS_TO_ASK, PROMPT_GONE."""
    _draft(tx, actor, draft_id, "plan")
    prompt_rows.change_prompt(tx, _locked(tx, draft_id).id, **_to_columns(sending))


def load_preview(tx: Tx, actor: Actor, draft_id: int, defaults: Defaults, now: datetime) -> PromptPreview:
    """How the draft would look and whom it would reach if it were confirmed now. Raises KaikuError:
    NOT_YOURS_TO_ASK, PROMPT_GONE."""
    row, offering = _draft(tx, actor, draft_id, "preview")
    original = prompt_rows.get_prompt(tx, row.replaces) if row.replaces is not None else None
    prompt = as_confirmed(row, original, now)
    seated = list_seated(tx, offering.id, defaults)
    dated, reach = find_reach(tx, prompt, offering, seated, now)
    readers = Counter(person.language for person in seated)
    at = reach.first or usual_time(dated, offering) or now
    messages = messages_of(prompt, offering, readers, defaults, at)
    return PromptPreview(prompt, offering, dated, reach, readers, messages)


def publish(
    tx: Tx,
    actor: Actor,
    draft_id: int,
    defaults: Defaults,
    now: datetime,
    *,
    keep_in_library: bool,
    becomes: int | None = None,
) -> Published:
    """Confirm the draft, so that it is sent. Idempotent: a draft that is gone has become the prompt that it
    was to replace (``becomes``). Raises KaikuError: NOT_YOURS_TO_ASK, PROMPT_GONE, PROMPT_BEING_SENT."""
    # Locked, because a concurrent confirmation of the same draft deletes it.
    if becomes is not None and prompt_rows.lock_prompt(tx, draft_id) is None:
        draft_id = becomes
    _, offering = _row(tx, actor, draft_id, "send")
    row = _locked(tx, draft_id)
    if row.state == PromptState.PLANNED:  # the same confirmation once more
        prompt, seated = to_prompt(row), list_seated(tx, offering.id, defaults)
        return Published(prompt, offering, *find_reach(tx, prompt, offering, seated, now))
    if row.state != PromptState.DRAFT:
        raise KaikuError(Refusal.PROMPT_GONE)
    original = _locked(tx, row.replaces) if row.replaces is not None else None
    prompt = as_confirmed(row, original, now)
    if original is not None:
        if original.state != PromptState.PLANNED:
            raise KaikuError(Refusal.PROMPT_GONE)
        # Otherwise a delivery being claimed now would go out with the old words.
        if not prompt_delivery_rows.hold_back(tx, str(Subject(offering.code, prompt_id=original.id))):
            raise KaikuError(Refusal.PROMPT_BEING_SENT)
        _require_unsent(tx, original, offering)
        prompt_rows.delete_prompt(tx, row.id)
    confirmed = prompt_rows.change_prompt(
        tx,
        prompt.id,
        questions=to_stored(prompt.questions),
        library_key=prompt.library_key,
        state=PromptState.PLANNED.value,
        **_to_columns(prompt),
    )
    if keep_in_library:
        strand_id = offering_rows.get_strand_id(tx, offering.id)
        assert strand_id is not None
        prompt_rows.add_saved(tx, strand_id, confirmed, actor.person.id, now)
    if prompt.channel is not None:
        _plan_round(tx, offering, prompt, now)
    seated = list_seated(tx, offering.id, defaults)
    prompt_rows.mark_stale(tx, [person.id for person in seated])
    _note(actor, "sent", prompt.id)
    kind = ActKind.SENT_PROMPT if original is None else ActKind.CHANGED_PROMPT
    _note_in_log(tx, kind, actor, offering, now)
    return Published(prompt, offering, *find_reach(tx, prompt, offering, seated, now))


def _to_columns(sending: Sending | Prompt) -> dict[str, Any]:
    """The columns that say when, to whom and where the prompt is sent."""
    timing = sending.timing
    return {
        "after_session": timing.after_session,
        "before_session": timing.before_session,
        "working_days": timing.working_days,
        "at": timing.at,
        "audience": sending.audience.value,
        "has_reminder": sending.has_reminder,
        "channel": sending.channel,
        "in_thread": sending.in_thread,
    }


def _plan_round(tx: Tx, offering: Offering, prompt: Prompt, now: datetime) -> None:
    assert prompt.channel is not None
    at = prompt.timing.at or now
    subject = str(Subject(offering.code, prompt_id=prompt.id))
    prompt_delivery_rows.delete_unsent_rounds(tx, subject)
    delivery_rows.add_delivery(
        tx,
        kind=DeliveryKind.ROUND,
        recipient=prompt.channel,
        subject=subject,
        occurrence="",
        due_at=at,
        expires_at=at + ROUND_LASTS,
        now=now,
    )


def load_withdrawal(tx: Tx, actor: Actor, prompt_id: int) -> tuple[Offering, Prompt, int]:
    """The prompt that would be cancelled, and how many people have it already. Raises KaikuError:
    NOT_YOURS_TO_ASK, PROMPT_GONE."""
    row, offering = _row(tx, actor, prompt_id, "withdraw")
    return (
        offering,
        to_prompt(row),
        prompt_delivery_rows.count_sent(tx, str(Subject(offering.code, prompt_id=row.id))),
    )


def withdraw(tx: Tx, actor: Actor, prompt_id: int, now: datetime) -> PromptState:
    """Cancel a prompt before it is sent, or stop it while it is being sent: for those who have it and have
    not answered, the message is replaced. Raises KaikuError: NOT_YOURS_TO_ASK, PROMPT_GONE."""
    _, offering = _row(tx, actor, prompt_id, "withdraw")
    row = _locked(tx, prompt_id)
    if row.state == PromptState.DRAFT:
        prompt_rows.delete_prompt(tx, row.id)
        return PromptState.CANCELLED
    subject = str(Subject(offering.code, prompt_id=row.id))
    was_sent = prompt_delivery_rows.count_sent(tx, subject) > 0
    state = PromptState(row.state)
    if state is PromptState.PLANNED:
        state = PromptState.STOPPED if was_sent else PromptState.CANCELLED
        prompt_rows.change_prompt(tx, row.id, state=state.value)
        prompt_delivery_rows.cancel_unsent(tx, subject, "withdrawn")
        prompt_rows.mark_seated_stale(tx, [offering.id])
        if was_sent:
            for person_id in prompt_delivery_rows.list_recipients(tx, subject):
                answers.refresh_messages(tx, person_id, offering, now)
        _note(actor, state.value, row.id)
        _note_in_log(tx, ActKind.WITHDREW_PROMPT, actor, offering, now)
    return state


def throw_away(tx: Tx, actor: Actor, code: str, draft_id: int) -> None:
    """Delete one's own draft. Does nothing if it is gone already.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK.
    """
    load_facilitated(tx, actor, code, "prompt_throw_away")
    row = prompt_rows.get_prompt(tx, draft_id)
    if row is not None and row.state == PromptState.DRAFT and row.author == actor.person.id:
        prompt_rows.delete_prompt(tx, row.id)


# -- private -------------------------------------------------------------------------------------------


def _row(tx: Tx, actor: Actor, prompt_id: int, act: str) -> tuple[PromptRow, Offering]:
    row = prompt_rows.get_prompt(tx, prompt_id)
    if row is None:
        raise KaikuError(Refusal.PROMPT_GONE)
    return row, require_facilitator(load_offering_by_id(tx, row.offering_id), actor, f"prompt_{act}")


def _draft(tx: Tx, actor: Actor, draft_id: int, act: str) -> tuple[PromptRow, Offering]:
    row, offering = _row(tx, actor, draft_id, act)
    if row.state != PromptState.DRAFT:
        raise KaikuError(Refusal.PROMPT_GONE)
    return row, offering


def _locked(tx: Tx, prompt_id: int) -> PromptRow:
    """The prompt, locked until the commit. It must exist."""
    row = prompt_rows.lock_prompt(tx, prompt_id)
    if row is None:
        raise KaikuError(Refusal.PROMPT_GONE)
    return row


def _locked_draft(tx: Tx, prompt_id: int) -> PromptRow:
    row = _locked(tx, prompt_id)
    if row.state != PromptState.DRAFT:  # the draft has been confirmed since
        raise KaikuError(Refusal.PROMPT_GONE)
    return row


def _require_unsent(tx: Tx, row: PromptRow, offering: Offering) -> None:
    if row.state != PromptState.PLANNED:
        raise KaikuError(Refusal.PROMPT_GONE)
    if prompt_delivery_rows.count_sent(tx, str(Subject(offering.code, prompt_id=row.id))):
        raise KaikuError(Refusal.PROMPT_BEING_SENT)


def _note_in_log(tx: Tx, kind: ActKind, actor: Actor, offering: Offering, now: datetime) -> None:
    note_act(tx, kind, actor=actor.person.id, offering=offering.code, now=now)


def _note(actor: Actor, act: str, prompt_id: int) -> None:
    extra = {"action": f"prompt_{act}", "user": actor.person.id}
    log.info("prompt %s %s", prompt_id, act, extra=extra)
