"""Plans each person's prompts, again whenever something that the plan depends on changes.

The plan depends on enrolments, sessions, prompts, choices and what was sent. A transaction that changes one
of them marks the person as stale (``storage.prompts.mark_stale``); before anything is sent, the plans of all
stale people are updated here.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.calendars.wall_time import local
from bot.domain.completion import Occasion, follow_up_day
from bot.domain.deliveries import PROMPT_KINDS, DeliveryKind, DeliveryState, Subject
from bot.domain.people.person import Defaults, Person
from bot.domain.prompts.dates import DatedPrompt, Reason, closing_day
from bot.domain.prompts.prompt import DEFAULT_RULES, Frequency, Moment, Prompt, PromptRules
from bot.domain.prompts.schedule import (
    Participation,
    Recipient,
    ScheduledPrompt,
    closing_instant,
    fade_instant,
    schedule,
)
from bot.domain.sending.rate_limit import backoff
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.recipients import find_people
from bot.services.prompts.series import Timeline, load_timelines
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import facilitation as facilitation_rows
from storage import prompts as prompt_rows
from storage.deliveries import DeliveryRow
from storage.engine import Store, StoreUnavailableError
from storage.reflections import answers as reflection_rows
from storage.tables import Delivery
from storage.transaction import Tx

log = logging.getLogger(__name__)

BATCH = 50
LETTER_LASTS = timedelta(days=30)
MATERIALS_LATE = timedelta(days=14)
"""Materials that come into the plan file later than this are found in what is completed."""
TAKEN_ALONG_WITHIN = timedelta(days=7)
SETTINGS = "settings"
"""The subject of the question whether somebody wants fewer prompts."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One delivery that a person's plan requires; ``dropped`` says why it is not sent after all."""

    kind: DeliveryKind
    subject: str
    due_at: datetime | None
    expires_at: datetime | None
    dropped: Reason | None = None


def plan_stale(tx: Tx, people: Sequence[str], defaults: Defaults, now: datetime) -> int:
    """Bring the plans of those of these people who are stale up to date; return how many they were."""
    claimed = prompt_rows.claim_stale(tx, people)
    plan_prompts(tx, claimed, defaults, now)
    return len(claimed)


async def plan_all_stale(store: Store, defaults: Defaults, now: datetime) -> int:
    """Derive every stale plan anew, a batch a transaction; another instance may be at it as well. Returns
    for how many people it failed: each is set aside, and holds up nobody."""
    failed = 0
    while people := await store.read(prompt_rows.list_stale, now, BATCH):
        try:
            if not await store.run(plan_stale, people, defaults, now):
                break
        except StoreUnavailableError:
            raise
        except Exception:
            # Whose fault it is shows when each is planned for alone.
            failed += await _plan_each(store, people, defaults, now)
    return failed


async def _plan_each(store: Store, people: Sequence[str], defaults: Defaults, now: datetime) -> int:
    failed = 0
    for person_id in people:
        try:
            await store.run(plan_stale, [person_id], defaults, now)
        except StoreUnavailableError:
            raise
        except Exception as error:
            failed += 1
            log.exception("prompts not planned", extra={"action": "prompts_not_planned", "person": person_id})
            await store.run(_set_aside, person_id, type(error).__name__, now)
    return failed


def _set_aside(tx: Tx, person_id: str, reason: str, now: datetime) -> None:
    tries = prompt_rows.get_stale_tries(tx, person_id)
    prompt_rows.set_stale_aside(tx, person_id, reason, now + backoff(tries + 1))


