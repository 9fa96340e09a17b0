"""The facilitator's desk, read only; ``prompt_writing`` has the acts. The role is checked in every function;
a refusal is logged.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.domain.deliveries import DeliveryState, Subject
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Session
from bot.domain.prompts.prompt import Prompt, PromptState
from bot.domain.prompts.timeline import Entry, EntryKind, EntryState
from bot.domain.reflections import Figures, figures_of
from bot.services.offerings.catalogue import to_offering
from bot.services.offerings.facilitators import Actor, load_facilitated
from bot.services.offerings.roster import RosterRow, roster_of
from bot.services.prompts.series import load_timeline, to_prompt
from bot.services.prompts.timeline import entries_of
from storage import absence as absence_rows
from storage import enrolment as enrolment_rows
from storage import facilitation as facilitation_rows
from storage import prompt_deliveries as prompt_delivery_rows
from storage import prompts as prompt_rows
from storage.offerings import catalogue as offering_rows
from storage.offerings import facilitators as facilitator_rows
from storage.reflections import answers as reflection_rows
from storage.transaction import Tx

STAYS_FOR = timedelta(days=14)
"""How long after its last session an offering can still be chosen, so that its answers can be read."""


class DeskPrompt(Struct, frozen=True):
    """A prompt as its facilitators see it, with its entry on the timeline.

    ``waiting``: the number of people it is still planned for. ``reaches_nobody``: it is to come, but for
    nobody with a seat.
    """

    prompt: Prompt
    entry: Entry
    sent: int
    waiting: int
    figures: Figures | None
    reaches_nobody: bool


class Desk(Struct, frozen=True):
    """The desk of one offering: its prompts, their figures, and attendance."""

    offering: Offering
    prompts: Sequence[DeskPrompt]
    drafts: Sequence[Prompt]
    begun: Sequence[Session]
    seated: int
    may_read: bool  # shared answers are for facilitators only
    knows_attendance: bool  # of any session
    roster: Sequence[RosterRow] = ()
    absent: Sequence[tuple[Session, Mapping[str, str | None]]] = ()
    """The people who can't come to a session ahead, by user id, with their messages to the facilitators."""


def list_facilitated(tx: Tx, actor: Actor, now: datetime) -> list[Offering]:
    """The offerings that this person facilitates and that ended at most two weeks ago. Raises KaikuError:
    LEADS_NOTHING."""
    led = find_facilitated(tx, actor, now)
    if not led:
        raise actor.refused(KaikuError(Refusal.LEADS_NOTHING), "prompts_list")
    return led


def find_facilitated(tx: Tx, actor: Actor, now: datetime) -> list[Offering]:
    """The offerings that this person facilitates and that ended at most two weeks ago; may be none."""
    ids = None if actor.is_coordinator else facilitator_rows.list_led_by(tx, actor.person.id)
    rows = [row for row in offering_rows.list_offerings(tx, ids) if not row.cancelled] if ids != [] else []
    sessions = offering_rows.list_session_rows(tx, [row.id for row in rows])
    led = [to_offering(row, sessions[row.id]) for row in rows]
    return [
        each
        for each in led
        if each.standing_sessions and each.standing_sessions[-1].ends_at > now - STAYS_FOR
    ]


def load_desk(tx: Tx, actor: Actor, code: str, now: datetime) -> Desk:
    """The desk of one offering. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK."""
    offering = load_facilitated(tx, actor, code, "prompt_desk")
    timeline = load_timeline(tx, offering.id)
    rules = offering.prompt_rules
    ids = [dated.prompt.id for dated in timeline.dated]
    answers = reflection_rows.count_answers(tx, ids)
    states = prompt_delivery_rows.count_by_state(tx, [str(Subject(code, prompt_id=each)) for each in ids])
    seated = enrolment_rows.list_seated(tx, offering.id)
    is_planned = bool(seated) and not prompt_rows.is_any_stale(tx, seated)
    shown = []
    for entry in entries_of(tx, timeline, now):
        if entry.kind is not EntryKind.PROMPT or entry.prompt is None:
            continue
        prompt = entry.prompt
        by_state = states[str(Subject(code, prompt_id=prompt.id))]
        sent = by_state.get(DeliveryState.SENT, 0) + by_state.get(DeliveryState.SENDING, 0)
        waiting = by_state.get(DeliveryState.PLANNED, 0)
        is_coming = entry.state in {EntryState.COMING, EntryState.MOVED} and prompt.channel is None
        shown.append(
            DeskPrompt(
                prompt,
                entry,
                sent,
                waiting,
                figures_of(answers[prompt.id], rules),
                reaches_nobody=is_planned and is_coming and not sent and not waiting,
            )
        )
    drafts = [
        to_prompt(row)
        for row in prompt_rows.list_prompts(tx, offering.id)
        if row.state == PromptState.DRAFT and row.author == actor.person.id
    ]
    roster = roster_of(tx, offering)
    return Desk(
        offering,
        shown,
        drafts,
        [each for each in offering.standing_sessions if each.starts_at <= now],
        len(seated),
        actor.person.id in offering.facilitators,
        facilitation_rows.has_attendance(tx, offering.id),
        roster,
        _absent(tx, offering, roster, now),
    )


def _absent(
    tx: Tx, offering: Offering, roster: Sequence[RosterRow], now: datetime
) -> list[tuple[Session, Mapping[str, str | None]]]:
    seated = {row.user_id for row in roster if row.status == Status.SEATED}
    by_session: dict[int, dict[str, str | None]] = {}
    for row in absence_rows.list_absences_in(tx, offering.id):
        if row.absent and row.person_id in seated:
            by_session.setdefault(row.number, {})[row.person_id] = row.word
    ahead = [each for each in offering.standing_sessions if each.ends_at > now]
    return [(each, by_session[each.number]) for each in ahead if each.number in by_session]
