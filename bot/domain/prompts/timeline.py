"""The timeline of one offering: its sessions, prompts, reminders and closing letter in order of time.

It shows the prompts of a person who is only in this offering, attended every session and keeps the default
choices. What differs for people in several offerings, and anything else that a facilitator should know in
advance, is a warning (``bot.domain.prompts.timeline_warnings``).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.calendars.quiet_days import HolidayName, Quiet, quiet_on
from bot.domain.calendars.wall_time import local
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.offerings.offering import Offering, Session
from bot.domain.prompts.dates import DatedPrompt, Reason, closing_day
from bot.domain.prompts.prompt import ROUND_LASTS, Audience, Prompt, PromptRules, PromptState
from bot.domain.prompts.schedule import Participation, Recipient, ScheduledPrompt, closing_instant, schedule

ALWAYS_SEATED: Final = Participation(datetime.min.replace(tzinfo=UTC))


class EntryKind(StrEnum):
    SESSION = "session"
    PROMPT = "prompt"
    REMINDER = "reminder"  # of a prompt, to people who have not answered it
    CLOSING_LETTER = "closing_letter"


class EntryState(StrEnum):
    DONE = "done"
    COMING = "coming"
    MOVED = "moved"  # comes later than the day it belongs on
    DROPPED = "dropped"
    CANCELLED = "cancelled"


class Entry(Struct, frozen=True):
    """One entry of the timeline.

    ``at`` is wall time in the offering's zone; a dropped prompt has none, and no day ``on`` if it never had
    one. ``session`` is the number of the session itself or of the one a prompt follows, ``coming`` that of
    the next session. ``quiet`` says why ``wanted_on`` is quiet.
    """

    kind: EntryKind
    state: EntryState
    on: date | None
    at: datetime | None = None
    session: int | None = None
    coming: int | None = None
    prompt: Prompt | None = None
    wanted_on: date | None = None
    reason: Reason | None = None
    quiet: Quiet | None = None


class Planned(Struct, frozen=True):
    """An offering's dated prompts, with the rules and the calendar that dated them."""

    offering: Offering
    dated: Sequence[DatedPrompt]
    rules: PromptRules
    calendar: WorkCalendar
    name_of: HolidayName


def lay_out(planned: Planned, sent: Mapping[int, datetime], now: datetime) -> list[Entry]:
    """All entries in order of time. ``sent`` says when the first copy of each prompt was sent,
    by prompt id."""
    sessions = sorted(planned.offering.effective_sessions, key=lambda each: each.starts_at)
    entries = [_session(each, now) for each in sessions]
    for ask in [*asks_alone(planned, sent, now), *_asks_of_sent(planned, sent)]:
        entries += _of_ask(ask, planned, sent, now)
    entries += _closing_letter(planned, now)
    starts = {each.number: each.on for each in sessions}
    return sorted(entries, key=lambda entry: _when(entry, starts))


def asks_alone(planned: Planned, sent: Mapping[int, datetime], now: datetime) -> list[ScheduledPrompt]:
    """The future schedule of a person who is only in this offering, and of its rounds in channels."""
    personal = [each for each in planned.dated if each.prompt.channel is None]
    rounds = [each for each in planned.dated if each.prompt.channel is not None]
    asks = typical_asks(personal, planned, sent, planned.rules, now)
    return asks + [_round(each, now) for each in rounds if each.prompt.id not in sent]


def _round(dated: DatedPrompt, now: datetime) -> ScheduledPrompt:
    """A round is posted at its time or not at all, whatever the hour and whatever else is asked that week."""
    if dated.prompt.state in {PromptState.CANCELLED, PromptState.STOPPED}:
        return ScheduledPrompt(dated, None, dropped=Reason.WITHDRAWN)
    if dated.at is not None and dated.at + ROUND_LASTS <= now:
        return ScheduledPrompt(dated, None, dropped=Reason.PAST)
    return ScheduledPrompt(dated, dated.at)


