"""The day of each prompt of an offering, derived from the sessions; the same for everybody."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.domain.calendars.wall_time import local
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.offerings.offering import Session
from bot.domain.prompts.prompt import Moment, Prompt, PromptRules, Timing

_DAY = timedelta(days=1)


class Reason(StrEnum):
    """Why a prompt comes later than its day, or not at all."""

    QUIET_DAY = "quiet_day"  # a holiday, an eve, July, the turn of the year
    PAUSED = "paused"
    AWAY = "away"
    LATE = "late"  # Kaiku could not send it in time
    SHORT_GAP = "short_gap"
    SESSION_CANCELLED = "session_cancelled"
    AFTER_SESSION = "after_session"  # the session it prepares for would have started
    WEEKLY_CAP = "weekly_cap"  # too near another prompt
    NO_PLAN = "no_plan_to_quote"  # the person is not asked for the plan that it would come back to
    JOINED_LATER = "joined_later"
    MISSED_SESSION = "missed_session"
    NOT_IN_AUDIENCE = "not_in_audience"
    FEWER = "fewer"
    STOPPED = "stopped"
    PAST = "past"
    WITHDRAWN = "withdrawn"  # the facilitator cancelled or stopped it


class DatedPrompt(Struct, frozen=True):
    """A prompt with its day.

    ``session`` is the session it follows; ``until`` is the start of the session it prepares for, after which
    it is useless. ``on`` is a day on everybody's own calendar; ``at`` is an instant chosen by a facilitator.
    ``dropped`` says why it has no day.
    """

    prompt: Prompt
    on: date | None
    at: datetime | None = None
    session: Session | None = None
    until: datetime | None = None
    dropped: Reason | None = None


def working_days_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """The number of working days from ``first`` to ``last``: the next working day is 1."""
    count, day = 0, first
    while day < last:
        day += _DAY
        count += calendar.is_working_day(day)
    return count


def date_prompts(
    prompts: Sequence[Prompt], sessions: Sequence[Session], rules: PromptRules, calendar: WorkCalendar
) -> list[DatedPrompt]:
    """Each prompt of one offering with its day, by the current sessions."""
    standing = sorted((each for each in sessions if not each.cancelled), key=lambda each: each.starts_at)
    return [_date(prompt, standing, rules, calendar) for prompt in prompts]


def _date(
    prompt: Prompt, standing: Sequence[Session], rules: PromptRules, calendar: WorkCalendar
) -> DatedPrompt:
    timing = prompt.timing
    if timing.at is not None:
        return _dated_at(prompt, timing.at, standing)
    if timing.before_session is not None:
        return _dated_before(prompt, timing, standing, rules, calendar)
    found = [n for n, each in enumerate(standing) if each.number == timing.after_session]
    if not found:
        return DatedPrompt(prompt, None, dropped=Reason.SESSION_CANCELLED)
    session = standing[found[0]]
    coming = standing[found[0] + 1] if found[0] + 1 < len(standing) else None
    if prompt.series is not None:
        return _dated_in_series(prompt, session, coming, rules, calendar)
    day = calendar.add_working_days(session.on, timing.working_days or 0)
    until = coming.starts_at if coming is not None else None
    return DatedPrompt(prompt, _forward(day, rules), session=session, until=until)


def _dated_in_series(
    prompt: Prompt, session: Session, coming: Session | None, rules: PromptRules, calendar: WorkCalendar
) -> DatedPrompt:
    """The prompts of the series fill each gap between sessions that are not cancelled; none
    follows the last."""
    if coming is None:
        return DatedPrompt(prompt, None, session=session, dropped=Reason.SESSION_CANCELLED)
    gap = working_days_between(session.on, coming.on, calendar)
    match prompt.moment:
        case Moment.PLAN:
            day = _forward(calendar.add_working_days(session.on, rules.days_after), rules)
        case Moment.MIDPOINT:
            if gap < rules.short_gap:
                return DatedPrompt(prompt, None, session=session, dropped=Reason.SHORT_GAP)
            day = _forward(calendar.add_working_days(session.on, gap // 2), rules)
        case _:
            day = back_to_prompt_day(calendar.add_working_days(coming.on, -rules.days_before), rules)
    if day <= session.on or prompt.moment not in rules.moments():
        return DatedPrompt(prompt, None, session=session, dropped=Reason.SHORT_GAP)
    return DatedPrompt(prompt, day, session=session, until=coming.starts_at)


def _dated_before(
    prompt: Prompt,
    timing: Timing,
    standing: Sequence[Session],
    rules: PromptRules,
    calendar: WorkCalendar,
) -> DatedPrompt:
    found = [n for n, each in enumerate(standing) if each.number == timing.before_session]
    if not found:
        return DatedPrompt(prompt, None, dropped=Reason.SESSION_CANCELLED)
    coming = standing[found[0]]
    previous = standing[found[0] - 1] if found[0] > 0 else None
    day = back_to_prompt_day(calendar.add_working_days(coming.on, -(timing.working_days or 0)), rules)
    return DatedPrompt(prompt, day, session=previous, until=coming.starts_at)


def _dated_at(prompt: Prompt, at: datetime, standing: Sequence[Session]) -> DatedPrompt:
    """A prompt at an instant that a facilitator chose; it prepares for the next session, if there is one."""
    before = [each for each in standing if each.starts_at <= at]
    coming = next((each for each in standing if each.starts_at > at), None)
    return DatedPrompt(
        prompt,
        None,
        at=at,
        session=before[-1] if before else None,
        until=coming.starts_at if coming is not None else None,
    )


def _forward(day: date, rules: PromptRules) -> date:
    while day.weekday() not in rules.weekdays:
        day += _DAY
    return day


def back_to_prompt_day(day: date, rules: PromptRules) -> date:
    """Move a day back to one that the rules allow, so that the prompt does not come too near to
    its session."""
    while day.weekday() not in rules.weekdays:
        day -= _DAY
    return day


def closing_day(sessions: Sequence[Session], rules: PromptRules, calendar: WorkCalendar) -> date | None:
    """The day of the closing letter: some working days after the last session that is not cancelled."""
    standing = [each for each in sessions if not each.cancelled]
    if not standing:
        return None
    last = max(standing, key=lambda each: each.ends_at)
    return calendar.add_working_days(local(last.ends_at, last.timezone).date(), rules.closing_after)