def plan_prompts(tx: Tx, person_ids: Sequence[str], defaults: Defaults, now: datetime) -> None:
    """Bring the planned deliveries about prompts of these people up to date, with few statements however many
    they are.

    Sent ones stay; those no longer required are cancelled with a reason; skipped ones are stored with their
    reason, so that they can be looked up.
    """
    people = [person for person in find_people(tx, person_ids, defaults) if person is not None]
    answered = reflection_rows.list_answered_by(tx, [person.id for person in people])
    changed: list[DeliveryRow] = []
    new: list[dict[str, Any]] = []
    skipped: list[dict[str, Any]] = []
    for person, situation in zip(people, load_situations(tx, people, now, {}), strict=True):
        wanted = {(owed.kind, owed.subject): owed for owed in owed_by(situation, answered[person.id], now)}
        changed += _change_planned(situation.stored, wanted)
        for owed in wanted.values():
            row = {"kind": owed.kind, "recipient": person.id, "subject": owed.subject, "occurrence": ""}
            if owed.due_at is not None:
                new.append(row | {"due_at": owed.due_at, "expires_at": owed.expires_at})
            elif owed.dropped in SHOWN_WHEN_SKIPPED:
                skipped.append(row | {"reason": owed.dropped.value})
    delivery_rows.plan_anew(tx, changed)
    delivery_rows.add_deliveries(tx, new, now)
    delivery_rows.add_cancelled(tx, skipped, now)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a person's plan depends on: seats, choices, and deliveries sent and planned."""

    timelines: Sequence[Timeline]
    seats: dict[int, Participation]
    recipient: Recipient
    stored: Sequence[DeliveryRow]


def load_situations(
    tx: Tx,
    people: Sequence[Person],
    now: datetime,
    timelines: dict[int, Timeline],
    *,
    also: Sequence[Prompt] = (),
) -> list[Situation]:
    """The situation of each of these people, in as many statements as for one person.

    ``timelines`` are by offering id; missing ones are loaded and added, with ``also`` prompts that are not
    stored yet.
    """
    ids = [person.id for person in people]
    choices = prompt_rows.list_choices(tx, ids)
    stored = delivery_rows.list_prompt_deliveries_of(tx, ids, PROMPT_KINDS)
    held = enrolment_rows.list_seats(tx, [person.id for person in people if person.may_take_part])
    attendance = facilitation_rows.list_attendance(tx, ids)
    needed = {seat.offering_id for seats in held.values() for seat in seats}
    needed |= {prompt.offering_id for prompt in also}
    timelines |= load_timelines(tx, needed - timelines.keys(), also=also)
    found = []
    for person in people:
        seats = {
            seat.offering_id: Participation(
                seat.seated_at or now, attendance[person.id].get(seat.offering_id, {})
            )
            for seat in held.get(person.id, [])
        }
        choice = choices.get(person.id, prompt_rows.ChoiceRow())
        recipient = to_recipient(person.timezone, choice)
        found.append(Situation([timelines[each] for each in seats], seats, recipient, stored[person.id]))
    return found


def to_recipient(timezone: str, choice: prompt_rows.ChoiceRow) -> Recipient:
    return Recipient(
        timezone, choice.hour, Frequency(choice.frequency), choice.paused_until, choice.away_until
    )


def sent_prompts(stored: Sequence[DeliveryRow | Delivery]) -> dict[int, datetime]:
    """When each prompt was sent, by id. One that is being sent, or may have been, counts as sent."""
    return {
        Subject.parse(each.subject).of_prompt: each.sent_at or each.due_at
        for each in stored
        if each.kind == DeliveryKind.PROMPT
        and (
            each.state in {DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN}
            or each.maybe_sent
        )
    }


