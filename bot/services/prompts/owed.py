"""All deliveries about prompts that a person is to get across their offerings: questions, cards, materials
and letters, each with its time or with the reason why it is not sent.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.domain.calendars.wall_time import local
from bot.domain.completion import Occasion, follow_up_day
from bot.domain.deliveries import LIMITED_KINDS, DeliveryKind, DeliveryState, Subject
from bot.domain.prompts.dates import DatedPrompt, Reason, closing_day
from bot.domain.prompts.preparation import CardRef, Preparation, date_cards
from bot.domain.prompts.prompt import DEFAULT_RULES, Frequency, Moment, Prompt, PromptRules
from bot.domain.prompts.schedule import (
    Participation,
    Recipient,
    ScheduledPrompt,
    closing_instant,
    fade_instant,
    schedule,
)
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.prompts.preparation import has_cards
from bot.services.prompts.series import Timeline
from storage.deliveries import DeliveryRow

LETTER_LASTS = timedelta(days=30)
MATERIALS_LATE = timedelta(days=14)
"""Materials added to the plan file later than this are not sent; they are shown with the past sessions."""
TAKEN_ALONG_WITHIN = timedelta(days=7)
SETTINGS = "settings"
"""The subject of the question whether a person wants fewer prompts."""


class Owed(Struct, frozen=True):
    """One delivery that a person's plan requires; ``dropped`` is the reason if it is not sent after all."""

    kind: DeliveryKind
    subject: str
    due_at: datetime | None
    expires_at: datetime | None
    dropped: Reason | None = None


class Situation(Struct, frozen=True):
    """What a person's plan depends on: seats, choices, and deliveries sent and planned."""

    timelines: Sequence[Timeline]
    seats: dict[int, Participation]
    recipient: Recipient
    stored: Sequence[DeliveryRow]


def sent_prompts(stored: Sequence[DeliveryRow]) -> dict[int, datetime]:
    """When each prompt was sent, by id. One being sent, or possibly sent, counts as sent."""
    sent = _sent(stored, DeliveryKind.PROMPT)
    return {Subject.parse(subject).of_prompt: at for subject, at in sent.items()}


def sent_within_limit(stored: Sequence[DeliveryRow]) -> list[datetime]:
    """The times at which the person was sent messages of which they get at most one a week."""
    return [at for kind in LIMITED_KINDS for at in _sent(stored, kind).values()]


def _sent(stored: Sequence[DeliveryRow], kind: DeliveryKind) -> dict[str, datetime]:
    return {
        each.subject: each.sent_at or each.due_at
        for each in stored
        if each.kind == kind
        and (
            each.state in {DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN}
            or each.maybe_sent
        )
    }


def owed_by(
    situation: Situation, answered: set[int], preparation: Preparation, now: datetime
) -> Iterator[Owed]:
    """All deliveries about prompts that a person gets from now on, and those they don't get, with reasons."""
    timelines, seats = situation.timelines, situation.seats
    recipient, stored = situation.recipient, situation.stored
    sent = sent_prompts(stored)
    yield from _reminders_of_sent(timelines, recipient, stored, answered)
    asks: dict[int, list[ScheduledPrompt]] = {}
    sent_cards = _sent(stored, DeliveryKind.PREPARATION)
    cards = _cards_of(timelines, recipient, sent_cards, preparation, now)
    beside, also_sent = [dated for _, dated in cards], [*sent_cards.values()]
    refs = {dated.prompt.id: ref for ref, dated in cards}
    for timeline, of_one in asks_of(timelines, seats, recipient, sent, now, beside, also_sent):
        asks[timeline.offering.id] = of_one
        for ask in of_one:
            if (ref := refs.get(ask.dated.prompt.id)) is not None:
                yield Owed(DeliveryKind.PREPARATION, str(ref), ask.due_at, ask.expires_at, ask.dropped)
                continue
            subject = str(Subject(timeline.offering.code, prompt_id=ask.dated.prompt.id))
            yield Owed(DeliveryKind.PROMPT, subject, ask.due_at, ask.expires_at, ask.dropped)
            if ask.remind_at is not None:
                yield Owed(DeliveryKind.PROMPT_REMINDER, subject, ask.remind_at, ask.expires_at)
    for timeline in timelines:
        # Neither asks for an answer, so people who want no prompts get them, too.
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
    beside: Sequence[DatedPrompt] = (),
    also_sent: Sequence[datetime] = (),
) -> list[tuple[Timeline, list[ScheduledPrompt]]]:
    """The schedule of a person's prompts across all their offerings, grouped by offering. Messages ``beside``
    the prompts take up places in it; ``also_sent`` counts for the limit.
    """
    if not timelines:
        return []
    personal: list[DatedPrompt] = [
        dated for timeline in timelines for dated in timeline.dated if dated.prompt.channel is None
    ]
    asks = schedule(
        [*personal, *beside],
        seats,
        recipient,
        sent,
        rules_of(timelines),
        WORK_CALENDAR,
        now,
        also_sent=also_sent,
    )
    by_offering: dict[int, list[ScheduledPrompt]] = {timeline.offering.id: [] for timeline in timelines}
    for ask in asks:
        by_offering[ask.dated.prompt.offering_id].append(ask)
    return [(timeline, by_offering[timeline.offering.id]) for timeline in timelines]


def _cards_of(
    timelines: Sequence[Timeline],
    recipient: Recipient,
    sent: Collection[str],
    preparation: Preparation,
    now: datetime,
) -> list[tuple[CardRef, DatedPrompt]]:
    """The preparation cards that are still to be sent, with their days."""
    offering = next((each.offering for each in timelines if has_cards(each.offering)), None)
    if offering is None or not preparation:
        return []
    today = local(now, recipient.timezone).date()
    rules = rules_of(timelines)
    zone = recipient.timezone
    return list(date_cards(preparation, offering.id, sent, today, zone, rules, WORK_CALENDAR))


def rules_of(timelines: Sequence[Timeline]) -> PromptRules:
    """The rules of the first offering: a person's offerings are nearly always of one programme."""
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
    """The questions on use some months later, where the plan has them."""
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
    """The materials after each session but the last, whose materials the closing message has. Nobody gets two
    messages after one session: a request for a plan within a week takes the materials along, and none follow
    one that was sent.
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
    """Whether this is the first prompt after a session, which includes the session's materials."""
    return prompt.series is not None and prompt.moment is Moment.PLAN