def typical_asks(
    dated: Sequence[DatedPrompt],
    planned: Planned,
    sent: Mapping[int, datetime],
    rules: PromptRules,
    now: datetime,
) -> list[ScheduledPrompt]:
    """The schedule of a person who chose nothing, is in the audience of every prompt, got the prompts in
    ``sent``, and is in no other offering."""
    everybody = [replace(each, prompt=replace(each.prompt, audience=Audience.SEATED)) for each in dated]
    seats = {each.prompt.offering_id: ALWAYS_SEATED for each in dated}
    got = {each.prompt.id: sent[each.prompt.id] for each in dated if each.prompt.id in sent}
    recipient = Recipient(planned.offering.timezone)
    return schedule(everybody, seats, recipient, got, rules, planned.calendar, now)


def _asks_of_sent(planned: Planned, sent: Mapping[int, datetime]) -> Iterator[ScheduledPrompt]:
    """The prompts that were sent, at the time they were sent, whatever their day is now."""
    for dated in planned.dated:
        at = sent.get(dated.prompt.id)
        if at is not None:
            as_sent = replace(dated, on=None, at=at, until=None, dropped=None)
            yield from typical_asks([as_sent], planned, {}, planned.rules, at)


def _session(session: Session, now: datetime) -> Entry:
    state = EntryState.DONE if session.ends_at <= now else EntryState.COMING
    return Entry(
        EntryKind.SESSION,
        EntryState.CANCELLED if session.cancelled else state,
        session.on,
        local(session.starts_at, session.timezone),
        session=session.number,
    )


def _of_ask(
    ask: ScheduledPrompt, planned: Planned, sent: Mapping[int, datetime], now: datetime
) -> Iterator[Entry]:
    """The entries of a prompt and its reminder."""
    dated, timezone = ask.dated, planned.offering.timezone
    at = local(ask.due_at, timezone) if ask.due_at is not None else None
    wanted_on = local(dated.at, timezone).date() if dated.at is not None else dated.on
    session, coming = gap_of(dated, planned.offering)
    reason = ask.dropped or ask.moved
    if dated.prompt.id in sent:
        at, state, reason = local(sent[dated.prompt.id], timezone), EntryState.DONE, None
    elif ask.dropped is not None:
        state = EntryState.DROPPED
    else:
        state = EntryState.MOVED if ask.moved is not None else EntryState.COMING
    quiet = None
    if reason is Reason.QUIET_DAY and wanted_on is not None:
        quiet = quiet_on(wanted_on, planned.calendar, planned.name_of)
    on = at.date() if at is not None else wanted_on
    yield Entry(
        EntryKind.PROMPT, state, on, at, session, coming, dated.prompt, wanted_on, reason, quiet=quiet
    )
    if ask.remind_at is not None and dated.prompt.channel is None:
        at = local(ask.remind_at, timezone)
        state = EntryState.DONE if ask.remind_at <= now else EntryState.COMING
        yield Entry(EntryKind.REMINDER, state, at.date(), at, session, coming, dated.prompt)


def gap_of(dated: DatedPrompt, offering: Offering) -> tuple[int | None, int | None]:
    """The numbers of the session that a prompt follows and of the next one that is not cancelled, if any."""
    standing = offering.standing_sessions
    if dated.session is None:
        return dated.prompt.timing.after_session, dated.prompt.timing.before_session
    later = [each.number for each in standing if each.starts_at > dated.session.starts_at]
    return dated.session.number, later[0] if later else None


def _closing_letter(planned: Planned, now: datetime) -> Iterator[Entry]:
    offering = planned.offering
    day = closing_day(offering.effective_sessions, planned.rules, planned.calendar)
    if day is None:
        return
    moment = closing_instant(day, Recipient(offering.timezone), planned.rules, planned.calendar)
    if moment is not None:
        at = local(moment, offering.timezone)
        state = EntryState.DONE if moment <= now else EntryState.COMING
        yield Entry(EntryKind.CLOSING_LETTER, state, at.date(), at)


def _when(entry: Entry, sessions: Mapping[int, date]) -> tuple[date, str, str]:
    """The sort key: order of time; an entry without a day follows its session."""
    if entry.on is None:
        on = sessions.get(entry.session, date.max) if entry.session is not None else date.max
        return on, "24", entry.kind
    return entry.on, entry.at.isoformat() if entry.at is not None else f"{entry.on}T23", entry.kind