def owed_by(situation: Situation, answered: set[int], now: datetime) -> Iterator[Owed]:
    """All deliveries about prompts that a person gets from now on, and those they don't get, with reasons."""
    timelines, seats = situation.timelines, situation.seats
    recipient, stored = situation.recipient, situation.stored
    sent = sent_prompts(stored)
    yield from _reminders_of_sent(timelines, recipient, stored, answered)
    asks: dict[int, list[ScheduledPrompt]] = {}
    for timeline, of_one in asks_of(timelines, seats, recipient, sent, now):
        asks[timeline.offering.id] = of_one
        for ask in of_one:
            subject = str(Subject(timeline.offering.code, prompt_id=ask.dated.prompt.id))
            yield Owed(DeliveryKind.PROMPT, subject, ask.due_at, ask.expires_at, ask.dropped)
            if ask.remind_at is not None:
                yield Owed(DeliveryKind.PROMPT_REMINDER, subject, ask.remind_at, ask.expires_at)
    for timeline in timelines:
        # Neither asks for an answer, so they come also to who wants no prompts.
        yield from _closing_letter(timeline, recipient, now)
        yield from _materials(timeline, seats, recipient, asks, sent, now)
    if recipient.frequency is Frequency.STOPPED:
        return
    for timeline in timelines:
        yield from _follow_ups(timeline, recipient, now)
    rules = timelines[0].offering.prompt_rules if timelines else DEFAULT_RULES
    outcomes = sorted((at, prompt_id in answered) for prompt_id, at in sent.items())
    fade_at = fade_instant(outcomes, recipient, rules, WORK_CALENDAR)
    if fade_at is not None and any(each.offering.next_session(fade_at) for each in timelines):
        yield Owed(DeliveryKind.PROMPT_FADE, SETTINGS, max(fade_at, now), None)


def asks_of(
    timelines: Sequence[Timeline],
    seats: dict[int, Participation],
    recipient: Recipient,
    sent: dict[int, datetime],
    now: datetime,
) -> list[tuple[Timeline, list[ScheduledPrompt]]]:
    """The schedule of a person's prompts across all their offerings, grouped by offering."""
    if not timelines:
        return []
    personal: list[DatedPrompt] = [
        dated for timeline in timelines for dated in timeline.dated if dated.prompt.channel is None
    ]
    asks = schedule(personal, seats, recipient, sent, rules_of(timelines), WORK_CALENDAR, now)
    by_offering: dict[int, list[ScheduledPrompt]] = {timeline.offering.id: [] for timeline in timelines}
    for ask in asks:
        by_offering[ask.dated.prompt.offering_id].append(ask)
    return [(timeline, by_offering[timeline.offering.id]) for timeline in timelines]


def rules_of(timelines: Sequence[Timeline]) -> PromptRules:
    """The rules of the first offering apply: a person's offerings are nearly always of one programme."""
    return timelines[0].offering.prompt_rules


def _reminders_of_sent(
    timelines: Sequence[Timeline],
    recipient: Recipient,
    stored: Sequence[DeliveryRow],
    answered: set[int],
) -> Iterator[Owed]:
    """A planned reminder stays as long as its prompt is unanswered."""
    if recipient.frequency is not Frequency.ALL:
        return
    subjects = {
        str(Subject(timeline.offering.code, prompt_id=dated.prompt.id)): dated
        for timeline in timelines
        for dated in timeline.dated
    }
    sent = set(sent_prompts(stored))
    for each in stored:
        if each.kind != DeliveryKind.PROMPT_REMINDER or each.state != DeliveryState.PLANNED:
            continue
        dated = subjects.get(each.subject)
        if dated is None or dated.prompt.id not in sent or dated.prompt.id in answered:
            continue
        yield Owed(DeliveryKind.PROMPT_REMINDER, each.subject, each.due_at, each.expires_at)


def _closing_letter(timeline: Timeline, recipient: Recipient, now: datetime) -> Iterator[Owed]:
    offering = timeline.offering
    rules, calendar = offering.prompt_rules, WORK_CALENDAR
    day = closing_day(offering.effective_sessions, rules, calendar)
    at = closing_instant(day, recipient, rules, calendar) if day is not None else None
    if at is not None and at + LETTER_LASTS > now:
        yield Owed(DeliveryKind.CLOSING_LETTER, offering.code, at, at + LETTER_LASTS)


def _follow_ups(timeline: Timeline, recipient: Recipient, now: datetime) -> Iterator[Owed]:
    """The questions on use some months later, where the plan asks for them."""
    offering = timeline.offering
    for occasion in Occasion:
        on = follow_up_day(offering, occasion)
        if on is None:
            continue
        day = WORK_CALENDAR.working_day_from(on)
        at = closing_instant(day, recipient, offering.prompt_rules, WORK_CALENDAR)
        if at is not None and at + LETTER_LASTS > now:
            yield Owed(occasion.kind, offering.code, at, at + LETTER_LASTS)


def _materials(
    timeline: Timeline,
    seats: dict[int, Participation],
    recipient: Recipient,
    asks: dict[int, list[ScheduledPrompt]],
    sent: dict[int, datetime],
    now: datetime,
) -> Iterator[Owed]:
    """What there is to read after each session but the last, whose materials the closing message has.

    Nobody gets two messages after one session: where the person is asked for a plan within a week of it, that
    prompt takes the materials along, and none follows one that was sent.
    """
    offering, calendar = timeline.offering, WORK_CALENDAR
    planned = {ask.dated.prompt.id: ask.due_at for ask in asks.get(offering.id, ()) if ask.due_at is not None}
    for session in offering.standing_sessions[:-1]:
        if offering.cancelled or not session.materials:
            continue
        if seats[offering.id].seated_at >= session.ends_at:
            continue
        takes_along = [
            planned.get(each.prompt.id) or sent.get(each.prompt.id)
            for each in timeline.dated
            if carries_materials(each.prompt) and each.prompt.timing.after_session == session.number
        ]
        if any(at is not None and at <= session.ends_at + TAKEN_ALONG_WITHIN for at in takes_along):
            continue
        day = calendar.add_working_days(local(session.ends_at, session.timezone).date(), 1)
        at = closing_instant(day, recipient, offering.prompt_rules, calendar)
        if at is not None and at + MATERIALS_LATE > now:
            subject = str(Subject(offering.code, session=session.number))
            yield Owed(DeliveryKind.MATERIALS, subject, at, at + MATERIALS_LATE)


def carries_materials(prompt: Prompt) -> bool:
    """Whether it is the first prompt after a session, which takes the session's materials along."""
    return prompt.series is not None and prompt.moment is Moment.PLAN


def _change_planned(
    stored: Sequence[DeliveryRow], wanted: dict[tuple[DeliveryKind, str], Owed]
) -> Iterator[DeliveryRow]:
    """What is planned already and wanted otherwise, as it is wanted. Takes what stands out of ``wanted``."""
    for delivery in stored:
        if delivery.kind == DeliveryKind.PROMPT_AGAIN:
            continue  # the person postponed it; it is checked again when it is due
        owed = wanted.pop((DeliveryKind(delivery.kind), delivery.subject), None)
        if delivery.state not in {DeliveryState.PLANNED, DeliveryState.CANCELLED} or delivery.maybe_sent:
            continue
        planned = _planned_anew(delivery, owed)
        if planned != delivery:
            yield planned


def _planned_anew(delivery: DeliveryRow, owed: Owed | None) -> DeliveryRow:
    """The delivery, not yet sent, as the plan requires it now."""
    if owed is not None and owed.due_at is not None:
        return delivery._replace(
            state=DeliveryState.PLANNED, reason=None, due_at=owed.due_at, expires_at=owed.expires_at
        )
    if owed is not None and owed.dropped is Reason.PAST:
        return (
            delivery._replace(state=DeliveryState.MISSED, reason="too_late")
            if _is_planned(delivery)
            else delivery
        )
    if owed is not None and owed.dropped is not None:
        return delivery._replace(state=DeliveryState.CANCELLED, reason=owed.dropped.value)
    return (
        delivery._replace(state=DeliveryState.CANCELLED, reason="no_longer_due")
        if _is_planned(delivery)
        else delivery
    )


def _is_planned(delivery: DeliveryRow) -> bool:
    return delivery.state == DeliveryState.PLANNED


SHOWN_WHEN_SKIPPED = frozenset(
    {
        Reason.WEEKLY_CAP,
        Reason.NO_PLAN,
        Reason.AFTER_SESSION,
        Reason.QUIET_DAY,
        Reason.PAUSED,
        Reason.AWAY,
    }
)
"""Reasons for which skipped prompts are stored, because somebody may look for them in the list
of deliveries."""
